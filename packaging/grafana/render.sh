#!/bin/sh
# Draws the dashboard in a browser with the components that Grafana publishes of its panels, fed by a real Prometheus, and looks at every
# panel: title, unit, figure or lines, a name for each line. Needs npm and Chromium, and fetches packages of Grafana 10.
#   packaging/grafana/render.sh PROMETHEUS_URL [PNG]
set -eu
cd "$(dirname "$0")/../.."
. packaging/requirements.sh
PROMETHEUS=${1:?PROMETHEUS_URL} PNG=${2:-}
[ -z "$PNG" ] || PNG=$(realpath "$PNG")
need npm=npm jq=jq chromium-headless-shell=chromium-headless-shell
work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-grafana.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cp packaging/grafana/render/* "$work"
cp packaging/grafana/overlaybd.json "$work/dashboard.json"
cd "$work"

# As all of them were on one day; none of their scripts runs.
npm install --silent --no-audit --no-fund --no-save --ignore-scripts --legacy-peer-deps --before 2025-03-01 --prefix . \
  @grafana/ui@10.2.3 @grafana/data@10.2.3 @grafana/schema@10.2.3 @grafana/e2e-selectors@10.2.3 react@18.3.1 react-dom@18.3.1 \
  esbuild@0.25.0 >npm.log 2>&1 || die "npm: $(tail -n 3 npm.log)"
node_modules/.bin/esbuild page.tsx --bundle --outfile=page.js --log-level=warning --define:global=window \
  --define:process.env.NODE_ENV='"production"' --define:PROMETHEUS="\"$PROMETHEUS\"" || die "the page cannot be bundled"
echo '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css"><body style="margin: 0"><script src="page.js"></script>' \
  >page.html

# browse OPTION: what it prints.
browse() {
  timeout 120 chromium-headless-shell --no-sandbox --disable-gpu --allow-file-access-from-files --hide-scrollbars \
    --window-size=1600,2480 --virtual-time-budget=20000 "$1" "file://$work/page.html" 2>browser.log ||
    die "Chromium: $(tail -n 3 browser.log)"
}
browse --dump-dom | sed -n 's/.*<pre id="verdict"[^>]*>\([^<]*\).*/\1/p' | base64 -d >verdict
jq -e '.complaints == []' verdict >/dev/null 2>&1 ||
  die "the dashboard: $(jq -r '.complaints[]' verdict 2>/dev/null || tail -n 3 browser.log)"
jq -r '.seen[] | select(endswith(": No data"))' verdict >empty
[ "$(wc -l <empty)" -lt 10 ] || die "of most panels $PROMETHEUS has no data: $(tr '\n' ' ' <empty)"
say "render.sh: $(jq '.seen | length' verdict) panels of the dashboard drawn, $(wc -l <empty) of them without data"
[ -z "$PNG" ] || browse --screenshot="$PNG" >/dev/null

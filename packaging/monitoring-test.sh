#!/bin/sh
# What Prometheus itself thinks of the metrics, the alert rules and the queries of the dashboard: a packaged server that reads an
# image of a real registry is scraped by a real Prometheus. Needs what `mvn package` leaves in target/overlaybd.
# Grafana itself is not in Debian: of the dashboard every query is asked, its JSON is held against Grafana's own types, and it is drawn
# with Grafana's own components.
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
need promtool=prometheus jq=jq curl=curl docker-registry=docker-registry nbdcopy=libnbd-bin
BIN=$PWD/target/overlaybd/bin
WORK=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-monitoring.XXXXXX")
PIDS=
cleanup() {
  for pid in $PIDS; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$WORK"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
[ -x "$BIN/overlaybd-nbd" ] || die "no $BIN; run mvn package first"

# await WHAT COMMAND...: until it succeeds, for half a minute.
await() {
  what=$1 left=300
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || die "$what: $(tail -n 3 "$WORK"/*.err)"
    sleep 0.1
  done
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
need python3=python3
REGISTRY=$(free_port) METRICS=$(free_port) ORIGINAL=$(free_port) PROMETHEUS=$(free_port)

packaging/grafana/types.sh
promtool check rules packaging/prometheus/alerts.yml >"$WORK/said" || die "$(cat "$WORK/said")"
promtool test rules packaging/prometheus/alerts_test.yml >"$WORK/said" || die "$(cat "$WORK/said")"

# A registry with an image, read through NBD.
cat >"$WORK/registry.yml" <<EOF
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $WORK/registry}}
http: {addr: 127.0.0.1:$REGISTRY}
EOF
docker-registry serve "$WORK/registry.yml" >"$WORK/registry.err" 2>&1 &
PIDS="$PIDS $!"
await "registry" curl -fs "http://127.0.0.1:$REGISTRY/v2/"
dd if=/dev/urandom of="$WORK/disk.img" bs=1M count=4 status=none
"$BIN/overlaybd-import" "$WORK/disk.img" "$WORK/layer" >"$WORK/import.err" 2>&1
digest=sha256:$(sha256sum "$WORK/layer" | cut -d' ' -f1)
place=$(curl -fsS -X POST -D - -o /dev/null "http://127.0.0.1:$REGISTRY/v2/app/blobs/uploads/" |
  tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$WORK/layer" "$place&digest=$digest"
cat >"$WORK/config.v1.json" <<EOF
{"repoBlobUrl": "http://127.0.0.1:$REGISTRY/v2/app/blobs", "lowers": [{"digest": "$digest", "size": $(stat -c %s "$WORK/layer")}]}
EOF
# serve NAME PORT ORIGINAL_NAMES: the image, with its metrics at a port.
serve() {
  cat >"$WORK/$1.json" <<EOF
{"cacheConfig": {"cacheType": "file", "cacheDir": "$WORK/$1.cache"}, "enableAudit": false, "logConfig": {"logPath": ""},
 "exporterConfig": {"originalNames": $3}}
EOF
  "$BIN/overlaybd-nbd" "$WORK/config.v1.json" --socket "$WORK/$1.sock" --service-config "$WORK/$1.json" \
    --metrics-port "$2" >"$WORK/$1.out" 2>"$WORK/$1.err" &
  PIDS="$PIDS $!"
}
serve nbd "$METRICS" false
serve original "$ORIGINAL" true

cat >"$WORK/prometheus.yml" <<EOF
global: {scrape_interval: 1s}
rule_files: [$PWD/packaging/prometheus/alerts.yml]
scrape_configs:
  - job_name: overlaybd
    static_configs: [{targets: ['127.0.0.1:$METRICS']}]
EOF
prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/tsdb" \
  --web.listen-address="127.0.0.1:$PROMETHEUS" >"$WORK/prometheus.out" 2>"$WORK/prometheus.err" &
PIDS="$PIDS $!"
await "the server" test -S "$WORK/nbd.sock"
await "its metrics" curl -fs "http://127.0.0.1:$METRICS/readyz"
nbdcopy "nbd+unix:///?socket=$WORK/nbd.sock" - | cmp - "$WORK/disk.img" || die "the image reads back otherwise"

curl -fsS "http://127.0.0.1:$METRICS/metrics" >"$WORK/scrape"
promtool check metrics <"$WORK/scrape" >"$WORK/said" 2>&1 || die "promtool check metrics: $(cat "$WORK/said")"
[ ! -s "$WORK/said" ] || die "promtool check metrics: $(cat "$WORK/said")"
# The names of the original are not what promtool calls good style, and cannot be otherwise; it has nothing else to say.
await "the original's metrics" curl -fs "http://127.0.0.1:$ORIGINAL/readyz"
curl -fsS "http://127.0.0.1:$ORIGINAL/metrics" >"$WORK/originals"
promtool check metrics <"$WORK/originals" >"$WORK/said" 2>&1 || true
[ -s "$WORK/said" ] || die "the original's names are not there"
! grep -v '^OverlayBD_[A-Za-z_]* metric names should be written in' "$WORK/said" || die "promtool check metrics, the original's"
grep -q '^overlaybd_cache_fetches_total [1-9]' "$WORK/scrape" || die "no fetches in the scrape"

# Every query of the dashboard, with its variables put in, by the real server.
ask() { promtool query instant "http://127.0.0.1:$PROMETHEUS" "$1"; }
up() { ask 'up{job="overlaybd"} == 1' | grep -q up; }
await "Prometheus scrapes the server" up
jq -r '[.panels[] | select(.type != "row")] | if all(.targets | length > 0) and all(.gridPos.w > 0) and all(.title != "")
  then .[].targets[].expr else error("a panel without query, place or title") end' packaging/grafana/overlaybd.json |
  sed 's/\$__rate_interval/1m/g; s/\$\(instance\|device\|job\)/.*/g' >"$WORK/queries"
queries=0
while IFS= read -r query; do
  ask "$query" >"$WORK/said" 2>&1 || die "dashboard: $query: $(cat "$WORK/said")"
  queries=$((queries + 1))
done <"$WORK/queries"
[ "$(jq '[.panels[].id] | unique | length' packaging/grafana/overlaybd.json)" = "$(jq '.panels | length' packaging/grafana/overlaybd.json)" ] ||
  die "dashboard: two panels have the same id"
rules=$(curl -fsS "http://127.0.0.1:$PROMETHEUS/api/v1/rules" | jq '[.data.groups[].rules[] | select(.lastError == null or .lastError == "")] | length')
[ "$rules" = "$(grep -c 'alert:' packaging/prometheus/alerts.yml)" ] || die "Prometheus evaluates $rules alert rules"

# It is drawn while somebody reads.
(while nbdcopy "nbd+unix:///?socket=$WORK/nbd.sock" - >"$WORK/copy" 2>"$WORK/copy.err"; do sleep 0.2; done) &
PIDS="$PIDS $!"
reading() { ask 'rate(overlaybd_device_operation_seconds_count{operation="read"}[10s]) > 0' | grep -q nbd; }
await "Prometheus sees reads" reading
packaging/grafana/render.sh "http://127.0.0.1:$PROMETHEUS"
say "monitoring-test.sh: metrics clean, $rules alert rules, $queries queries of the dashboard"

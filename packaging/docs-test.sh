#!/bin/sh
# Runs the commands in README.md and docs/, as a reader would: each document from its top, in a folder of its own, with the commands
# of target/overlaybd on the PATH. packaging/docs/blocks.awk tells how blocks are marked; those for root under a kernel with TCMU
# are run by kernel-tests/run.sh docs. Commands, options, scripts and links in the text between are looked up. For the documents a
# registry, with a password, is at localhost:5000.
#   packaging/docs-test.sh [FILE...]            all documents, or these
#   packaging/docs-test.sh --script MARK FILE   prints what would be run
set -eu
cd "$(dirname "$0")/.."
ROOT=$PWD
. packaging/requirements.sh
. packaging/quickstart/registry.sh

script() { # MARK FILE
  printf 'set -eu\n. "%s/packaging/docs/steps.sh"\n' "$ROOT"
  awk -v mark="$1" -v file="$2" -f packaging/docs/blocks.awk "$2"
}
if [ "${1:-}" = --script ]; then script "$2" "$3"; exit; fi

need nbdcopy=libnbd-bin qemu-img=qemu-utils fio=fio mkfs.ext4=e2fsprogs nbdfuse=libnbd-bin fusermount3=fuse3 jq=jq curl=curl \
  docker-registry=docker-registry htpasswd=apache2-utils skopeo=skopeo
[ -x "$ROOT/target/overlaybd/bin/overlaybd-import" ] || die "no target/overlaybd; run mvn package first"
[ $# -gt 0 ] || set -- README.md CONTRIBUTING.md docs/*.md docs/*/*.md

unmarked=$(for file; do awk -v check=1 -v file="$file" -f packaging/docs/blocks.awk "$file" | grep ' without a mark$' || :; done)
[ -z "$unmarked" ] || die "say what is to become of these:
$unmarked"
wrong=$(awk -v man="$ROOT/target/overlaybd/share/man" -v pages=docs/nbd.md=overlaybd-nbd -f packaging/docs/spans.awk "$@") ||
  die "the text speaks of what there is not:
$wrong"

WORK=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-docs.XXXXXX")
REGISTRY_PID=
clean_up() {
  status=$?
  [ -z "$REGISTRY_PID" ] || kill "$REGISTRY_PID"
  rm -rf "$WORK"
  exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM
start_registry
PORT=${REGISTRY##*:}

# Mounting takes root and FUSE.
mark=run
if is_root && [ -w /dev/fuse ]; then mark=root; else say "docs-test.sh: without root and /dev/fuse, what mounts is left out"; fi

run_document() {
  folder=$WORK/$(echo "$1" | tr / _)
  mkdir -p "$folder/.docker"
  sed "s/$REGISTRY/localhost:$PORT/" "$WORK/credentials.json" >"$folder/.docker/config.json"
  script $mark "$1" | sed "s/localhost:5000/localhost:$PORT/g" >"$folder.sh"
  grep -q '^step ' "$folder.sh" || return 0
  (cd "$folder" && HOME=$folder SOURCE=$ROOT DOCS_OUTPUT=$folder.out PATH="$ROOT/target/overlaybd/bin:$PATH:/usr/sbin:/sbin" \
    timeout -k 10 "${DOCS_SECONDS:-180}" sh ${DOCS_TRACE:+-x} "$folder.sh" 3>&2 >"$folder.log" 2>&1) || { tail -n 25 "$folder.log" >&2; die "$1: a command does not do what the document says"; }
  documents=$((documents + 1)) steps=$((steps + $(grep -c '^step ' "$folder.sh")))
}
documents=0 steps=0
for file; do run_document "$file"; done
say "docs-test.sh: $steps steps of $documents documents do what they say"

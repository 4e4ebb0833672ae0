#!/bin/sh
# The part of emulated.sh that runs where the programs in HOME are emulated.
#   packages/emulated-trial.sh HOME
set -eu
home=$1 bin=$1/bin reference=$PWD/target/overlaybd/bin
work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-emulated.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"
die() { printf 'emulated.sh: %s\n' "$*" >&2; sed 's/^/  | /' err out 2>/dev/null >&2 || :; exit 1; }
run() { "$@" >out 2>err </dev/null || die "$*: exit code $?"; }

run "$bin/overlaybd-tcmu" --version
run "$bin/overlaybd-ctl" --help
grep -q '^Usage: overlaybd-ctl' out || die "overlaybd-ctl --help says something else"

# Classes, which compress somewhat, zeros, which do not count, and a jar, which does not compress.
{ head -c 3000000 "$home/runtime/lib/modules"; head -c 1000000 /dev/zero; head -c 1000000 "$home"/lib/netty-common-*.jar; } >disk
truncate -s 6M disk
for algorithm in lz4 zstd; do
  run "$bin/overlaybd-import" --algorithm $algorithm --tar disk $algorithm.layer
  run "$reference/overlaybd-import" --algorithm $algorithm --tar disk here.layer
  cmp $algorithm.layer here.layer || die "the $algorithm layer is not what this machine makes"
  rm here.layer
done
run "$bin/overlaybd-inspect" --deep lz4.layer
grep -q 'ok, every byte was read' out || die "overlaybd-inspect found the layer unsound"

printf '{ "lowers": [ { "file": "%s/zstd.layer" } ] }' "$work" >image.json
mkfifo ready
"$bin/overlaybd-nbd" --socket "$work/socket" image.json >ready 2>err </dev/null &
server=$!
read -r uri <ready || die "overlaybd-nbd does not start"
run nbdcopy "$uri" read
cmp read disk || die "overlaybd-nbd serves other bytes"
for library in libjffi libzstd-jni libnetty_transport_native_epoll; do
  grep -q "$home/lib/native/$library" "/proc/$server/maps" || die "$library is not used"
done
kill "$server"
wait "$server" || die "overlaybd-nbd: exit code $?"
server=
echo "emulated.sh: commands run, layers of both kinds are the same bytes as here, and are served right"

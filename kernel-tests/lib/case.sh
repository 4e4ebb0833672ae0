# Sourced by each case, in the guest, where / is the host's and cannot be written. The case's first argument is the folder that
# run.sh made, the current folder the repository.
set -eu
CASE=$(basename "$0" .sh)
. "$1/environment"
export OVERLAYBD_JAVA_OPTS="-Djava.io.tmpdir=/run/tmp" OVERLAYBD_LOG_LEVEL=INFO # /tmp cannot be written here
. kernel-tests/lib/tcmu.sh
. kernel-tests/lib/daemon.sh

ok() { echo "ok: $*"; }
skipped() { echo "skipped: $*"; }
measured() { echo "measured: $*"; }
fail() { echo "$CASE: $*"; exit 1; }

# by_length SHORT FULL: how long or how often, by the length that was asked for.
by_length() { if $FULL; then echo "$2"; else echo "$1"; fi; }

at_the_end() {
  status=$?
  cp /run/*.log /run/out/ 2>/dev/null
  [ $status = 0 ] || { grep -v DEBUG "$DAEMON_LOG" | tail -40 | cut -c1-300 | sed 's/^/  | /'; dmesg | tail -10 | sed 's/^/  # /'; }
  exit $status
}
trap at_the_end EXIT

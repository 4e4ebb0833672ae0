#!/bin/sh
# In the guest: many devices are attached at the same time, serve the same bytes under different names, and go.
#   many.sh CLASSPATH CONFIG IMAGE COUNT
set -eu
here=$(dirname "$0")
. "$here/../tcmu.sh"
classpath=$1 config=$2 image=$3 count=$4

fail() { echo "many.sh: $*"; tail -50 /run/daemon.log | sed 's/^/  | /'; exit 1; }

attach() {
  create "dev$1" "$config" 4 && disk=$(export_disk "dev$1" "$(wwn "$1")") && echo "$disk" >"/run/disk$1"
}

wwn() { printf 'naa.5001405%09x' "$1"; }

detach() { unexport_disk "dev$1" "$(wwn "$1")" && rmdir "$CORE/user_1/dev$1"; }

# in_parallel COMMAND: with each number
in_parallel() {
  for number in $(seq "$count"); do
    { "$1" "$number" || echo "$1 $number" >>/run/failed; } &
    pids="${pids:-} $!"
  done
  wait $pids
  pids=
  [ ! -e /run/failed ] || fail "failed: $(cat /run/failed)"
}

echo '{"logConfig":{"logLevel":1},"cacheConfig":{"cacheDir":"/run/cache"}}' >/run/overlaybd.json
load_modules
java -Xmx64m -XX:+UseSerialGC -XX:-UsePerfData -Djava.io.tmpdir=/run/tmp -cp "$classpath" \
  io.overlaybd.tcmu.OverlaybdTcmu /run/overlaybd.json >/run/daemon.log 2>&1 &
daemon=$!
until_true 300 grep -q 'overlaybd-tcmu serves' /run/daemon.log || fail "the daemon does not start"

in_parallel attach
echo "ok: $count attached"

ids=$(cat /sys/block/sd*/device/wwid | sort -u | wc -l)
[ "$ids" = "$count" ] || fail "$ids ids of $count disks"
head -c 1048576 "$image" >/run/head
for disk in $(cat /run/disk*); do
  head -c 1048576 "/dev/$disk" | cmp -s - /run/head || fail "$disk: other bytes"
done
echo "ok: $count disks, each with an id of its own and the right bytes"

in_parallel detach
rmdir "$CORE/user_1"
ls -d /sys/class/uio/uio* 2>/dev/null && fail "a uio device is left"
ls -l /proc/$daemon/fd | grep -q uio && fail "the daemon has a device open"
kill -TERM $daemon
wait $daemon || fail "exit code $? after SIGTERM"
echo "ok: nothing left"

#!/bin/sh
# Reads wait for a registry that is silent: the disk is removed all the same, and the daemon ended.
# needs: docker-registry=docker-registry htpasswd=apache2-utils
. kernel-tests/lib/case.sh
. kernel-tests/lib/registry.sh

load_modules
start_registry
"$OVERLAYBD/bin/overlaybd-push" --plain-http --credentials /run/credentials.json --write-config /run/lazy.json \
  "$REGISTRY/app:1" "$WORK/layer.obd" >/run/push.log 2>&1 || fail "not pushed: $(cat /run/push.log)"
mkdir /run/cache
mount -t tmpfs -o size=2G cache /run/cache
printf '{"logConfig":{"logLevel":1,"logPath":"/run/overlaybd.log"},"auditPath":"/run/audit.log","cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialConfig":{"mode":"file","path":"%s"}}' \
  /run/credentials.json >$DAEMON_CONFIG
DAEMON_LOG=/run/overlaybd.log
: >$DAEMON_LOG
start_daemon

# seconds WHAT LIMIT COMMAND...: fails if the command takes longer.
seconds() {
  what=$1 limit=$2 begin=$(date +%s)
  shift 2
  "$@" || fail "$what: failed"
  took=$(($(date +%s) - begin))
  [ $took -le "$limit" ] || fail "$what took $took s"
}

# The kernel gives a command up after two seconds; the daemon's read of it goes on.
create one /run/lazy.json 4 || fail "not opened"
echo 2 >"$CORE/user_1/one/attrib/cmd_time_out"
disk=$(export_disk one "$(wwn 1)") || fail "no disk"
grep -q 'AUDIT|th=.*|download\[pathname=http://127.0.0.1:5000/v2/app/blobs/sha256:.*\]\[offset=0\]\[size=.*\]\[latency=.*\]$' /run/audit.log ||
  fail "the audit log tells of no download: $(cat /run/audit.log)"
silence_registry
dd if="/dev/$disk" of=/dev/null bs=64k iflag=direct 2>/run/dd.log &
reader=$!
sleep 1
kill -0 $reader || fail "the read did not wait for the registry: nothing was shown"
echo 1 >"/sys/block/$disk/device/delete" & # ends the retries of the disk driver
unexport_disk one "$(wwn 1)" || fail "the disk is not taken away"
seconds "removal" 8 rmdir "$CORE/user_1/one"
wait $reader && fail "the read was answered"
nothing_left_of_one() { ! held_by_daemon | grep -q uio; }
until_true 100 nothing_left_of_one || fail "something of the disk is left"
ok "removed while a read waited for its registry; audit log in the original's form"

wake_registry
create two /run/lazy.json 4 || fail "not opened"
disk=$(export_disk two "$(wwn 2)") || fail "no disk"
silence_registry
cmp "$WORK/disk.img" "/dev/$disk" >/run/cmp.log 2>&1 &
reader=$!
sleep 1
kill -0 $reader || fail "the read did not wait for the registry: nothing was shown"
seconds "end" 20 stop_daemon
ok "ended within a bound while a read waited for its registry"
wake_registry
start_daemon
wait $reader || fail "the read that the first daemon left was not served by the second: $(cat /run/cmp.log)"
ok "what one daemon left the next one answered"

unexport_disk two "$(wwn 2)" && delete two || fail "not removed"
remove_folders
nothing_left
stop_daemon

#!/bin/sh
# The registry of a mounted file system under load fails in every way, one after the other: no error, no wrong byte, and soon as before.
# needs: docker-registry=docker-registry htpasswd=apache2-utils
# limits: 1500 1G
. kernel-tests/lib/case.sh
. kernel-tests/lib/registry.sh

PROXY=127.0.0.1:5001
SECONDS_EACH=$(by_length 2 55)

start_proxy() {
  mkfifo /run/faults
  "$JAVA_HOME/bin/java" -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir=/run/tmp \
    -cp kernel-tests/target/classes:test-support/target/classes io.overlaybd.kerneltests.FaultyRegistry \
    "${REGISTRY#*:}" "${PROXY#*:}" /run/ca.pem </run/faults >/run/proxy.log 2>&1 &
  exec 9>/run/faults
  until_true 600 grep -q '^none$' /run/proxy.log || fail "no proxy: $(cat /run/proxy.log)"
}

# become FAULT
become() {
  : >/run/proxy.log
  echo "$1" >&9
  until_true 300 grep -q "^$1\$" /run/proxy.log || fail "not told to the proxy: $1: $(cat /run/proxy.log)"
}

# Nothing stays in memory, and the cache has no room, so each pass asks the registry anew.
read_all() {
  until [ -e /run/enough ]; do
    echo 3 >/proc/sys/vm/drop_caches
    diff -r --exclude=lost+found "$WORK/files" /run/root >>/run/differences 2>&1 || echo differs >>/run/differences
    echo pass >>/run/passes
  done
}

passes() { wc -l </run/passes; }

# Passes until the next one that began after now is over: the one under way is the first.
await_passes() {
  before=$(passes)
  until_true 3000 eval '[ "$(passes)" -ge $((before + 2)) ]' || fail "$1: the load stands still"
}

tell_time() {
  read -r now rest </proc/uptime
  now=${now%.*}${now#*.}0
}

load_modules
start_registry
"$OVERLAYBD/bin/overlaybd-push" --plain-http --credentials /run/credentials.json --write-config /run/pushed.json \
  "$REGISTRY/app:1" "$WORK/layer.obd" >/run/push.log 2>&1 || fail "not pushed: $(cat /run/push.log)"
mkdir -p /run/tmp
start_proxy
sed "s,http://$REGISTRY,https://$PROXY," /run/pushed.json >/run/lazy.json
printf '{"auths":{"%s":{"auth":"%s"}}}\n' "$PROXY" "$(printf user:secret | base64)" >/run/credentials.json
mkdir /run/cache
mount -t tmpfs -o size=16M cache /run/cache
printf '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialConfig":{"mode":"file","path":"%s"},"certConfig":{"caFile":"/run/ca.pem"}}' \
  /run/credentials.json >$DAEMON_CONFIG
start_daemon

disk=$(attach 1 /run/lazy.json) || fail "no disk"
mkdir /run/root
mount -t ext4 -o ro,noload "/dev/$disk" /run/root || fail "not mounted"
: >/run/passes
: >/run/differences
read_all &
loader=$!
await_passes "without a fault"

tell_time
begin=$now
await_passes "after that"
tell_time
usual=$((now - begin))
longest=0 kinds=0
for fault in $(by_length "cut wrong-bytes unauthorized failing wrong-name" "latency loss cut stall wrong-bytes wrong-range reset unauthorized too-many failing wrong-name"); do
  kinds=$((kinds + 1))
  become $fault
  sleep $SECONDS_EACH
  become none
  tell_time
  begin=$now
  await_passes "after $fault"
  tell_time
  [ $((now - begin)) -le $longest ] || longest=$((now - begin)) slowest=$fault
  [ ! -s /run/differences ] || fail "$fault: $(head -3 /run/differences)"
done
: >/run/enough
wait $loader
[ ! -s /run/differences ] || fail "$(head -3 /run/differences)"
dmesg | grep -E 'I/O error|EXT4-fs error' && fail "the kernel saw errors"
measured "passes over all files: $(passes); two of them after a fault took $longest ms at most, after $slowest; without a fault before, $usual ms"
ok "$kinds kinds of failure, $SECONDS_EACH s each, under load: no error, no wrong byte"

umount /run/root
detach 1 || fail "not removed"
remove_folders
nothing_left
stop_daemon

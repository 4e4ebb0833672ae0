#!/bin/sh
# An image is mounted from a registry with a password; only what is read is fetched; what is here outlives the registry, which is waited for.
# needs: docker-registry=docker-registry htpasswd=apache2-utils curl=curl
. kernel-tests/lib/case.sh
. kernel-tests/lib/registry.sh

load_modules
start_registry
"$OVERLAYBD/bin/overlaybd-push" --plain-http --credentials /run/credentials.json --write-config /run/lazy.json \
  "$REGISTRY/app:1" "$WORK/layer.obd" >/run/push.log 2>&1 || fail "not pushed: $(cat /run/push.log)"
printf '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialConfig":{"mode":"file","path":"%s"}}' \
  /run/credentials.json >$DAEMON_CONFIG
mkdir /run/cache # the cache leaves a gibibyte free
mount -t tmpfs -o size=2G cache /run/cache
start_daemon

# daemon_says PATH: asks at the admin socket.
daemon_says() { curl -fsS --unix-socket /run/overlaybd/admin.sock "http://overlaybd$1"; }

fetched() { du -B1 -s /run/cache | cut -f1; }

disk=$(attach 1 /run/lazy.json) || fail "no disk"
mkdir /run/root
mount -t ext4 -o ro,noload "/dev/$disk" /run/root || fail "not mounted"
[ "$(head -1 /run/root/numbers)" = 1 ] || fail "wrong bytes"
some=$(fetched) whole=$(stat -c %s "$WORK/layer.obd")
[ "$some" -lt $((whole * 7 / 10)) ] || fail "$some of $whole bytes were fetched to mount and read one line"
ok "mounted and a line read, with $((some / 1024)) of $((whole / 1024)) KiB fetched"

silence_registry
sha256sum /run/root/folder/random >/run/random.sum &
reader=$!
disk_of_other=$(attach 2 "$WORK/config.json") || fail "no disk beside one whose registry is silent"
cmp "$WORK/disk.img" "/dev/$disk_of_other" || fail "bytes differ beside a silent registry"
detach 2 || fail "not removed beside a silent registry"
kill -0 $reader || fail "the read did not wait for the registry: nothing was shown"
wake_registry
wait $reader || fail "the read failed that the registry was silent for"
ok "one disk is attached, read and removed while the reader of another waits for its registry, and is then served"

"$OVERLAYBD/bin/overlaybd-ctl" explain dev1 >/run/why 2>&1 || fail "not explained: $(cat /run/why)"
grep -q "% is waiting for ${REGISTRY#http://}" /run/why || fail "the registry is not told of: $(cat /run/why)"
ok "overlaybd-ctl explain: $(sed -n 's/^-> //p' /run/why | head -1)"

diff -r --exclude=lost+found "$WORK/files" /run/root || fail "files differ"
ok "every file is the same"
daemon_says /metrics >/run/metrics || fail "no metrics"
grep -q '^overlaybd_device_remote_reads_total{device="dev1"} [1-9]' /run/metrics || fail "no remote reads in the metrics"
grep -q '^overlaybd_device_failures_total{device="dev1",operation="read"} 0' /run/metrics || fail "failed reads"
reads=$(sed -n 's/^overlaybd_device_operation_seconds_count{device="dev1",operation="read"} //p' /run/metrics)
kernel=$(awk '{ print $1 }' "/sys/block/$disk/stat")
[ "$reads" = "$kernel" ] || fail "the daemon counts $reads reads, the kernel $kernel"
ok "daemon and kernel count the same: $reads reads"

stop_registry
echo 3 >/proc/sys/vm/drop_caches
diff -r --exclude=lost+found "$WORK/files" /run/root || fail "files differ without the registry"
kill_daemon
start_daemon
cmp "$WORK/disk.img" "/dev/$disk" || fail "bytes differ without the registry, after kill -9"
[ "$(daemon_says /readyz)" = ok ] || fail "not ready: $(daemon_says /readyz)"
ok "what was read outlives the registry, and kill -9"

umount /run/root
detach 1 || fail "not removed"

forget_cache() {
  stop_daemon
  rm -rf /run/cache/* /run/cache.presence/*
}

forget_cache
start_registry
mkdir /run/layer
mount -t tmpfs -o size=2G layer /run/layer # a download leaves a gibibyte free too
sed 's|"digest"|"dir":"/run/layer","digest"|
  s|"repoBlobUrl"|"download":{"enable":true,"delay":0,"delayExtra":1},"repoBlobUrl"|' /run/lazy.json >/run/download.json
start_daemon
disk=$(attach 3 /run/download.json) || fail "no disk with downloads"
until_true 300 logged 'reads go there' || fail "not downloaded"
stop_registry
cmp "$WORK/disk.img" "/dev/$disk" || fail "bytes differ after the download, without the registry"
grep -q "$(sha256sum /run/layer/overlaybd.commit | cut -d' ' -f1)" /run/lazy.json || fail "the file is not the blob"
forget_cache
start_daemon
echo 3 >/proc/sys/vm/drop_caches
cmp "$WORK/disk.img" "/dev/$disk" || fail "bytes differ from the downloaded file, without registry and cache"
ok "downloaded whole while in use; registry, cache and the daemon of then are needed no longer"

forget_cache
rm /run/layer/overlaybd.commit
start_daemon
echo 3 >/proc/sys/vm/drop_caches
sha256sum "/dev/$disk" >/run/waited.sum &
reader=$!
until_true 300 logged 'not ready, tried again' || fail "not tried again"
kill -0 $reader || fail "a read did not wait for the registry"
start_registry
wait $reader || fail "a read failed that waited for the registry"
[ "$(cut -d' ' -f1 /run/waited.sum)" = "$(sha256sum <"$WORK/disk.img" | cut -d' ' -f1)" ] || fail "wrong bytes after the wait"
ok "started without a registry: the disk waits, NOT READY, and is served once the registry is there"

detach 3 || fail "not removed"
umount /run/layer
remove_folders
nothing_left
stop_daemon

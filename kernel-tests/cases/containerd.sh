#!/bin/sh
# containerd with the project's own overlaybd-snapshotter: images are pulled lazily, run, written to, converted, traced and removed.
# needs: containerd=containerd runc=runc umoci=umoci docker-registry=docker-registry htpasswd=apache2-utils busybox=busybox-static mkfs.xfs=xfsprogs
# limits: 600 2G
. kernel-tests/lib/case.sh
. kernel-tests/lib/registry.sh
. kernel-tests/lib/containerd.sh
[ -n "$SNAPSHOTTER" ] || { skipped "Debian's package accelerated-container-image is not to be had"; exit 0; }

sum() { cat "$@" | sha256sum | cut -d' ' -f1; }

# push RAW TAG: leaves the layer in /run/layer.obd.
push() {
  "$OVERLAYBD/bin/overlaybd-import" -f "$1" /run/layer.obd >/run/import.log 2>&1 || fail "$(cat /run/import.log)"
  "$OVERLAYBD/bin/overlaybd-push" --plain-http --credentials /run/credentials.json "$APP:$2" /run/layer.obd >/run/push.log 2>&1 ||
    fail "not pushed: $(cat /run/push.log)"
}

load_modules overlay loop
start_registry
APP=$REGISTRY/app
make_app
mkfs.ext4 -q -d /run/app /run/disk.img 64M
push /run/disk.img 1
printf '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialConfig":{"mode":"file","path":"%s"}}' \
  /run/credentials.json >$DAEMON_CONFIG
mkdir /run/cache
mount -t tmpfs -o size=2G cache /run/cache
start_daemon
start_containerd

pull "$APP:1"
stored=$(du -s -B1 /run/containerd/io.containerd.content.v1.content | cut -f1)
[ "$stored" -lt 100000 ] || fail "containerd has fetched $stored bytes"
said=$(run_in "$APP:1" first 'head -1 /numbers; touch /new; ls /new')
[ "$said" = "1
/new" ] || fail "the container said: $said"
fetched=$(du -B1 -s /run/cache | cut -f1) whole=$(stat -c %s /run/layer.obd)
[ "$fetched" -lt $((whole * 7 / 10)) ] || fail "$fetched of $whole bytes were fetched"
ok "an image is pulled with $((stored / 1024)) KiB, and a container runs in it with $((fetched / 1024)) of $((whole / 1024)) KiB"

ctr run --detach --net-host "$APP:1" long /bin/sh -c \
  'while [ ! -e /enough ]; do cat /numbers /folder/random | sha256sum >>/sums; done' >/run/run.log 2>&1 || fail "not started: $(cat /run/run.log)"
root=/run/containerd-state/io.containerd.runtime.v2.task/default/long/rootfs
# further_than PASSES: everything read anew each time this is asked.
further_than() { echo 3 >/proc/sys/vm/drop_caches && [ "$(wc -l <$root/sums)" -gt "$1" ]; }
until_true 300 further_than 1 || fail "the container reads nothing"
kill_daemon
start_daemon
until_true 600 further_than $(($(wc -l <$root/sums) + 1)) || fail "the container does not go on after kill -9"
[ "$(sort -u $root/sums | cut -d' ' -f1)" = "$(sum "$WORK/files/numbers" "$WORK/files/folder/random")" ] || fail "other bytes: $(sort $root/sums | uniq -c)"
: >$root/enough
until_true 300 eval 'ctr task ls | grep -q "long .* STOPPED"' || fail "the container does not end"
ctr container rm long
ok "a container goes on reading, and what is right, over kill -9 of the daemon"

said=$(run_in "$APP:1" writer 'dd if=/folder/random of=/copy bs=64k 2>/dev/null; sha256sum </copy; cat /proc/mounts' \
  --snapshotter-label containerd.io/snapshot/overlaybd.writable=dir)
echo "$said" | grep -q "^$(sum "$WORK/files/folder/random")" || fail "other bytes: $said"
echo "$said" | grep -q '^/dev/sd.* / ext4 rw' || fail "the root is no disk: $said"
ok "a container has a writable disk as its root"

truncate -s 320M /run/xfs.img
mkfs.xfs -q /run/xfs.img
mkdir /run/xfs
mount -o loop /run/xfs.img /run/xfs && cp -a /run/app/. /run/xfs && umount /run/xfs || fail "no xfs"
push /run/xfs.img xfs
pull "$APP:xfs"
[ "$(run_in "$APP:xfs" xfs 'sha256sum </numbers' | cut -d' ' -f1)" = "$(sum "$WORK/files/numbers")" ] || fail "xfs: other bytes"
grep -q '^/dev/sd.* xfs ro' /proc/mounts || fail "not mounted as xfs: $(grep ^/dev /proc/mounts)"
forget "$APP:xfs"
ok "an image of xfs that overlaybd-push made is mounted as such"

PLAIN=$REGISTRY/plain:1
{
  umoci init --layout /run/oci
  umoci new --image /run/oci:1
  umoci insert --image /run/oci:1 /run/app /
  umoci insert --image /run/oci:1 /run/layer.obd /more
} >/run/umoci.log 2>&1 || fail "no ordinary image: $(cat /run/umoci.log)"
tar -C /run/oci -cf /run/oci.tar .
same_as_plain() {
  said=$(run_in "$1" compare 'cat /numbers /folder/random /more | sha256sum')
  [ "${said%% *}" = "$(sum "$WORK/files/numbers" "$WORK/files/folder/random" /run/layer.obd)" ] || fail "$1 has other files"
}
ctr image import --base-name "${PLAIN%:*}" /run/oci.tar >/run/ctr.log 2>&1 || fail "not imported: $(cat /run/ctr.log)"
same_as_plain "$PLAIN"
[ "$(disks)" = 1 ] || fail "an ordinary image has a disk"
ctr_of_project obdconv "$PLAIN" "$APP:converted" >/run/obdconv.log 2>&1 || fail "not converted: $(tail -3 /run/obdconv.log)"
publish "$APP:converted"
forget "$APP:converted" "$PLAIN"
pull "$APP:converted"
same_as_plain "$APP:converted"
ok "an ordinary image runs as ever; its two layers are converted by obdconv, pushed, pulled lazily, and have the same files"

# Recording begins when a disk is attached, so there must be none; what is to be pushed again must be here.
forget "$APP:converted"
pull --download-blobs "$APP:converted"
ctr_of_project record-trace --runtime io.containerd.runc.v2 --disable-network-isolation --time 20 --working-dir /run/trace \
  "$APP:converted" "$APP:traced" /bin/sh -c 'sha256sum /folder/random' >/run/trace.log 2>&1 || fail "not traced: $(tail -3 /run/trace.log)"
publish "$APP:traced"
forget "$APP:traced" "$APP:converted"
rm -rf /run/cache/*
pull "$APP:traced"
same_as_plain "$APP:traced"
logged 'fetched ahead in [1-9]' || fail "nothing was fetched ahead"
ok "a start is traced by record-trace, pushed, and what it read is fetched ahead at the next: $(sed -n 's/.*json: fetched ahead in //p' $DAEMON_LOG | tail -1)"

forget "$APP:traced" "$APP:1"
until_true 300 eval '[ "$(disks)" = 0 ]' || fail "$(disks) disks are left: $(tail -3 /run/snapshotter.log)"
ok "no disk is left when the images are gone"
rmdir $CORE/user_* $LOOPBACK
nothing_left
stop_daemon

#!/bin/sh
# Disks of many layers are read without end: memory, descriptors and threads stay as many as they were, and go with the disks.
# needs: docker-registry=docker-registry htpasswd=apache2-utils
# limits: 3000 4G
. kernel-tests/lib/case.sh
. kernel-tests/lib/registry.sh

DEVICES=$(by_length 4 24)
LAYERS=$(by_length 4 30)
SECONDS_OF_LOAD=$(by_length 6 1800)
SAMPLES=$(by_length 2 30)
WARM_UP=$(by_length 2 60)

# Each layer changes 64 KiB of the disk below it. Sets layers, for the command line, bottom first.
make_layers() {
  cp "$WORK/disk.img" /dev/shm/before.img
  cp "$WORK/layer.obd" /dev/shm/layer1
  layers=/dev/shm/layer1
  for number in $(seq 2 "$LAYERS"); do
    cp /dev/shm/before.img /dev/shm/after.img
    dd if=/dev/urandom of=/dev/shm/after.img bs=64k seek=$((number * 8)) count=1 conv=notrunc 2>/run/dd.log
    "$OVERLAYBD/bin/overlaybd-import" --base /dev/shm/before.img /dev/shm/after.img "/dev/shm/layer$number" >/run/import.log 2>&1 ||
      fail "$(cat /run/import.log)"
    layers="$layers /dev/shm/layer$number"
    mv /dev/shm/after.img /dev/shm/before.img
  done
}

# Half of the disks read files, the others a registry through the cache.
config_of() {
  if [ $(($1 % 2)) = 0 ]; then echo /run/lazy.json
  else echo /run/local.json; fi
}

# usage: descriptors, threads, and resident KiB of the daemon.
usage() {
  echo "$(ls /proc/$DAEMON/fd | wc -l) $(ls /proc/$DAEMON/task | wc -l) $(awk '/^VmRSS/ { print $2 }' /proc/$DAEMON/status)"
}

# most COLUMN FROM TO: the largest of these samples.
most() { sed -n "$2,$3p" /run/samples | cut -d' ' -f"$1" | sort -n | tail -1; }

# not_grown COLUMN WHAT PER_CENT: the last third of the samples beside the one before it.
not_grown() {
  third=$((SAMPLES / 3))
  middle=$(most "$1" $((third + 1)) $((2 * third))) last=$(most "$1" $((2 * third + 1)) "$SAMPLES")
  measured "$2: $middle at most in the second third, $last in the last one"
  [ "$last" -le $((middle * (100 + $3) / 100)) ] || fail "$2 grow"
}

# Without disks, as it was when it had had none. What stays: the cache, once it is open, with its lock and the thread that keeps it
# within its limits; the thread of timers; what was compiled and loaded. Idle threads go after a minute, which only the long form waits for.
# As after the first round, too, when that is over.
is_back() {
  usage | {
    read -r descriptors threads resident
    read -r descriptors_then threads_then resident_then </run/usage.fresh
    [ "$descriptors" -le $((descriptors_then + 1)) ] && [ "$resident" -le $((resident_then * 130 / 100)) ] &&
      { ! $FULL || [ "$threads" -le $((threads_then + 2)) ]; } &&
      { [ ! -e /run/usage.warm ] || [ "$resident" -le $(($(cut -d' ' -f3 /run/usage.warm) * 105 / 100)) ]; }
  }
}
is_back_at_last() {
  until_true 1200 is_back ||
    fail "descriptors, threads, resident KiB: $(cat /run/usage.fresh) as started, $(usage) now: $(ls -l /proc/$DAEMON/fd) $(cat /proc/$DAEMON/task/*/comm)"
}

# Everything anew each time, compared with what it is to be.
read_all() {
  until [ -e /run/enough ]; do
    cmp "/dev/$1" /dev/shm/before.img || echo "$1" >>/run/differences
    echo 3 >/proc/sys/vm/drop_caches
  done
}

# disks_are_read SECONDS SAMPLES: attached, read by all at the same time, and detached.
disks_are_read() {
  readers=
  rm -f /run/enough
  for number in $(seq "$DEVICES"); do
    disk=$(attach "$number" "$(config_of "$number")") || fail "no disk $number"
    read_all "$disk" &
    readers="$readers $!"
  done
  for sample in $(seq "$2"); do
    sleep $(($1 / $2))
    usage >>/run/samples
  done
  : >/run/enough
  wait $readers
  [ ! -e /run/differences ] || fail "other bytes: $(sort /run/differences | uniq -c)"
  for number in $(seq "$DEVICES"); do detach "$number"; done
}

load_modules
start_registry
make_layers
"$OVERLAYBD/bin/overlaybd-push" --plain-http --credentials /run/credentials.json --write-config /run/lazy.json \
  "$REGISTRY/app:1" $layers >/run/push.log 2>&1 || fail "not pushed: $(cat /run/push.log)"
printf '{"lowers":[%s]}' "$(printf '{"file":"%s"},' $layers | sed 's/,$//')" >/run/local.json
printf '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialConfig":{"mode":"file","path":"%s"}}' \
  /run/credentials.json >$DAEMON_CONFIG
mkdir /run/cache
mount -t tmpfs -o size=2G cache /run/cache
DAEMON_HEAP=$(by_length 64m 128m)
start_daemon

until_true 600 logged 'prepared for images of registries' || fail "the daemon does not prepare itself"
usage >/run/usage.fresh
# A round comes first: what the daemon keeps for good is there by then, above all what the JVM has compiled.
disks_are_read "$WARM_UP" 1
if $FULL; then
  is_back_at_last
  usage >/run/usage.warm
fi
rm /run/samples
disks_are_read "$SECONDS_OF_LOAD" "$SAMPLES"
ok "$DEVICES disks of $LAYERS layers each, read for $SECONDS_OF_LOAD s: no wrong byte"
if $FULL; then
  not_grown 1 descriptors 0
  not_grown 2 threads 0
  not_grown 3 "resident KiB" 5
fi

remove_folders
nothing_left
is_back_at_last
! $FULL || measured "descriptors, threads, resident KiB: $(cat /run/usage.warm) after a round of $WARM_UP s"
measured "descriptors, threads, resident KiB: $(cat /run/usage.fresh) as started, $(usage) at the end"
stop_daemon

#!/bin/sh
# A hundred disks are attached at the same time and go again, with a registry that never answers meanwhile.
# needs: docker-registry=docker-registry htpasswd=apache2-utils
# limits: 400 2G
. kernel-tests/lib/case.sh
. kernel-tests/lib/registry.sh

COUNT=100

# Sets now, in milliseconds. No process more than needed: a hundred of them would be what is measured.
tell_time() {
  read -r now rest </proc/uptime
  now=${now%.*}${now#*.}0
}

# In its own process: how long the daemon took to open the image, and how long until there was a disk, in milliseconds.
attach_and_tell() {
  tell_time
  begin=$now
  create "dev$1" "$WORK/config.json" 4 || return 1
  tell_time
  enabled=$now
  export_disk "dev$1" "$(wwn "$1")" >"/run/$ROUND/$1.disk" || return 1
  tell_time
  echo "$((enabled - begin)) $((now - begin))" >"/run/$ROUND/$1.time"
}

# in_parallel COMMAND: with each number
in_parallel() {
  pids=
  for number in $(seq $COUNT); do
    { "$1" "$number" || echo "$1 $number" >>/run/failed; } &
    pids="$pids $!"
  done
  wait $pids
  [ ! -e /run/failed ] || fail "failed: $(sort /run/failed | head -5)"
}

# percentile COLUMN PERCENT
percentile() { cut -d' ' -f"$1" /run/$ROUND/*.time | sort -n | sed -n "$((COUNT * $2 / 100))p"; }

tell_resident() { measured "resident with $1 disks: $(awk '/^VmRSS/ { print int($2 / 1024) }' /proc/$DAEMON/status) MiB"; }

# few COUNT: attached and gone again, one after the other.
few() {
  for number in $(seq "$1"); do attach "$number" "$WORK/config.json" 4 >/dev/null || fail "no disk"; done
  tell_resident "$1"
  for number in $(seq "$1"); do detach "$number"; done
}

# round NAME WHAT: all are attached, read and removed.
round() {
  ROUND=$1
  mkdir "/run/$ROUND"
  in_parallel attach_and_tell
  measured "$2: enable p50 $(percentile 1 50) ms, p99 $(percentile 1 99) ms; until the disk is there p50 $(percentile 2 50) ms, p99 $(percentile 2 99) ms"
  ids=$(cat /sys/block/sd*/device/wwid | sort -u | wc -l)
  [ "$ids" = $COUNT ] || fail "$ids ids of $COUNT disks"
  for disk in $(cat /run/$ROUND/*.disk); do
    head -c 65536 "/dev/$disk" | cmp -s - /run/head || fail "$disk: other bytes"
  done
  tell_resident $COUNT
  ok "$COUNT disks, each with an id of its own and the right bytes, $2"
}

# An image whose registry is silent is being opened, again and again; how many others are there when that fails is noted.
open_silent() {
  until [ -e /run/enough ]; do
    if create silent /run/silent.json 4 2>>/run/silent.log; then echo opened >>/run/failed; fi
    rmdir "$CORE/user_1/silent"
    ls /run/silent/*.time 2>/dev/null | wc -l >>/run/meanwhile
  done
}

load_modules
printf '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialConfig":{"mode":"file","path":"%s"}}' \
  /run/credentials.json >$DAEMON_CONFIG
start_registry
silence_registry
printf '{"repoBlobUrl":"http://%s/v2/app/blobs","lowers":[{"digest":"sha256:%064d","size":9999}]}' "$REGISTRY" 1 >/run/silent.json
start_daemon
head -c 65536 "$WORK/disk.img" >/run/head

if $FULL; then
  few 1
  few 10
  round alone "nothing else going on"
  alone=$(percentile 1 50)
  in_parallel detach
fi
open_silent &
silent=$!
until_true 100 test -e "$CORE/user_1/silent/enable"
round silent "an image being opened whose registry is silent"
if $FULL; then
  [ "$(percentile 1 50)" -le $((alone * 3 + 100)) ] || fail "the silent one held up the others: p50 was $alone ms without it"
fi
in_parallel detach
: >/run/enough
wait $silent
others=$(head -1 /run/meanwhile)
[ "$others" -gt 10 ] || fail "$others of $COUNT were attached while the silent one was being opened"
ok "the silent one was refused, after $others others were there"
remove_folders
nothing_left
stop_daemon

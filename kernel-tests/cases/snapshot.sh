#!/bin/sh
# Snapshots one after the other under verified reads and writes: no error, sealed layers stay as they are, the disk reads the same.
# needs: fio=fio curl=curl
# limits: 1800 4G
. kernel-tests/lib/case.sh
. kernel-tests/lib/writable.sh
. kernel-tests/lib/fio.sh

API=http://127.0.0.1:9862
STILL_MIB=16

# Behind what is written to all the time, until told to stop. Slowly, so that many layers have room.
keep_verifying() {
  until [ -e /run/enough ]; do
    fio_verified load "/dev/$disk" --offset=${STILL_MIB}m --size=64m --io_size=16m --iodepth=16 --bsrange=4k-64k --rate_iops=250,250 ||
      { cp /run/fio.log /run/out/; cp /run/fio.log /run/wrong; return; }
    echo pass >>/run/passes
  done
}

passes() { if [ -e /run/passes ]; then wc -l </run/passes; else echo 0; fi; }

# sum_of MIB: of the disk's first ones.
sum_of() { dd "if=/dev/$disk" bs=1M count="$1" iflag=direct 2>/run/dd.log | sha256sum; }

# snapshot NUMBER [OPTION...]: layer NUMBER - 1 is sealed, a new upper is made with these options. Its sum is noted.
snapshot() {
  number=$1
  shift
  lowers="$lowers${lowers:+,}{\"file\":\"$LAYERS/$((number - 1)).data\"}"
  new_upper "$number" "$@"
  write_config next.json
  curl -sS -X POST "$API/snapshot?dev_id=web&config=$LAYERS/next.json" >/run/answer.log 2>&1 || fail "snapshot $number: $(cat /run/answer.log)"
  grep -q '"success": true' /run/answer.log || fail "snapshot $number: $(cat /run/answer.log)"
  [ ! -e $LAYERS/next.json ] || fail "snapshot $number: the new config did not take the place of the old one"
  sha256sum "$LAYERS/$((number - 1)).data" >>/run/sums
}

# new_upper NUMBER [OPTION...]
new_upper() {
  number=$1
  shift
  "$OVERLAYBD/bin/overlaybd-create" "$@" "$LAYERS/$number.data" "$LAYERS/$number.index" 1 >/run/create.log 2>&1 || fail "$(cat /run/create.log)"
}

write_config() {
  printf '{"lowers":[%s],"upper":{"data":"%s","index":"%s"}}' "$lowers" "$LAYERS/$number.data" "$LAYERS/$number.index" >"$LAYERS/$1"
}

# snapshots KIND COUNT [OPTION...]
snapshots() {
  kind=$1 count=$2 LAYERS=/dev/shm/$1 lowers=
  shift 2
  mkdir $LAYERS
  rm -f /run/enough /run/passes /run/sums
  new_upper 0 "$@"
  write_config config.json
  disk=$(attach 1 "$LAYERS/config.json;web" 16) || fail "no disk"
  dd if=/dev/urandom "of=/dev/$disk" bs=1M count=$STILL_MIB oflag=direct 2>/run/dd.log || fail "$(cat /run/dd.log)"
  still=$(sum_of $STILL_MIB)

  keep_verifying &
  loader=$!
  for snapshot in $(seq "$count"); do
    snapshot "$snapshot" "$@"
    [ "$(sum_of $STILL_MIB)" = "$still" ] || fail "$kind layer: after snapshot $snapshot the disk reads otherwise"
    [ ! -e /run/wrong ] || fail "$kind layer: after snapshot $snapshot: $(cat /run/wrong)"
  done
  : >/run/enough
  wait $loader
  [ ! -e /run/wrong ] || fail "$kind layer: $(cat /run/wrong)"
  ok "$kind layer: $count snapshots under $(passes) passes of verified load, no error"

  reads_the_same
  detach 1
  rm -r $LAYERS
}

# Through the stack that grew, and through the one that is opened from the config left, also after kill -9.
reads_the_same() {
  sum=$(sum_of $((STILL_MIB + 64)))
  kill_daemon
  start_daemon
  [ "$(sum_of $((STILL_MIB + 64)))" = "$sum" ] || fail "$kind layer: after kill -9 the disk reads otherwise"
  detach 1
  disk=$(attach 1 "$LAYERS/config.json;web" 16) || fail "no disk"
  [ "$(sum_of $((STILL_MIB + 64)))" = "$sum" ] || fail "$kind layer: opened anew the disk reads otherwise"
  sha256sum --quiet -c /run/sums >/run/sums.log 2>&1 || fail "$kind layer: a sealed layer has changed: $(cat /run/sums.log)"
  for number in 0 $((count - 1)); do
    "$OVERLAYBD/bin/overlaybd-inspect" --deep "$LAYERS/$number.data" >/run/inspect.log 2>&1 || fail "$kind layer: $(cat /run/inspect.log)"
  done
  ok "$kind layer: $(wc -l </run/sums) sealed layers are as they were, the new stack reads the same, also after kill -9 and opened anew"
}

printf '{"serviceConfig":{"enable":true,"address":"%s"}}' $API >$DAEMON_CONFIG
load_modules
start_daemon
snapshots appended "$(by_length 5 50)"
if $FULL; then
  snapshots hybrid 10 --hybrid
  snapshots sparse 10 -s
fi
remove_folders
nothing_left
stop_daemon

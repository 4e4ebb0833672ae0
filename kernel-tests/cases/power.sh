#!/bin/sh
# The power fails: the disk below a writable image as it was at each flush. Its ext4 is clean, every fsynced file is whole.
# needs: dmsetup=dmsetup strace=strace
# limits: 7200 4G
. kernel-tests/lib/case.sh
. kernel-tests/lib/writable.sh
. kernel-tests/lib/power.sh

# record KIND [OPTION...]: the life of an image of this kind, from its creation on, becomes /dev/shm/KIND.log.
record() {
  kind=$1
  shift
  start_log "/dev/shm/$kind.log"
  mkdir $BELOW/upper
  sync $BELOW
  "$OVERLAYBD/bin/overlaybd-create" "$@" $BELOW/upper/data $BELOW/upper/index 1 >/run/create.log 2>&1 || fail "$(cat /run/create.log)"
  mark created
  disk=$(attach 1 $config 16) || fail "no disk"
  mkfs.ext4 -q "/dev/$disk" 64M
  mount -o discard "/dev/$disk" /run/root
  sync /run/root
  mark formatted
  $WHILE_LOADED
  power_loss load /run/root "$STEPS" written || fail "$kind layer: the load failed"
  umount /run/root
  detach 1
  stop_log
}

# As it would be if the order were wrong: the index is on the disk before the data that it speaks of.
forget_to_sync_data() {
  strace -f -o /dev/null -P $BELOW/upper/data -e trace=fsync -e inject=fsync:retval=0 -p $DAEMON 2>/run/strace.log &
  tracer=$!
  until_true 100 grep -q attached /run/strace.log || fail "no tracing: $(cat /run/strace.log)"
}

# is_whole: in the present moment of the replay. On a copy, since to look is to repair; it also has some of what came next.
is_whole() {
  cp --sparse=always /dev/shm/replayed.img /dev/shm/copy.img
  tell unflushed /dev/shm/copy.img
  mount -o loop /dev/shm/copy.img $BELOW || { reason="the file system below is not mounted"; return 1; }
  image_is_whole
  status=$?
  umount $BELOW
  return $status
}

image_is_whole() {
  disk=$(attach 1 $config 16) || { reason="the image is not opened"; delete dev1; return 1; }
  [ "$mark" = created ] || files_are_whole
  status=$?
  detach 1
  return $status
}

files_are_whole() {
  mount "/dev/$disk" /run/root 2>/run/mount.log || { reason="not mounted: $(cat /run/mount.log)"; return 1; }
  tell check /run/root
  reason=$answer
  umount /run/root
  [ "$reason" = whole ] || return 1
  e2fsck -fn "/dev/$disk" >/run/e2fsck.log 2>&1 || { reason="not clean: $(cat /run/e2fsck.log)"; return 1; }
}

# replay KIND COUNT WHAT: says how many moments of how many it was whole at, and WHAT happens at one where it is not.
replay() {
  start_replay "/dev/shm/$1.log" "$2"
  whole=0
  while tell next && [ "$answer" != end ]; do
    moment=${answer#at } mark=${answer##* }
    if is_whole; then whole=$((whole + 1)); else "$3" "$1 layer, entry ${moment% *}, after step $mark: $reason"; fi
  done
  stop_replay
  rm "/dev/shm/$1.log"
}

# survives KIND
survives() {
  replay "$1" "$COUNT" fail
  ok "$1 layer: at $whole of $moments flushes the file systems are clean and every fsynced file is whole"
}

note_loss() { echo "$*" >>/run/losses.log; }

STEPS=$(by_length 40 80)
COUNT=$(by_length 8 1000000)
WHILE_LOADED=
config=/run/upper.json
printf '{"upper":{"data":"%s","index":"%s"}}' $BELOW/upper/data $BELOW/upper/index >$config
mkdir $BELOW /run/root
load_modules loop dm-mod dm-log-writes
start_daemon
record appended
record sparse -s
record hybrid --hybrid
STEPS=20 WHILE_LOADED=forget_to_sync_data
record control
kill -INT $tracer
stop_daemon
pretend_another_boot
start_daemon
survives appended
survives sparse
survives hybrid
replay control 6 note_loss
[ -e /run/losses.log ] || fail "without syncing data nothing is lost: the trial shows nothing"
ok "and if the data were not synced, the trial would show it: at $((moments > 6 ? 6 - whole : moments - whole)) of 6 moments"
remove_folders
nothing_left
stop_daemon

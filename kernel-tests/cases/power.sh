#!/bin/sh
# The power fails: the disk below a writable image as it was at each flush. Its ext4 is clean, every fsynced file is whole.
# needs: dmsetup=dmsetup
# limits: 3600 6G
. kernel-tests/lib/case.sh
. kernel-tests/lib/writable.sh

# The content of file N.
content() { seq "$1" $(($1 * 37 + 2000)); }

# Each file is fsynced, then its number becomes a mark in the log: what is flushed later has the file.
write_files() {
  for number in $(seq "$FILES"); do
    content "$number" | dd of="/run/root/file$number" bs=64k conv=fsync 2>/run/dd.log || fail "$(cat /run/dd.log)"
    dmsetup message written 0 mark "$number"
    [ $((number % 5)) != 0 ] || rm "/run/root/file$((number - 2))" # freed blocks are used again
    [ $((number % 7)) != 0 ] || head -c 300000 /dev/urandom >/run/root/unsynced
  done
}

removed() { [ $(($1 % 5)) = 3 ]; }

# The writable image in the file system on a disk whose every write is logged, and a file system in it.
log_writes() {
  truncate -s 256M /dev/shm/disk.img
  truncate -s 2G /dev/shm/log.img
  disk_below=$(losetup -f --show /dev/shm/disk.img) log=$(losetup -f --show /dev/shm/log.img)
  dmsetup create written --noudevsync --noudevrules --table "0 $((256 * 2048)) log-writes $disk_below $log"
  mkfs.ext4 -q -E nodiscard /dev/dm-0
  mount /dev/dm-0 /run/below
  writable_config /run/below/upper "$@"
  disk=$(attach 1 /run/below/upper/config.json 16) || fail "no disk"
  mkfs.ext4 -q -E lazy_itable_init=0 "/dev/$disk" 64M
  mount "/dev/$disk" /run/root
  sync
  dmsetup message written 0 mark 0
  write_files
  umount /run/root
  detach 1
  umount /run/below
  dmsetup remove --noudevsync written
  losetup -d "$disk_below" "$log"
}

replay() { java -Xmx32m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp /run/classes ReplayLog "$@"; }

# Every so many of the moments after the first file, and the last.
moments() {
  replay /dev/shm/log.img | awk '$2 ~ /^[0-9]+$/' >/run/moments
  every=$(by_length $(($(wc -l </run/moments) / 12 + 1)) 1)
  awk -v every="$every" 'NR % every == 0 { print } { last = $0 } END { if (NR % every) print last }' /run/moments
}

# check ENTRY FILES: in the state of the replayed disk; on a copy, since to look is to repair.
check() {
  cp --sparse=always /dev/shm/replayed.img /dev/shm/copy.img
  mount -o loop /dev/shm/copy.img /run/below || fail "entry $1: the file system below is not mounted"
  disk=$(attach 1 /run/below/upper/config.json 16) || fail "entry $1: the image is not opened"
  mount "/dev/$disk" /run/root || fail "entry $1: the file system is not mounted"
  for number in $(seq "$2"); do
    removed "$number" && [ $((number + 2)) -le $(($2 + 1)) ] && continue
    content "$number" | cmp - "/run/root/file$number" || fail "entry $1: file $number was fsynced and is not whole"
  done
  umount /run/root
  e2fsck -fn "/dev/$disk" >/run/e2fsck.log 2>&1 || fail "entry $1: $(cat /run/e2fsck.log)"
  detach 1
  umount /run/below
}

# survives KIND [OPTION...]
survives() {
  kind=$1
  shift
  log_writes "$@"
  moments >/run/chosen
  truncate -s 0 /dev/shm/replayed.img
  truncate -s 256M /dev/shm/replayed.img
  from=0
  while read -r entry mark; do
    replay /dev/shm/log.img /dev/shm/replayed.img "$from" $((entry + 1))
    from=$((entry + 1))
    check "$entry" "$mark"
  done </run/chosen
  rm /dev/shm/*.img
  ok "$kind layer: at $(wc -l </run/chosen) of $(wc -l </run/moments) flushes the file systems are clean and every fsynced file is whole"
}

FILES=$(by_length 25 120)
mkdir /run/below /run/root /run/classes
"$JAVA_HOME/bin/javac" -d /run/classes kernel-tests/replay/ReplayLog.java
load_modules loop dm-mod dm-log-writes
start_daemon
survives appended
if $FULL; then
  survives sparse -s
  survives hybrid --hybrid
fi
remove_folders
nothing_left
stop_daemon

#!/bin/sh
# blkdiscard, fstrim, UNMAP and WRITE SAME give space back; COMPARE AND WRITE writes only over what it expects.
# needs: sg_unmap=sg3-utils blkdiscard=util-linux
# limits: 300 2G
. kernel-tests/lib/case.sh
. kernel-tests/lib/writable.sh

MIB=1048576

used() { echo $(($(stat -c %b "$folder/data") * 512)); }

# Random bytes, so that nothing is found to be the same or zero.
fill() { dd if=/dev/urandom "of=/dev/$disk" bs=1M count=128 oflag=direct 2>/run/dd.log || fail "$(cat /run/dd.log)"; }

uses_at_most() { [ "$(used)" -le "$1" ]; }

# frees MIB COMMAND...: so much of the layer's file is given back, soon. Layers that append do so from 16 MiB on, once flushed.
frees() {
  mebibytes=$1
  shift
  before=$(used)
  "$@" >/run/command.log 2>&1 || fail "$kind layer: $*: $(cat /run/command.log)"
  sg_sync "/dev/$disk" >/run/command.log 2>&1 || fail "$kind layer: flush: $(cat /run/command.log)"
  until_true 100 uses_at_most $((before - mebibytes * MIB)) ||
    fail "$kind layer: $*: gave back $(((before - $(used)) / MIB)) MiB, expected $mebibytes"
}

# reads_zeros MIB_FROM MIB
reads_zeros() {
  dd "if=/dev/$disk" bs=1M skip="$1" count="$2" iflag=direct 2>/run/dd.log | cmp -s - /dev/zero -n $(($2 * MIB)) ||
    fail "$kind layer: what was given back does not read as zeros"
}

compare_and_write() {
  { head -c 512 "$1"; head -c 512 "$2"; } >/run/both
  sg_compare_and_write --in=/run/both --lba=$((110 * 2048)) "/dev/$disk" >/run/command.log 2>&1
}

# gives_back NUMBER KIND [OPTION...]
gives_back() {
  number=$1 kind=$2 folder=/dev/shm/$1
  shift 2
  writable_config "$folder" "$@"
  disk=$(attach "$number" "$folder/config.json" 64) || fail "no disk"
  fill
  frees 16 blkdiscard -o 0 -l $((20 * MIB)) "/dev/$disk"
  frees 16 blkdiscard -z -o $((20 * MIB)) -l $((20 * MIB)) "/dev/$disk"
  frees 16 sg_unmap --lba=$((40 * 2048)) --num=$((20 * 2048)) -f "/dev/$disk"
  frees 16 sg_write_same --unmap --16 --lba=$((60 * 2048)) --num=$((20 * 2048)) "/dev/$disk"
  frees 16 sg_write_same --unmap --10 --lba=$((80 * 2048)) --num=$((20 * 2048)) "/dev/$disk"
  reads_zeros 0 100
  [ "$(dd "if=/dev/$disk" bs=1M skip=100 count=28 iflag=direct 2>/run/dd.log | tr -d '\0' | wc -c)" -gt $((27 * MIB)) ] ||
    fail "$kind layer: more was discarded than was asked for"

  dd "if=/dev/$disk" bs=1M skip=110 count=1 iflag=direct 2>/run/dd.log >/run/before
  printf '%512s' new >/run/new
  compare_and_write /run/new /run/new && fail "$kind layer: COMPARE AND WRITE wrote over something else"
  compare_and_write /run/before /run/new || fail "$kind layer: COMPARE AND WRITE: $(cat /run/command.log)"
  compare_and_write /run/new /run/before || fail "$kind layer: COMPARE AND WRITE did not write"

  mkfs.ext4 -q -E nodiscard "/dev/$disk"
  mount "/dev/$disk" /run/root
  head -c $((48 * MIB)) /dev/urandom >/run/root/file
  sync
  rm /run/root/file
  sync
  frees 40 fstrim /run/root
  umount /run/root
  e2fsck -fn "/dev/$disk" >/run/e2fsck.log 2>&1 || fail "$kind layer: $(cat /run/e2fsck.log)"
  detach "$number"
  rm -r "$folder"
  ok "$kind layer: space comes back after blkdiscard, UNMAP, WRITE SAME (10 and 16) and fstrim; COMPARE AND WRITE compares"
}

mkdir /run/root
load_modules sg
start_daemon
gives_back 1 appended
gives_back 2 sparse -s
gives_back 3 hybrid --hybrid
remove_folders
nothing_left
stop_daemon

#!/bin/sh
# ext4 and xfs on a writable disk under dbench, fs_mark, stress-ng and fio: as on a loop device, and clean afterwards.
# needs: dbench=dbench fs_mark=fsmark stress-ng=stress-ng mkfs.xfs=xfsprogs fio=fio
# limits: 3600 4G
. kernel-tests/lib/case.sh
. kernel-tests/lib/writable.sh
. kernel-tests/lib/fio.sh

# result NAME COMMAND...: whether it ended well is what is compared.
result() {
  name=$1
  shift
  status=0
  "$@" >"/run/$name.log" 2>&1 || status=$?
  [ $status = 0 ] || { cp "/run/$name.log" "/run/out/$where-$name.log"; grep -E 'fail|error' "/run/$name.log" | sed "s/^/$where: /" >>/run/why; }
  echo "$name $status"
}

# Unbounded, one of them takes all space there is, and the others fail by who comes first.
stressors() {
  if $FULL; then echo "--class filesystem --sequential 1 --timeout 5"
  else echo "--fallocate 1 --fallocate-bytes 64m --rename 1 --link 1 --hdd 1 --hdd-bytes 32m --timeout 5"; fi
}

# What is printed is to be the same on every disk.
loads() {
  result dbench dbench -D /run/root -c /usr/share/dbench/client.txt -t "$(by_length 5 60)" 2
  result fs_mark fs_mark -d /run/root/marks -n "$(by_length 200 3000)" -s 16384 -S 1 -L "$(by_length 1 3)" -l /run/fs_mark.txt
  result stress-ng stress-ng $(stressors) --verify --temp-path /run/root
  result fio fio_verified file /run/root/file --iodepth=16 --bsrange=4k-128k --size=64m --end_fsync=1 --io_size="$(by_length 32m 512m)"
}

# The check of EXT4 or XFS that changes nothing.
check() {
  case $1 in
    ext4) e2fsck -fn "$2" ;;
    xfs) xfs_repair -n "$2" ;;
  esac >/run/check.log 2>&1
}

# Of the whole class some stressors cannot run here; those of the short form can.
all_well() { ! { if $FULL; then grep -v '^stress-ng ' "$1"; else cat "$1"; fi | grep -v ' 0$' >/run/unwell; }; }

# loaded FILE_SYSTEM DEVICE NAME: prints the results.
loaded() {
  where=$3
  "mkfs.$1" -q "$2" >/run/mkfs.log 2>&1 || fail "$3: $(cat /run/mkfs.log)"
  mount -t "$1" "$2" /run/root
  loads
  umount /run/root
  check "$1" "$2" || fail "$3: not clean: $(cat /run/check.log)"
}

# same_as_loop FILE_SYSTEM NUMBER
same_as_loop() {
  : >/run/why
  writable_config "/dev/shm/$2"
  disk=$(attach "$2" "/dev/shm/$2/config.json" 64) || fail "no disk"
  loaded "$1" "/dev/$disk" "$1-overlaybd" >/run/results.ours
  detach "$2"
  rm -r "/dev/shm/$2"

  truncate -s 1G /dev/shm/loop.img
  loop=$(losetup -f --show /dev/shm/loop.img)
  loaded "$1" "$loop" "$1-loop" >/run/results.loop
  losetup -d "$loop"
  rm /dev/shm/loop.img
  diff /run/results.loop /run/results.ours >/run/diff || fail "$1: on a loop device (<) other results than on ours (>):
$(cat /run/diff /run/why)"
  all_well /run/results.ours || fail "$1: $(cat /run/unwell /run/why)"
  ok "$1: $(tr '\n' ',' </run/results.ours) as on a loop device; clean"
}

mkdir /run/root
load_modules loop
start_daemon
same_as_loop ext4 1
same_as_loop xfs 2
dmesg | grep -E 'EXT4-fs error|XFS.*orrupt|I/O error' && fail "the kernel saw errors"
remove_folders
nothing_left
stop_daemon

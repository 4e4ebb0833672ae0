#!/bin/sh
# The daemon is killed with -9 under verified reads and writes, and started again: no error, no wrong byte, the mount survives.
# needs: fio=fio
# limits: 900 4G
. kernel-tests/lib/case.sh
. kernel-tests/lib/writable.sh
. kernel-tests/lib/fio.sh

# Until told to stop.
keep_verifying() {
  until [ -e /run/enough ]; do
    fio_verified file /run/root/file --iodepth=16 --bsrange=4k-256k --size=128m --io_size=24m --end_fsync=1 ||
      { cp /run/fio.log /run/out/; cp /run/fio.log /run/wrong; return; }
    echo pass >>/run/passes
  done
}

load_modules
start_daemon
writable_config /dev/shm/upper
disk=$(attach 1 /dev/shm/upper/config.json 16) || fail "no disk"
mkfs.ext4 -q "/dev/$disk"
mkdir /run/root
mount "/dev/$disk" /run/root
cp -r "$WORK/files" /run/root/
keep_verifying &
loader=$!
until_true 300 test -e /run/root/file
for kill in $(seq "$(by_length 3 20)"); do
  sleep "0.$((kill * 37 % 10))"
  kill_daemon
  start_daemon
  [ ! -e /run/wrong ] || fail "after kill $kill: $(cat /run/wrong)"
done
: >/run/enough
wait $loader
[ ! -e /run/wrong ] || fail "$(cat /run/wrong)"
ok "killed $kill times under $(wc -l </run/passes) passes of verified load: no error, no wrong byte"

echo 3 >/proc/sys/vm/drop_caches
diff -r "$WORK/files" /run/root/files || fail "files differ"
touch /run/root/alive || fail "the mount can no longer be written"
dmesg | grep -E 'EXT4-fs error|I/O error|Remounting' && fail "the kernel saw errors"
umount /run/root
e2fsck -fn "/dev/$disk" >/run/e2fsck.log 2>&1 || fail "$(cat /run/e2fsck.log)"
ok "the mount survived and its file system is clean"
detach 1
remove_folders
nothing_left
stop_daemon

#!/bin/sh
# The daemon is killed under load, ended, replaced, started without the image: the disk is found again.
# limits: 900 1G
. kernel-tests/lib/case.sh

# What is not cached is read anew.
compare() {
  echo 3 >/proc/sys/vm/drop_caches
  diff -r --exclude=lost+found "$WORK/files" /run/root || fail "$1: files differ"
  ok "$1"
}

read_whole() { [ "$(dd if="/dev/$disk" iflag=direct bs=64k 2>/run/dd.log | sha256sum)" = "$sum" ]; }

read_often() {
  for pass in 1 2 3 4; do read_whole || echo "pass $pass: $(cat /run/dd.log)" >>/run/wrong; done
}

config=/run/config.json
cp "$WORK/config.json" $config
load_modules
start_daemon
disk=$(attach 1 $config) || fail "no disk"
mkdir /run/root
mount -t ext4 -o ro,noload "/dev/$disk" /run/root
sum=$(sha256sum <"$WORK/disk.img")

for round in $(seq "$(by_length 3 20)"); do
  read_often &
  load=$!
  sleep 0.1
  kill_daemon
  start_daemon
  wait $load
  [ ! -e /run/wrong ] || fail "read while the daemon was killed: $(cat /run/wrong)"
done
compare "found again $round times after kill -9 under load"

stop_daemon
start_daemon
compare "found again after SIGTERM"

stop_daemon
exec 9<>"$(ls -d /dev/uio*)" # as a predecessor has it that is not gone yet
start_daemon
until_true 100 logged 'held back' || fail "not tried again"
exec 9>&-
compare "served once the predecessor is gone"

stop_daemon
mv $config $config.away
start_daemon
until_true 100 logged 'not ready, tried again' || fail "not tried again"
timeout=/sys/block/$disk/device/timeout
echo 1 >"$timeout" # the disk driver gives up after six times that
read_whole && fail "read without an image"
echo 60 >"$timeout"
read_whole &
reader=$!
sleep 1
kill -0 $reader || fail "a read did not wait for the image"
mv $config.away $config
wait $reader || fail "a read that waited for the image was not served"
compare "NOT READY without its image, served once that is there"

umount /run/root
detach 1 || fail "not removed"
remove_folders
nothing_left
stop_daemon

#!/bin/sh
# In the guest: an image becomes a disk, the disk is mounted, its files are compared, everything is taken down again. On the
# way the daemon is killed while the disk is read, ended, and started without the image.
#   attach.sh CLASSPATH CONFIG IMAGE FILES
set -eu
here=$(dirname "$0")
. "$here/../tcmu.sh"
classpath=$1 config=/run/config.json image=$3 files=$4
cp "$2" $config
WWN=naa.5001405000000001

fail() { echo "attach.sh: $*"; sed 's/^/  | /' /run/daemon.log; exit 1; }

start_daemon() {
  java -Xmx64m -XX:+UseSerialGC -XX:-UsePerfData -Djava.io.tmpdir=/run/tmp -cp "$classpath" \
    io.overlaybd.tcmu.OverlaybdTcmu /run/overlaybd.json >>/run/daemon.log 2>&1 9>&- &
  daemon=$!
  lines=$1
  until_true 300 serves "$lines" || fail "the daemon does not start"
}

serves() { [ "$(grep -c 'overlaybd-tcmu serves' /run/daemon.log)" -ge "$1" ]; }

# What is not cached is read anew.
compare() {
  echo 3 >/proc/sys/vm/drop_caches
  diff -r --exclude=lost+found "$files" /run/root || fail "$1: files differ"
  echo "ok: $1"
}

: >/run/daemon.log
echo '{"logConfig":{"logLevel":1},"cacheConfig":{"cacheDir":"/run/cache"}}' >/run/overlaybd.json
load_modules
start_daemon 1

create one /nowhere/config.json 4 2>/dev/null && fail "an image that is not there was opened"
rmdir "$CORE/user_1/one"
echo "ok: image that is not there is refused"

create one "$config" 4 || fail "not opened"
disk=$(export_disk one $WWN) || fail "no disk"
[ "$(cat /sys/block/$disk/ro)" = 1 ] || fail "$disk is not read-only"
mkdir /run/root
mount -t ext4 -o ro,noload "/dev/$disk" /run/root || fail "not mounted"
compare "mounted from /dev/$disk"

sum=$(sha256sum <"$image")
read_whole() { [ "$(dd if="/dev/$disk" iflag=direct bs=64k 2>/run/dd.log | sha256sum)" = "$sum" ]; }
for round in 2 3 4; do
  {
    for pass in 1 2 3 4; do
      read_whole || echo "pass $pass: $(cat /run/dd.log)" >>/run/wrong
    done
  } &
  load=$!
  sleep 0.1
  kill -9 $daemon
  wait $daemon 2>/dev/null || true
  start_daemon $round
  wait $load
  [ ! -e /run/wrong ] || fail "read while the daemon was killed: $(cat /run/wrong)"
done
compare "found again after kill -9 under load"

kill -TERM $daemon
wait $daemon || fail "exit code $? after SIGTERM"
start_daemon 5
compare "found again after SIGTERM"

kill -TERM $daemon
wait $daemon
uio=$(ls -d /dev/uio*)
exec 9<>"$uio" # as a predecessor has it that is not gone yet
start_daemon 6
until_true 100 grep -q 'held back' /run/daemon.log || fail "not tried again"
exec 9>&-
compare "served once the predecessor is gone"

kill -TERM $daemon
wait $daemon
mv $config $config.away
start_daemon 7
until_true 100 grep -q 'not ready, tried again' /run/daemon.log || fail "not tried again"
read_whole && fail "read without an image"
echo "ok: an image that is not there is told of"
mv $config.away $config
until_true 200 read_whole || fail "not served once the image is there"
compare "served once the image is there"

umount /run/root
unexport_disk one $WWN
delete one || fail "not removed"
ls -d /sys/class/uio/uio* 2>/dev/null && fail "a uio device is left"
ls -l /proc/$daemon/fd | grep -q uio && fail "the daemon has the device open"
kill -TERM $daemon
wait $daemon || fail "exit code $? after SIGTERM without devices"
echo "ok: nothing left"

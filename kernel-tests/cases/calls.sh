#!/bin/sh
# System calls of the daemon for each read of 4 KiB from a local layer that is in the page cache.
# needs: strace=strace fio=fio
. kernel-tests/lib/case.sh

READS=2000

# calls_of DEPTH: the daemon's system calls during so many random reads, by name, in /run/calls.
calls_of() {
  read_randomly "$1" # what was read once is in the page cache, and the code has run
  strace -f -c -o /run/calls -p $DAEMON 2>/run/strace.log &
  tracer=$!
  until_true 100 grep -q attached /run/strace.log || fail "no tracing: $(cat /run/strace.log)"
  read_randomly "$1"
  kill -INT $tracer
  wait $tracer || true
  cp /run/calls "/run/out/calls-depth-$1.txt"
}

read_randomly() {
  fio --name=reads "--filename=/dev/$disk" --rw=randread --randseed=7 --bs=4k --direct=1 --ioengine=libaio --iodepth="$1" \
    --number_ios=$READS --size=32m >/run/fio.log 2>&1 || fail "$(cat /run/fio.log)"
}

# count NAME...: how often these calls were made. In strace's table errors may stand before the name.
count() {
  for name; do awk -v name="$name" '$NF == name { print $4 }' /run/calls; done | awk '{ sum += $1 } END { print sum + 0 }'
}

# at_most PER_READ NAME...
at_most() {
  limit=$1
  shift
  counted=$(count "$@")
  measured "depth $depth: $(awk "BEGIN { printf \"%.2f\", $counted / $READS }") of $* a read"
  [ "$counted" -le "$(awk "BEGIN { print int($limit * $READS) }")" ] || fail "depth $depth: $counted of $* for $READS reads, at most $limit each
$(cat /run/calls)"
}

load_modules loop
mkdir /run/layers # where RWF_NOWAIT works
truncate -s 100M /dev/shm/layers.img
mkfs.ext4 -q /dev/shm/layers.img
mount -o loop /dev/shm/layers.img /run/layers
seq 9000000 | head -c 32M >/run/full.img # no block is empty
"$OVERLAYBD/bin/overlaybd-import" /run/full.img /run/layers/layer.obd >/run/import.log 2>&1 || fail "$(cat /run/import.log)"
printf '{"lowers":[{"file":"/run/layers/layer.obd"}]}' >/run/config.json
start_daemon
disk=$(attach 1 /run/config.json) || fail "no disk"

depth=1
calls_of $depth
at_most 1.01 write
at_most 1.01 preadv2 pread64 preadv
at_most 1.01 epoll_wait epoll_pwait epoll_pwait2
at_most 0.2 futex
ok "depth 1: at most a kick, a read of data and a wait each"
depth=32 # how many commands a kick answers depends on what else the machine does; nothing makes it better than it is
for try in 1 2 3; do
  calls_of $depth
  [ "$(count write)" -gt $((READS / 5)) ] || break
done
at_most 0.2 write
at_most 1.01 preadv2 pread64 preadv
ok "depth 32: a kick for five reads or more"

detach 1
remove_folders
nothing_left
stop_daemon

#!/bin/sh
# The first process in user-mode Linux: mounts what a system has, runs what the kernel's command line names, powers off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/run
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/shm
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
mkdir -p /run/tmp /run/out
export TMPDIR=/run/tmp
ip link set lo up
for word in $(cat /proc/cmdline); do
  case $word in
    run=*) run=${word#run=} ;;
    out=*) out=${word#out=} ;;
  esac
done
mount -t hostfs none /run/out -o "$out"
"$run"
echo "uml: exit code $?"
echo o >/proc/sysrq-trigger
sleep 10

#!/bin/sh
# Random reads and writes are verified: depths 1 and 32, 512 bytes to 1 MiB, data areas of 4 MiB and 1 GiB, kinds of layers.
# needs: fio=fio
# limits: 1800 4G
. kernel-tests/lib/case.sh
. kernel-tests/lib/writable.sh
. kernel-tests/lib/fio.sh

# verified NUMBER KIND DATA_AREA_MIB [OPTION...]
verified() {
  number=$1 kind=$2 area=$3
  shift 3
  writable_config "/dev/shm/$number" "$@"
  disk=$(attach "$number" "/dev/shm/$number/config.json" "$area") || fail "no disk"
  for depth in 1 32; do
    fio_verified "$kind-$area-$depth" "/dev/$disk" --iodepth=$depth --bsrange=512-1m --size=256m --io_size="$(by_length 48m 700m)" ||
      fail "$kind layer, data area of $area MiB, depth $depth: $(cat /run/fio.log)"
  done
  detach "$number"
  rm -r "/dev/shm/$number"
  ok "$kind layer, data area of $area MiB: verified at depths 1 and 32"
}

load_modules
start_daemon
verified 1 appended 4
verified 2 appended 1024
verified 3 sparse 64 -s
verified 4 hybrid 64 --hybrid
remove_folders
nothing_left
stop_daemon

# Sourced in the guest: the life of a device of TCMU, through configfs. POSIX sh.

CORE=/sys/kernel/config/target/core
LOOPBACK=/sys/kernel/config/target/loopback
# What overlaybd-ctl and containerd's snapshotter allow a command: the daemon waits for a registry, and the kernel with it.
LONGEST_SECONDS=2147483

# until_true TENTHS COMMAND...: tries again every tenth of a second.
until_true() {
  tenths=$1
  shift
  while ! "$@" 2>/dev/null; do
    tenths=$((tenths - 1))
    [ $tenths -gt 0 ] || { echo "timed out: $*" >&2; return 1; }
    sleep 0.1
  done
}

# load_modules [MODULE...]: those of TCMU and these. What the kernel remembers of reservations it is to write to /run.
load_modules() {
  load target_core_mod
  mount -t configfs none /sys/kernel/config
  mkdir -p /run/target/pr /run/target/alua
  printf /run/target >/sys/kernel/config/target/dbroot
  load target_core_user tcm_loop sd_mod "$@"
}

load() { for module; do modprobe -d "$UML_MODULES" "$module"; done; }

# create NAME CONFIG DATA_AREA_MIB: returns when the daemon has opened the image.
create() {
  mkdir -p "$CORE/user_1/$1" &&
    echo "dev_config=overlaybd/$2" >"$CORE/user_1/$1/control" &&
    echo "max_data_area_mb=$3" >"$CORE/user_1/$1/control" &&
    echo 1 >"$CORE/user_1/$1/enable" &&
    echo $LONGEST_SECONDS >"$CORE/user_1/$1/attrib/cmd_time_out"
}

# wwn NUMBER: a name for a disk.
wwn() { printf 'naa.5001405%09x' "$1"; }

# export_disk NAME WWN: prints the name of the disk that appears.
export_disk() {
  group=$LOOPBACK/$2/tpgt_1
  mkdir -p "$group/lun/lun_0" && echo "$2" >"$group/nexus" &&
    ln -s "$CORE/user_1/$1" "$group/lun/lun_0/$1" || return 1
  read -r address <"$group/address"
  device=/sys/bus/scsi/devices/$address:0 # the way to it from the name of the disk may come later
  until_true 600 disk_in "$device/block" && echo $LONGEST_SECONDS >"$device/timeout" && echo "$disk"
}

# Sets disk. Without a process of its own: many may ask at the same time.
disk_in() {
  for disk in "$1"/*; do
    disk=${disk##*/}
    [ -b "/dev/$disk" ] && return
  done
  return 1
}

# unexport_disk NAME WWN
unexport_disk() {
  group=$LOOPBACK/$2/tpgt_1
  rm "$group/lun/lun_0/$1" && rmdir "$group/lun/lun_0" "$group" "$LOOPBACK/$2"
}

# delete NAME: returns when the daemon has let go.
delete() { rmdir "$CORE/user_1/$1"; }

# attach NUMBER CONFIG [DATA_AREA_MIB]: a device devNUMBER and its disk, whose name is printed.
attach() { create "dev$1" "$2" "${3:-4}" && export_disk "dev$1" "$(wwn "$1")"; }

# detach NUMBER
detach() { unexport_disk "dev$1" "$(wwn "$1")" && delete "dev$1"; }

# The folders that devices share go with the last of them.
remove_folders() { rmdir "$CORE/user_1" "$LOOPBACK"; }

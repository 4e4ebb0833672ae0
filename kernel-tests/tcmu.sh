# Sourced inside the guest: the life of a device of TCMU, through configfs. POSIX sh.

CORE=/sys/kernel/config/target/core
LOOPBACK=/sys/kernel/config/target/loopback

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

load_modules() {
  for module in target_core_mod target_core_user tcm_loop sd_mod; do
    modprobe -d "$UML_MODULES" $module || return 1
  done
  mount -t configfs none /sys/kernel/config
}

# create NAME CONFIG DATA_AREA_MIB: returns when the daemon has opened the image.
create() {
  mkdir -p "$CORE/user_1/$1" &&
    echo "dev_config=overlaybd/$2" >"$CORE/user_1/$1/control" &&
    echo "max_data_area_mb=$3" >"$CORE/user_1/$1/control" &&
    echo 1 >"$CORE/user_1/$1/enable"
}

# export_disk NAME WWN: prints the name of the disk that appears.
export_disk() {
  group=$LOOPBACK/$2/tpgt_1
  mkdir -p "$group" && echo "$2" >"$group/nexus" && mkdir -p "$group/lun/lun_0" &&
    ln -s "$CORE/user_1/$1" "$group/lun/lun_0/$1" || return 1
  blocks=/sys/bus/scsi/devices/$(cat "$group/address"):0/block
  until_true 100 disk_in "$blocks" && ls "$blocks"
}

disk_in() { [ -b "/dev/$(ls "$1" | head -1)" ]; }

# unexport_disk NAME WWN
unexport_disk() {
  group=$LOOPBACK/$2/tpgt_1
  rm "$group/lun/lun_0/$1" && rmdir "$group/lun/lun_0" "$group" "$LOOPBACK/$2"
}

# delete NAME: returns when the daemon has let go.
delete() { rmdir "$CORE/user_1/$1" && rmdir "$CORE/user_1"; }

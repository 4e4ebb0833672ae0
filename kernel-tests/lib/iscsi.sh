# Sourced in the guest: a device of TCMU as a target of the kernel's iSCSI, on loopback.

ISCSI=/sys/kernel/config/target/iscsi
TARGET=iqn.2024-01.io.overlaybd:disk
PORTAL=iscsi://127.0.0.1:3260/$TARGET/0

# export_iscsi NAME: any initiator may use it, and write if the disk can be written.
export_iscsi() {
  group=$ISCSI/$TARGET/tpgt_1
  mkdir -p $ISCSI && mkdir -p "$group/np/127.0.0.1:3260" "$group/lun/lun_0" &&
    ln -s "$CORE/user_1/$1" "$group/lun/lun_0/$1" &&
    echo 0 >"$group/attrib/authentication" && echo 1 >"$group/attrib/generate_node_acls" &&
    echo 1 >"$group/attrib/cache_dynamic_acls" && echo 0 >"$group/attrib/demo_mode_write_protect" &&
    echo 1 >"$group/enable"
}

# unexport_iscsi NAME
unexport_iscsi() {
  group=$ISCSI/$TARGET/tpgt_1
  echo 0 >"$group/enable" && rm "$group/lun/lun_0/$1" &&
    rmdir "$group/lun/lun_0" "$group/np/127.0.0.1:3260" "$group" "$ISCSI/$TARGET" "$ISCSI"
}

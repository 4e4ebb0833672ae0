#!/bin/sh
# libiscsi's conformance suite, through the kernel's own iSCSI target, against a disk that cannot be written.
# needs: iscsi-test-cu=libiscsi-bin
# limits: 600 1G
. kernel-tests/lib/case.sh
. kernel-tests/lib/iscsi.sh
load_modules iscsi_target_mod
start_daemon
create dev1 "$WORK/config.json" 64 
export_iscsi dev1
time iscsi-test-cu -d -V "$PORTAL" >/run/out/suite.txt 2>&1 || echo $?
tail -5 /run/out/suite.txt
unexport_iscsi dev1
exit 1

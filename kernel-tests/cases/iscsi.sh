#!/bin/sh
# libiscsi's conformance suite, through the kernel's own iSCSI target: a disk that can be written, and one that cannot.
# needs: iscsi-test-cu=libiscsi-bin
# limits: 600 1G
. kernel-tests/lib/case.sh
. kernel-tests/lib/iscsi.sh
. kernel-tests/lib/writable.sh

# conforms KIND CONFIG: exactly the tests fail that kernel-tests/iscsi/KIND.txt lists, each under its reason.
conforms() {
  create "$1" "$2" 64 || fail "$1: not opened"
  export_iscsi "$1"
  iscsi-test-cu --dataloss --test=ALL "$PORTAL" >/run/suite.txt 2>&1 || true
  unexport_iscsi "$1"
  delete "$1"
  cp /run/suite.txt "/run/out/$1.txt"
  awk '/^Suite: /{suite = $2} /^  Test: /{test = $2} /FAILED$/{print suite "." test}' /run/suite.txt | sort >/run/failed
  ran=$(awk '$1 == "tests" { print $3 }' /run/suite.txt)
  [ "${ran:-0}" -ge 270 ] || fail "$1: only ${ran:-0} tests ran"
  sed 's/#.*//; s/ //g; /^$/d' "kernel-tests/iscsi/$1.txt" | sort >/run/expected
  diff /run/expected /run/failed >/run/diff || fail "$1: other tests fail than expected (<) or new ones (>):
$(cat /run/diff)"
  ok "$1: $ran tests, of which $(wc -l </run/failed) fail, each for the reason known"
}

load_modules iscsi_target_mod
start_daemon
writable_config /dev/shm/upper
conforms writable /dev/shm/upper/config.json
conforms read-only "$WORK/config.json"
rmdir "$CORE/user_1"
nothing_left
stop_daemon

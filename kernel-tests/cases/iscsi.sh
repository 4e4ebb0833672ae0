#!/bin/sh
# libiscsi's conformance suite, through the kernel's own iSCSI target: a disk that can be written, and one that cannot.
# needs: iscsi-test-cu=libiscsi-bin
# limits: 600 1G
. kernel-tests/lib/case.sh
. kernel-tests/lib/iscsi.sh
. kernel-tests/lib/writable.sh

# conforms KIND CONFIG FEWEST TEST...: of so many tests or more, exactly those fail that kernel-tests/iscsi/KIND.txt lists.
conforms() {
  kind=$1 fewest=$3
  create "$kind" "$2" 64 || fail "$kind: not opened"
  export_iscsi "$kind"
  shift 3
  for test; do iscsi-test-cu --dataloss "--test=$test" "$PORTAL" || true; done >/run/suite.txt 2>&1
  unexport_iscsi "$kind"
  delete "$kind"
  cp /run/suite.txt "/run/out/$kind.txt"
  awk '/^Suite: /{suite = $2} /^  Test: /{test = $2} /FAILED$/{print suite "." test}' /run/suite.txt | sort >/run/failed
  ran=$(grep -c '^  Test: ' /run/suite.txt)
  [ "$ran" -ge "$fewest" ] || fail "$kind: only $ran tests ran, expected $fewest"
  known_to_fail "$kind" "$@" >/run/expected
  diff /run/expected /run/failed >/run/diff || fail "$kind: other tests fail than expected (<) or new ones (>):
$(cat /run/diff)"
  ok "$kind: $ran tests, of which $(wc -l </run/failed) fail, each for the reason known"
}

# known_to_fail KIND TEST: if not ALL are run, then suites of which none is.
known_to_fail() {
  [ "$2" != ALL ] || listed "$1"
}

listed() { sed 's/#.*//; s/ //g; /^$/d' "kernel-tests/iscsi/$1.txt" | sort; }

# Suites of which no test is known to fail.
passing_suites() {
  iscsi-test-cu --list | sed -n 's/^ALL\.\([^.]*\)$/\1/p' | sort -u >/run/suites
  listed "$1" | sed 's/\..*//' | sort -u | comm -23 /run/suites - | sed 's/^/ALL./'
}

load_modules iscsi_target_mod
start_daemon
writable_config /dev/shm/upper
conforms writable /dev/shm/upper/config.json 230 ALL
if $FULL; then conforms read-only "$WORK/config.json" 230 ALL
else conforms read-only "$WORK/config.json" 120 $(passing_suites read-only); fi
rmdir "$CORE/user_1"
nothing_left
stop_daemon

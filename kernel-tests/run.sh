#!/bin/sh
# Runs trials of overlaybd-tcmu under a real kernel. Needs what `mvn package` leaves in target/overlaybd, and Debian packages,
# which it installs. Each case has a kernel of its own, which has one processor: as many run at the same time as there are
# processors. What a case leaves is in target/kernel-tests/CASE.
#   kernel-tests/run.sh [--full] [--jobs N] [CASE...]    all cases, or these; long ones in their short form, or in full length
#   kernel-tests/run.sh --help                lists the cases
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
. kernel-tests/lib/host.sh
. kernel-tests/lib/snapshotter.sh

FULL=false JOBS=$(nproc)
while [ $# -gt 0 ]; do
  case $1 in
    --full) FULL=true ;;
    --jobs) JOBS=$2; shift ;;
    --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || set -- $(all_cases)
for name; do
  [ -r "$(script_of "$name")" ] || { say "no case $name; see run.sh --help"; exit 2; }
done

OVERLAYBD=${OVERLAYBD:-$PWD/target/overlaybd}
[ -x "$OVERLAYBD/bin/overlaybd-tcmu" ] || die "no $OVERLAYBD/bin/overlaybd-tcmu; run mvn package first"
need_jdk
# shellcheck disable=SC2046  # lists of packages
need linux.uml=user-mode-linux modprobe=kmod ip=iproute2 cc=gcc mkfs.ext4=e2fsprogs $(needs_of "$@")
[ -e /usr/include/unistd.h ] || need no-headers-yet=libc6-dev
export PATH="$PATH:/usr/sbin:/sbin"

work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-kernel.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
make_image
case " $* " in *' containerd '* | *' packages '*) fetch_snapshotter "$work" && export SNAPSHOTTER ;; esac
write_environment
export work
printf '%s\n' "$@" | xargs -P "$JOBS" -n 1 sh -euc '. packaging/requirements.sh; . kernel-tests/lib/host.sh; run_case "$1"' sh
[ ! -e "$work/failed" ] || die "failed: $(tr '\n' ' ' <"$work/failed")see target/kernel-tests"
say "run.sh: $# cases as expected"

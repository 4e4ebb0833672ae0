#!/bin/sh
# How fast disks of overlaybd-tcmu are under a real kernel (user-mode Linux), and what processor time an operation takes them,
# beside zeros on the same ring, beside the barest handler of a raw file that can be written in Java, and beside tcmu-runner: some
# minutes, on an idle machine. Needs nothing but the packages that it installs.
#   benchmarks/tcmu.sh [SECONDS_PER_TEST] [ROUNDS]
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh

need_jdk
need linux.uml=user-mode-linux modprobe=kmod cc=gcc mkfs.ext4=e2fsprogs fio=fio strace=strace tcmu-runner=tcmu-runner \
  dbus-daemon=dbus
mvn -q ${MAVEN_OFFLINE:-} package -DskipTests

work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Programs and libraries, as in the root of a distribution.
mkdir "$work/files" "$work/out"
cp -a /usr/bin "$work/files/"
say "Image of $(du -sm "$work/files" | cut -f1) MiB"
mkfs.ext4 -q -d "$work/files" "$work/disk.img" "$(($(du -sm "$work/files" | cut -f1) * 5 / 4 + 64))M"
target/overlaybd/bin/overlaybd-import "$work/disk.img" "$work/lz4.obd" >"$work/import.log"
target/overlaybd/bin/overlaybd-import --no-compress "$work/disk.img" "$work/plain.obd" >>"$work/import.log"
chmod -R a+rX "$work"

# One core: the guest has one processor, and moving about makes it slower by half.
UML_MEMORY=4G taskset -c 1 kernel-tests/uml/run.sh "$work/out" 3600 \
  "$PWD/benchmarks/tcmu-guest.sh" "$PWD" "$work" "${1:-5}" "${2:-3}"

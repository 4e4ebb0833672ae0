#!/bin/sh
# Runs overlaybd-tcmu under a real kernel. Needs what `mvn package` leaves, and Debian packages, which it installs.
#   kernel-tests/run.sh
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
need_jdk
need linux.uml=user-mode-linux modprobe=kmod cc=gcc mkfs.ext4=e2fsprogs
[ -e /usr/include/unistd.h ] || need no-headers-yet=libc6-dev

work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-kernel.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

classpath_of() {
  mvn -q -B ${MAVEN_OFFLINE:-} -DskipTests -Dspotless.check.skip -pl "$1" -am package dependency:build-classpath \
    -Dmdep.outputFile=target/classpath >&2
  printf '%s:%s' "$(echo "$PWD/$1"/target/"$1"-*.jar)" "$(cat "$1/target/classpath")"
}

say "== Class paths =="
daemon=$(classpath_of overlaybd-tcmu)
tools=$(classpath_of overlaybd-tools)

say "== Image =="
mkdir -p "$work/files/folder" "$work/out"
seq 200000 >"$work/files/numbers"
head -c 3000000 /dev/urandom >"$work/files/folder/random"
ln -s ../numbers "$work/files/folder/link"
mkfs.ext4 -q -d "$work/files" "$work/disk.img" 64M
java -cp "$tools" io.overlaybd.tools.OverlaybdImport "$work/disk.img" "$work/layer.obd"
printf '{"lowers":[{"file":"%s"}]}' "$work/layer.obd" >"$work/config.json"
chmod -R a+rX "$work"

say "== Attach, mount, kill, detach =="
kernel-tests/uml/run.sh "$work/out" 300 \
  "$PWD/kernel-tests/guest/attach.sh" "$daemon" "$work/config.json" "$work/disk.img" "$work/files"

say "== Many at the same time =="
kernel-tests/uml/run.sh "$work/out" 300 \
  "$PWD/kernel-tests/guest/many.sh" "$daemon" "$work/config.json" "$work/disk.img" 30

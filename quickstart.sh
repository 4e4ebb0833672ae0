#!/bin/sh
# From Debian packages to a program that runs from a layered block device, in one command. Works as root (the kernel
# mounts the device) and without (an NBD client reads from it). Keeps nothing but the build.
set -eu
cd "$(dirname "$0")"
. packaging/requirements.sh

SUITE=${SUITE:-bookworm}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-quickstart.XXXXXX")
BIN=$PWD/target/overlaybd/bin
SERVER= NBDFUSE= LOOP=

clean_up() {
  status=$?
  trap - EXIT INT TERM
  mountpoint -q "$WORK/root" 2>/dev/null && umount "$WORK/root"
  [ -z "$LOOP" ] || losetup -d "$LOOP"
  if [ -n "$NBDFUSE" ]; then fusermount3 -u "$WORK/nbd" 2>/dev/null || true; wait "$NBDFUSE" 2>/dev/null || true; fi
  if [ -n "$SERVER" ]; then kill "$SERVER" 2>/dev/null || true; wait "$SERVER" 2>/dev/null || true; fi
  [ "$status" = 0 ] || { say "quickstart.sh failed; the last messages:"; tail -n 20 "$WORK"/*.log >&2 2>/dev/null || true; }
  rm -rf "$WORK"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# ---- the two steps of an image -------------------------------------------------------------------------------------

# A root filesystem of Debian's essential packages, as an ext4 image.
make_base() {
  mode=--mode=root; wrapper=
  is_root || { mode=--mode=fakechroot; wrapper=fakeroot; }
  mmdebstrap --quiet $mode --variant=essential --format=tar "$SUITE" "$WORK/base.tar" >"$WORK/mmdebstrap.log" 2>&1
  truncate -s 1G "$WORK/base.img"
  # shellcheck disable=SC2016  # expanded by the inner shell, under fakeroot without root so that files belong to root
  $wrapper sh -c 'mkdir "$1/tree" && tar -C "$1/tree" -xf "$1/base.tar" --exclude="./dev/*" &&
    mkfs.ext4 -q -b 4096 -O ^has_journal -d "$1/tree" "$1/base.img"' sh "$WORK" >"$WORK/mkfs.log" 2>&1
}

# The same image with one more program (jq and its libraries) written into its filesystem.
add_program() {
  mkdir "$WORK/debs" "$WORK/jq"
  (cd "$WORK/debs" && apt-get download -qq jq libjq1 libonig5) >"$WORK/download.log" 2>&1
  for deb in "$WORK"/debs/*.deb; do dpkg-deb -x "$deb" "$WORK/jq"; done
  cp --sparse=always "$WORK/base.img" "$WORK/final.img"
  (cd "$WORK/jq" && find . -mindepth 1 \( -type d -printf 'mkdir "%P"\n' -o -type l -printf 'symlink "%P" "%l"\n' \
    -o -type f -printf 'write "%p" "%P"\n' \) >"$WORK/debugfs.in" &&
    debugfs -w -f "$WORK/debugfs.in" "$WORK/final.img") >"$WORK/debugfs.log" 2>&1
}

make_layers() {
  "$BIN/overlaybd-import" "$WORK/base.img" "$WORK/base.layer"
  "$BIN/overlaybd-import" --base "$WORK/base.img" --algorithm zstd --tar "$WORK/final.img" "$WORK/jq.layer"
  printf '{ "lowers": [ { "file": "%s" }, { "file": "%s" } ] }\n' "$WORK/base.layer" "$WORK/jq.layer" >"$WORK/config.v1.json"
}

# ---- serving and using it ------------------------------------------------------------------------------------------

serve() {
  mkfifo "$WORK/ready"
  "$BIN/overlaybd-nbd" "$WORK/config.v1.json" --socket "$WORK/nbd.sock" >"$WORK/ready" 2>"$WORK/server.log" &
  SERVER=$!
  read -r URI <"$WORK/ready" || die "the server did not come up"
}

# Mounts the device by the kernel's ext4 and runs the program from it.
use_as_root() {
  mkdir "$WORK/nbd" "$WORK/root"
  nbdfuse -r -P "$WORK/nbdfuse.pid" "$WORK/nbd/disk" "$URI" >"$WORK/nbdfuse.log" 2>&1 &
  NBDFUSE=$!
  until [ -s "$WORK/nbdfuse.pid" ]; do kill -0 "$NBDFUSE" || die "nbdfuse did not start"; sleep 0.05; done
  LOOP=$(losetup --find --show --read-only "$WORK/nbd/disk")
  mount -t ext4 -o ro,noload "$LOOP" "$WORK/root"
  # shellcheck disable=SC2016  # jq's variables
  chroot "$WORK/root" /usr/bin/jq -nr --arg os "$(. "$WORK/root/etc/os-release" && echo "$PRETTY_NAME")" \
    '"  Hello from \($os), jq \(6*7), mounted from a layered block device."'
}

# Reads the program out of the device with an NBD client, and compares it with the package's.
use_without_root() {
  nbdcopy "$URI" "$WORK/copy.img"
  debugfs -R "dump /usr/bin/jq $WORK/jq.read" "$WORK/copy.img" >"$WORK/debugfs.log" 2>&1
  cmp "$WORK/jq/usr/bin/jq" "$WORK/jq.read" && say "  /usr/bin/jq read from the device is the package's, byte for byte."
}

size() { du -h --apparent-size "$1" | cut -f1; }

say "1. Installing what is missing, building"
need_jdk
need mmdebstrap=mmdebstrap mkfs.ext4=e2fsprogs nbdfuse=libnbd-bin fusermount3=fuse3 apt-get=apt
is_root || need fakeroot=fakeroot fakechroot=fakechroot
export PATH="$PATH:/usr/sbin:/sbin"
mvn -q package -DskipTests

say "2. A Debian root filesystem in two steps: the essential packages, then jq"
make_base
add_program

say "3. Two layers: the base (LZ4), and what the second step changed (zstd, in a tar as a registry stores it)"
make_layers
say "  base.img $(size "$WORK/base.img") -> layer $(size "$WORK/base.layer"); the change -> layer $(size "$WORK/jq.layer")"

say "4. Serving the stack as one disk"
serve
say "  $URI"

if is_root && [ -w /dev/fuse ]; then
  say "5. Mounting it by the kernel's ext4 (NBD, FUSE, loop) and running jq from it"
  use_as_root
else
  say "5. Reading from it with an NBD client (as root, it would be mounted)"
  use_without_root
fi
say "Done; everything but the build is removed again."

#!/bin/sh
# Runs what a package for another architecture holds, emulated by QEMU: commands start, a layer is made, checked and served with
# the right bytes, the native libraries are those of the package, and the layer is the one that this machine makes. The kernel is
# this machine's: no TCMU. Needs what `mvn package -Ppackages -Dpackages.arch=ARCH` leaves, Linux 6.7, and from Debian QEMU and the
# libraries that the package depends on, which are unpacked below target, not installed.
#   packages/emulated.sh ARCH
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
[ $# = 1 ] || { say "usage: packages/emulated.sh ARCH"; exit 2; }
arch=$1 own=$(dpkg --print-architecture) folder=$PWD/target/emulated-$1
deb=$(ls target/packages-"$arch"/overlaybd_*.deb 2>/dev/null) || die "no target/packages-$arch; run mvn package -Ppackages -Dpackages.arch=$arch first"
[ -x target/overlaybd/bin/overlaybd-import ] || die "no target/overlaybd; run mvn package first"
need nbdcopy=libnbd-bin
. packages/debian.sh

# The machine of an ELF file, in its order of bytes, and what QEMU calls it.
case $arch in
  arm64) elf='\xb7\x00' qemu=qemu-aarch64-static ;;
  amd64) elf='\x3e\x00' qemu=qemu-x86_64-static ;;
  *) die "no packages for $arch" ;;
esac
if [ ! -e "$folder/complete" ]; then
  rm -rf "${folder:?}/$arch" "${folder:?}/$own"
  update "$arch" "$own"
  get "$own" qemu-user-static
  for library in $(dpkg-deb -f "$deb" Depends | grep -oE '\b(lib|zlib)[a-z0-9.+-]+'); do get "$arch" "$library"; done
  touch "$folder/complete"
fi
rm -rf "$folder/package"
dpkg-deb -x "$deb" "$folder/package"

# In a world of its own, where the kernel hands such programs to QEMU.
export QEMU_LD_PREFIX="$folder/$arch"
exec unshare --user --map-root-user --mount sh -eu -c '
  mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || { echo "emulated.sh: this kernel has no binfmt_misc of its own for a user namespace" >&2; exit 1; }
  printf "%s" "$1" >/proc/sys/fs/binfmt_misc/register
  exec packages/emulated-trial.sh "$2"' sh \
  ":overlaybd:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00$elf:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:$folder/$own/usr/bin/$qemu:F" \
  "$folder/package/opt/overlaybd"

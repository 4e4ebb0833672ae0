#!/bin/sh
# Installs, uses, upgrades and removes the packages as an administrator would: in a new Debian without any Java, booted with
# systemd under a real kernel. Needs what `mvn package -Ppackages` leaves in target/packages, and Debian packages, which it
# installs. What it leaves is in target/kernel-tests/packages.
#   kernel-tests/packages.sh
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
. kernel-tests/packages/root.sh

DEB=$(ls target/packages/overlaybd_*.deb 2>/dev/null) || die "no target/packages/overlaybd_*.deb; run mvn package -Ppackages first"
RPM=$(ls target/packages/overlaybd-*.rpm)
need linux.uml=user-mode-linux cc=gcc mkfs.ext4=e2fsprogs mmdebstrap=mmdebstrap dpkg-deb=dpkg
is_root || need fakeroot=fakeroot fakechroot=fakechroot
[ -e /usr/include/unistd.h ] || need no-headers-yet=libc6-dev
export PATH="$PATH:/usr/sbin:/sbin"

work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-packages.XXXXXX")
trap '{ kill "$(cat "$work/pid")"; } 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
out=$PWD/target/kernel-tests/packages
rm -rf "$out"
mkdir -p "$out"

say "== A new Debian, and both packages =="
make_root
for step in 1-installed 2-booted-again; do
  begin=$(date +%s)
  boot "$step" >"$out/$step.log" 2>&1 || true
  grep -aE '^(ok|measured): ' "$out/$step.log" >&2 || true
  say "   $(($(date +%s) - begin)) s"
  [ -e "$out/$step.done" ] || { sed 's/^/  | /' "$out/$step.log" >&2; die "$step: failed; see $out"; }
done
say "packages.sh: all as expected"

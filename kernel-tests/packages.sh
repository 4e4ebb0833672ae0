#!/bin/sh
# The packages as an administrator has them: in a new Debian without any Java, booted with systemd; deb and rpm, from installation to purge.
# needs: mmdebstrap=mmdebstrap dpkg-deb=dpkg umoci=umoci busybox=busybox-static
# Needs what `mvn package -Ppackages` and then packages/reproducible.sh leave in target, and Debian packages, which it installs. What it
# leaves is in target/kernel-tests/packages. ROOT_TAR may name a root that mmdebstrap made before.
#   kernel-tests/packages.sh
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
. kernel-tests/lib/snapshotter.sh
. kernel-tests/packages/root.sh

packages=$(ls target/packages/*.deb target/packages/*.rpm 2>/dev/null) || die "no target/packages; run mvn package -Ppackages first"
later=$(ls target/packages-later/*.deb target/packages-later/*.rpm 2>/dev/null) ||
  die "no target/packages-later; run packages/reproducible.sh first"
need linux.uml=user-mode-linux cc=gcc mkfs.ext4=e2fsprogs mmdebstrap=mmdebstrap umoci=umoci busybox=busybox-static
is_root || need fakeroot=fakeroot fakechroot=fakechroot
[ -e /usr/include/unistd.h ] || need no-headers-yet=libc6-dev
export PATH="$PATH:/usr/sbin:/sbin"

work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-packages.XXXXXX")
trap '{ kill "$(cat "$work/pid")"; } 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
out=$PWD/target/kernel-tests/packages
mkdir -p "$out"
rm -f "$out"/*.done "$out"/*.journal

say "== A new Debian, and both packages =="
make_root
unpack_tar
for step in 1-installed 2-booted-again; do
  begin=$(date +%s)
  boot "$step" >"$out/$step.log" 2>&1 || true
  grep -aE '^(ok|measured): ' "$out/$step.log" >&2 || true
  say "   $(($(date +%s) - begin)) s"
  [ -e "$out/$step.done" ] || { sed 's/^/  | /' "$out/$step.log" >&2; die "$step: failed; see $out"; }
done
say "packages.sh: all as expected"

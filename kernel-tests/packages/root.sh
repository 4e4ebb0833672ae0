# Sourced by packages.sh: a root filesystem in an image, and its kernel.

# Debian's smallest with systemd, no Java; a registry, and rpm, which is used there as if it were the system's. ROOT_TAR, if set,
# is one that was made before.
make_root() {
  mode=--mode=root wrapper=
  is_root || { mode=--mode=fakechroot wrapper=fakeroot; }
  root_tar=${ROOT_TAR:-$work/root.tar}
  [ -e "$root_tar" ] || mmdebstrap --quiet $mode --variant=minbase --format=tar \
    --include=systemd-sysv,udev,dbus,kmod,init-system-helpers,ca-certificates,docker-registry,rpm \
    "${SUITE:-bookworm}" "$root_tar" >"$out/mmdebstrap.log" 2>&1 || { cat "$out/mmdebstrap.log" >&2; die "no root"; }
  make_payload
  truncate -s 3G "$work/disk.img"
  # Files of root's belong to root for whoever fakes to be it, and only as long.
  $wrapper sh -eu kernel-tests/packages/populate.sh "$work" "$root_tar" "$PWD/kernel-tests/packages" >"$out/populate.log" 2>&1 ||
    { cat "$out/populate.log" >&2; die "no image of the root"; }
  cc -O2 -shared -fPIC -o "$work/xstate.so" kernel-tests/uml/xstate.c
}

# What the guest finds in /trial: the packages, the deb once more as a later revision, and an image of 64 MiB with a label.
make_payload() {
  mkdir -p "$work/trial" "$work/deb" "$work/files/folder"
  cp kernel-tests/packages/[0-9]*.sh kernel-tests/packages/steps.sh "$work/trial/"
  cp "$DEB" "$work/trial/overlaybd.deb"
  cp "$RPM" "$work/trial/overlaybd.rpm"
  dpkg-deb -R "$DEB" "$work/deb"
  sed -i 's/^\(Version: .*\)/\1.1/' "$work/deb/DEBIAN/control"
  printf '# A later revision.\n' >>"$work/deb/opt/overlaybd/libexec/share-classes"
  (cd "$work/deb" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | xargs -0 md5sum >DEBIAN/md5sums)
  dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/deb" "$work/trial/later.deb" >/dev/null
  seq 300000 >"$work/files/numbers"
  head -c 8000000 /dev/urandom >"$work/files/folder/random"
  mkfs.ext4 -q -L app -d "$work/files" "$work/trial/app.img" 64M
  (cd "$work/files" && find . -type f -exec sha256sum {} + | sort) >"$work/trial/app.sums"
}

# boot STEP: the guest runs /trial/STEP.sh and powers off. Its /run/out is $out.
boot() {
  shm=/dev/shm
  [ -w "$shm" ] && [ "$(df --output=avail -B1M "$shm" | tail -1)" -ge 3000 ] || shm=$work
  env -i PATH="$PATH" HOME="$work" TMPDIR="$shm" LD_PRELOAD="$work/xstate.so" \
    sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$work/pid" timeout -k 5 900 linux.uml \
    mem="${UML_MEMORY:-1G}" umid=guest uml_dir="$work/" ubd0="$work/disk.img" root=/dev/ubda rw \
    con=null con0=null,fd:1 con1=null ssl=null quiet loglevel=3 systemd.show_status=no \
    trial.step="$1" trial.out="$out" </dev/null 2>&1 | sed -u 's,\r$,,'
}

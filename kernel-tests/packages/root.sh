# Sourced by packages.sh: a root filesystem in an image, and its kernel.

# Debian's smallest with systemd, no Java; a registry, containerd, and rpm, which is used there as if it were the system's. ROOT_TAR, if set,
# is one that was made before.
make_root() {
  mode=--mode=root wrapper=
  is_root || { mode=--mode=fakechroot wrapper=fakeroot; }
  root_tar=${ROOT_TAR:-$work/root.tar}
  # shellcheck disable=SC2046  # one word or none
  [ -e "$root_tar" ] || { mirrors && mmdebstrap --quiet $mode --variant=minbase --format=tar --aptopt="$work/apt.conf" \
    --include=systemd-sysv,udev,dbus,kmod,init-system-helpers,ca-certificates,docker-registry,rpm,containerd \
    "$suite" "$root_tar" $([ ! -s "$work/sources.list" ] || echo "$work/sources.list"); } >"$out/mmdebstrap.log" 2>&1 ||
    { cat "$out/mmdebstrap.log" >&2; die "no root"; }
  make_payload
  truncate -s 8G "$work/disk.img"
  # Files of root's belong to root for whoever fakes to be it, and only as long.
  $wrapper sh -eu kernel-tests/packages/populate.sh "$work" "$root_tar" "$PWD/kernel-tests/packages" >"$out/populate.log" 2>&1 ||
    { cat "$out/populate.log" >&2; die "no image of the root"; }
  cc -O2 -shared -fPIC -o "$work/xstate.so" kernel-tests/uml/xstate.c
}

# Debian comes from where this machine has its own from, by the same way: sets suite, makes sources.list, unless this is no Debian or
# knows of no mirror, and apt.conf.
mirrors() {
  suite=${SUITE:-}
  : >"$work/sources.list"
  if [ -z "$suite" ]; then
    suite=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") || suite=bookworm
    # shellcheck disable=SC2016  # apt's variables
    apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' "Codename: $suite" |
      sed -n 's/^Debian //p' | sort -u >"$work/sources.list" || :
  fi
  apt-config dump Acquire::http Acquire::https Acquire::Check-Valid-Until Acquire::Check-Date >"$work/apt.conf"
}

# What the guest finds in /trial: the steps, those that the documents have, and in files what they are about: the packages of two
# revisions, and an image of 64 MiB with a label.
make_payload() {
  mkdir -p "$work/trial/docs" "$work/trial/files" "$work/content/folder"
  cp kernel-tests/packages/[0-9]*.sh kernel-tests/packages/steps.sh "$work/trial/"
  cp packaging/docs/steps.sh "$work/trial/docs/"
  for step in install disk fstab upgrade removal rpm rpmupgrade; do script_of_docs $step docs/installing.md; done
  for step in containerd snapshotter containers; do script_of_docs $step docs/containerd.md; done
  cp $packages $later "$work/trial/files/"
  fetch_snapshotter "$work"
  [ -z "$SNAPSHOTTER" ] || cp -r "$SNAPSHOTTER" "$work/trial/snapshotter"
  mkdir -p "$work/content/bin" "$work/content/proc" "$work/content/sys" "$work/content/dev" "$work/content/run" "$work/content/etc"
  cp "$(command -v busybox)" "$work/content/bin/sh"
  ln -s sh "$work/content/bin/head"
  seq 300000 >"$work/content/numbers"
  head -c 8000000 /dev/urandom >"$work/content/folder/random"
  mkfs.ext4 -q -L app -d "$work/content" "$work/trial/files/disk.img" 64M >"$work/mkfs.log"
  (cd "$work/content" && find . -type f -exec sha256sum {} + | sort) >"$work/trial/app.sums"
  make_ordinary
}

# The same files as an ordinary image, for whoever has one.
make_ordinary() {
  {
    umoci init --layout "$work/ordinary"
    umoci new --image "$work/ordinary:1"
    umoci insert --image "$work/ordinary:1" "$work/content" /
    tar -C "$work/ordinary" -cf "$work/trial/ordinary.tar" .
  } >"$out/ordinary.log" 2>&1 || { cat "$out/ordinary.log" >&2; die "no ordinary image"; }
}

# The tar is for anywhere, so for here.
unpack_tar() {
  mkdir "$work/anywhere"
  ln -s "$PWD"/target/packages/*.tar.gz "$work/trial/files/disk.img" "$work/anywhere/"
  packaging/docs-test.sh --script tar docs/installing.md >"$work/tar.sh"
  (cd "$work/anywhere" && env -i PATH=/usr/bin:/bin DOCS_OUTPUT="$work/tar.out" sh "$work/tar.sh" 3>&1) >"$out/tar.log" 2>&1 ||
    { cat "$out/tar.log" >&2; die "the tar does not work where it is unpacked"; }
  say "ok: unpacked from the tar it works"
}

# script_of_docs STEP FILE: in the guest it is /trial/docs/STEP.sh.
script_of_docs() {
  packaging/docs-test.sh --script "$1" "$2" | sed "s,$PWD/packaging/docs,/trial/docs," >"$work/trial/docs/$1.sh"
  grep -q '^step ' "$work/trial/docs/$1.sh" || die "$2 has no step $1"
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

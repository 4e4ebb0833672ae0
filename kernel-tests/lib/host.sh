# Sourced by run.sh: the cases, what they need, and what is made for all of them. Each case is a script in cases/ that begins
#   #!/bin/sh
#   # One line that says what is shown.
#   # needs: COMMAND=PACKAGE...     Debian packages; may be absent
#   # limits: SECONDS MEMORY        of a run in full length; 300 and 1G if absent
# One, packages, is a script on this side, which boots a Debian of its own.

script_of() { [ "$1" = packages ] && echo kernel-tests/packages.sh || echo "kernel-tests/cases/$1.sh"; }

# The longest first.
all_cases() {
  if [ -d target/packages-later ]; then echo packages
  else say "packages: left out; mvn package -Ppackages, then packages/reproducible.sh, make what it needs"; fi
  ls kernel-tests/cases | sed -n 's/\.sh$//p'
}

# header CASE NAME: what stands behind NAME: in the head of a case.
header() { sed -n "/^#/!q; s/^# $2: //p" "$(script_of "$1")"; }

needs_of() { for name; do header "$name" needs; done | tr ' ' '\n' | sort -u; }

usage() {
  sed -n 's/^#   kernel-tests/kernel-tests/p' kernel-tests/run.sh
  for name in $(all_cases); do printf '  %-12s %s\n' "$name" "$(sed -n '2s/^# //p' "$(script_of "$name")")"; done
}

# An ext4 image of 64 MiB and its files; the same as a layer, compressed and not; and configs that name these.
make_image() {
  mkdir -p "$work/files/folder"
  seq 200000 >"$work/files/numbers"
  head -c 3000000 /dev/urandom >"$work/files/folder/random"
  ln -s ../numbers "$work/files/folder/link"
  mkfs.ext4 -q -d "$work/files" "$work/disk.img" 64M >"$work/mkfs.log"
  "$OVERLAYBD/bin/overlaybd-import" "$work/disk.img" "$work/layer.obd" >"$work/import.log"
  printf '{"lowers":[{"file":"%s"}]}' "$work/layer.obd" >"$work/config.json"
  chmod -R a+rX "$work"
}

# What the scripts in the guest know of this side.
write_environment() {
  vectors=$PWD/../shared/vectors
  [ -d "$vectors" ] || vectors=
  cat >"$work/environment" <<END
WORK='$work' OVERLAYBD='$OVERLAYBD' FULL=$FULL VECTORS='$vectors' SNAPSHOTTER='${SNAPSHOTTER:-}'
export JAVA_HOME='${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}'
END
}

# One case, as a process of its own: run.sh has some of them at the same time, so it tells everything at the end. Its console
# shows what it proved; the rest is for who looks for a reason. Takes `work` from the environment.
run_case() {
  name=$1 script=$(script_of "$1") out=$PWD/target/kernel-tests/$1
  set -- $(header "$name" limits)
  seconds=${1:-300} memory=${2:-1G}
  rm -rf "$out"
  mkdir -p "$out"
  begin=$(date +%s)
  status=0
  if [ "$name" = packages ]; then set -- "$script"
  else set -- kernel-tests/uml/run.sh "$out" "$seconds" "$PWD/$script" "$work"; fi
  UML_MEMORY=$memory "$@" >"$out/console.log" 2>&1 || status=$?
  say "$({
    echo "== $name: $(sed -n '2s/^# //p' "$script") =="
    grep -E '^(ok|skipped|measured): ' "$out/console.log" || true
    [ $status = 0 ] || { sed 's/^/  | /' "$out/console.log"; echo "$name: exit code $status"; }
    echo "   $(($(date +%s) - begin)) s"
  })"
  [ $status = 0 ] || echo "$name" >>"$work/failed"
}

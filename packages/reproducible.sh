#!/bin/sh
# Makes the packages a second time, elsewhere, for somebody with other habits, and compares every byte. Needs what
# `mvn package -Ppackages` leaves, or with ARCH `mvn package -Ppackages -Dpackages.arch=ARCH`.
#   packages/reproducible.sh [ARCH]           the tree that is packed, with its archive of classes
#   packages/reproducible.sh --full [ARCH]    the packages, from a clean build of the sources
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-again.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
there=$work/a/longer/path
mkdir -p "$there"
umask 077
export TZ=Pacific/Auckland LC_ALL=C.UTF-8

die() { printf 'reproducible.sh: %s\n' "$*" >&2; exit 1; }
# This machine as Debian calls it.
machine() { uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/'; }
# Path, mode, time, size and contents of all that is in a folder.
facts() { (cd "$1" && find . -printf '%p %m %T@ %l\n' | LC_ALL=C sort && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2); }

full=false
[ "${1:-}" != --full ] || { full=true; shift; }
arch=${1:-}
packages=target/packages${arch:+-$arch}
if $full; then
  tar -cf - --exclude=./.git --exclude=target . | tar -C "$there" -xf -
  (cd "$there" && mvn -q -B -Ppackages package ${arch:+"-Dpackages.arch=$arch"} -DskipTests -Dspotless.check.skip)
  for file in "$packages"/*; do
    cmp "$file" "$there/$file" || die "$file is not the same again"
  done
  echo "reproducible.sh: $(ls "$packages" | wc -l) files of $packages are the same, byte by byte, from a clean build elsewhere"
else
  tree=packages/target/${arch:+$arch/}tree
  cp -R "$tree" "$there/tree"
  rm -f "$there"/tree/opt/overlaybd/lib/*.jsa
  time=$(sed -n 's,.*<project.build.outputTimestamp>\(.*\)</.*,\1,p' pom.xml)
  version=$(zcat "$tree/usr/share/doc/overlaybd/changelog.Debian.gz" | sed -n '1s/.*(\(.*\)).*/\1/p')
  packages/finish.sh "$there/tree" "$time" "$version" "${arch:-$(machine)}"
  facts "$tree" >"$work/first"
  facts "$there/tree" >"$work/second"
  diff "$work/first" "$work/second" || die "the tree is not the same again"
  echo "reproducible.sh: $(wc -l <"$work/first") facts of the packed tree are the same again elsewhere"
fi

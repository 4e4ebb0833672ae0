#!/bin/sh
# Makes the packages a second time, from a clean build elsewhere, for somebody with other habits, and compares. Needs what
# `mvn package -Ppackages` leaves, or with ARCH `mvn package -Ppackages -Dpackages.arch=ARCH`.
#   packages/reproducible.sh [ARCH]           as the next revision, left in target/packages-later (packages-ARCH-later): all that is
#                                             packed is the same but for the changelog, which names the revision
#   packages/reproducible.sh --full [ARCH]    as the same revision: every byte of the packages is the same
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
full=false
[ "${1:-}" != --full ] || { full=true; shift; }
arch=${1:-}
packages=target/packages${arch:+-$arch} tree=packages/target/${arch:+$arch/}tree
[ -d "$packages" ] || die "no $packages; run mvn package -Ppackages first"
ls "$packages"/*.cdx.json >/dev/null 2>&1 || die "no bill of materials in $packages; Maven makes none with -o, run it without"

work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-again.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
there=$work/a/longer/path
mkdir -p "$there"

# build_there [OPTION...]: by the command that the document has for it.
build_there() (
  umask 002 # jars keep what the owner alone may read
  export TZ=Pacific/Auckland LC_ALL=C.UTF-8
  tar -cf - --exclude=./.git --exclude=target . | tar -C "$there" -xf -
  printf '%s\n' -q -B -Dspotless.check.skip ${arch:+"-Dpackages.arch=$arch"} "$@" >>"$there/.mvn/maven.config"
  packaging/docs-test.sh --script build docs/installing.md >"$work/build.sh"
  cd "$there"
  DOCS_OUTPUT=$work/output sh "$work/build.sh" 3>&2 >"$work/log" 2>&1 || { cat "$work/log" >&2; die "cannot be built elsewhere"; }
)

# Path, mode, time, and contents of all that is in a folder.
facts() {
  (cd "$1" && find . -printf '%p %m %T@ %l\n' | LC_ALL=C sort &&
    find . -type f ! -name changelog.Debian.gz -exec sha256sum {} + | LC_ALL=C sort -k 2)
}

same_file() { cmp "$1" "$there/$1" || die "$1 is not the same again"; }

if $full; then
  build_there
  for file in "$packages"/*; do same_file "$file"; done
  echo "reproducible.sh: $(ls "$packages" | wc -l) files of $packages are the same, byte by byte, from a clean build elsewhere"
else
  build_there -Dpackages.revision=2
  facts "$tree" >"$work/first"
  facts "$there/$tree" >"$work/second"
  diff "$work/first" "$work/second" || die "the tree is not the same again"
  for bill in "$packages"/*.cdx.json; do same_file "$bill"; done
  rm -rf "$packages-later"
  mkdir "$packages-later"
  cp "$there/$packages"/*.deb "$there/$packages"/*.rpm "$packages-later/"
  echo "reproducible.sh: $(wc -l <"$work/first") facts of the packed tree, and the bill of materials, are the same from a clean build elsewhere"
fi

#!/bin/sh
# Gets from Debian what packages for another architecture are made of, and installs nothing: the modules of a JDK for it, and a
# JDK of the same version that runs here. Leaves both in target/jdk-ARCH and prints the settings for the build:
#   eval "$(packages/foreign-jdk.sh ARCH)"
# It asks the archives that this machine is set up with, with package lists of its own.
set -eu
cd "$(dirname "$0")/.."
die() { printf 'foreign-jdk.sh: %s\n' "$*" >&2; exit 1; }
[ $# = 1 ] || { echo "usage: packages/foreign-jdk.sh ARCH" >&2; exit 2; }
arch=$1 own=$(dpkg --print-architecture)
mkdir -p "target/jdk-$arch"
folder=$(cd "target/jdk-$arch" && pwd)

# apt ARCH TOOL ARGUMENT...: apt-get or apt-cache as on a machine of that architecture, with all that it keeps in the folder.
apt() {
  of=$1 tool=$2 state=$folder/apt-$1
  shift 2
  mkdir -p "$state/lists/partial" "$state/archives/partial"
  "apt-$tool" -qq -o "APT::Architecture=$of" -o "APT::Architectures::=$of" -o "APT::Sandbox::User=" \
    -o "Dir::State=$state" -o "Dir::State::status=/dev/null" -o "Dir::Cache=$state" "$@"
}
# get ARCH PACKAGE: unpacked in a folder of its architecture's name.
get() {
  (cd "$folder" && apt "$1" get download "$2=$version" >&2 && dpkg-deb -x "$2"_*.deb "$1" && rm "$2"_*.deb) ||
    die "cannot fetch $2 $version for $1"
}

rm -rf "${folder:?}/$arch" "${folder:?}/$own"
for each in "$arch" "$own"; do apt "$each" get update >&2 || die "cannot fetch the package lists"; done
jdk=$(apt "$arch" cache pkgnames openjdk- | grep -x 'openjdk-[0-9]*-jdk-headless' | sort -V | tail -n 1)
[ -n "$jdk" ] || die "the archives of this machine have no JDK for $arch"
version=$(apt "$arch" cache show "$jdk" | sed -n 's/^Version: //p' | sort -V | tail -n 1)
get "$arch" "$jdk"
get "$own" "$jdk"
get "$own" "${jdk%-jdk-headless}-jre-headless"
release=${jdk#openjdk-}
release=java-${release%%-*}-openjdk
modules=$folder/$arch/usr/lib/jvm/$release-$arch/jmods
[ -r "$modules/java.base.jmod" ] || die "$jdk $version has no modules to link"
# Debian's JDK has its settings in /etc, where this one's are not.
find "$folder/$own" -type l -lname '/*' | while read -r link; do ln -sfn "$folder/$own$(readlink "$link")" "$link"; done
printf 'export OVERLAYBD_PACKAGE_JDK=%s OVERLAYBD_PACKAGE_JMODS=%s\n' "$folder/$own/usr/lib/jvm/$release-$own" "$modules"

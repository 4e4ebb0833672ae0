#!/bin/sh
# Gets from Debian what packages for another architecture are made of, and installs nothing: the modules of a JDK for it, and a
# JDK of the same version that runs here. Leaves both in target/jdk-ARCH and prints the settings for the build:
#   eval "$(packages/foreign-jdk.sh ARCH)"
set -eu
cd "$(dirname "$0")/.."
die() { printf 'foreign-jdk.sh: %s\n' "$*" >&2; exit 1; }
[ $# = 1 ] || { echo "usage: packages/foreign-jdk.sh ARCH" >&2; exit 2; }
arch=$1 own=$(dpkg --print-architecture) folder=$PWD/target/jdk-$1
. packages/debian.sh

rm -rf "${folder:?}/$arch" "${folder:?}/$own"
update "$arch" "$own"
jdk=$(apt "$arch" cache pkgnames openjdk- | grep -x 'openjdk-[0-9]*-jdk-headless' | sort -V | tail -n 1)
[ -n "$jdk" ] || die "the archives of this machine have no JDK for $arch"
version=$(apt "$arch" cache show "$jdk" | sed -n 's/^Version: //p' | sort -V | tail -n 1)
get "$arch" "$jdk=$version"
get "$own" "$jdk=$version"
get "$own" "${jdk%-jdk-headless}-jre-headless=$version"

release=${jdk#openjdk-}
release=java-${release%%-*}-openjdk
modules=$folder/$arch/usr/lib/jvm/$release-$arch/jmods
[ -r "$modules/java.base.jmod" ] || die "$jdk $version has no modules to link"
# Debian's JDK has its settings in /etc, where this one's are not.
find "$folder/$own" -type l -lname '/*' | while read -r link; do ln -sfn "$folder/$own$(readlink "$link")" "$link"; done
printf 'export OVERLAYBD_PACKAGE_JDK=%s OVERLAYBD_PACKAGE_JMODS=%s\n' "$folder/$own/usr/lib/jvm/$release-$own" "$modules"

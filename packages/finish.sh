#!/bin/sh
# Makes of the tree what is packed: the same bytes from the same input, whatever the clock and the folder are, and for
# every umask that lets others read.
#   packages/finish.sh TREE TIME VERSION ARCH MAINTAINER
set -eu
export LC_ALL=C TZ=UTC
tree=$1 time=$2 version=$3 arch=$4 maintainer=$5
doc=$tree/usr/share/doc/overlaybd

{
  printf 'overlaybd (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md in the sources.\n\n' "$version"
  printf ' -- %s  %s\n' "$maintainer" "$(date -u -d "$time" '+%a, %d %b %Y %H:%M:%S +0000')"
} | gzip -9n >"$doc/changelog.Debian.gz"

[ ! -d "$tree/usr/share/man" ] || find "$tree/usr/share/man" -type f ! -name '*.gz' -exec gzip -9n {} +

# Only what may be executed, and the one secret, are different.
chmod -R u+rwX,go+rX,go-w "$tree"
chmod 0600 "$tree/opt/overlaybd/cred.json"

# An archive of classes goes by the times of the jars.
settle() { find "$tree" -exec touch -h -d "$time" {} +; }
settle
# A runtime that does not run here cannot make one, an older one can for the place where it is only; then the installation does.
case $arch-$(uname -m) in amd64-x86_64 | arm64-aarch64) runs_here=true ;; *) runs_here=false ;; esac
version_of_runtime=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$tree/opt/overlaybd/runtime/release")
if $runs_here; then
  [ "$version_of_runtime" -ge 24 ] && only= || only=--list
  env -u JAVA_HOME -u OVERLAYBD_JAVA "$tree/opt/overlaybd/libexec/share-classes" $only
  settle
fi

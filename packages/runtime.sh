#!/bin/sh
# Makes the Java that the packages bring along, and takes the native libraries out of the jars.
#   packages/runtime.sh TREE CACHE GLIBC ARCH     TREE has lib/*.jar and gets runtime/ and lib/native/; CACHE is a folder to keep
#                                                 the runtime in; GLIBC is the newest C library that what goes into TREE may ask
#                                                 for; ARCH, amd64 or arm64, is what TREE is for
# The newest JDK of this machine is taken, or OVERLAYBD_PACKAGE_JDK. For an architecture that is not this machine's,
# OVERLAYBD_PACKAGE_JMODS has the modules of a JDK for it, of the same version; packages/foreign-jdk.sh gets both.
set -eu
tree=$(cd "$1" && pwd) cache=$2 glibc=$3 arch=$4

# What the classes use, as jdeps tells, and what they find by name: elliptic curves of TLS; management for metrics.
modules=java.base,java.logging,java.management,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.unsupported

die() { printf 'runtime.sh: %s\n' "$*" >&2; exit 1; }

# What a JDK's file "release" says of KEY.
told() { sed -n "s/^$2=\"\([^\"]*\)\".*/\1/p" "$1/release" 2>/dev/null; }

# Of the same version the first by name.
newest_jdk() {
  for jlink in /usr/lib/jvm/*/bin/jlink ${JAVA_HOME:+"$JAVA_HOME/bin/jlink"}; do
    [ -x "$jlink" ] || continue
    jdk=$(readlink -f "$jlink")
    jdk=${jdk%/bin/jlink}
    version=$(told "$jdk" JAVA_VERSION)
    [ -n "$version" ] && [ "${version%%.*}" -ge 17 ] && printf '%s %s\n' "$version" "$jdk"
  done | sort -k1,1Vr -k2,2 | sed -n '1s/^[^ ]* //p'
}

jdk=${OVERLAYBD_PACKAGE_JDK:-$(newest_jdk)}
[ -n "$jdk" ] && [ -x "$jdk/bin/jlink" ] || die "no JDK of 17 or newer with jlink; install one, or point OVERLAYBD_PACKAGE_JDK to it"
version=$(told "$jdk" JAVA_VERSION)

# What each calls the architecture: the kernel and the JDK, jffi, the other libraries, netty.
case $arch in
  amd64) machine=x86_64 jni=x86_64-Linux go=amd64 netty=x86_64 ;;
  arm64) machine=aarch64 jni=aarch64-Linux go=aarch64 netty=aarch_64 ;;
  *) die "no packages for $arch, only for amd64 and arm64" ;;
esac

# What jlink writes has the layout that its own version reads; and only of this machine does it know how to strip libraries.
if [ "$(uname -m)" = $machine ]; then
  command -v objcopy >/dev/null || die "no objcopy, which jlink strips libraries with; install binutils"
  strip=--strip-debug jmods=
else
  strip=--strip-java-debug-attributes jmods=${OVERLAYBD_PACKAGE_JMODS:-}
  [ -r "$jmods/java.base.jmod" ] || die "no java.base.jmod in OVERLAYBD_PACKAGE_JMODS=$jmods, which packages for $arch are made of; \
run: eval \"\$(packages/foreign-jdk.sh $arch)\""
  module=$("$jdk/bin/jmod" describe "$jmods/java.base.jmod")
  printf '%s\n' "$module" | grep -qx "platform linux-$machine" ||
    die "$jmods is for $(printf '%s\n' "$module" | sed -n 's/^platform //p'), expected linux-$machine"
  printf '%s\n' "$module" | grep -qx "java\.base@$version" ||
    die "$jmods is of $(printf '%s\n' "$module" | sed 1q), the jlink of $jdk is $version: point OVERLAYBD_PACKAGE_JDK to the same version"
fi
[ "${version%%.*}" -ge 21 ] && compress=zip-9 || compress=2

# On the same place again only if it is from another JDK: linking takes ten seconds.
made_from="$version $(told "$jdk" IMPLEMENTOR) $modules $compress $jmods"
if [ "$(cat "$cache/runtime.from" 2>/dev/null)" != "$made_from" ]; then
  rm -rf "$cache/runtime"
  "$jdk/bin/jlink" ${jmods:+--module-path "$jmods"} --add-modules "$modules" --vm server $strip --no-header-files --no-man-pages \
    --compress "$compress" --output "$cache/runtime" || die "jlink of $jdk failed"
  (cd "$cache/runtime" && rm -f bin/jwebserver bin/keytool bin/rmiregistry lib/classlist lib/jexec)
  printf '%s\n' "$made_from" >"$cache/runtime.from"
fi
rm -rf "$tree/runtime"
cp -R "$cache/runtime" "$tree/runtime"

# With these nothing is unpacked at each start, into a folder that may forbid to execute.
native=$tree/lib/native
rm -rf "$native"
mkdir -p "$native"
# take JAR FOLDER: the shared libraries in that folder of the jar.
take() {
  work=$(mktemp -d)
  (cd "$work" && "$jdk/bin/jar" xf "$1")
  cp "$work/$2"/*.so "$native/"
  rm -rf "$work"
}
take "$tree"/lib/jffi-*-native.jar jni/$jni
take "$tree"/lib/zstd-jni-*.jar linux/$go
take "$tree"/lib/lz4-java-*.jar net/jpountz/util/linux/$go
take "$tree"/lib/netty-transport-native-epoll-*-linux-$netty.jar META-INF/native
chmod 0644 "$native"/*

wanted=$(grep -raoh 'GLIBC_2\.[0-9]*' "$tree/runtime" "$native" | sort -Vu | sed -n '$s/GLIBC_//p')
[ "$(printf '%s\n' "$glibc" "$wanted" | sort -V | tail -n 1)" = "$glibc" ] ||
  die "what goes into the packages needs glibc $wanted, they ask for $glibc: raise packages.glibc in packages/pom.xml"

#!/bin/sh
# Starts the command that this file is named after. All commands are copies of one file.
#   OVERLAYBD_JAVA       the java to use; else ../runtime/bin/java, $JAVA_HOME/bin/java, java on the PATH
#   OVERLAYBD_JAVA_OPTS  more options for the JVM, split at spaces, such as -Xmx4g
#   OVERLAYBD_LOG_LEVEL  WARN by default; INFO, DEBUG
set -eu

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# The file behind a chain of symbolic links.
resolve() {
  case $1 in
    */*) file=$1 ;;
    *) file=./$1 ;;
  esac
  while [ -L "$file" ]; do
    link=$(readlink "$file")
    case $link in
      /*) file=$link ;;
      *) file=${file%/*}/$link ;;
    esac
  done
  printf '%s\n' "$file"
}

find_java() {
  if [ -n "${OVERLAYBD_JAVA:-}" ]; then
    [ -x "$OVERLAYBD_JAVA" ] || fail "OVERLAYBD_JAVA=$OVERLAYBD_JAVA cannot be executed; point it to a bin/java, 17 or newer"
    java=$OVERLAYBD_JAVA
  elif [ -x "$home/runtime/bin/java" ]; then
    java=$home/runtime/bin/java
  elif [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || fail "JAVA_HOME=$JAVA_HOME has no bin/java; unset it or point it to Java 17 or newer"
  else
    java=$(command -v java) || fail "no java found; install Java 17 or newer (Debian: apt install openjdk-17-jre-headless) or set OVERLAYBD_JAVA"
  fi
}

# The version and its first number, from the file beside bin; only where there is none, from a JVM started for it.
java_version() {
  real=$(resolve "$java")
  release=${real%/*}/../release
  if [ -r "$release" ]; then
    full_version=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$release")
  else
    full_version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  fi
  version=${full_version%%[!0-9]*}
  case $version in
    '' | *[!0-9]*) fail "cannot tell the version of $java; set OVERLAYBD_JAVA to the bin/java of Java 17 or newer" ;;
  esac
  [ "$version" -ge 17 ] || fail "Java 17 or newer is needed, $java is $version; set OVERLAYBD_JAVA or JAVA_HOME to a newer one"
}

# Sets class_path in one order, as an archive of classes is for one class path.
find_jars() {
  class_path=
  for jar in "$home"/lib/*.jar; do
    class_path=$class_path${class_path:+:}$jar
  done
}

self=$(resolve "$0")
home=$(cd -P "${self%/*}/.." && pwd)
# A server of one image starts another program, and a command is soon done: neither's first seconds should go to its compiler.
# What is hot is still optimised fully, once it has shown so ten times as long as the JVM asks by default. The daemon serves
# for months what it is asked a thousand times a second: there the default pays.
patient="-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 -XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000"
# A command logs a line or two, which needs no configuration to be read.
short="$patient -XX:+UseSerialGC -Dslf4j.provider=io.overlaybd.tools.log.StandardErrorLogging -Dslf4j.internal.verbosity=WARN"
# The daemon has a small heap, most of it for good: the plainest collector takes 27 MiB less than the default, and gives back at
# once what a full collection leaves over. Out of memory it would limp; one that is started anew takes its disks up again.
daemon="-Xms16m -XX:NewSize=8m -XX:MaxHeapFreeRatio=50 -XX:-ShrinkHeapInSteps -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError"
first= native=
case ${self##*/} in
  overlaybd-create) main=io.overlaybd.tools.OverlaybdCreate flags=$short ;;
  overlaybd-commit) main=io.overlaybd.tools.OverlaybdCommit flags=$short ;;
  overlaybd-merge) main=io.overlaybd.tools.OverlaybdMerge flags=$short ;;
  overlaybd-resize) main=io.overlaybd.tools.OverlaybdResize flags=$short ;;
  overlaybd-inspect) main=io.overlaybd.tools.OverlaybdInspect flags=$short ;;
  overlaybd-zfile) main=io.overlaybd.tools.OverlaybdZFile flags=$short ;;
  overlaybd-import) main=io.overlaybd.tools.OverlaybdImport flags=$short ;;
  overlaybd-export) main=io.overlaybd.tools.OverlaybdExport flags=$short ;;
  overlaybd-push) main=io.overlaybd.tools.OverlaybdPush flags=$short ;;
  overlaybd-pull-config) main=io.overlaybd.tools.OverlaybdPullConfig flags=$short ;;
  overlaybd-nbd) main=io.overlaybd.nbd.OverlaybdNbd flags=$patient ;;
  overlaybd-ctl) main=io.overlaybd.tools.ctl.OverlaybdCtl flags=$short ;;
  overlaybd-tcmu) main=io.overlaybd.tcmu.OverlaybdTcmu flags=$daemon first=io.overlaybd.tcmu.IoFlusher ;;
  *) fail "not the name of a command; link to a file in bin instead of copying or renaming it" ;;
esac
case ${1:-} in -h | --help | --version) first= ;; esac
find_java
java_version
# From 24 on the JVM warns of native calls and of direct memory access that the libraries cannot do without.
[ "$version" -lt 24 ] || native="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

find_jars
# Where a package has taken the native libraries out of their jars; else each start unpacks them into java.io.tmpdir.
libraries=
[ ! -d "$home/lib/native" ] || libraries=$home/lib/native
# Classes as the JVM keeps them in memory, made by libexec/share-classes for one version of Java; without them, or if they do
# not fit, all goes on as usual, but starts slower. The JVM must not say so on standard output.
archive=$home/lib/classes-$full_version.jsa
[ -r "$archive" ] || archive=

# shellcheck disable=SC2086  # lists of options
set -- "$java" -Xshare:auto "-Xlog:cds*=off" ${archive:+"-XX:SharedArchiveFile=$archive"} -Xms32m -XX:-UsePerfData $native \
  ${libraries:+"-Djava.library.path=$libraries" "-Djffi.boot.library.path=$libraries"} \
  $flags ${OVERLAYBD_JAVA_OPTS:-} "-Dlogback.configurationFile=$home/etc/logback.xml" -cp "$class_path" "$main" "$@"
# What a process has to be before its VM starts, a small VM makes it, which then becomes the other.
# shellcheck disable=SC2086
[ -z "$first" ] || set -- "$java" -Xshare:auto "-Xlog:cds*=off" ${archive:+"-XX:SharedArchiveFile=$archive"} \
  -XX:-UsePerfData $native ${libraries:+"-Djffi.boot.library.path=$libraries"} ${OVERLAYBD_JAVA_OPTS:-} -XX:+UseSerialGC -Xms8m -Xmx16m -XX:TieredStopAtLevel=1 -cp "$class_path" "$first" "$@"
exec "$@"

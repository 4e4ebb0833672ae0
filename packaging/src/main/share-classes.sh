#!/bin/sh
# Makes the archive of classes that lets commands start in half the time. It is for one version of Java and, up to Java 23, for
# one path: then it has to be made where the tree is in the end. The build makes it for its own tree, and packages whose runtime
# is newer bring theirs; otherwise run this after moving or installing the tree, or after changing Java. OVERLAYBD_JAVA and
# JAVA_HOME count as for the commands. From Java 24 on the same tree gives the same bytes, wherever it is.
#   share-classes           the archive
#   share-classes --list    only the list of the classes in it, in lib, by which it is made later in a sixth of the time
set -eu
home=$(cd -P "${0%/*}/.." && pwd)
bin=$home/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"

skip() {
  printf 'share-classes: %s; commands will start slower\n' "$1" >&2
  exit 0
}

# train COMMAND...: runs it, and notes which classes it loads, as on a machine of two processors. Some are meant to fail.
count=0
noting='-XX:ActiveProcessorCount=2 -XX:DumpLoadedClassList='
train() {
  count=$((count + 1))
  name=$1
  shift
  OVERLAYBD_JAVA_OPTS="$noting$count.classlist" "$bin/$name" "$@" >out 2>err </dev/null || :
}

# The server of an image, until it says that it serves.
train_server() {
  mkfifo ready
  OVERLAYBD_JAVA_OPTS="${noting}server.classlist" "$bin/overlaybd-nbd" "$@" >ready 2>err </dev/null &
  server=$!
  read -r _ <ready || :
  kill -TERM $server 2>/dev/null || :
  wait $server || :
}

# Every class of our own jars: the daemon of disks cannot be run for this, as it would take disks away from one that serves.
own_classes() {
  for jar in "$home"/lib/*-"$release".jar; do
    unzip_list "$jar" | sed -n '/-info\.class$/d; s/\.class$//p'
  done
}

# The names in a zip file, by its directory at the end; there is neither unzip nor jar where a package is installed.
unzip_list() { tr '\000-\037\177-\377' '\n' <"$1" | sed -n 's,^.*\(io/overlaybd/[A-Za-z0-9_/$-]*\.class\).*,\1,p'; }

properties=$(OVERLAYBD_JAVA_OPTS=-XshowSettings:properties "$bin/overlaybd-import" --version 2>&1) || skip "no Java that can run the commands"
property() { printf '%s\n' "$properties" | sed -n "s/^ *$1 = //p"; }
version=$(property 'java\.version')
[ -n "$version" ] || skip "cannot tell the version of Java"
release=$(printf '%s\n' "$properties" | sed -n '$s/.* //p')
archive=$home/lib/classes-$version.jsa
list=$home/lib/classes-$version.list
rm -f "$archive"
[ -w "$home/lib" ] || skip "$home/lib cannot be written to"

# Leaves what commands load in all.classlist.
list_classes() {
  head -c 300000 "$home"/lib/picocli-*.jar >raw
  echo '{ "lowers": [ { "file": "one.layer" } ] }' >read.json
  echo '{ "lowers": [ { "file": "one.layer" } ], "upper": { "data": "data", "index": "index" } }' >write.json
  train overlaybd-import --help
  train overlaybd-import --tar raw one.layer
  train overlaybd-create data index 0
  train overlaybd-resize --config write.json --size 1
  train overlaybd-commit -z -t --algorithm zstd data index two.layer
  train overlaybd-merge read.json three.layer
  train overlaybd-export read.json again
  train overlaybd-inspect --deep --json one.layer
  train overlaybd-pull-config --plain-http --credentials /dev/null 127.0.0.1:1/app config
  train_server --socket "$work/socket" read.json
  # Newer JVMs number the classes of a list, which means nothing where lists are joined, and note what was resolved when, which
  # differs from run to run. Then those that are loaded or not as threads happen to run: netty's way to bind before it is
  # registered, with its lambda, and a worker of the common pool. Proxies are numbered as they come, and in no archive.
  { cat ./*.classlist; own_classes; } |
    sed -e '/^#/d' -e '/^@cp /d' -e '/ source: /d' -e 's/ id: [0-9]*$//' \
      -e '/PendingRegistrationPromise/d' -e '/ invokeStatic L6_V$/d' -e '/^java\/util\/concurrent\/ForkJoinWorkerThread$/d' -e '/\$Proxy[0-9]*$/d' |
    LC_ALL=C sort -u >all.classlist
}
if [ -r "$list" ]; then cp "$list" all.classlist; else list_classes; fi
if [ "${1:-}" = --list ]; then
  cp all.classlist "$list"
  chmod 0644 "$list"
  exit 0
fi

# A newer Java compares what follows the folder that all jars share: without that folder the place leaves no trace.
if [ "${version%%.*}" -ge 24 ]; then folder=lib; else folder=$home/lib; fi
cd "$home"
# The working directory as Java knows it would leave a trace too: by its hash, not by its name, and so with some places only.
class_path=
for jar in "$folder"/*.jar; do class_path=$class_path${class_path:+:}$jar; done
"$(property 'java\.home')/bin/java" -Xshare:dump -XX:+UseSerialGC -Duser.dir=/ "-XX:SharedClassListFile=$work/all.classlist" \
  "-XX:SharedArchiveFile=$work/classes.jsa" -cp "$class_path" >"$work/log" 2>&1 ||
  skip "Java $version made no archive: $(tail -n 1 "$work/log")"
# In one step: a JVM that finds half an archive crashes.
cp "$work/classes.jsa" "$archive.part"
chmod 0644 "$archive.part"
mv "$archive.part" "$archive"

#!/bin/sh
# Makes the archive of classes that lets commands start in half the time. It is for one version of Java and, up to Java 17, for
# one path: so it is made where the tree is in the end, and never packed. The build makes it for its own tree; run this after
# moving or installing the tree, or after changing Java. OVERLAYBD_JAVA and JAVA_HOME count as for the commands.
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

# train COMMAND...: runs it, and notes which classes it loads. Some are meant to fail.
count=0
train() {
  count=$((count + 1))
  name=$1
  shift
  OVERLAYBD_JAVA_OPTS="-XX:DumpLoadedClassList=$count.classlist" "$bin/$name" "$@" >out 2>err </dev/null || :
}

properties=$(OVERLAYBD_JAVA_OPTS=-XshowSettings:properties "$bin/overlaybd-import" --version 2>&1) || skip "no Java that can run the commands"
version=$(printf '%s\n' "$properties" | sed -n 's/^ *java\.version = //p')
[ -n "$version" ] || skip "cannot tell the version of Java"
archive=$home/lib/classes-$version.jsa
rm -f "$archive"
[ -w "$home/lib" ] || skip "$home/lib cannot be written to"

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
# Newer JVMs number the classes of a list, which means nothing where lists are joined.
cat ./*.classlist | sed -e '/^#/d' -e '/ source: /d' -e 's/ id: [0-9]*$//' | LC_ALL=C sort -u >all.classlist
OVERLAYBD_JAVA_OPTS="-Xshare:dump -XX:SharedClassListFile=all.classlist -XX:SharedArchiveFile=classes.jsa" \
  "$bin/overlaybd-import" >log 2>&1 || skip "Java $version made no archive: $(tail -n 1 log)"
# In one step: a JVM that finds half an archive crashes.
cp classes.jsa "$archive.part"
mv "$archive.part" "$archive"

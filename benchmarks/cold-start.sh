#!/bin/sh
# How long a real program takes to start from an image that is nowhere but in a registry, over links of 10 and 50 ms round trips:
# without prefetch, with read-ahead, with a recorded trace, and after a full download. Needs root (it mounts and chroots), an idle
# machine and some minutes.
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh

PROGRAM=${PROGRAM:-'import asyncio, ctypes, email, http.server, json, logging, sqlite3, ssl, xml.dom.minidom; print("started")'}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-cold-start.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

is_root || die "needs root, to mount the image"
need_jdk
need mmdebstrap=mmdebstrap mkfs.ext4=e2fsprogs nbdfuse=libnbd-bin fusermount3=fuse3 docker-registry=docker-registry curl=curl
mvn -q package -DskipTests

say "A Debian root filesystem with Python, as a layer and as a compressed tar"
mmdebstrap --quiet --mode=root --variant=essential --include=python3 --format=tar bookworm "$WORK/root.tar" >"$WORK/log" 2>&1
mkdir "$WORK/tree"
tar -C "$WORK/tree" -xf "$WORK/root.tar" --exclude='./dev/*'
truncate -s 1G "$WORK/root.img"
mkfs.ext4 -q -b 4096 -O ^has_journal -d "$WORK/tree" "$WORK/root.img"
target/overlaybd/bin/overlaybd-import --tar "$WORK/root.img" "$WORK/layer" >>"$WORK/log"
gzip "$WORK/root.tar"
rm -rf "$WORK/tree" "$WORK/root.img"

java -Dslf4j.internal.verbosity=ERROR -Dlogback.configurationFile=packaging/src/main/etc/logback.xml \
  -cp benchmarks/target/benchmarks.jar io.overlaybd.benchmarks.ColdStart "$WORK" /usr/bin/python3 -c "$PROGRAM"

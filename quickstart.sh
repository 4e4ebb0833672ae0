#!/bin/sh
# From Debian packages to a program that runs from an image in a registry, of which only what is read is fetched; in one
# command. Works as root (the kernel mounts the device) and without (NBD clients read from it). Keeps nothing but the build.
set -eu
cd "$(dirname "$0")"
. packaging/requirements.sh
. packaging/quickstart/image.sh
. packaging/quickstart/registry.sh
. packaging/quickstart/use.sh

SUITE=${SUITE:-bookworm}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-quickstart.XXXXXX")
BIN=$PWD/target/overlaybd/bin
SERVER= NBDFUSE= LOOP= REGISTRY_PID=

clean_up() {
  status=$?
  trap - EXIT INT TERM
  set +e
  detach_as_root
  for process in $SERVER $REGISTRY_PID; do kill "$process" 2>/dev/null; wait "$process" 2>/dev/null; done
  [ "$status" = 0 ] || { say "quickstart.sh failed; the last messages:"; tail -n 5 "$WORK"/*.log >&2 2>/dev/null; }
  rm -rf "$WORK"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

size() { numfmt --to=iec-i --format='%.1f' "$1" | sed 's/[A-Z]i*$/ &B/'; }
bytes_of() { stat -c %s "$1"; }

# Milliseconds since some start, and as people read them.
now() { date +%s%3N; }
seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f s", ms / 1000 }'; }

can_mount() { is_root && [ -w /dev/fuse ]; }

# Serves the image and runs the program from it; sets LAZY_FIRST and LAZY_RUN.
run_lazily() {
  start=$(now)
  serve
  if can_mount; then attach_as_root; else read_first_block "nbd uri=$URI"; fi
  LAZY_FIRST=$(($(now) - start))
  if can_mount; then run_as_root "$WORK/nbd/disk" "mounted from the registry"
  else run_without_root "nbd uri=$URI" "read from the registry"; fi
  LAZY_RUN=$(($(now) - start))
  detach_as_root
  stop_serving
}

# Downloads all layers, unpacks them into a disk image, and runs the program from that; sets FULL_FIRST and FULL_RUN.
run_downloaded() {
  start=$(now)
  download_image
  printf '{ "lowers": [ %s ] }\n' "$(image_digests | sed "s|sha256:\(.*\)|{ \"file\": \"$WORK/blobs/\1\" }|" | paste -sd,)" \
    >"$WORK/downloaded.json"
  "$BIN/overlaybd-export" "$WORK/downloaded.json" "$WORK/unpacked.img"
  FULL_FIRST=$(($(now) - start))
  if can_mount; then run_as_root "$WORK/unpacked.img" "downloaded and unpacked"
  else run_without_root "file $WORK/unpacked.img" "downloaded and unpacked"; fi
  FULL_RUN=$(($(now) - start))
  detach_as_root
}

# How long so many bytes take at 100 Mbit/s.
at_100_mbit() { seconds $(($1 / 12500)); }

row() { printf '  %-30s %18s %24s\n' "$@" >&2; }

table() {
  row "" "lazily" "downloaded and unpacked"
  row "fetched of $(size "$(image_bytes)")" "$(size "$(summary bytesFromUpstream)")" "$(size "$(image_bytes)")"
  row "requests to the registry" "$(summary upstreamRequests)" "$(image_digests | wc -l)"
  row "first byte of the disk after" "$(seconds "$LAZY_FIRST")" "$(seconds "$FULL_FIRST")"
  row "the program had run after" "$(seconds "$LAZY_RUN")" "$(seconds "$FULL_RUN")"
  row "transfer alone at 100 Mbit/s" "$(at_100_mbit "$(summary bytesFromUpstream)")" "$(at_100_mbit "$(image_bytes)")"
  say "  The times are over loopback, where a download costs next to nothing; the last line is computed."
}

say "1. Installing what is missing, building"
need_jdk
need mmdebstrap=mmdebstrap mkfs.ext4=e2fsprogs nbdfuse=libnbd-bin fusermount3=fuse3 nbdkit=nbdkit apt-get=apt \
  docker-registry=docker-registry htpasswd=apache2-utils curl=curl
is_root || need fakeroot=fakeroot fakechroot=fakechroot
export PATH="$PATH:/usr/sbin:/sbin"
mvn -q package -DskipTests

say "2. A Debian root filesystem in two steps: the essential packages, then jq"
make_base
add_program

say "3. Two layers: the base (LZ4), and what the second step changed (zstd)"
make_layers
say "  1.0 GiB disk -> layers of $(size "$(bytes_of "$WORK/base.layer")") and $(size "$(bytes_of "$WORK/jq.layer")")"

say "4. A registry with a password; pushing the layers to it as an image, and removing them here"
start_registry
push_image
say "  $(tail -n 1 "$WORK/push.log")"

say "5. Serving the disk from the registry, and running jq from it"
run_lazily

say "6. For comparison: downloading the whole image, unpacking it, and running jq from that"
run_downloaded
table
say "Done; everything but the build is removed again."

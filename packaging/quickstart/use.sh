# Serving the image and running its program. Sourced by quickstart.sh.

# Serves the image from the registry; its layers are nowhere else, and its cache is empty.
serve() {
  printf '{ "cacheConfig": { "cacheType": "file", "cacheDir": "%s/cache" }, "enableAudit": false,
    "credentialConfig": { "mode": "file", "path": "%s/credentials.json" } }\n' "$WORK" "$WORK" >"$WORK/service.json"
  mkfifo "$WORK/ready"
  "$BIN/overlaybd-nbd" "$WORK/config.v1.json" --service-config "$WORK/service.json" --summary "$WORK/summary.json" \
    --socket "$WORK/nbd.sock" >"$WORK/ready" 2>"$WORK/server.log" &
  SERVER=$!
  read -r URI <"$WORK/ready" || die "the server did not come up"
}

# The server writes its summary when it ends.
stop_serving() {
  kill "$SERVER" && wait "$SERVER" || die "the server failed"
  SERVER=
}

# summary NAME: a number of the summary.
summary() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$WORK/summary.json"; }

# shellcheck disable=SC2016,SC2034  # jq's variables; used as its program
GREETING='"  Hello from \($os), jq \(6*7), \($how)."'

# In the functions below DISK is what the device is read from: "nbd uri=..." or "file ...", as nbdkit calls it.

# ---- as root: mounted by the kernel's ext4, over NBD, FUSE and loop ------------------------------------------------

attach_as_root() {
  mkdir "$WORK/nbd"
  nbdfuse -r -P "$WORK/nbdfuse.pid" "$WORK/nbd/disk" "$URI" >"$WORK/nbdfuse.log" 2>&1 &
  NBDFUSE=$!
  until [ -s "$WORK/nbdfuse.pid" ]; do kill -0 "$NBDFUSE" || die "nbdfuse did not start"; sleep 0.02; done
  dd if="$WORK/nbd/disk" of=/dev/null bs=4096 count=1 status=none
}

# run_as_root IMAGE HOW
run_as_root() {
  mkdir -p "$WORK/root"
  LOOP=$(losetup --find --show --read-only "$1")
  mount -t ext4 -o ro,noload "$LOOP" "$WORK/root"
  os=$(. "$WORK/root/etc/os-release" && echo "$PRETTY_NAME")
  chroot "$WORK/root" /usr/bin/jq -nr --arg os "$os" --arg how "$2" "$GREETING" >&2
}

# Also what is left of a run that failed on the way.
detach_as_root() {
  ! mountpoint -q "$WORK/root" 2>/dev/null || umount "$WORK/root"
  [ -z "$LOOP" ] || losetup -d "$LOOP"
  LOOP=
  [ -n "$NBDFUSE" ] || return 0
  fusermount3 -u "$WORK/nbd" 2>/dev/null || true
  wait "$NBDFUSE" || true
  NBDFUSE=
}

# ---- without root: nbdkit reads single files out of the ext4, and the image's own loader runs the program -----------

# shellcheck disable=SC2086  # $1 is DISK, a list
read_first_block() { nbdkit -U - --filter=truncate $1 truncate=4096 --run 'nbdcopy "$uri" -' | wc -c >"$WORK/first"; }

# read_file DISK PATH: prints a file of the image. The filter passes on the extents of the disk as those of the file.
# shellcheck disable=SC2086
read_file() { nbdkit -U - --filter=ext2 $1 ext2file="$2" --run 'nbdcopy --no-extents "$uri" -' 2>>"$WORK/nbdkit.log"; }

# Links are not followed by nbdkit: the name of the file that a library's name leads to.
library_file() { basename "$(readlink "$WORK/jq/usr/lib/$TRIPLET/$1" || echo "$1")"; }

# run_without_root DISK HOW
run_without_root() {
  rm -rf "$WORK/files"
  mkdir "$WORK/files"
  read_file "$1" /usr/bin/jq >"$WORK/files/jq"
  loader=$(LC_ALL=C grep -ao '/lib[0-9a-z_/-]*/ld-linux[0-9a-z_.-]*' "$WORK/files/jq" | head -n 1)
  for library in "${loader##*/}" libm.so.6 libc.so.6 libjq.so.1 libonig.so.5; do
    read_file "$1" "/usr/lib/$TRIPLET/$(library_file $library)" >"$WORK/files/$library"
  done
  read_file "$1" /usr/lib/os-release >"$WORK/files/os-release"
  os=$(. "$WORK/files/os-release" && echo "$PRETTY_NAME")
  chmod +x "$WORK/files/${loader##*/}"
  "$WORK/files/${loader##*/}" --library-path "$WORK/files" "$WORK/files/jq" -nr --arg os "$os" --arg how "$2" "$GREETING" >&2
}

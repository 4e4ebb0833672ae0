# The image of the quick start, in two steps. Sourced by quickstart.sh, which says what $WORK, $BIN and $SUITE are.

# A root filesystem of Debian's essential packages, as an ext4 image.
make_base() {
  mode=--mode=root; wrapper=
  is_root || { mode=--mode=fakechroot; wrapper=fakeroot; }
  mmdebstrap --quiet $mode --variant=essential --format=tar "$SUITE" "$WORK/base.tar" >"$WORK/mmdebstrap.log" 2>&1
  truncate -s 1G "$WORK/base.img"
  # shellcheck disable=SC2016  # expanded by the inner shell, under fakeroot without root so that files belong to root
  $wrapper sh -c 'mkdir "$1/tree" && tar -C "$1/tree" -xf "$1/base.tar" --exclude="./dev/*" &&
    mkfs.ext4 -q -b 4096 -O ^has_journal -d "$1/tree" "$1/base.img"' sh "$WORK" >"$WORK/mkfs.log" 2>&1
}

# The same image with one more program (jq and its libraries) written into its filesystem.
add_program() {
  mkdir "$WORK/debs" "$WORK/jq"
  (cd "$WORK/debs" && apt-get download -qq jq libjq1 libonig5) >"$WORK/download.log" 2>&1
  for deb in "$WORK"/debs/*.deb; do dpkg-deb -x "$deb" "$WORK/jq"; done
  # shellcheck disable=SC2034  # the directory of the libraries, such as x86_64-linux-gnu
  TRIPLET=$(basename "$(dirname "$(find "$WORK/jq/usr/lib" -name 'libjq.so.1')")")
  cp --sparse=always "$WORK/base.img" "$WORK/final.img"
  (cd "$WORK/jq" && find . -mindepth 1 \( -type d -printf 'mkdir "%P"\n' -o -type l -printf 'symlink "%P" "%l"\n' \
    -o -type f -printf 'write "%p" "%P"\n' \) >"$WORK/debugfs.in" &&
    debugfs -w -f "$WORK/debugfs.in" "$WORK/final.img") >"$WORK/debugfs.log" 2>&1
}

make_layers() {
  "$BIN/overlaybd-import" "$WORK/base.img" "$WORK/base.layer" >"$WORK/import.log"
  "$BIN/overlaybd-import" --base "$WORK/base.img" --algorithm zstd --tar "$WORK/final.img" "$WORK/jq.layer" >>"$WORK/import.log"
}

#!/bin/sh
# An image becomes a disk, is mounted, compared, and goes without a trace.
# needs: jq=jq getfattr=attr
. kernel-tests/lib/case.sh
. kernel-tests/lib/tree.sh

# mounted_and_compared NUMBER CONFIG COMMAND...: the command is to compare what is mounted at /run/root.
mounted_and_compared() {
  number=$1 config=$2
  shift 2
  disk=$(attach "$number" "$config") || fail "$config: no disk"
  [ "$(cat /sys/block/$disk/ro)" = 1 ] || fail "$disk is not read-only"
  mount -t ext4 -o ro,noload "/dev/$disk" /run/root || fail "$disk: not mounted"
  "$@"
  umount /run/root
  detach "$number" || fail "not removed"
}

own_image() {
  diff -r --exclude=lost+found "$WORK/files" /run/root || fail "files differ"
  cmp "$WORK/disk.img" "/dev/$disk" || fail "bytes differ"
}

stack_of_the_original() {
  expected_tree "$VECTORS/ext4/l3.tree.jsonl" >/run/tree.expected
  tree_of /run/root >/run/tree.found
  diff /run/tree.expected /run/tree.found >/run/tree.diff || fail "trees differ: $(head -5 /run/tree.diff)"
  # Not what ext4 keeps in memory: that of a superblock changes with mounting.
  sum=$(dd "if=/dev/$disk" iflag=direct bs=1M 2>/run/dd.log | sha256sum)
  [ "${sum%% *}" = "$(cut -d' ' -f1 "$VECTORS/ext4/l3.flat.sha256")" ] || fail "bytes differ"
  ok "$(wc -l </run/tree.found) facts about the files of the original's three layers are the same, and so is every byte of the device"
}

# Memory is found for it without I/O, and it is throttled by its own only: the bits of PR_SET_IO_FLUSHER in a thread's flags.
IO_FLUSHER=$((0x00080000 | 0x00100000))
io_flusher_everywhere() {
  threads=0
  for stat in /proc/$DAEMON/task/*/stat; do
    line=$(cat "$stat" 2>/run/stat.log) || continue # a thread that just ended
    flags=$(echo "${line##*) }" | cut -d' ' -f7)
    [ $((flags & IO_FLUSHER)) = $IO_FLUSHER ] || fail "not marked as an I/O flusher: $(cat "${stat%stat}comm")"
    threads=$((threads + 1))
  done
  [ $threads -gt 1 ] || fail "no threads of the daemon found"
  ok "each of the daemon's $threads threads is marked as an I/O flusher"
}

load_modules
start_daemon
mkdir /run/root

create one /nowhere/config.json 4 2>/dev/null && fail "an image that is not there was opened"
rmdir "$CORE/user_1/one"
ok "an image that is not there is refused"

mounted_and_compared 1 "$WORK/config.json" own_image
ok "mounted, every file and every byte is the same"
io_flusher_everywhere
held_by_daemon >/run/held.once
for number in 2 3 4 5 6; do mounted_and_compared $number "$WORK/config.json" test -e /run/root/numbers; done
held_by_daemon >/run/held.often
diff /run/held.once /run/held.often || fail "the daemon holds more with every device"
ok "attached and detached six times, the daemon's files and mappings are as after the first time"

if [ -n "$VECTORS" ]; then
  printf '{"lowers":[{"file":"%s"},{"file":"%s"},{"file":"%s"}]}' \
    "$VECTORS/ext4/l1.lz4.tar" "$VECTORS/ext4/l2.zstd.tar" "$VECTORS/ext4/l3.lsmt" >/run/stack.json
  mounted_and_compared 7 /run/stack.json stack_of_the_original
else
  skipped "the original's layers are not here"
fi
remove_folders
nothing_left
stop_daemon

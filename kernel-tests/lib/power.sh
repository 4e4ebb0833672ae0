# Sourced in the guest: a disk whose every write is logged, and that disk as it was at moments of a power loss.

BELOW=/run/below # where the file system on that disk is mounted
BELOW_SECTORS=$((256 * 2048))

[ -d kernel-tests/target/classes ] || fail "no kernel-tests/target/classes; run mvn package first"

power_loss() {
  "$JAVA_HOME/bin/java" -Xmx64m -Xshare:auto -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp kernel-tests/target/classes \
    io.overlaybd.kerneltests.PowerLoss "$@"
}

mark() { dmsetup message written 0 mark "$1"; }

# start_log FILE: a new disk of zeros with a file system, mounted; what is written to it is logged in FILE.
start_log() {
  truncate -s $((BELOW_SECTORS * 512)) /dev/shm/disk.img
  truncate -s 2G "$1"
  logged_disk=$(losetup -f --show /dev/shm/disk.img) log_disk=$(losetup -f --show "$1")
  dmsetup create written --noudevsync --noudevrules --table "0 $BELOW_SECTORS log-writes $logged_disk $log_disk"
  mkfs.ext4 -q -E nodiscard /dev/dm-0
  mount /dev/dm-0 $BELOW
}

stop_log() {
  umount $BELOW
  dmsetup remove --noudevsync written
  losetup -d "$logged_disk" "$log_disk"
  rm /dev/shm/disk.img
}

# A boot of its own, as far as processes can tell that are started now: after a power loss there is none of the old one.
pretend_another_boot() {
  cat /proc/sys/kernel/random/uuid >/run/boot_id
  mount --bind /run/boot_id /proc/sys/kernel/random/boot_id
}

# start_replay LOG COUNT: of so many moments; how many there are is then in $moments. From then on: tell COMMAND, $answer.
start_replay() {
  truncate -s $((BELOW_SECTORS * 512)) /dev/shm/replayed.img
  mkfifo /run/commands /run/answers
  power_loss replay "$1" /dev/shm/replayed.img "$2" </run/commands >/run/answers 2>/run/replay.log &
  replayer=$!
  exec 7>/run/commands 8</run/answers
  hear
  moments=${answer#moments }
}

hear() { read -r answer <&8 || fail "the replay ended: $(cat /run/replay.log)"; }

# tell COMMAND...
tell() {
  echo "$*" >&7
  hear
}

stop_replay() {
  exec 7>&- 8<&-
  wait $replayer
  rm /dev/shm/replayed.img /run/commands /run/answers
}

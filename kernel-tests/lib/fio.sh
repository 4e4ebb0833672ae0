# Sourced in the guest.

# fio_verified NAME FILE OPTION...: random reads and writes, everything written is read again and compared. Without
# serialize_overlap fio's own reads and writes overlap in flight, and a device that works in parallel fails without being wrong.
fio_verified() {
  fio --name="$1" "--filename=$2" --rw=randrw --randrepeat=0 --direct=1 --ioengine=libaio --serialize_overlap=1 --verify=crc32c \
    --verify_backlog=256 --verify_fatal=1 --output=/run/fio.log $(shift 2 && echo "$@")
}

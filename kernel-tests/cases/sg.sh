#!/bin/sh
# What sg3_utils hear: enquiries, modes, why something is refused; of a disk that cannot be written, and one that can.
# needs: sg_inq=sg3-utils
. kernel-tests/lib/case.sh
. kernel-tests/lib/sg.sh
. kernel-tests/lib/writable.sh

load_modules sg
start_daemon
attach 1 "$WORK/config.json" >/run/disk || fail "no disk"
SG=/dev/sg0
serial=$(sg_inq $SG | sed -n 's/ Unit serial number: //p')

says sg_inq "version=0x05" "Vendor identification: LIO-ORG" "Product identification: TCMU device" "Product revision level: 0002" \
  "CmdQue=1" "3PC=0"
says "sg_vpd -p sv" "Unit serial number" "Device identification" "Block limits" "Block device characteristics" \
  "Logical block provisioning"
says "sg_vpd -p sn" "Unit serial number: $serial"
says "sg_vpd -p di" "vendor id: LIO-ORG" "vendor specific: $serial" "0x6001405$serial" "vendor specific: $WORK/config.json"
says "sg_vpd -p bl" "Maximum compare and write length: 0 blocks" "Maximum unmap LBA count: 0"
says "sg_vpd -p bdc" "Non-rotating medium"
says "sg_vpd -p lbpv" "Unmap command supported (LBPU): 0" "Write same (16) with unmap bit supported (LBPWS): 0"
refused "sg_vpd -p 0xc0" "fetching VPD page failed"
no_complaints
ok "INQUIRY and its pages 00 80 83 b0 b1 b2; no other"

says sg_readcap "Last LBA=131071 (0x1ffff)" "Logical block length=512 bytes"
says "sg_readcap -l" "Last LBA=131071 (0x1ffff)" "Logical block length=512 bytes" "Protection: prot_en=0"
says sg_luns "0000000000000000"
says sg_turs
says sg_requests "No Sense"
for six in "" -6; do
  says "sg_modes $six -a" "WP=1, DpoFua=1" "Caching" "Control" "Read-Write error recovery"
  says "sg_modes $six -p 8" "WP=1" "Caching"
  refused "sg_modes $six -p 0x3e" "nvalid field in cdb"
done
says "sg_start --start"
says sg_sync
says sg_opcodes "Test Unit Ready" "Request Sense" "Read(6)" "Inquiry" "Mode select(6)" "Mode sense(6)" "Start stop unit" \
  "Read capacity(10)" "Read(10)" "Write(10)" "Synchronize cache(10)" "Mode select(10)" "Mode sense(10)" "Read(16)" \
  "Compare and write" "Write(16)" "Synchronize cache(16)" "Write same(16)" "Read capacity(16)" "Report luns" \
  "Report supported operation codes" "Read(12)" "Write(12)" "Verify(10)" "Verify(16)"
says "sg_opcodes -o 0x28" "Read(10)" "28 18 ff ff ff ff 00 ff ff 00"
no_complaints
ok "READ CAPACITY, REPORT LUNS, TEST UNIT READY, REQUEST SENSE, MODE SENSE, START STOP, SYNCHRONIZE CACHE, REPORT SUPPORTED OPERATION CODES"

says "sg_raw -r 512 $SG 28 00 00 01 ff ff 00 00 01 00" "SCSI Status: Good" "Received 512 bytes"
says "sg_raw -r 512 $SG 08 01 ff ff 01 00" "Received 512 bytes"
says "sg_raw -r 512 $SG a8 00 00 01 ff ff 00 00 00 01 00 00" "Received 512 bytes"
says "sg_raw -r 512 $SG 88 00 00 00 00 00 00 01 ff ff 00 00 00 01 00 00" "Received 512 bytes"
refused "sg_raw -r 512 $SG 28 00 00 02 00 00 00 00 01 00" "Logical block address out of range"
refused "sg_raw -r 512 $SG 08 02 00 00 01 00" "Logical block address out of range"
refused "sg_raw -r 1024 $SG 28 00 00 01 ff ff 00 00 02 00" "Logical block address out of range"
refused "sg_raw -r 512 $SG 88 00 ff ff ff ff ff ff ff ff 00 00 00 01 00 00" "Logical block address out of range"
refused "sg_raw -r 512 $SG 28 20 00 00 00 00 00 00 01 00" "Invalid field in cdb"
refused "sg_raw -r 36 $SG 12 00 80 00 24 00" "Invalid field in cdb"
refused "sg_raw $SG ff 00 00 00 00 00" "Invalid command operation code"
refused "sg_raw -r 32 $SG 9e 11 00 00 00 00 00 00 00 00 00 00 00 20 00 00" "Invalid"
refused "sg_raw -r 8 $SG a3 1f 00 00 00 00 00 00 00 08 00 00" "Invalid"
says "sg_verify --lba=0 --count=8"
refused "sg_verify --lba=131071 --count=2" "out of range"
refused "sg_logs -a" "nvalid opcode"
no_complaints
ok "blocks beyond the end, fields that must be zero, and commands that are unknown are refused for what they are"

printf "%1024s" x >/run/block
refused "sg_raw -s 512 -i /run/block $SG 2a 00 00 00 00 00 00 00 01 00" "Write protected"
refused "sg_raw -s 512 -i /run/block $SG 41 00 00 00 00 00 00 00 01 00" "Write protected"
refused "sg_unmap --lba=0 --num=8 -f" "rotect"
refused "sg_raw -s 1024 -i /run/block $SG 89 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00" "Write protected"
no_complaints
ok "what would write is refused as write-protected"

writable_config /dev/shm/upper
attach 2 /dev/shm/upper/config.json >/run/disk || fail "no disk"
SG=/dev/sg1
says "sg_modes -a" "WP=0, DpoFua=1"
says "sg_vpd -p lbpv" "Unmap command supported (LBPU): 1" "Write same (16) with unmap bit supported (LBPWS): 1" \
  "Write same (10) with unmap bit supported (LBPWS10): 1" "read zeros (LBPRZ): 1"
says "sg_readcap -l" "lbpme=1, lbprz=1"
says "sg_raw -s 512 -i /run/block $SG 2a 00 00 00 00 00 00 00 01 00" "SCSI Status: Good"
says "sg_raw -r 512 -o /run/read $SG 28 00 00 00 00 00 00 00 01 00" "SCSI Status: Good"
head -c 512 /run/block | cmp - /run/read || fail "other bytes are read than were written"
refused "sg_raw -s 512 -i /run/block $SG 2a 00 00 20 00 00 00 00 01 00" "Logical block address out of range"
no_complaints
ok "a disk that can be written says so, and what it can give back"

detach 2
detach 1
remove_folders
nothing_left
stop_daemon

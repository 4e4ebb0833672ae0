#!/bin/sh
# In the guest: each disk in turn, several rounds of that; then a table of the best of each, as for docs/performance.md.
#   tcmu-guest.sh REPOSITORY FOLDER SECONDS_PER_TEST ROUNDS
set -eu
cd "$1"
. kernel-tests/lib/tcmu.sh
work=$2 seconds=$3 rounds=$4
heap="-Xmx64m -XX:+UseSerialGC -Djava.io.tmpdir=/run/tmp"

fail() { echo "$*"; cat /run/*.log | tail -30; exit 1; }
says() { grep -q "$1" /run/server.log; }

# Layers and image in memory: what is measured is the way to them.
cp "$work/lz4.obd" "$work/plain.obd" "$work/disk.img" /run/
size=$(stat -c %s /run/disk.img)
for layer in lz4 plain; do
  echo "{\"lowers\":[{\"file\":\"/run/$layer.obd\"}]}" >/run/$layer.json
done
echo '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"}}' >/run/overlaybd.json
load_modules
modprobe -d "$UML_MODULES" overlay
mkdir -p /run/dbus /run/upper/modules /run/work
cp -a "$UML_MODULES"/lib/modules/* /run/upper/modules/
dbus-daemon --system --fork --nopidfile

# It looks for modules in /lib, which cannot be written here.
runner() {
  exec unshare -m sh -c 'mount -t overlay -o lowerdir=/usr/lib,upperdir=/run/upper,workdir=/run/work none /usr/lib &&
    exec tcmu-runner --tcmu-log-dir /run --handler-path "$1"' sh "$(dirname "$(find /usr/lib -name handler_qcow.so)")"
}

# device SUBTYPE/CONFIG OPTIONS
device() {
  mkdir -p "$CORE/user_1/disk"
  for option in "dev_config=$1" max_data_area_mb=64 dev_size=$size $2; do echo "$option" >"$CORE/user_1/disk/control"; done
  echo 1 >"$CORE/user_1/disk/enable"
}

# backstore CLASS [ARGUMENT]: sets server.
backstore() {
  device bench/ nl_reply_supported=-1
  java $heap -cp benchmarks/target/benchmarks.jar "io.overlaybd.benchmarks.$1" "$(ls /sys/class/uio | tr -dc 0-9)" "$size" \
    ${2:+"$2"} >/run/server.log 2>&1 &
  server=$!
  until_true 300 says serves || fail "$1 does not start"
}

# serve NAME: sets server and disk.
serve() {
  rm -f /run/server.log
  case $1 in
    zeros) backstore NullBackstore ;;
    bare) backstore BareBackstore /run/disk.img ;;
    tcmu-runner)
      rm -f /run/tcmu-runner.log
      runner >/run/server.log 2>&1 &
      server=$!
      until_true 100 grep -q Starting /run/tcmu-runner.log
      sleep 2
      device qcow//run/disk.img ""
      ;;
    *)
      OVERLAYBD_LOG_LEVEL=INFO OVERLAYBD_JAVA_OPTS=$heap target/overlaybd/bin/overlaybd-tcmu /run/overlaybd.json >/run/server.log 2>&1 &
      server=$!
      until_true 300 says 'overlaybd-tcmu serves' || fail "$1 does not start"
      device "overlaybd//run/$1.json" ""
      ;;
  esac
  disk=$(export_disk disk naa.5001405000000001) || fail "$1 has no disk"
  disk=${disk##* }
}

unserve() {
  unexport_disk disk naa.5001405000000001
  case $1 in zeros | bare) kill -9 $server; wait $server 2>/dev/null || true ;; esac
  delete disk
  rmdir "$CORE/user_1" "$LOOPBACK" 2>/dev/null || true
  case $1 in zeros | bare) ;; *) kill -TERM $server; wait $server || true ;; esac
}

# run_fio RW BLOCK DEPTH SECONDS: prints what fio counts, operations a second and milliseconds.
run_fio() {
  fio --name=test --filename=/dev/$disk --readonly --rw=$1 --bs=$2 --iodepth=$3 --ioengine=libaio --direct=1 \
    --norandommap --randrepeat=0 --time_based --runtime=$4 --minimal --terse-version=3 2>/dev/null | cut -d';' -f8,9
}

# Processor time of the server, user and system, in ticks of the clock.
server_ticks() { sed 's/.*) //' /proc/$server/stat | awk '{ print $12 + $13 }'; }

# Appends NAME;TEST;OPERATIONS A SECOND;PROCESSOR MICROSECONDS OF EACH.
measure() {
  run_fio randread 4k 32 "$seconds" >/run/warm
  for test in "randread 4k 1" "randread 4k 32" "read 128k 1" "read 128k 8"; do
    before=$(server_ticks)
    # shellcheck disable=SC2086  # words
    counted=$(run_fio $test "$seconds")
    ticks=$(($(server_ticks) - before))
    echo "$counted" | awk -F';' -v head="$1;$test" -v us=$((ticks * 1000000 / $(getconf CLK_TCK))) \
      '{ printf "%s;%d;%.1f\n", head, $1, us / ($1 * $2 / 1000) }' >>/run/results
  done
  echo "$1;resident;$(awk '/^VmRSS:/ { print int($2 / 1024) }' /proc/$server/status);0" >>/run/results
}

# Of the best round each: its operations a second, or MB/s where blocks are long, and processor time of an operation.
print_table() {
  awk -F';' '
    { key = $1 ";" $2; if (!(key in best) || $3 > best[key]) { best[key] = $3; time[key] = $4 } if (!($1 in seen)) { seen[$1]; names[++n] = $1 } }
    function cell(name, test, length_bytes,  key) {
      key = name ";" test
      return length_bytes ? sprintf("%d MB/s, %.0f µs", best[key] * length_bytes / 1e6, time[key]) : sprintf("%d/s, %.0f µs", best[key], time[key])
    }
    END {
      print "| Disk | 4 KiB, depth 1 | 4 KiB, depth 32 | 128 KiB, depth 1 | 128 KiB, depth 8 | resident |"
      print "|---|---:|---:|---:|---:|---:|"
      for (i = 1; i <= n; i++)
        printf "| %s | %s | %s | %s | %s | %d MiB |\n", names[i], cell(names[i], "randread 4k 1"), cell(names[i], "randread 4k 32"), \
          cell(names[i], "read 128k 1", 131072), cell(names[i], "read 128k 8", 131072), best[names[i] ";resident"]
    }' /run/results
}

: >/run/results
for round in $(seq "$rounds"); do
  for name in zeros bare plain lz4 tcmu-runner; do
    serve $name
    measure $name
    unserve $name
    echo "round $round: $name"
  done
done
print_table

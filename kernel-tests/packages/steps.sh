# Run by trial.service in the guest: one step, then off. The steps are in the files that begin with a number.
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/overlaybd/bin HOME=/root LC_ALL=C.UTF-8
for word in $(cat /proc/cmdline); do
  case $word in
    trial.step=*) step=${word#trial.step=} ;;
    trial.out=*) out=${word#trial.out=} ;;
  esac
done
mkdir -p /run/out
mount -t hostfs none /run/out -o "$out"

ok() { echo "ok: $*"; }
measured() { echo "measured: $*"; }
fail() { echo "failed: $*"; exit 1; }

# until_true SECONDS COMMAND...
until_true() {
  left=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ $left -gt 0 ] || return 1
    sleep 0.2
  done
}

unit=overlaybd-tcmu.service
home=/opt/overlaybd
# show PROPERTY [UNIT]
show() { systemctl show -P "$1" "${2:-$unit}"; }
is_served() { [ "$(show ActiveState)" = active ]; }
same_files() { echo 3 >/proc/sys/vm/drop_caches && (cd /srv/app && sha256sum --quiet -c /trial/app.sums); }
resident() { echo "$(($(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(show MainPID)/status") / 1024)) MiB resident"; }
uses_archive() { grep -q classes-.*jsa "/proc/$(show MainPID)/maps"; }
version_of_deb() { dpkg-query -W -f '${Version}' overlaybd; }

# documented STEP: its commands, as the document has them.
documented() {
  (cd /trial/files && DOCS_OUTPUT=/run/documented.out sh /trial/docs/$1.sh 3>&1 >/run/documented.log 2>&1) ||
    fail "not as documented: $(tail -n 40 /run/documented.log)"
}

# Until stop_users: one reads the files of the lazy image, if WRITES is given another writes to the writable one and compares. They
# leave some of the one processor to the upgrade.
start_users() {
  rm -f /run/enough
  : >/run/wrong >/run/reads >/run/writes
  (until [ -e /run/enough ]; do same_files || echo read >>/run/wrong; echo pass >>/run/reads; sleep 0.5; done) 2>/dev/null &
  [ -z "${1:-}" ] || write_until_enough 2>/dev/null &
  until_true 40 made_progress 0 0 || fail "nobody reads or writes"
}
write_until_enough() {
  until [ -e /run/enough ]; do
    file=/srv/data/$(($(wc -l </run/writes) % 50))
    head -c 262144 /dev/urandom >/run/sample
    dd if=/run/sample of=$file bs=64k conv=fsync && dd if=$file bs=64k iflag=direct | cmp - /run/sample || echo write >>/run/wrong
    echo pass >>/run/writes
    sleep 0.5
  done
}
# made_progress READS WRITES: beyond that many passes.
made_progress() {
  [ "$(wc -l </run/reads)" -gt "$1" ] && { ! mountpoint -q /srv/data || [ "$(wc -l </run/writes)" -gt "$2" ]; }
}
# The pass under way when it was asked for may have been nearly over; the one after it began later.
still_in_use() { until_true 40 made_progress $(($(wc -l </run/reads) + 1)) $(($(wc -l </run/writes) + 1)); }
stop_users() {
  : >/run/enough
  wait
  [ ! -s /run/wrong ] || fail "reads or writes failed: $(sort /run/wrong | uniq -c)"
}

at_the_end() {
  status=$?
  trap - EXIT
  [ $status != 0 ] || : >"/run/out/$step.done"
  [ $status = 0 ] || { journalctl -b --no-pager -o short-monotonic | tail -60; dmesg | tail -5; }
  journalctl -b --no-pager -o short-monotonic >"/run/out/$step.journal" || :
  cp /var/log/overlaybd*.log /run/out/ 2>/dev/null || :
  systemctl --no-block poweroff
  exit $status
}
trap at_the_end EXIT
. "/trial/$step.sh"

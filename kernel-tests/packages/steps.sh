# Run by trial.service in the guest: one step, then off. The steps are in the files that begin with a number.
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
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

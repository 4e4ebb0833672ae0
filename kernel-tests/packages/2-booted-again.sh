# Booted again: mounted as before. Then all is taken away, and nothing is left; the same with the rpm, in short.

journalctl -b -1 --no-pager -o cat -u srv-app.mount -u $unit >/run/last.log
unmounted=$(grep -n 'Unmounted /srv/app\|Unmounted srv-app.mount' /run/last.log | tail -1 | cut -d: -f1)
stopped=$(grep -n "Stopping $unit" /run/last.log | tail -1 | cut -d: -f1)
[ -n "$unmounted" ] && [ -n "$stopped" ] && [ "$unmounted" -lt "$stopped" ] || fail "ended before its mount: $(cat /run/last.log)"
ok "the system went down in order: unmounted, then the daemon ended"

both_mounted() { mountpoint -q /srv/app && mountpoint -q /srv/data; }
until_true 60 both_mounted || fail "not mounted after the boot: $(systemctl status 'overlaybd-attach@*' srv-app.mount srv-data.mount)"
is_served || fail "not started by the boot"
same_data() { (cd /srv/data && sha256sum --quiet -c /trial/data.sums); }
same_files && same_data || fail "files differ after the boot"
ok "booted again: attached and mounted without anybody's help, every file is the same, also those that were written"

systemctl restart $unit && same_files && same_data || fail "a restart does not leave the mounts alone"

umount /srv/app /srv/data
systemctl disable --quiet --now overlaybd-attach@app overlaybd-attach@data || fail "not detached"
: >/etc/fstab
systemctl daemon-reload
$home/libexec/attached || fail "still attached"
pid=$(show MainPID)
dpkg -r overlaybd >/run/dpkg.log 2>&1 || fail "not removed: $(cat /run/dpkg.log)"
[ ! -e "/proc/$pid" ] || fail "the daemon runs on"
[ -e /etc/overlaybd/overlaybd.json ] || fail "removed with its configuration"
dpkg -P overlaybd >/run/dpkg.log 2>&1 || fail "not purged: $(cat /run/dpkg.log)"
# left WHERE...: what is there of overlaybd, but for what systemd keeps of its own.
left() { find "$@" -xdev \( -name '*overlaybd*' -o -path '/opt/*' \) ! -path '/trial/*' ! -path '*/systemd/timers/*' 2>/dev/null; }
[ -z "$(left /etc /opt /usr /var /run)" ] || fail "left by the purge: $(left /etc /opt /usr /var /run; ls -laR /opt; cat /run/dpkg.log)"
systemctl daemon-reload
# A name that others mention without its unit is none.
units=$(systemctl list-units --all --plain --no-legend 'overlaybd*' | grep -v ' not-found ' || :)
[ -z "$units" ] || fail "units are left: $units"
ok "removed and purged: nothing is left"

documented rpm
rpm -V overlaybd >/run/rpm.log || fail "rpm: files are not as they should be: $(cat /run/rpm.log)"
is_served || fail "rpm: does not start: $(systemctl status $unit)"
overlaybd-pull-config --plain-http 127.0.0.1:5000/app:1 /trial/app.json >/run/pull.log 2>&1 || fail "rpm: no config: $(cat /run/pull.log)"
disk=$(overlaybd-ctl attach /trial/app.json) || fail "rpm: not attached"
mount -o ro,noload "$disk" /srv/app && same_files || fail "rpm: not mounted"
pid=$(show MainPID) release=$(rpm -q overlaybd)
start_users
documented rpmupgrade
[ "$(rpm -q overlaybd)" != "$release" ] || fail "rpm: still $release after the upgrade"
is_served && [ "$(show MainPID)" != "$pid" ] || fail "rpm: not restarted by the upgrade"
uses_archive || fail "rpm: the archive of classes is not used after the upgrade"
still_in_use || fail "rpm: no read comes to an end after the upgrade"
stop_users
rpm -e overlaybd >/run/rpm.log 2>&1 && fail "rpm: erased while a disk is attached"
grep -q "$disk" /run/rpm.log && is_served || fail "rpm: does not say what is attached: $(cat /run/rpm.log)"
umount /srv/app
overlaybd-ctl detach "$disk" || fail "rpm: not detached"
upgraded=$(rpm -q overlaybd)
rpm -e overlaybd >/run/rpm.log 2>&1 || fail "rpm: not erased: $(cat /run/rpm.log)"
! systemctl is-active --quiet $unit || fail "rpm: the daemon runs on"
[ -z "$(left /etc/systemd /usr /opt/overlaybd/bin /opt/overlaybd/lib /opt/overlaybd/runtime)" ] ||
  fail "rpm: left: $(left /etc/systemd /usr /opt/overlaybd/bin /opt/overlaybd/lib /opt/overlaybd/runtime)"
ok "rpm: installed, started, attached, mounted, upgraded from $release to $upgraded under reads, not erased while attached, erased"

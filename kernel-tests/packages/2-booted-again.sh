# Booted again: mounted as before. Then all is taken away, and nothing is left; the same with the rpm, in short.

journalctl -b -1 --no-pager -o cat -u srv-app.mount -u $unit >/run/last.log
unmounted=$(grep -n 'Unmounted /srv/app\|Unmounted srv-app.mount' /run/last.log | tail -1 | cut -d: -f1)
stopped=$(grep -n "Stopping $unit" /run/last.log | tail -1 | cut -d: -f1)
[ -n "$unmounted" ] && [ -n "$stopped" ] && [ "$unmounted" -lt "$stopped" ] || fail "ended before its mount: $(cat /run/last.log)"
ok "the system went down in order: unmounted, then the daemon ended"

until_true 60 mountpoint -q /srv/app || fail "not mounted after the boot: $(systemctl status overlaybd-attach@app srv-app.mount)"
is_served || fail "not started by the boot"
same_files || fail "files differ after the boot"
ok "booted again: attached and mounted without anybody's help, every file is the same"

systemctl restart $unit && same_files || fail "a restart does not leave the mount alone"

umount /srv/app
systemctl disable --quiet --now overlaybd-attach@app.service || fail "not detached"
: >/etc/fstab
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

rpm --root / -i --nodeps /trial/overlaybd.rpm >/run/rpm.log 2>&1 || fail "rpm: not installed: $(cat /run/rpm.log)"
rpm --root / -V --nodeps overlaybd >/run/rpm.log || fail "rpm: files are not as they should be: $(cat /run/rpm.log)"
systemctl enable --quiet --now $unit || fail "rpm: does not start: $(systemctl status $unit)"
pid=$(show MainPID)
printf '{"lowers":[{"file":"/trial/app.obd"}]}' >/trial/app.json
$home/bin/overlaybd-import /trial/app.img /trial/app.obd >/run/import.log 2>&1 || fail "rpm: not imported: $(cat /run/import.log)"
disk=$($home/bin/overlaybd-ctl attach /trial/app.json) || fail "rpm: not attached"
mount -o ro,noload "$disk" /srv/app && same_files || fail "rpm: not mounted"
rpm --root / -U --nodeps --force /trial/overlaybd.rpm >/run/rpm.log 2>&1 || fail "rpm: not upgraded: $(cat /run/rpm.log)"
is_served && [ "$(show MainPID)" != "$pid" ] && same_files || fail "rpm: not restarted by the upgrade"
rpm --root / -e --nodeps overlaybd >/run/rpm.log 2>&1 && fail "rpm: erased while a disk is attached"
grep -q "$disk" /run/rpm.log && is_served || fail "rpm: does not say what is attached: $(cat /run/rpm.log)"
umount /srv/app
$home/bin/overlaybd-ctl detach "$disk" || fail "rpm: not detached"
rpm --root / -e --nodeps overlaybd >/run/rpm.log 2>&1 || fail "rpm: not erased: $(cat /run/rpm.log)"
! systemctl is-active --quiet $unit || fail "rpm: the daemon runs on"
[ -z "$(left /etc/systemd /usr /opt/overlaybd/bin /opt/overlaybd/lib /opt/overlaybd/runtime)" ] ||
  fail "rpm: left: $(left /etc/systemd /usr /opt/overlaybd/bin /opt/overlaybd/lib /opt/overlaybd/runtime)"
ok "rpm: installed, started, attached, mounted, upgraded, not erased while attached, erased"

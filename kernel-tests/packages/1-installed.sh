# Installed, an image attached lazily and mounted, upgraded under reads, not removed while in use; then the machine goes down.

! command -v java >/dev/null || fail "there is a Java"
printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: /var/lib/trial-registry}}\nhttp: {addr: "127.0.0.1:5000", secret: s}\n' >/trial/registry.yml

dpkg -i /trial/overlaybd.deb >/run/dpkg.log 2>&1 || fail "not installed: $(cat /run/dpkg.log)"
is_served || fail "not started by the installation: $(systemctl status $unit)"
began=$(show ExecMainStartTimestampMonotonic)
ready=$(show ActiveEnterTimestampMonotonic)
pid=$(show MainPID)
measured "ready $(((ready - began) / 1000)) ms after its start, $(($(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status) / 1024)) MiB resident, $(systemctl show -P StatusText $unit)"
[ "$(readlink "/proc/$pid/exe")" = $home/runtime/bin/java ] || fail "not the runtime of the package"
[ "$(systemctl is-enabled $unit)" = enabled ] || fail "not enabled"
[ "$(cat /proc/$pid/oom_score_adj)" = -999 ] || fail "may be chosen by the OOM killer"
grep -q classes-.*jsa /proc/$pid/maps || fail "the archive of classes is not used"
ok "installed without any Java, and serves"

systemctl start trial-registry.service
mkdir -p /etc/overlaybd/images /srv/app
$home/bin/overlaybd-import /trial/app.img /trial/app.layer >/run/import.log 2>&1 || fail "not imported: $(cat /run/import.log)"
until_true 20 $home/bin/overlaybd-push --plain-http --write-config /etc/overlaybd/images/app.json 127.0.0.1:5000/app:1 /trial/app.layer ||
  fail "not pushed"
rm /trial/app.layer
echo 'LABEL=app /srv/app ext4 ro,noload,_netdev,x-systemd.requires=overlaybd-attach@app.service 0 0' >/etc/fstab
systemctl daemon-reload
systemctl enable --quiet overlaybd-attach@app.service
systemctl start remote-fs.target srv-app.mount || fail "not mounted: $(systemctl status overlaybd-attach@app srv-app.mount)"
fetched=$(du -s -B1024 $home/registry_cache | cut -f1)
[ "$fetched" -lt 4000 ] || fail "$fetched KiB were fetched to mount"
same_files || fail "files differ"
ok "an image is attached from the registry and mounted by fstab, with $fetched KiB fetched to mount it; every file is the same"

sed -i 's/"cacheSizeGB": 4/"cacheSizeGB": 1/' /etc/overlaybd/overlaybd.json
systemctl reload $unit || fail "not reloaded"
until_true 10 grep -q 'configuration read again' /var/log/overlaybd.log || fail "does not read its configuration again"
[ "$(show MainPID)" = "$pid" ] && is_served || fail "does not outlive a reload"

attached_as=$(show InvocationID overlaybd-attach@app.service)$(show InvocationID srv-app.mount)
(until [ -e /run/enough ]; do same_files || echo wrong >>/run/wrong; echo pass >>/run/passes; done) 2>/dev/null &
reader=$!
until_true 20 test -s /run/passes || fail "nobody reads"
dpkg -i /trial/later.deb >/run/dpkg.log 2>&1 || fail "not upgraded: $(cat /run/dpkg.log)"
is_served || fail "not served after the upgrade"
[ "$(show MainPID)" != "$pid" ] || fail "not restarted by the upgrade"
before=$(wc -l </run/passes)
more_passes() { [ "$(wc -l </run/passes)" -gt $((before + 1)) ]; }
until_true 20 more_passes || fail "no read comes to an end after the upgrade"
[ ! -e /run/wrong ] || fail "reads failed during the upgrade"
[ "$(show InvocationID overlaybd-attach@app.service)$(show InvocationID srv-app.mount)" = "$attached_as" ] ||
  fail "attached or mounted anew by the upgrade"
grep -q '"cacheSizeGB": 1' /etc/overlaybd/overlaybd.json || fail "the upgrade has replaced the configuration"
ok "upgraded while files are read: the disk stays mounted, no read fails, the configuration is the administrator's"

mkdir -p /run/systemd/system/$unit.d
printf '[Service]\nWatchdogSec=4s\n' >/run/systemd/system/$unit.d/trial.conf
systemctl daemon-reload
systemctl restart $unit
pid=$(show MainPID)
kill -STOP "$pid"
restarted() { is_served && [ "$(show MainPID)" != "$pid" ]; }
until_true 30 restarted || fail "a daemon that hangs is not restarted: $(systemctl status $unit)"
before=$(wc -l </run/passes)
until_true 20 more_passes || fail "no read comes to an end after the watchdog"
: >/run/enough
wait $reader
[ ! -e /run/wrong ] || fail "reads failed while the daemon hung"
ok "a daemon that hangs is replaced by the watchdog, no read fails"

dpkg -r overlaybd >/run/dpkg.log 2>&1 && fail "removed while a disk is attached"
grep -q "overlaybd-ctl detach" /run/dpkg.log && grep -q /etc/overlaybd/images/app.json /run/dpkg.log ||
  fail "does not say what is attached: $(cat /run/dpkg.log)"
is_served && same_files || fail "not served after a removal that was refused"
ok "is not removed while a disk is attached, and says which"

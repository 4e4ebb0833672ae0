# Installed, an image attached lazily and mounted, upgraded under reads and writes, not removed while in use; then the machine goes down.

! command -v java >/dev/null || fail "there is a Java"
! find / -xdev -name libjvm.so | grep . || fail "there is a Java, though not on the path"
printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: /var/lib/trial-registry}}\nhttp: {addr: "127.0.0.1:5000", secret: s}\n' >/trial/registry.yml

documented install
is_served || fail "not started by the installation: $(systemctl status $unit)"
began=$(show ExecMainStartTimestampMonotonic)
ready=$(show ActiveEnterTimestampMonotonic)
pid=$(show MainPID)
measured "ready after $(((ready - began) / 1000)) ms in this kernel, $(resident), $(show StatusText)"
[ "$(readlink "/proc/$pid/exe")" = $home/runtime/bin/java ] || fail "not the runtime of the package"
[ "$(systemctl is-enabled $unit)" = enabled ] || fail "not enabled"
[ "$(cat /proc/$pid/oom_score_adj)" = -999 ] || fail "may be chosen by the OOM killer"
uses_archive || fail "the archive of classes is not used"
documented containerd
ok "installed without any Java, and serves; the doctor is content"

systemctl start trial-registry.service
until_true 20 grep -q ':1388 .* 0A ' /proc/net/tcp || fail "no registry"
documented disk
fetched=$(du -s -B1024 $home/registry_cache | cut -f1)
[ "$fetched" -lt 4000 ] || fail "$fetched KiB were fetched to mount"
rm /trial/files/app.layer
umount /srv/app
documented fstab
systemctl start remote-fs.target srv-app.mount || fail "not mounted: $(systemctl status overlaybd-attach@app srv-app.mount)"
same_files || fail "files differ"
ok "an image is attached from the registry and mounted, with $fetched KiB fetched for that, then by fstab; every file is the same"

if [ -d /trial/snapshotter ]; then
  cp /trial/snapshotter/* /usr/bin/
  documented snapshotter
  ctr image import --base-name 127.0.0.1:5000/ordinary /trial/ordinary.tar >/run/ctr.log 2>&1 &&
    ctr image push --plain-http 127.0.0.1:5000/ordinary:1 >/run/ctr.log 2>&1 &&
    ctr image rm --sync 127.0.0.1:5000/ordinary:1 >/run/ctr.log 2>&1 || fail "no ordinary image in the registry: $(cat /run/ctr.log)"
  documented containers
  systemctl disable --quiet --now overlaybd-snapshotter
  for file in /trial/snapshotter/*; do rm "/usr/bin/${file##*/}"; done
  rm -r /etc/overlaybd-snapshotter /etc/systemd/system/overlaybd-snapshotter.service /var/lib/containerd/*.overlaybd
  ok "containers run with the project's own snapshotter, by the commands of its document"
else ok "left out: containers with the project's snapshotter, which is not to be had"; fi

mkdir /srv/data /var/lib/trial
overlaybd-create --mkfs /var/lib/trial/data /var/lib/trial/index 1 >/run/create.log 2>&1 || fail "no writable layer: $(cat /run/create.log)"
printf '{"upper":{"data":"/var/lib/trial/data","index":"/var/lib/trial/index"}}' >/etc/overlaybd/images/data.json
systemctl enable --quiet --now overlaybd-attach@data || fail "not attached: $(systemctl status overlaybd-attach@data)"
e2label "$(cat /run/overlaybd-attach-data/disk)" data
echo 'LABEL=data /srv/data ext4 _netdev,x-systemd.requires=overlaybd-attach@data.service 0 0' >>/etc/fstab
systemctl daemon-reload
systemctl start srv-data.mount || fail "not mounted: $(systemctl status srv-data.mount)"

sed -i 's/"cacheSizeGB": 4/"cacheSizeGB": 1/' /etc/overlaybd/overlaybd.json
systemctl reload $unit || fail "not reloaded"
until_true 10 grep -q 'configuration read again' /var/log/overlaybd.log || fail "does not read its configuration again"
[ "$(show MainPID)" = "$pid" ] && is_served || fail "does not outlive a reload"

lives() { for each in overlaybd-attach@app srv-app.mount overlaybd-attach@data srv-data.mount; do show InvocationID $each; done; }
attached_as=$(lives)
version=$(version_of_deb)
start_users writes
documented upgrade
[ "$(version_of_deb)" != "$version" ] || fail "still $version after the upgrade"
is_served || fail "not served after the upgrade"
[ "$(show MainPID)" != "$pid" ] || fail "not restarted by the upgrade"
uses_archive || fail "the archive of classes is not used after the upgrade"
still_in_use || fail "no read or no write comes to an end after the upgrade"
[ "$(lives)" = "$attached_as" ] || fail "attached or mounted anew by the upgrade"
grep -q '"cacheSizeGB": 1' /etc/overlaybd/overlaybd.json || fail "the upgrade has replaced the configuration"
passes="$(wc -l </run/reads) passes of reads, $(wc -l </run/writes) of writes"
[ ! -s /run/wrong ] || fail "reads or writes failed during the upgrade: $(sort /run/wrong | uniq -c)"
ok "upgraded from $version to $(version_of_deb) under reads and writes: mounts stay, none of $passes fails, the configuration is the administrator's"

mkdir -p /run/systemd/system/$unit.d
printf '[Service]\nWatchdogSec=4s\n' >/run/systemd/system/$unit.d/trial.conf
systemctl daemon-reload
systemctl restart $unit
pid=$(show MainPID)
kill -STOP "$pid"
restarted() { is_served && [ "$(show MainPID)" != "$pid" ]; }
until_true 30 restarted || fail "a daemon that hangs is not restarted: $(systemctl status $unit)"
still_in_use || fail "no read or no write comes to an end after the watchdog"
stop_users
(cd /srv/data && sha256sum ./[0-9]* >/trial/data.sums)
ok "a daemon that hangs is replaced by the watchdog, no read and no write fails"

documented removal
dpkg -r overlaybd >/run/dpkg.log 2>&1 && fail "removed while disks are attached"
grep -q "overlaybd-ctl detach" /run/dpkg.log && grep -q /etc/overlaybd/images/app.json /run/dpkg.log &&
  grep -q /etc/overlaybd/images/data.json /run/dpkg.log || fail "does not say what is attached: $(cat /run/dpkg.log)"
is_served && same_files || fail "not served after a removal that was refused"
ok "is not removed while disks are attached, and says which"

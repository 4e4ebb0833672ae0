#!/bin/sh
# Unpacks the root, adds what the trial needs, and makes an image of it.
#   populate.sh WORK ROOT_TAR FOLDER
work=$1 root_tar=$2 here=$3
root=$work/root
mkdir "$root"
tar -C "$root" -xf "$root_tar" --exclude='./dev/*'
mkdir -p "$root/lib/modules" "$root/trial"
cp -a "/usr/lib/uml/modules/$(ls /usr/lib/uml/modules | tail -1)" "$root/lib/modules/"
cp -a "$work/trial/." "$root/trial/"
cp "$here"/*.service "$root/etc/systemd/system/"
# As on a system of rpm's: Debian's own would rather have it not used, and has none of its packages for the others to depend on.
cat >"$root/usr/local/bin/rpm" <<'END'
#!/bin/sh
case $1 in -q*) exec /usr/bin/rpm --root / "$@" ;; *) exec /usr/bin/rpm --root / --nodeps "$@" ;; esac
END
chmod +x "$root/usr/local/bin/rpm"
for unit in getty.target apt-daily.timer apt-daily-upgrade.timer e2scrub_reap.service e2scrub_all.timer dpkg-db-backup.timer \
  fstrim.timer docker-registry.service systemd-timesyncd.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -sf ../trial.service ../trial-registry.service "$root/etc/systemd/system/multi-user.target.wants/"
echo trial >"$root/etc/hostname"
: >"$root/etc/fstab"
mkdir -p "$root/var/log/journal"
mkfs.ext4 -q -O ^has_journal -d "$root" "$work/disk.img"
rm -rf "$root"

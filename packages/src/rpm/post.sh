# $1 is 1 for an installation, 2 for an upgrade.
if [ "$1" = 1 ]; then
  ls /opt/overlaybd/lib/classes-*.jsa >/dev/null 2>&1 || /opt/overlaybd/libexec/share-classes || :
  systemctl --no-reload preset overlaybd-tcmu.service >/dev/null 2>&1 || :
fi
if [ -d /run/systemd/system ]; then systemctl daemon-reload || :; fi

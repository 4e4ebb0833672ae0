# $1 is 0 after a removal, 1 after an upgrade: disks outlive the daemon, the new one takes them up.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || :
  if [ "$1" != 0 ]; then systemctl try-restart overlaybd-tcmu.service || :; fi
fi
if [ "$1" = 0 ]; then
  rm -f /opt/overlaybd/lib/classes-*.jsa
  rmdir /opt/overlaybd/lib /opt/overlaybd 2>/dev/null || :
fi

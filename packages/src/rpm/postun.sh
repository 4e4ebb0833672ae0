home=/opt/overlaybd
# $1 is 0 after a removal, 1 after an upgrade: disks outlive the daemon, the new one takes them up.
# An archive of classes that was made here is of the jars that are gone only now.
if [ "$1" != 0 ]; then
  for archive in $home/lib/classes-*.jsa; do [ ! "$archive" -nt $home/libexec/share-classes ] || rm -f "$archive"; done
  ls $home/lib/classes-*.jsa >/dev/null 2>&1 || $home/libexec/share-classes || :
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || :
  if [ "$1" != 0 ]; then systemctl try-restart overlaybd-tcmu.service || :; fi
fi
if [ "$1" = 0 ]; then
  rm -f $home/lib/classes-*.jsa
  rmdir $home/lib $home 2>/dev/null || :
fi

# $1 is 0 for a removal. An upgrade leaves the daemon running until the new one takes over.
if [ "$1" = 0 ]; then
  /opt/overlaybd/libexec/refuse-while-attached || exit 1
  systemctl --no-reload disable overlaybd-tcmu.service >/dev/null 2>&1 || :
  if [ -d /run/systemd/system ]; then systemctl stop overlaybd-tcmu.service || :; fi
fi

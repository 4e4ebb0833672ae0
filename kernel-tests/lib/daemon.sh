# Sourced in the guest: the daemon's life. $DAEMON is its process, $DAEMON_LOG what all daemons of the case said.

DAEMON_LOG=/run/daemon.log
DAEMON_CONFIG=/run/overlaybd.json
: >$DAEMON_LOG
echo '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"}}' >$DAEMON_CONFIG

# Returns when it serves. The guest's memory is small, and page faults are slow there.
start_daemon() {
  starts=$(($(starts) + 1))
  OVERLAYBD_JAVA_OPTS="$OVERLAYBD_JAVA_OPTS -Xmx${DAEMON_HEAP:-64m}" "$OVERLAYBD/bin/overlaybd-tcmu" $DAEMON_CONFIG >>$DAEMON_LOG 2>&1 9>&- &
  DAEMON=$!
  until_true 600 has_started $starts && kill -0 $DAEMON || fail "the daemon does not start"
}

starts() { grep -c 'overlaybd-tcmu serves' $DAEMON_LOG || true; }
has_started() { [ "$(starts)" -ge "$1" ] || ! kill -0 $DAEMON; }

stop_daemon() {
  kill -TERM $DAEMON
  wait $DAEMON || fail "exit code $? after SIGTERM"
}

kill_daemon() {
  kill -9 $DAEMON
  wait $DAEMON 2>/dev/null || true
}

# logged TEXT: whether a daemon said so.
logged() { grep -q -- "$1" $DAEMON_LOG; }

# What a process has of devices and images: files, mappings, and threads that are named after devices.
held_by_daemon() {
  ls -l /proc/$DAEMON/fd | sed -n 's/.* -> //p' | grep -vE '^(pipe|socket|anon_inode):' | sort
  sed -n 's/.* \(\/dev\/uio.*\)/mapped \1/p' /proc/$DAEMON/maps | sort
  cat /proc/$DAEMON/task/*/comm 2>/dev/null | grep '^obd-uio' | sort || true
}

# Nothing of any device is left, neither in the kernel nor in the daemon.
nothing_left() {
  ls -d /sys/class/uio/uio* 2>/dev/null && fail "a uio device is left"
  ls -d $CORE/user_* $LOOPBACK 2>/dev/null && fail "something is left in configfs"
  held_by_daemon | grep -E "uio|$WORK|${VECTORS:-$WORK}|/run/cache/" && fail "the daemon holds what it should not"
  ok "nothing left: no uio, no configfs, no file, mapping or thread of a device in the daemon"
}

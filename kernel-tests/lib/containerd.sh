# Sourced in the guest: containerd with the project's own snapshotter, and an image to run. After registry.sh.

export CONTAINERD_ADDRESS=/run/containerd.sock CONTAINERD_SNAPSHOTTER=overlaybd
ctr_of_project() { "$SNAPSHOTTER/ctr.accelerated-container-image" "$@"; }

# The snapshotter looks for the commands in /opt/overlaybd.
start_containerd() {
  mount -t cgroup2 none /sys/fs/cgroup
  mount -t tmpfs none /opt
  mkdir /opt/overlaybd
  ln -s "$OVERLAYBD/bin" /opt/overlaybd/bin
  cat >/run/snapshotter.json <<JSON
{"root": "/run/snapshotter", "address": "/run/snapshotter.sock", "rwMode": "overlayfs",
 "mirrorRegistry": [{"host": "$REGISTRY", "insecure": true}]}
JSON
  cat >/run/containerd.toml <<TOML
version = 2
root = "/run/containerd"
state = "/run/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "/run/containerd.sock"
[proxy_plugins.overlaybd]
  type = "snapshot"
  address = "/run/snapshotter.sock"
TOML
  "$SNAPSHOTTER/overlaybd-snapshotter" /run/snapshotter.json >/run/snapshotter.log 2>&1 &
  # Who calls before it listens waits for seconds until it calls again.
  until_true 300 [ -S /run/snapshotter.sock ] || fail "no snapshotter: $(tail -3 /run/snapshotter.log)"
  containerd -c /run/containerd.toml >/run/containerd.log 2>&1 &
  until_true 300 eval 'ctr plugin ls | grep -q "overlaybd .* ok"' || fail "no containerd: $(tail -3 /run/containerd.log)"
}

# The files of all cases, with a shell, in /run/app.
make_app() {
  mkdir -p /run/app/bin /run/app/proc /run/app/sys /run/app/dev /run/app/etc /run/app/tmp /run/app/run
  cp -a "$WORK/files/." /run/app/
  cp "$(command -v busybox)" /run/app/bin/busybox
  for name in sh cat head sha256sum sleep seq touch ls rm dd; do ln -s busybox "/run/app/bin/$name"; done
}

# run_in IMAGE NAME COMMAND [OPTION...]: a container to its end; what it said is printed.
run_in() {
  image=$1 name=$2 command=$3
  shift 3
  ctr run --rm --net-host "$@" "$image" "$name" /bin/sh -c "$command" 2>/run/run.log || fail "$name: $(tail -3 /run/run.log)"
}

# pull [OPTION...] IMAGE: what of it has to be there at once; forget IMAGE...: with the disks that nobody needs any more; publish IMAGE.
pull() { ctr_of_project rpull --plain-http --user user:secret "$@" >/run/rpull.log 2>&1 || fail "not pulled: $(tail -3 /run/rpull.log)"; }
forget() { ctr image rm --sync "$@" >/run/ctr.log 2>&1 || fail "not removed: $(cat /run/ctr.log)"; }
publish() { ctr image push --plain-http --user user:secret "$1" >/run/ctr.log 2>&1 || fail "not pushed: $(tail -3 /run/ctr.log)"; }

# disks: how many the snapshotter has attached.
disks() { ls -d $CORE/user_999999999/dev_* 2>/dev/null | wc -l; }

# Sourced on the host's side: containerd's overlaybd-snapshotter with its ctr, as Debian builds them.

# fetch_snapshotter FOLDER: sets SNAPSHOTTER, the folder of the commands, unless it is set; empty if they are not to be had. Debian has the
# package since after its release 13, and it runs on older ones: it is taken from `testing`, by the mirror that this machine uses, and not
# installed. apt checks what it fetches.
fetch_snapshotter() {
  [ -z "${SNAPSHOTTER+set}" ] || return 0
  local mirror from=$1/apt
  SNAPSHOTTER=
  mkdir -p "$from/lists/partial" "$from/cache/archives/partial"
  # shellcheck disable=SC2016  # apt's variables
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | grep -v security | head -1)
  echo "deb ${mirror:-http://deb.debian.org/debian} testing main" >"$from/list"
  {
    apt_of "$from" update &&
      (cd "$from" && apt_of "$from" download accelerated-container-image) &&
      dpkg-deb -x "$from"/accelerated-container-image_*.deb "$1/snapshotter"
  } >"$from/log" 2>&1 || { say "no snapshotter: $(tail -n 1 "$from/log")"; return 0; }
  chmod -R a+rX "$1/snapshotter"
  SNAPSHOTTER=$1/snapshotter/usr/bin
}

# apt_of FOLDER COMMAND...: with lists of its own.
apt_of() {
  apt-get -q -o Dir::Etc::SourceList="$1/list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$1/lists" -o Dir::Cache="$1/cache" \
    -o Acquire::Languages=none -o APT::Sandbox::User= "$2" ${3:+"$3"}
}

# Debian's packages of one architecture or another, without installing them. Sourced, with $folder set to where lists and packages
# are kept; asks the archives that this machine is set up with.

# apt ARCH TOOL ARGUMENT...: apt-get or apt-cache as on a machine of that architecture where nothing is installed.
apt() {
  of=$1 tool=$2 state=$folder/apt-$1
  shift 2
  mkdir -p "$state/lists/partial" "$state/archives/partial"
  "apt-$tool" -qq -o "APT::Architecture=$of" -o "APT::Architectures::=$of" -o "APT::Sandbox::User=" \
    -o "Dir::State=$state" -o "Dir::State::status=/dev/null" -o "Dir::Cache=$state" "$@"
}

# update ARCH...: fetches the lists.
update() {
  for each; do apt "$each" get update >&2 || die "cannot fetch the package lists"; done
}

# get ARCH PACKAGE[=VERSION]: unpacked into a folder of the architecture's name.
get() {
  (cd "$folder" && apt "$1" get download "$2" >&2 && dpkg-deb -x "${2%=*}"_*.deb "$1" && rm "${2%=*}"_*.deb) ||
    die "cannot fetch $2 for $1"
}

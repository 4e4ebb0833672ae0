# What the scripts at the top need, and how to get it. Sourced by quickstart.sh and test.sh; POSIX sh plus local.

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

is_root() { [ "$(id -u)" = 0 ]; }

# as_root COMMAND...: directly, or through sudo without asking for a password.
as_root() {
  if is_root; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 126
  fi
}

# need COMMAND=PACKAGE...: installs the Debian packages of the commands that are missing, in one go. Scripts that run side by side
# may: apt-get itself does not wait for another one that fetches lists. A service that a package starts must not hold that lock.
need() {
  local pair missing=
  for pair; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null 2>&1 || missing="$missing ${pair#*=}"
  done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || die "please install:$missing (this is no Debian-like system)"
  say "Installing from Debian:$missing"
  # shellcheck disable=SC2086  # a list of package names
  as_root sh -c 'export DEBIAN_FRONTEND=noninteractive
    exec 9</var/lib/apt && flock 9 && apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" 9<&-' sh $missing >/dev/null ||
    die "cannot install$missing; run as root: apt-get install$missing"
}

java_version() { "$1" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p'; }

# A JDK 17 or newer and Maven: JAVA_HOME if set, else the one on the path, else Debian's.
need_jdk() {
  if [ -n "${JAVA_HOME:-}" ]; then
    [ -x "$JAVA_HOME/bin/javac" ] || die "JAVA_HOME=$JAVA_HOME has no bin/javac; unset it or point it to a JDK"
    export PATH="$JAVA_HOME/bin:$PATH"
  elif ! command -v javac >/dev/null || [ "$(java_version java)" -lt 17 ] 2>/dev/null; then
    need no-jdk-yet=openjdk-17-jdk-headless
    JAVA_HOME=$(ls -d /usr/lib/jvm/java-17-openjdk-*) && export JAVA_HOME PATH="$JAVA_HOME/bin:$PATH"
  fi
  [ "$(java_version java)" -ge 17 ] || die "Java 17 or newer is needed, found $(java_version java)"
  need mvn=maven
}

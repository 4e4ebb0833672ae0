#!/bin/sh
# Runs a command as root under a real kernel, Debian's user-mode Linux, which is an ordinary process: neither KVM nor root is
# needed. Inside, / is this machine's, read-only; /run and /dev/shm are empty; OUT is writable as /run/out.
#   uml/run.sh OUT SECONDS COMMAND [ARGUMENT...]
# Exits with the command's exit code, with 125 if the kernel did not come to an end.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath "$1") seconds=$2
shift 2

work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-uml.XXXXXX")
trap '{ kill "$(cat "$work/pid")"; } 2>/dev/null || true; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Modules are looked for in lib/modules/VERSION below UML_MODULES.
version=$(ls /usr/lib/uml/modules | tail -1)
mkdir -p "$work/modules/lib/modules"
ln -s "/usr/lib/uml/modules/$version" "$work/modules/lib/modules/$version"

cc -O2 -shared -fPIC -o "$work/xstate.so" "$here/xstate.c"

quote() { printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
{
  echo "#!/bin/sh"
  echo "export UML_MODULES=$work/modules"
  echo "cd $(quote "$PWD")"
  printf 'exec '
  for word; do quote "$word"; done
  echo
} >"$work/command"
cp "$here/init.sh" "$work/init"
chmod 755 "$work" "$work/command" "$work/init"

# The guest's memory is a file in TMPDIR, with holes where it is not used. In a container /dev/shm may be tiny.
shm=/dev/shm
[ -w "$shm" ] && [ "$(df --output=avail -B1M "$shm" | tail -1)" -ge 3000 ] || shm=$work

boot() {
  env -i PATH="$PATH" HOME="$work" TMPDIR="$shm" LD_PRELOAD="$work/xstate.so" \
    sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$work/pid" timeout -k 5 "$seconds" linux.uml \
    mem="${UML_MEMORY:-1G}" umid=guest uml_dir="$work/" root=/dev/root rootfstype=hostfs rootflags=/ ro \
    con=null con0=null,fd:1 con1=null ssl=null quiet loglevel=3 \
    init="$work/init" run="$work/command" out="$out" </dev/null 2>&1
}

# A shell that waits hears of signals, and passes them on: timeout has taken the kernel out of the terminal's reach.
boot | sed -u 's,\r$,,' | tee "$work/log" &
wait $!
code=$(sed -n 's/^uml: exit code \([0-9]*\)$/\1/p' "$work/log" | tail -1)
exit "${code:-125}"

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
trap 'rm -rf "$work"' EXIT
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

# The guest's memory is a file in TMPDIR.
shm=/dev/shm
[ -w "$shm" ] || shm=$work
env -i PATH="$PATH" HOME="$work" TMPDIR="$shm" LD_PRELOAD="$work/xstate.so" timeout -k 5 "$seconds" linux.uml \
  mem="${UML_MEMORY:-1G}" umid=guest uml_dir="$work/" root=/dev/root rootfstype=hostfs rootflags=/ ro \
  con=null con0=null,fd:1 con1=null ssl=null quiet loglevel=3 \
  init="$work/init" run="$work/command" out="$out" </dev/null 2>&1 | sed -u 's,\r$,,' | tee "$work/log"
code=$(sed -n 's/^uml: exit code \([0-9]*\)$/\1/p' "$work/log" | tail -1)
exit "${code:-125}"

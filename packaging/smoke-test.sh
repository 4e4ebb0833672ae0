#!/bin/sh
# Runs the packaged commands as a user would: through links, from elsewhere, with spaces in paths, piped, killed.
# Needs what `mvn package` leaves in target/overlaybd.
set -eu
cd "$(dirname "$0")/.."
BIN=$PWD/target/overlaybd/bin
WORK=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd smoke.XXXXXX")
PASSED=0
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM

fail() {
  printf 'smoke-test.sh: %s\n' "$*" >&2
  sed 's/^/  | /' "$WORK/err" >&2 || true
  exit 1
}

# expect STATUS WHAT COMMAND...: the command's output is then in $WORK/out and $WORK/err.
expect() {
  wanted=$1 what=$2
  shift 2
  status=0
  "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
  [ "$status" = "$wanted" ] || fail "$what: exit code $status, expected $wanted"
  ! grep -q '^[[:space:]]*at java' "$WORK/err" || fail "$what: a stack trace"
  PASSED=$((PASSED + 1))
}

says() { grep -qF -- "$1" "$WORK/err" || fail "no \"$1\" on standard error"; }

silent() { [ ! -s "$WORK/err" ] || fail "$1: something on standard error"; }

[ -x "$BIN/overlaybd-import" ] || { echo "smoke-test.sh: no $BIN; run mvn package first" >&2; exit 1; }
cd "$WORK"
: >err

# Every command starts, from anywhere, through absolute and relative links.
for command in overlaybd-create overlaybd-commit overlaybd-merge overlaybd-resize overlaybd-inspect overlaybd-zfile overlaybd-import overlaybd-export overlaybd-push overlaybd-pull-config overlaybd-nbd; do
  expect 0 "$command --help" "$BIN/$command" --help
  silent "$command --help"
  grep -q "Example" out || fail "$command --help has no example"
  expect 0 "$command --version" "$BIN/$command" --version
  expect 2 "$command without arguments" "$BIN/$command"
  says "$command: "
done
for command in "" attach detach list status snapshot top explain cache log-level reload; do
  expect 0 "overlaybd-ctl $command --help" "$BIN/overlaybd-ctl" $command --help
  silent "overlaybd-ctl $command --help"
  grep -q "Example" out || fail "overlaybd-ctl $command --help has no example"
done
expect 2 "overlaybd-ctl without subcommand" "$BIN/overlaybd-ctl"
expect 0 "overlaybd-tcmu --help" "$BIN/overlaybd-tcmu" --help
grep -q "Example" out || fail "overlaybd-tcmu --help has no example"
expect 0 "overlaybd-tcmu --version" "$BIN/overlaybd-tcmu" --version
expect 255 "overlaybd-tcmu without its configuration" "$BIN/overlaybd-tcmu" "$WORK/nowhere.json"
says "no such configuration file"
cp -R "$BIN/.." "$WORK/a copy"
ln -s "a copy/bin" linked
ln -s ../linked/overlaybd-zfile "a copy/zf"
expect 0 "through links" "./a copy/zf" --version
(cd "a copy/bin" && expect 0 "by its bare name to sh" sh overlaybd-zfile --version)
(cd / && PATH=$WORK/linked:$PATH && expect 0 "on the PATH" overlaybd-export --version)

# The archive of classes: there for the Java of the build, made for a copy of the tree, and harmless if it is none.
ls "$BIN"/../lib/classes-*.jsa >/dev/null 2>&1 || fail "no archive of classes"
expect 0 "share-classes" "$WORK/a copy/libexec/share-classes"
silent "share-classes"
for archive in "$WORK/a copy/lib"/classes-*.jsa; do echo none >"$archive.part" && mv -f "$archive.part" "$archive"; done
expect 0 "with a damaged archive" "$WORK/a copy/bin/overlaybd-export" --version
silent "with a damaged archive"
[ "$(wc -l <out)" = 1 ] || fail "with a damaged archive: something on standard output"

# Images: there and back, two layers, into a file and into a pipe.
truncate -s 3000001 base.img
yes overlaybd | head -c 900000 | dd of=base.img bs=4096 seek=100 conv=notrunc status=none
cp base.img final.img
truncate -s 5M final.img
dd if=/dev/urandom of=final.img bs=4096 seek=700 count=50 conv=notrunc status=none
dd if=/dev/zero of=final.img bs=4096 seek=120 count=30 conv=notrunc status=none
expect 0 "import" "$BIN/overlaybd-import" base.img "base layer"
silent "import"
expect 0 "import of a difference" "$BIN/overlaybd-import" --base base.img --algorithm zstd --tar final.img top.layer
printf '{ "lowers": [ { "file": "base layer" }, { "file": "top.layer" } ] }\n' >config.v1.json
expect 0 "export" "$BIN/overlaybd-export" config.v1.json out.img
silent "export"
cmp final.img out.img || fail "export differs"
"$BIN/overlaybd-export" config.v1.json - 2>err | cmp - final.img || fail "export into a pipe differs"
expect 1 "export without -f" "$BIN/overlaybd-export" config.v1.json out.img
says "overlaybd-export: out.img: already exists; use -f to replace it"
expect 1 "import of nothing" "$BIN/overlaybd-import" missing.img x
says "overlaybd-import: missing.img: no such file or directory"
expect 2 "import with a wrong option" "$BIN/overlaybd-import" --algorithm lz5 base.img x
[ ! -e x ] || fail "a failed import left its target"

# Writable layers: created, grown, committed and merged.
expect 0 "create" "$BIN/overlaybd-create" rw.data rw.index 0
silent "create"
expect 1 "create what is there" "$BIN/overlaybd-create" rw.data rw.index 0
says "overlaybd-create: rw.data: already exists"
printf '{ "lowers": [ { "file": "base layer" }, { "file": "top.layer" } ], "upper": { "data": "rw.data", "index": "rw.index" } }\n' >rw.json
expect 0 "resize" "$BIN/overlaybd-resize" --config rw.json --size 1
silent "resize"
expect 0 "export of a grown image" "$BIN/overlaybd-export" rw.json rw.img
truncate -s 1G final.img
cmp final.img rw.img || fail "export of a grown image differs"
expect 0 "commit" "$BIN/overlaybd-commit" -z -t rw.data rw.index rw.layer
silent "commit"
grep -q SUCCESSFULLY out || fail "commit does not say so"
expect 1 "commit without -f" "$BIN/overlaybd-commit" rw.data rw.index rw.layer
says "overlaybd-commit: rw.layer: already exists; use -f to replace it"
expect 2 "commit without an index" "$BIN/overlaybd-commit" rw.data
expect 0 "merge" "$BIN/overlaybd-merge" rw.json merged.layer
silent "merge"
expect 0 "seal" "$BIN/overlaybd-commit" --seal rw.data rw.index
expect 0 "commit of what was sealed" "$BIN/overlaybd-commit" --commit_sealed --algorithm zstd -z rw.data sealed.layer
for layers in '"base layer" "top.layer" "rw.layer"' '"merged.layer"' '"base layer" "top.layer" "sealed.layer"'; do
  printf '{ "lowers": [ %s ] }\n' "$(printf '%s' "$layers" | sed 's/"[^"]*"/{ "file": & }/g; s/} {/}, {/g')" >again.json
  expect 0 "export of $layers" "$BIN/overlaybd-export" -f again.json again.img
  cmp final.img again.img || fail "export of $layers differs"
done

# Written through the server, as a client of the kernel's would, then committed.
if command -v nbdcopy >/dev/null; then
  expect 0 "create for the server" "$BIN/overlaybd-create" --hybrid served.data served.index 1
  printf '{ "upper": { "data": "served.data", "index": "served.index" } }\n' >served.json
  mkfifo ready
  "$BIN/overlaybd-nbd" served.json --socket "$WORK/socket" >ready 2>err &
  pid=$!
  read -r _ <ready || fail "the server does not begin"
  expect 0 "copy to the server" nbdcopy --flush final.img "nbd+unix:///?socket=socket"
  expect 1 "commit of a layer in use" "$BIN/overlaybd-commit" served.data served.index served.layer
  says "is in use"
  kill -TERM "$pid"
  wait "$pid" || :
  expect 0 "commit of what was served" "$BIN/overlaybd-commit" -z served.data served.index served.layer
  printf '{ "lowers": [ { "file": "served.layer" } ] }\n' >again.json
  expect 0 "export of what was served" "$BIN/overlaybd-export" -f again.json again.img
  cmp final.img again.img || fail "export of what was served differs"
fi

# Inspect: what is healthy and what is not.
expect 0 "inspect" "$BIN/overlaybd-inspect" --deep "base layer" top.layer rw.layer
silent "inspect"
[ "$(grep -c "every byte was read" out)" = 3 ] || fail "inspect does not say that all was read"
expect 0 "inspect of a writable layer" "$BIN/overlaybd-inspect" --json --index rw.index rw.data
head -c 1000 "base layer" >cut.layer
expect 1 "inspect of a cut layer" "$BIN/overlaybd-inspect" cut.layer
says "overlaybd-inspect: cut.layer: is not healthy"

# Registries: what can be said without one.
expect 2 "push of no layer" "$BIN/overlaybd-push" localhost:1/app
says "overlaybd-push: Missing required parameter: 'LAYER'"
expect 1 "push to nobody" "$BIN/overlaybd-push" --plain-http --credentials /dev/null localhost:1/app top.layer
says "check that localhost:1 is up and can be reached from here"
expect 1 "config from nobody" "$BIN/overlaybd-pull-config" --plain-http --credentials /dev/null localhost:1/app pulled.json
[ ! -e pulled.json ] || fail "a failed pull-config left its target"

# zfile: file, standard input, tar.
expect 0 "compress" "$BIN/overlaybd-zfile" -t base.img base.zf
expect 0 "verify" "$BIN/overlaybd-zfile" --verify base.zf
expect 0 "extract" "$BIN/overlaybd-zfile" -x -t base.zf again
cmp base.img again || fail "extract differs"
(dd if=base.img bs=999 status=none | "$BIN/overlaybd-zfile" piped.zf) >out 2>err || fail "compress from a pipe"
expect 0 "extract what was piped" "$BIN/overlaybd-zfile" -x piped.zf again2
cmp base.img again2 || fail "extract of what was piped differs"

# A signal reaches the command, ends it with the status of the signal, and nothing half done stays.
mkfifo slow
"$BIN/overlaybd-zfile" killed.zf <slow >out 2>err &
pid=$!
exec 3>slow
until grep -q "compress file" out; do :; done
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
exec 3>&-
[ "$status" = 143 ] || fail "killed: exit code $status, expected 143"
[ -z "$(find . -maxdepth 1 -name '*killed*')" ] || fail "killed: something was left: $(find . -maxdepth 1 -name '*killed*')"

# Java: the wrong one, none, and a log on demand.
mkdir -p old/bin
printf '#!/bin/sh\necho must not be started >&2\n' >old/bin/java
chmod +x old/bin/java
printf 'JAVA_VERSION="1.8.0_402"\n' >old/release
expect 1 "an old java" env OVERLAYBD_JAVA="$WORK/old/bin/java" "$BIN/overlaybd-zfile" --version
says "Java 17 or newer is needed, $WORK/old/bin/java is 1"
expect 1 "a wrong JAVA_HOME" env -u OVERLAYBD_JAVA JAVA_HOME="$WORK/none" "$BIN/overlaybd-zfile" --version
says "JAVA_HOME=$WORK/none has no bin/java"
mkdir tools
for tool in sh sed readlink; do ln -s "$(command -v $tool)" "tools/$tool"; done
expect 1 "no java" env -i PATH="$WORK/tools" "$BIN/overlaybd-zfile" --version
says "no java found; install Java 17 or newer"
printf '{ "lowers": [ { "file": "base layer" } ], "lowres": 1 }\n' >typo.json
expect 0 "a warning is logged" "$BIN/overlaybd-export" typo.json typo.img
says "lowres: unknown key, ignored"

echo "smoke-test.sh: $PASSED calls as expected"

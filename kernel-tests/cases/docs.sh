#!/bin/sh
# The commands in the documents that need root and TCMU do what the documents say; the doctor finds what is amiss.
# needs: jq=jq
# limits: 600 1G
. kernel-tests/lib/case.sh

export PATH="/run/bin:$OVERLAYBD/bin:$PATH"
mkdir /run/bin /run/noexec
mount -t tmpfs -o noexec none /run/noexec
printf '#!/bin/sh\nexec %s -d "%s" "$@"\n' "$(command -v modprobe)" "$UML_MODULES" >/run/bin/modprobe
chmod +x /run/bin/modprobe
printf '{"auths":{}}' >/run/cred.json
echo '{"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialFilePath":"/run/cred.json"}' \
  >$DAEMON_CONFIG

# doctor_finds LEVEL TEXT: what the doctor said last.
doctor_finds() { grep -q "^$1 .*$2" /run/doctor || fail "the doctor does not find: $1 $2"; }

OVERLAYBD_JAVA_OPTS=-Djava.io.tmpdir=/run/noexec overlaybd-ctl doctor --config $DAEMON_CONFIG >/run/doctor 2>/run/doctor.log &&
  fail "the doctor is content with a bare machine"
doctor_finds fail "/run/noexec is mounted noexec"
doctor_finds fail "configfs: not mounted"
doctor_finds fail "module target_core_user: not"
doctor_finds warn "cred.json: holds secrets"
ok "without configfs and modules, with a temporary folder that cannot be executed from, the doctor says so"

# follow DOCUMENT: does what it says, in a folder of its own.
follow() {
  folder=/run/$(basename "$1" .md)
  mkdir "$folder"
  cp "$WORK/config.json" "$folder/config.v1.json"
  ln -s $DAEMON_CONFIG "$folder/overlaybd.json"
  packaging/docs-test.sh --script kernel "$1" >"$folder.sh"
  (cd "$folder" && DOCS_OUTPUT=$folder.out sh "$folder.sh" 3>&1 >"$folder.log" 2>&1) || fail "$1: $(tail -3 "$folder.log")"
  ok "$1: $(grep -c '^step ' "$folder.sh") steps do what they say"
}

load_modules
# These start the daemon themselves.
for document in README.md docs/getting-started.md docs/operations.md; do follow $document; done

start_daemon
for document in docs/tools.md docs/iscsi.md; do follow $document; done
rmdir $CORE/user_* $LOOPBACK 2>/dev/null || true
nothing_left
stop_daemon

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
echo '{"logConfig":{"logLevel":1},"cacheConfig":{"cacheType":"file","cacheDir":"/run/cache"},"credentialFilePath":"/run/cred.json"}' \
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

load_modules
start_daemon
for document in tools operations getting-started iscsi; do
  mkdir /run/$document
  cp "$WORK/config.json" /run/$document/config.v1.json
  ln -s $DAEMON_CONFIG /run/$document/overlaybd.json
  packaging/docs-test.sh --script kernel docs/$document.md >/run/$document.sh
  (cd /run/$document && DOCS_OUTPUT=/run/$document.out sh /run/$document.sh 3>&1 >/run/$document.log 2>&1) ||
    fail "docs/$document.md: $(tail -3 /run/$document.log)"
  ok "docs/$document.md: $(grep -c '^step ' /run/$document.sh) steps do what they say"
done
rmdir $CORE/user_* $LOOPBACK 2>/dev/null || true
nothing_left
stop_daemon

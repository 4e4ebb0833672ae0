# Sourced in the guest: Debian's docker-registry with a password, its data in memory.

# Sets REGISTRY, its host and port; the password is in /run/credentials.json.
start_registry() {
  htpasswd -Bbn user secret >/run/htpasswd
  cat >/run/registry.yml <<YAML
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: /run/registry}}
http: {addr: '127.0.0.1:5000', secret: some}
auth: {htpasswd: {realm: tests, path: /run/htpasswd}}
YAML
  docker-registry serve /run/registry.yml >/run/registry.log 2>&1 &
  REGISTRY_PID=$!
  REGISTRY=127.0.0.1:5000
  until_true 300 grep -q 'listening on' /run/registry.log || fail "the registry does not start: $(cat /run/registry.log)"
  printf '{"auths":{"%s":{"auth":"%s"}}}\n' "$REGISTRY" "$(printf user:secret | base64)" >/run/credentials.json
}

# It still accepts connections, and says nothing.
silence_registry() { kill -STOP $REGISTRY_PID; }
wake_registry() { kill -CONT $REGISTRY_PID; }

stop_registry() {
  kill -KILL $REGISTRY_PID
  wait $REGISTRY_PID 2>/dev/null || true
}

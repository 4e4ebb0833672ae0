# A registry of its own for the quick start: Debian's docker-registry with a password, on a free port of loopback. It has
# nothing to do with the service that the Debian package may have started. Sourced by quickstart.sh.

start_registry() {
  REGISTRY_USER=quickstart REGISTRY_PASSWORD=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
  htpasswd -Bbn "$REGISTRY_USER" "$REGISTRY_PASSWORD" >"$WORK/htpasswd"
  cat >"$WORK/registry.yml" <<YAML
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $WORK/registry}}
http: {addr: '127.0.0.1:0', secret: quickstart}
auth: {htpasswd: {realm: quickstart, path: $WORK/htpasswd}}
YAML
  : >"$WORK/registry.log"
  docker-registry serve "$WORK/registry.yml" >"$WORK/registry.log" 2>&1 &
  REGISTRY_PID=$!
  until REGISTRY=$(sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$WORK/registry.log") && [ -n "$REGISTRY" ]; do
    kill -0 "$REGISTRY_PID" 2>/dev/null || die "docker-registry did not start"
    sleep 0.05
  done
  (umask 077 && printf '{ "auths": { "%s": { "auth": "%s" } } }\n' "$REGISTRY" \
    "$(printf %s "$REGISTRY_USER:$REGISTRY_PASSWORD" | base64)" >"$WORK/credentials.json")
}

# Pushes both layers as an image, and removes the local ones.
push_image() {
  "$BIN/overlaybd-push" --plain-http --credentials "$WORK/credentials.json" --write-config "$WORK/config.v1.json" \
    "$REGISTRY/quickstart/jq:1" "$WORK/base.layer" "$WORK/jq.layer" >"$WORK/push.log"
  rm "$WORK/base.layer" "$WORK/jq.layer" "$WORK/base.img" "$WORK/final.img"
}

# The layers' digests, bottom first, out of the config.
image_digests() { sed -n 's/.*"digest": "\(sha256:[0-9a-f]*\)".*/\1/p' "$WORK/config.v1.json"; }
image_bytes() { sed -n 's/.*"size": \([0-9]*\).*/\1/p' "$WORK/config.v1.json" | awk '{ sum += $1 } END { print sum }'; }

# Downloads both layers, as fast as the registry gives them.
download_image() {
  mkdir "$WORK/blobs"
  for digest in $(image_digests); do
    printf 'url = "http://%s/v2/quickstart/jq/blobs/%s"\noutput = "%s/blobs/%s"\nuser = "%s:%s"\n' \
      "$REGISTRY" "$digest" "$WORK" "${digest#sha256:}" "$REGISTRY_USER" "$REGISTRY_PASSWORD"
  done | curl -fsS --parallel --config - 2>"$WORK/curl.log" || die "cannot download the layers"
}

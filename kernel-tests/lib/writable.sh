# Sourced in the guest: writable images.

# writable_config FOLDER [OPTION...]: an empty layer of 1 GiB, its files in FOLDER, and FOLDER/config.json that names them.
# Options are those of overlaybd-create.
writable_config() {
  folder=$1
  shift
  mkdir -p "$folder"
  "$OVERLAYBD/bin/overlaybd-create" "$@" "$folder/data" "$folder/index" 1 >/run/create.log 2>&1 || fail "$(cat /run/create.log)"
  printf '{"upper":{"data":"%s","index":"%s"}}' "$folder/data" "$folder/index" >"$folder/config.json"
}

# Sourced in the guest: a tree of files as sorted lines, each of one fact about one path, made by few processes:
#   path|type|mode|uid|gid|nlink|size of a file|mtime in ns|target of a link       path|sha256 of a file
#   path|major,minor of a device                                                  path|name of an attribute=value in hex

# tree_of FOLDER
tree_of() {
  (
    cd "$1"
    {
      find . \( -type f -printf '/%P|%y|%m|%U|%G|%n|%s|%T@|%l\n' -o -printf '/%P|%y|%m|%U|%G|%n||%T@|%l\n' \) |
        sed 's/\.\([0-9]\{9\}\)0|/\1|/; s/|0*\([0-9][0-9]*\)|\([^|]*\)$/|\1|\2/'
      find . -type f -exec sha256sum -z {} + | tr '\0' '\n' | sed 's/^\([0-9a-f]*\)  \.\(.*\)/\2|\1/'
      find . \( -type b -o -type c \) -exec stat -c '%n|%Hr,%Lr' {} + | sed 's/^\.//'
      find . -exec getfattr -h -d -m - -e hex {} + 2>/dev/null |
        awk '/^# file: / { path = substr($0, 9); sub(/^\.?\/?/, "/", path) } /=/ && !/^#/ { print path "|" $0 }'
    } | LC_ALL=C sort
  )
}

# expected_tree FILE: the same lines from a list of JSON objects. For jq a time in nanoseconds is no number.
expected_tree() {
  sed 's/"mtime": \([0-9]*\)/"mtime": "\1"/' "$1" | jq -r '([.path, .type, (.mode | ltrimstr("0o")), .uid, .gid, .nlink, (if .type == "f" then .size else "" end), .mtime,
      .target // ""] | map(tostring) | join("|")),
    (select(.sha256) | "\(.path)|\(.sha256)"),
    (select(.rdev) | "\(.path)|\(.rdev[0]),\(.rdev[1])"),
    (.path as $path | (.xattrs // {}) | to_entries[] | "\($path)|\(.key)=0x\(.value)")' | LC_ALL=C sort
}

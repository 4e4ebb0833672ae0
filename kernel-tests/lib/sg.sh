# Sourced in the guest: commands of sg3_utils to the device $SG, and what they are to print. All complaints are collected.

# ask COMMAND: its output is then in /run/answer. The device is added unless the command names it.
ask() {
  case $1 in
    *$SG*) eval "$1" >/run/answer 2>&1 </dev/null ;;
    *) eval "$1 $SG" >/run/answer 2>&1 </dev/null ;;
  esac
}

complain() { { echo "$*:"; sed 's/^/  /' /run/answer; } >>/run/complaints.log; }

# says COMMAND TEXT...: it ends well and prints each text.
says() {
  command=$1
  shift
  ask "$command" || complain "$command fails"
  for text; do grep -qF -- "$text" /run/answer || complain "$command does not say '$text'"; done
}

# refused COMMAND TEXT
refused() {
  if ask "$1"; then complain "$1 is not refused"; fi
  grep -qiF -- "$2" /run/answer || complain "$1 does not say '$2'"
}

no_complaints() { [ ! -e /run/complaints.log ] || fail "$(cat /run/complaints.log)"; }

# Sourced by the scripts that are made of documents. $DOCS_OUTPUT is the file that a command writes to; places are told on
# descriptor 3.

outcome=0
step() {
  place=$1 outcome=0
  printf '%s\n' "$place" >"$DOCS_OUTPUT.place"
}

wrong() {
  printf '%s: %s\n' "$place" "$1" >&3
  sed 's/^/  | /' "$DOCS_OUTPUT" >&3
  exit 1
}

succeeded() { [ "$outcome" = 0 ] || wrong "exit code $outcome"; }

# printed TENTHS: by then; what goes on in the background may take a moment.
printed() {
  tries=$1
  expected=$(sed -e 's/[][*?\\]/\\&/g' -e 's/ *\.\.\./*/g')
  # shellcheck disable=SC2254  # a pattern it is
  until case $(cat "$DOCS_OUTPUT") in $expected) true ;; *) false ;; esac; do
    [ $tries -gt 0 ] || { printf '%s\n' "$expected" | sed 's/^/  expected: /' >&3; wrong "prints something else"; }
    tries=$((tries - 1))
    sleep 0.1
  done
}

end_jobs() {
  status=$?
  [ $status = 0 ] || { printf 'after %s: exit code %s\n' "$(cat "$DOCS_OUTPUT.place")" $status; tail -n 5 "$DOCS_OUTPUT"; } >&3
  jobs -p >"$DOCS_OUTPUT.jobs" # in a subshell there are none
  while read -r job; do kill "$job" 2>/dev/null || :; done <"$DOCS_OUTPUT.jobs"
  wait
  exit $status
}
trap end_jobs EXIT

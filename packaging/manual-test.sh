#!/bin/sh
# Reads every manual page with the programs that will, and completes words in bash and zsh. Needs what `mvn package` leaves in
# target/overlaybd. What stands in the pages is tested with the definitions of the commands, in the module manual.
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
need man=man-db mandoc=mandoc zsh=zsh
SHARE=$PWD/target/overlaybd/share
BIN=$PWD/target/overlaybd/bin
WORK=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-manual.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM

# quiet WHAT COMMAND...: it has to succeed, and to have nothing to say.
quiet() {
  what=$1
  shift
  "$@" >"$WORK/said" 2>&1 || die "$what: $(head -n 3 "$WORK/said")"
  [ ! -s "$WORK/said" ] || die "$what: $(head -n 3 "$WORK/said")"
}

typeset_page() { LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >/dev/null; }

pages=0
for page in "$SHARE"/man/man?/*; do
  quiet "$page" typeset_page "$page"
  quiet "$page" mandoc -Tlint -Wwarning "$page"
  lexgrog "$page" >/dev/null || die "$page: no name that whatis could find"
  pages=$((pages + 1))
done
for command in "$BIN"/*; do
  name=${command##*/}
  [ -n "$(find "$SHARE/man" -name "$name.[18]")" ] || die "$name has no page"
  [ -r "$SHARE/bash-completion/completions/$name" ] || die "$name has no completion"
done

# completed WORD...: what bash would offer for the last word.
completed() {
  bash -c '. "$1/$2"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _complete_"$1" "$1" "${@: -1}"; echo "${COMPREPLY[*]}"' \
    bash "$SHARE/bash-completion/completions" "$@" 2>"$WORK/said"
}
[ "$(completed overlaybd-ctl att)" = attach ] || die "bash completes att to: $(completed overlaybd-ctl att)"
[ "$(completed overlaybd-ctl attach --data)" = --data-area-mib ] || die "bash completes no option of a subcommand"
[ "$(completed overlaybd-import --min)" = --min-hole ] || die "bash completes --min to: $(completed overlaybd-import --min)"
for completion in "$SHARE"/bash-completion/completions/*; do
  quiet "$completion in zsh" zsh -fc 'autoload -U compinit bashcompinit; compinit -D -u; bashcompinit; . "$1"' zsh "$completion"
done
say "manual-test.sh: $pages pages as man and mandoc want them, completion in bash and zsh"

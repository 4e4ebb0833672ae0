# Makes a shell script of the blocks of a Markdown file that carry a mark, in their order. -v mark=run|root|kernel|... -v file=NAME
#   ```sh MARK         commands, run as they stand
#   ```sh MARK SCRIPT  the same, but for those that are a line of this script too, which another test runs, and the script itself
#   ```bash MARK       commands for bash only
#   ```console MARK    lines that begin with "$ " or "# " are commands; what follows each is what it has to print, where ...
#                      stands for anything
#   <!-- MARK          commands that readers need not see, up to -->
# Any other mark is a step of packages/reproducible.sh, kernel-tests/packages.sh or test.sh --full. With -v check=1 it prints nothing but
# the places of commands that have no mark.

function wanted(name) { return name == mark || (mark == "root" && name == "run") }

function flush_command() {
  if (command == "") return
  printf "step '%s:%d'\n{\n%s\n} >\"$DOCS_OUTPUT\" 2>&1 || outcome=$?\n", file, at, command
  if (expected == "") print "succeeded"
  else printf "printed %d <<'END_OF_EXPECTED'\n%sEND_OF_EXPECTED\n", command ~ /&$/ ? 600 : 0, expected
  command = expected = ""
}

# Whether SCRIPT is this command, or has it as a line of its own; a comment behind it does not count.
function runs(script, told,    line, found) {
  sub(/ +#.*/, "", told)
  found = told == "./" script || told == script
  while (!found && (getline line <script) > 0) {
    sub(/^ +/, "", line)
    found = line == told
  }
  close(script)
  return found
}

FNR == 1 { kind = "" }

kind == "" && /^<!-- [a-z]+$/ { kind = wanted($2) ? "hidden" : "other"; ending = "-->"; next }
kind == "" && /^```/ {
  ending = "```"
  language = substr($1, 4)
  kind = "other"
  if ($2 == "") kind = language ~ /^(sh|bash|console)?$/ ? "unmarked" : "other"
  else if (wanted($2)) kind = language
  if (kind == "unmarked" && language != "" && check) printf "%s:%d: commands without a mark\n", file, FNR
  script = $3
  if (kind == "sh" || kind == "bash") printf "step '%s:%d'\n", file, FNR
  if (kind == "bash") print "bash -eu <<'END_OF_BASH'"
  next
}
kind != "" && $0 == ending {
  flush_command()
  if (kind == "bash") print "END_OF_BASH"
  kind = ""
  next
}
kind == "unmarked" && check && language == "" && /^[$#] [a-z]/ {
  printf "%s:%d: commands without a mark\n", file, FNR
  language = "told"
}
kind == "sh" && script != "" && runs(script, $0) { next }
kind == "sh" || kind == "bash" || kind == "hidden" { print; next }
kind == "console" && /^[$#] / && !continued {
  flush_command()
  at = FNR
  command = substr($0, 3)
  continued = /\\$/
  next
}
kind == "console" && continued { command = command "\n" $0; continued = /\\$/; next }
kind == "console" { expected = expected $0 "\n"; next }

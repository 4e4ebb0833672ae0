# Makes a shell script of the blocks of a Markdown file that carry a mark, in their order. -v mark=run|root|kernel -v file=NAME
#   ```sh MARK         commands, run as they stand
#   ```console MARK    lines that begin with "$ " or "# " are commands; what follows each is what it has to print, where ...
#                      stands for anything
#   <!-- MARK          commands that readers need not see, up to -->
# Any other mark (elsewhere) says that the commands are tested by something else. With -v check=1 it prints nothing but the places of
# commands that have no mark.

function wanted(name) { return name == mark || (mark == "root" && name == "run") }

function flush_command() {
  if (command == "") return
  printf "step '%s:%d'\n{\n%s\n} >\"$DOCS_OUTPUT\" 2>&1 || outcome=$?\n", file, at, command
  if (expected == "") print "succeeded"
  else printf "printed %d <<'END_OF_EXPECTED'\n%sEND_OF_EXPECTED\n", command ~ /&$/ ? 600 : 0, expected
  command = expected = ""
}

FNR == 1 { kind = "" }

kind == "" && /^<!-- [a-z]+$/ { kind = wanted($2) ? "hidden" : "other"; ending = "-->"; next }
kind == "" && /^```/ {
  ending = "```"
  language = substr($1, 4)
  kind = "other"
  if ($2 == "") kind = language == "sh" || language == "console" || language == "" ? "unmarked" : "other"
  else if (wanted($2)) kind = language
  if (kind == "unmarked" && language != "" && check) printf "%s:%d: commands without a mark\n", file, FNR
  if (kind == "sh") printf "step '%s:%d'\n", file, FNR
  next
}
kind != "" && $0 == ending { flush_command(); kind = ""; next }
kind == "unmarked" && check && language == "" && /^[$#] [a-z]/ {
  printf "%s:%d: commands without a mark\n", file, FNR
  language = "told"
}
kind == "sh" || kind == "hidden" { print; next }
kind == "console" && /^[$#] / && !continued {
  flush_command()
  at = FNR
  command = substr($0, 3)
  continued = /\\$/
  next
}
kind == "console" && continued { command = command "\n" $0; continued = /\\$/; next }
kind == "console" { expected = expected $0 "\n"; next }

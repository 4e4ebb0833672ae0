# Tells what running text speaks of that there is not: between backticks, commands of overlaybd, their subcommands and options, and
# scripts with theirs; and links into the repository. Options alone belong to the command that the heading names, as in
# "## overlaybd-push: ...", or the head of the table, or the page: -v pages=FILE=COMMAND,...
# What commands know is what their manual pages say, in the folder -v man=FOLDER.

function wrong(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; bad = 1 }

function read_file(file,    line, text) {
  if (!(file in files)) {
    while ((getline line <file) > 0) text = text line "\n"
    close(file)
    gsub(/\\f[BRI]/, "", text)
    gsub(/\\-/, "-", text)
    files[file] = text
  }
  return files[file]
}

function manual(name) { return read_file(man "/man1/" name ".1") read_file(man "/man8/" name ".8") }

function has_option(text, option) {
  sub(/=.*/, "", option)
  return (" " text) ~ ("[[ ,(|\n]" option "[] =,)|\n[]")
}

function options_of(name, text, words, count,    i) {
  for (i = 1; i <= count; i++)
    if (words[i] ~ /^-[-a-zA-Z]/ && !has_option(text, words[i])) wrong(name " has no option " words[i])
}

function command(span,    words, count, name, text) {
  count = split(span, words, " ")
  name = words[1]
  if (name in others || (count == 1 && read_file(name "/pom.xml") != "")) return
  if (name == "overlaybd-ctl" && words[2] ~ /^[a-z]/) name = name "-" words[2]
  text = manual(name)
  if (text == "") wrong("there is no " name)
  else options_of(name, text, words, count)
}

function script(span,    words, count, text, i) {
  count = split(span, words, " ")
  text = read_file(words[1])
  if (text == "") text = read_file("kernel-tests/" words[1])
  if (text == "") { wrong("there is no " words[1]); return }
  options_of(words[1], text, words, count)
  for (i = 2; i <= count && words[1] == "kernel-tests/run.sh"; i++)
    if (words[i] ~ /^[a-z]/ && read_file("kernel-tests/cases/" words[i] ".sh") == "") wrong("there is no case " words[i])
}

function slug(heading) {
  sub(/^#+ */, "", heading)
  heading = tolower(heading)
  gsub(/[^a-z0-9 _-]/, "", heading)
  gsub(/ /, "-", heading)
  return heading
}

function link(target,    folder, place, file, lines, count, i) {
  folder = FILENAME ~ /\// ? FILENAME : "./x"
  sub(/\/[^\/]*$/, "/", folder)
  place = index(target, "#")
  file = place ? substr(target, 1, place - 1) : target
  file = file == "" ? FILENAME : folder file
  if (system("test -e '" file "'")) { wrong("there is no " target); return }
  if (!place) return
  count = split(read_file(file), lines, "\n")
  for (i = 1; i <= count; i++) if (lines[i] ~ /^#/ && slug(lines[i]) == substr(target, place + 1)) return
  wrong("there is no heading for " target)
}

BEGIN {
  count = split(pages, list, ",")
  for (i = 1; i <= count; i++) { split(list[i], pair, "="); page[pair[1]] = pair[2] }
  others["overlaybd-apply"] = others["overlaybd-snapshotter"] = 1 # the original's
}
FNR == 1 { block = 0 }
/^ *```/ { block = !block; next }
block { next }
FNR == 1 || /^## / { about = page[FILENAME] }
/^## overlaybd-/ { about = $2 ($2 ~ /:$/ ? "" : "-" $3); sub(/:.*/, "", about) }
/^\| Option of `/ { split($0, quoted, "`"); about = "overlaybd-ctl-" quoted[2] }
{
  rest = $0
  while (match(rest, /`[^`]+`/)) {
    span = substr(rest, RSTART + 1, RLENGTH - 2)
    rest = substr(rest, RSTART + RLENGTH)
    if (span ~ /^overlaybd-[a-z-]+( |$)/) command(span)
    else if (span ~ /^--?[a-zA-Z]/ && span !~ /^-X/ && about != "") command(about " " span)
    else if (span ~ /^(\.\/|[a-z-]+\/)[a-z\/-]*\.sh( |$)/) script(span)
  }
  rest = $0
  while (match(rest, /\]\([^)]+\)/)) {
    target = substr(rest, RSTART + 2, RLENGTH - 3)
    rest = substr(rest, RSTART + RLENGTH)
    if (target !~ /^[a-z]+:/) link(target)
  }
}
END { exit bad }

#!/bin/sh
# Feeds each fuzz target with new inputs, guided by coverage, for so many seconds (60 unless told). A finding stops the
# run, and its input stays in fuzz/target/findings. With --keep, inputs that reach new code are added to fuzz/corpus.
set -eu
cd "$(dirname "$0")"

KEEP=false
[ "${1:-}" != --keep ] || { KEEP=true; shift; }
SECONDS_EACH=${1:-60}
TARGETS=${2:-$(sed -n 's/^public final class \([A-Za-z]*Fuzz\) .*/\1/p' src/main/java/io/overlaybd/fuzz/*Fuzz.java)}

run() {
  found=target/corpus/$1 kept=corpus/$1
  mkdir -p "$found" "$kept" target/findings
  if $KEEP; then set -- "$1" "$kept"; else set -- "$1" "$found" "$kept"; fi
  name=$1; shift
  java -Xmx256m -cp "target/classes:target/lib/*" com.code_intelligence.jazzer.Jazzer \
    --target_class="io.overlaybd.fuzz.$name" --instrumentation_includes='io.overlaybd.**' --custom_hook_excludes='io.netty.**' \
    --reproducer_path=target/findings -artifact_prefix=target/findings/ \
    -max_total_time="$SECONDS_EACH" -max_len=65536 -timeout=20 -rss_limit_mb=4096 "$@" >"target/$name.log" 2>&1 || {
    tail -n 60 "target/$name.log" >&2
    echo "fuzz: $name found something; the input is in fuzz/target/findings" >&2
    exit 1
  }
  echo "fuzz: $name: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 inputs/p' "target/$name.log"), $(grep -o 'cov: [0-9]*' "target/$name.log" | tail -n 1)"
}

for target in $TARGETS; do run "$target"; done

#!/bin/sh
# Feeds each fuzz target with new inputs, guided by coverage, for so many seconds (60 unless told); as many targets at the same
# time as there are processors. After a finding no other target begins, and its input stays in fuzz/target/findings. With
# --keep, inputs that reach new code are added to fuzz/corpus.
#   fuzz/run.sh [--keep] [SECONDS [TARGET]]
set -eu
cd "$(dirname "$0")"

KEEP=
[ "${1:-}" != --keep ] || { KEEP=--keep; shift; }
SECONDS_EACH=${1:-60}

targets() { sed -n 's/^public final class \([A-Za-z]*Fuzz\) .*/\1/p' src/main/java/io/overlaybd/fuzz/*Fuzz.java; }

# jazzer TARGET OPTIONS...
jazzer() {
  name=$1; shift
  java -Xmx256m -cp "target/classes:target/lib/*" com.code_intelligence.jazzer.Jazzer \
    --target_class="io.overlaybd.fuzz.$name" \
    --instrumentation_includes='io.overlaybd.**' --custom_hook_excludes='io.netty.**' \
    --reproducer_path=target/findings -artifact_prefix=target/findings/ \
    -max_len=65536 -timeout=20 -rss_limit_mb=4096 "$@" >"target/$name.log" 2>&1
}

run() {
  mkdir -p "target/corpus/$1" "corpus/$1" target/findings
  jazzer "$1" -max_total_time="$SECONDS_EACH" "target/corpus/$1" "corpus/$1" || {
    tail -n 60 "target/$1.log" >&2
    echo "fuzz: $1 found something; the input is in fuzz/target/findings" >&2
    exit 255 # the one exit code after which xargs begins nothing more
  }
  echo "fuzz: $1: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 inputs/p' "target/$1.log"), $(grep -o 'cov: [0-9]*' "target/$1.log" | tail -n 1)"
  if [ -n "$KEEP" ]; then jazzer "$1" -merge=1 "corpus/$1" "target/corpus/$1"; fi
}

if [ $# -gt 1 ]; then run "$2"
else targets | xargs -P "$(nproc)" -I TARGET ./run.sh $KEEP "$SECONDS_EACH" TARGET
fi

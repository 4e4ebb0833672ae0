#!/bin/sh
# How fast a writable layer becomes a finished one, beside what lz4 and zstd need for the same bytes: some minutes, on an idle
# machine. commit.sh [MiB], by default 1024. Each is the median of three; what is read is in the page cache, and what is written is
# on the disk at the end. MVN_FLAGS are options for the build, such as -o.
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh

need_jdk
need lz4=lz4 zstd=zstd
mib=${1:-1024}
mvn -q ${MVN_FLAGS:-} package -DskipTests
commit=$PWD/target/overlaybd/bin/overlaybd-commit
jar=$PWD/benchmarks/target/benchmarks.jar
work=$(mktemp -d "${TMPDIR:-/tmp}/overlaybd-commit.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work"
java -Dslf4j.internal.verbosity=ERROR -cp "$jar" io.overlaybd.benchmarks.CommitSample "$mib" data index plain
cat data index plain >/dev/null

# took COMMAND...: milliseconds, the median of three.
took() {
  for _ in 1 2 3; do
    rm -f out
    start=$(date +%s%N)
    "$@" >/dev/null 2>log || die "$* failed: $(cat log)"
    echo $((($(date +%s%N) - start) / 1000000))
  done | sort -n | sed -n 2p
}

# row WHAT COMMAND...
row() {
  what=$1
  shift
  millis=$(took "$@")
  [ -s out ] || exit 1
  awk -v what="$what" -v ms="$millis" -v mib="$mib" -v size="$(wc -c <out)" \
    'BEGIN { printf "%-34s %8.2f s %8.0f MiB/s  %5.1f %% of the bytes\n", what, ms / 1000, mib * 1000 / ms, size / mib / 10485.76 }'
}

cores=$(nproc)
say "$mib MiB of text, programs, random bytes and zeros; $cores cores"
row "copy (cat)" sh -c 'cat plain >out && sync out'
row "commit, not compressed" "$commit" data index out
row "lz4 -1, one thread" sh -c 'lz4 -1 -q -f plain out && sync out'
for block in 4 32; do
  row "commit lz4, $block KiB, one thread" "$commit" -z --bs "$block" --compress_threads 1 data index out
  row "commit lz4, $block KiB, $cores threads" "$commit" -z --bs "$block" data index out
done
row "zstd -3 -T1" sh -c 'zstd -3 -q -f -T1 plain -o out && sync out'
row "zstd -3 -T0" sh -c 'zstd -3 -q -f -T0 plain -o out && sync out'
for block in 4 32; do
  row "commit zstd, $block KiB, one thread" "$commit" -z --algorithm zstd --bs "$block" --compress_threads 1 data index out
  row "commit zstd, $block KiB, $cores threads" "$commit" -z --algorithm zstd --bs "$block" data index out
done

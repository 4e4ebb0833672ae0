#!/bin/sh
# Runs every test, after installing what is missing. On each JDK from 17 on that is found: the unit tests and the tests
# with real clients; once: half a minute of new inputs for each fuzz target, the packaged commands, the packages built again,
# the daemon under a real kernel, the packages in a Debian under one, the quick start.
#   ./test.sh          everything, the long trials in their short form
#   ./test.sh --full   the long trials in full length
set -eu
cd "$(dirname "$0")"
. packaging/requirements.sh

# Whoever starts this in the background ignores SIGINT, and so would every command that is tested.
[ -n "${SIGNALS_RESTORED:-}" ] || exec env --default-signal=INT,QUIT,HUP,TERM,PIPE SIGNALS_RESTORED=yes ./test.sh "$@"

FULL=false FUZZ_SECONDS=${FUZZ_SECONDS:-30}
case "${1:-}" in
  "") ;;
  --full) FULL=true FUZZ_SECONDS=600 ;;
  *) say "usage: ./test.sh [--full]"; exit 2 ;;
esac

other_jdks() {
  for javac in /usr/lib/jvm/*/bin/javac; do
    home=$(readlink -f "${javac%/bin/javac}")
    [ "$home" != "$(readlink -f "$FIRST_JDK")" ] && [ "$(java_version "$home/bin/java")" -ge 17 ] && echo "$home"
  done 2>/dev/null | sort -u
}

need_jdk
FIRST_JDK=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
need nbdcopy=libnbd-bin qemu-img=qemu-utils fio=fio mkfs.ext4=e2fsprogs mkfs.xfs=xfsprogs mkfs.erofs=erofs-utils fusermount3=fuse3 getfattr=attr jq=jq objcopy=binutils \
  docker-registry=docker-registry htpasswd=apache2-utils skopeo=skopeo promtool=prometheus npm=npm \
  chromium-headless-shell=chromium-headless-shell

say "== Tests on $(java_version java) =="
mvn -B verify -Ppackages -Doverlaybd.full=$FULL

say "== Fuzz targets, $FUZZ_SECONDS s each, and beside them the packages, built again =="
printf '%s\n' packages/reproducible.sh "fuzz/run.sh $FUZZ_SECONDS" | xargs -P 2 -I COMMAND sh -c COMMAND

say "== Packaged commands, and what the documents say of them beside what monitoring sees =="
packaging/smoke-test.sh
packaging/manual-test.sh
printf '%s\n' packaging/docs-test.sh packaging/monitoring-test.sh | xargs -P 2 -I COMMAND sh -c COMMAND

if $FULL; then
  say "== Packages, to the last byte, and for another architecture =="
  packages/reproducible.sh --full
  packages/lint.sh
  packaging/docs-test.sh --script arm64 docs/installing.md >target/arm64.sh
  DOCS_OUTPUT=$PWD/target/arm64.out sh target/arm64.sh 3>&2
fi

say "== A real kernel, and a new Debian with the packages =="
if $FULL; then
  kernel-tests/run.sh --full
else
  kernel-tests/run.sh
fi

say "== Quick start =="
./quickstart.sh

for jdk in $(other_jdks); do
  say "== Tests on $(java_version "$jdk/bin/java"), $jdk =="
  (
    export JAVA_HOME="$jdk" PATH="$jdk/bin:$PATH"
    mvn -B clean verify -Doverlaybd.full=false
    kernel-tests/run.sh attach kill
  )
done
say "All tests passed."

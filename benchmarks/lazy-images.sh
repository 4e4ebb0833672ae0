#!/bin/sh
# What reading an image from a registry costs over a link of 20 ms, at 100 Mbit/s and 1 Gbit/s: some minutes, on an idle
# machine. Needs nothing but the packages that it installs.
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh

need_jdk
need nbdcopy=libnbd-bin docker-registry=docker-registry
mvn -q package -DskipTests
java -Dslf4j.internal.verbosity=ERROR -Dlogback.configurationFile=packaging/src/main/etc/logback.xml -cp benchmarks/target/benchmarks.jar io.overlaybd.benchmarks.LazyImages "$PWD/target/overlaybd/bin"

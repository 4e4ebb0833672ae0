#!/bin/sh
# What the first image of a registry costs a daemon that has just started, and what it gains by getting ready for it: half a
# minute, on an idle machine.
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh

need_jdk
need docker-registry=docker-registry
mvn -q package -DskipTests
java -Dslf4j.internal.verbosity=ERROR -Dlogback.configurationFile=packaging/src/main/etc/logback.xml -cp benchmarks/target/benchmarks.jar io.overlaybd.benchmarks.FirstImage "$PWD/target/overlaybd"

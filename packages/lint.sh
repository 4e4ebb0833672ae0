#!/bin/sh
# Has lintian and rpmlint look at the packages; what they find and lintian.txt or rpmlint.toml do not list is an error.
set -eu
cd "$(dirname "$0")/.."
. packaging/requirements.sh
ls target/packages/*.deb target/packages/*.rpm >/dev/null 2>&1 || die "no target/packages; run mvn package -Ppackages first"
need lintian=lintian rpmlint=rpmlint
tags=$(sed '/^#/d' packages/lintian.txt | paste -sd,)
found=$({
  lintian --tag-display-limit 0 --suppress-tags "$tags" target/packages/*.deb
  rpmlint -c packages/rpmlint.toml target/packages/*.rpm
} 2>&1 | grep -E '^[EW]: |: [EW]: ' || :)
[ -z "$found" ] || { printf '%s\n' "$found"; die "lintian or rpmlint found what is not listed"; }
echo "lint.sh: nothing but what is listed, with its reason"

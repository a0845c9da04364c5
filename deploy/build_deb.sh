#!/usr/bin/env bash
# Builds the Debian package of errgate: release binary, man page, completions, systemd unit, example
# routes file. Prints its path last. Safe to run again.
#   deploy/build_deb.sh [BUILD_FOLDER]      build/package unless told
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/packages.sh
. deploy/packages.sh

build=${1:-build/package}

ensure_packages "${ERRGATE_BUILD_PACKAGES[@]}" "${ERRGATE_PACKAGING_PACKAGES[@]}"
continue_as_owner deploy/build_deb.sh "$@"

say "building errgate into $build (some minutes the first time)"
cmake --preset release -B "$build" -DERRGATE_TESTS=OFF -DERRGATE_BENCHMARKS=OFF >/dev/null
cmake --build "$build" --target errgate

say "packing"
rm -rf "$build/package"
(cd "$build" && cpack -G DEB -B "$PWD/package")
ls "$build"/package/*.deb

#!/usr/bin/env bash
# The comparison with HAProxy, nginx, Caddy and a bare TCP relay: installs what is missing, builds,
# measures, prints the tables. Options are those of compare.py (--help lists them), for example
#   benchmarks/compare/run.sh --rounds 3 --only pass_256,error
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/packages.sh
. deploy/packages.sh

build=build/compare

ensure_packages "${ERRGATE_BUILD_PACKAGES[@]}" "${ERRGATE_COMPARE_PACKAGES[@]}"
continue_as_owner benchmarks/compare/run.sh "$@"

say "building errgate and the measuring programs into $build (some minutes the first time)"
cmake --preset release -B "$build" -DERRGATE_TESTS=OFF >/dev/null
cmake --build "$build" --target errgate compare_load compare_upstream compare_relay

say "measuring: leave the machine alone"
exec python3 benchmarks/compare/compare.py --build "$build" "$@"

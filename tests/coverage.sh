#!/usr/bin/env bash
# Line coverage of the layers that decide, from their unit tests alone. Fails when one is below 90 %;
# build/coverage/LAYER.txt names the lines that are missed.
#   tests/coverage.sh [LAYER...]    http mapping errors policy config unless told
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/packages.sh
. deploy/packages.sh

readonly MINIMUM=90
[ $# -gt 0 ] || set -- http mapping errors policy config
readonly layers=("$@")
readonly TREE=build/coverage

ensure_packages "${ERRGATE_BUILD_PACKAGES[@]}" libgtest-dev libgmock-dev ccache python3 gcovr
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
cmake --preset coverage -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >/dev/null
cmake --build --preset coverage --target "${layers[@]/%/_test}"

# Counts add up over runs: begin from nothing.
find "$TREE" -name '*.gcda' -delete
folders=()
for layer in "${layers[@]}"; do
    "$TREE/tests/unit/$layer/${layer}_test" --gtest_brief=1
    folders+=("$TREE/src/$layer" "$TREE/tests/unit/$layer")
done

gcovr --root . --filter 'src/' --json "$TREE/coverage.json" "${folders[@]}"
say "line coverage of src/ by unit tests"
low=0
for layer in "${layers[@]}"; do
    only=(gcovr --root . --add-tracefile "$TREE/coverage.json" --filter "src/$layer/")
    "${only[@]}" --fail-under-line "$MINIMUM" --print-summary --output "$TREE/$layer.txt" |
        sed -n "s/^lines:/$(printf '%-8s' "$layer")/p" || low=1
done
exit "$low"

#!/usr/bin/env bash
# Fuzzes one target after another, each for a while, on one core. What is found grows a corpus in
# build/fuzz/found/TARGET; an input that crashes is left in build/fuzz/crashes, named by its target.
#   tests/fuzz/run.sh [SECONDS] [TARGET...]    600 seconds for each of all targets unless told
# A crash belongs into tests/fuzz/corpus/TARGET together with its fix: the suite replays it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/packages.sh
. deploy/packages.sh

seconds=${1:-600}
targets=("${@:2}")
if [ ${#targets[@]} -eq 0 ]; then
    for source in tests/fuzz/*_fuzz.cpp; do
        targets+=("$(basename "$source" _fuzz.cpp)")
    done
fi

ensure_packages "${ERRGATE_BUILD_PACKAGES[@]}" clang libclang-rt-dev ccache python3 libgtest-dev libgmock-dev
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
cmake --preset fuzz -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >/dev/null
cmake --build --preset fuzz --target "${targets[@]/%/_fuzz}"

mkdir -p build/fuzz/crashes
failed=0
for target in "${targets[@]}"; do
    say "fuzzing $target for $seconds s"
    mkdir -p "build/fuzz/found/$target"
    # 30 s for one input: the sanitizers slow a target down ten times and more.
    "build/fuzz/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$target-" \
        "build/fuzz/found/$target" "tests/fuzz/corpus/$target" || failed=1
done
exit "$failed"

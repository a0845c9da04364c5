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

# Words a target would hardly come upon by itself, from the files that are true about them: the
# members and codes of the shipped dialects, the keys of the schemas.
dictionary() {
    {
        case $1 in
            body | classify | mapping)
                grep -ohE '/[A-Za-z_@][A-Za-z0-9_-]{2,}' config/dialects/*.yaml | cut -c2-
                grep -hE 'match:' config/dialects/*.yaml | grep -oE '[A-Za-z0-9_.-]{4,32}'
                ;;&
            config | mapping) grep -ohE '"[a-z_]{2,}":' config/schema/*.json | tr -d '":' ;;
            redact) grep -ohE '"[A-Za-z_-]{2,}"' src/errors/{named_values,sensitive_names,secrets}.cpp | tr -d '"' ;;
            head_parser | chunked) grep -ohE '"[A-Za-z-]{3,}' src/http/*.cpp | tr -d '"' ;;
        esac
    } | sort -u | sed 's/.*/"&"/'
}

mkdir -p build/fuzz/crashes build/fuzz/dictionaries
failed=0
for target in "${targets[@]}"; do
    say "fuzzing $target for $seconds s"
    mkdir -p "build/fuzz/found/$target"
    dictionary "$target" >"build/fuzz/dictionaries/$target"
    # 30 s for one input: the sanitizers slow a target down ten times and more. Without the entropic
    # schedule, whose bookkeeping took 40 % of the time of `classify`.
    "build/fuzz/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 \
        -dict="build/fuzz/dictionaries/$target" -entropic=0 -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$target-" \
        "build/fuzz/found/$target" "tests/fuzz/corpus/$target" || failed=1
done
exit "$failed"

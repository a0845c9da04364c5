#!/usr/bin/env bash
# Everything that must hold before a change is accepted: formatting, the whole suite under the address
# and undefined-behaviour sanitizers, what several threads do under the thread sanitizer, the integration
# suite against the binary as it is shipped, and static analysis.
#   ERRGATE_QUICK=1 tests/run.sh    formatting and the suite without sanitizers, for every day
# Safe to run again: what is built is reused. Ends with one line, `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=deploy/packages.sh
. deploy/packages.sh

# What one checkout has compiled serves the next one, wherever it lies.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

passed=0
failed=0

# check NAME COMMAND...: one step that either holds or not.
check() {
    local name=$1
    shift
    say "$name"
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $name" >&2
        failed=$((failed + 1))
        return 1
    fi
}

sources() {
    find src tests benchmarks -name '*.cpp' -o -name '*.hpp'
}

check_format() {
    sources | xargs clang-format --dry-run -Werror
}

# build PRESET [ARGUMENT...]: configures and builds, all targets unless told.
build() {
    cmake --preset "$1" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >/dev/null && cmake --build --preset "$@"
}

# The tests as the sanitizer build made them, the gateway and its package as users get them.
test_shipped_binary() {
    ERRGATE_BINARY=$PWD/build/release/bin/errgate run_tests asan --label-regex 'integration|deploy'
}

# The gateway under the thread sanitizer: the tests that are not instrumented anyway need no second build.
test_threads() {
    ERRGATE_BINARY=$PWD/build/tsan/bin/errgate run_tests asan --label-regex threads
}

analyse() {
    run-clang-tidy -quiet -j "$(nproc)" -p build/asan "$PWD/src/.*\.cpp$" 2>/dev/null |
        grep -v -e '^clang-tidy' -e '^$'
    return "${PIPESTATUS[0]}"
}

# attribute FILE NAME: a number from the first <testsuites> element of a GoogleTest report.
attribute() {
    sed -n "s/.*<testsuites[^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1
}

# count_tests CTEST_LOG REPORTS: adds single test cases where a program left a report, whole programs
# where it did not (it crashed, or it is no GoogleTest).
count_tests() {
    local totals report tests bad clean=0 dirty=0
    totals=$(sed -n 's/.*tests passed, \([0-9]*\) tests* failed out of \([0-9]*\)/\1 \2/p' "$1")
    local programs_failed=${totals% *} programs=${totals#* }
    for report in "$2"/*.xml; do
        [ -e "$report" ] || continue
        tests=$(attribute "$report" tests)
        bad=$(attribute "$report" failures)
        passed=$((passed + tests - bad))
        failed=$((failed + bad))
        if [ "$bad" -eq 0 ]; then clean=$((clean + 1)); else dirty=$((dirty + 1)); fi
    done
    passed=$((passed + programs - programs_failed - clean))
    failed=$((failed + programs_failed - dirty))
}

# list_skipped CTEST_LOG: which tests did not run, and why. ctest itself shows the output of failures only.
list_skipped() {
    local skipped
    skipped=$(awk '/: Skipped$/ { getline reason }
                   /^\[  SKIPPED \] .*\(/ { print "  " $4 ": " reason }
                   /\.\.\. skipped / { print "  " $1 ": " substr($0, index($0, "skipped ") + 8) }' "$1")
    [ -z "$skipped" ] || printf 'skipped:\n%s\n' "$skipped"
}

# run_tests PRESET [CTEST_ARGUMENT...]: ctest, then its totals.
run_tests() {
    local reports=$PWD/build/$1/reports log=$PWD/build/$1/ctest.log
    say "tests ($*)"
    rm -rf "$reports" && mkdir -p "$reports"
    GTEST_OUTPUT="xml:$reports/" ctest --preset "$@" 2>&1 | tee "$log"
    if grep -q 'tests passed' "$log"; then
        count_tests "$log" "$reports"
        list_skipped "$PWD/build/$1/Testing/Temporary/LastTest.log"
    else
        echo "FAILED: ctest did not run the suite ($1)" >&2
        failed=$((failed + 1))
    fi
}

if ensure_packages "${ERRGATE_BUILD_PACKAGES[@]}" "${ERRGATE_PACKAGING_PACKAGES[@]}" \
    "${ERRGATE_TEST_PACKAGES[@]}"; then
    continue_as_owner tests/run.sh "$@"
    check "formatting" check_format
    if [ "${ERRGATE_QUICK:-}" = 1 ]; then
        check "build (dev)" build dev && run_tests dev
    else
        check "build (asan)" build asan && run_tests asan --label-exclude deploy
        check "build (tsan)" build tsan --target errgate && test_threads
        check "build (release)" build release --target errgate compare_load compare_upstream compare_relay &&
            test_shipped_binary
        check "static analysis" analyse
    fi
else
    failed=1
fi

say "done in $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

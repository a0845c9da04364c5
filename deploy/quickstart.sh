#!/usr/bin/env bash
# From a fresh clone to a running gateway: installs what the build needs, builds errgate, and shows
# it at work between a client and five simulated providers. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/packages.sh
. deploy/packages.sh

build=build/quickstart

ensure_packages "${ERRGATE_BUILD_PACKAGES[@]}"
continue_as_owner deploy/quickstart.sh "$@"

say "building errgate into $build (some minutes the first time)"
cmake --preset release -B "$build" -DERRGATE_TESTS=OFF -DERRGATE_BENCHMARKS=OFF >/dev/null
cmake --build "$build" --target errgate

say "the tour: five providers, one way to fail"
"$build/bin/errgate" demo --tour

cat <<END

==> errgate works. Next:
  $build/bin/errgate demo                            the same providers, left running to try with curl
  $build/bin/errgate check config/errgate.yaml       validates a routes file
  $build/bin/errgate run --config config/errgate.yaml
  $build/bin/errgate --help
README.md says how to write a routes file and how to add a provider.
END

# The Debian packages errgate needs, in one place. Sourced by tests/run.sh and the scripts here.
# shellcheck shell=bash disable=SC2034

ERRGATE_BUILD_PACKAGES=(
    g++ cmake ninja-build pkg-config
    libboost1.81-dev nlohmann-json3-dev libyaml-cpp-dev libre2-dev libpugixml-dev
    zlib1g-dev libbrotli-dev libssl-dev prometheus-cpp-dev libcli11-dev
)
ERRGATE_PACKAGING_PACKAGES=(dpkg-dev file)
ERRGATE_TEST_PACKAGES=(
    libgtest-dev libgmock-dev libbenchmark-dev ccache clang clang-format clang-tidy python3 prometheus
    zsh man-db systemd valgrind openssl curl python3-jsonschema python3-yaml chromium
)
# Node.js of another archive brings npm along, and collides with Debian's.
command -v npm >/dev/null || ERRGATE_TEST_PACKAGES+=(nodejs npm)
ERRGATE_COMPARE_PACKAGES=(
    libbenchmark-dev haproxy nginx caddy libnginx-mod-http-lua lua-cjson openssl strace valgrind python3
)

say() { printf '\n==> %s\n' "$*"; }

# run_as_root COMMAND...: as it is for root, through sudo for everybody else.
run_as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        echo "packages are missing and there is neither root nor sudo to install them: $*" >&2
        return 1
    fi
}

# ensure_packages NAME...: installs those that are not there; touches nothing when all are.
ensure_packages() {
    local name missing=()
    for name in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
            missing+=("$name")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "packages: all $# are installed"
        return 0
    fi
    say "packages: installing ${missing[*]}"
    local wait_for_lock=(-o DPkg::Lock::Timeout=300)
    run_as_root apt-get "${wait_for_lock[@]}" update &&
        run_as_root apt-get "${wait_for_lock[@]}" install -y --no-install-recommends "${missing[@]}"
}

# continue_as_owner SCRIPT ARGUMENTS...: when sudo started the script in a checkout of the user who
# called it, goes on as that user, so that no build folder ends up belonging to root.
continue_as_owner() {
    [ "$(id -u)" -eq 0 ] && [ "${SUDO_USER:-root}" != root ] || return 0
    [ "$(stat -c %U .)" = "$SUDO_USER" ] || return 0
    exec sudo -H -u "$SUDO_USER" --preserve-env=ERRGATE_QUICK "$@"
}

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The Debian packages that building and testing need, in one place, and how they get installed.
# Sourced by packaging/quickstart and tests/run. Nothing is installed that is there already, and
# every package that will be installed is named first.

# What configuring and building need; cmocka because tests are part of a default build.
# shellcheck disable=SC2034 # used by those who source this
BUILD_PACKAGES=(
    gcc libc6-dev meson ninja-build pkg-config
    libcmocka-dev libconfig-dev libcurl4-gnutls-dev libgnutls28-dev libical-dev libjansson-dev
    libmicrohttpd-dev libpam0g-dev libsqlite3-dev libsystemd-dev libxxhash-dev tzdata
)

# What the tests need besides. libpam-modules and util-linux are there on every Debian.
# shellcheck disable=SC2034
TEST_PACKAGES=(
    binutils curl jq libwrap0 mandoc openssl openssh-client python3 sqlite3 sudo systemd
)

# packages_missing PACKAGE... prints those that are not installed, one a line.
packages_missing() {
    local package status
    for package in "$@"; do
        # shellcheck disable=SC2016 # the ${...} is dpkg-query's own
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=absent
        [[ $status == installed ]] || printf '%s\n' "$package"
    done
}

# packages_as_root COMMAND... runs a command as root, by sudo where needed.
packages_as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        printf 'Needs root to install packages, and there is no sudo. As root, run:\n' >&2
        printf '    apt-get install %s\n' "${PACKAGES_WANTED[*]}" >&2
        return 1
    fi
}

# packages_install LOG PACKAGE... installs what is missing; apt's own words go to LOG.
packages_install() {
    local log=$1
    shift
    local -a PACKAGES_WANTED
    if ! command -v apt-get >/dev/null 2>&1; then
        printf 'No apt-get here: taking it that this is installed: %s\n' "$*"
        return 0
    fi
    mapfile -t PACKAGES_WANTED < <(packages_missing "$@")
    ((${#PACKAGES_WANTED[@]})) || return 0
    printf 'Installing packages: %s\n' "${PACKAGES_WANTED[*]}"
    {
        # A service that a package brings (sshd) must not start because of a test run.
        packages_as_root apt-get -qq update &&
            packages_as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
                -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
                install --no-install-recommends "${PACKAGES_WANTED[@]}"
    } >"$log" 2>&1 </dev/null && return 0
    tail -n 20 "$log" >&2
    printf 'Could not install: %s (the whole of it: %s)\n' "${PACKAGES_WANTED[*]}" "$log" >&2
    return 1
}

# packages_fetch_sshd FOLDER LOG: unpacks an sshd for the tests where the machine has none.
# Installing openssh-server would start a service that listens on the network.
packages_fetch_sshd() {
    local folder=$1 log=$2
    [[ ! -x /usr/sbin/sshd && ! -x $folder/usr/sbin/sshd ]] || return 0
    mkdir -p "$folder"
    (cd "$folder" && apt-get -qq download openssh-server && dpkg-deb -x openssh-server_*.deb .) \
        >>"$log" 2>&1 && return 0
    tail -n 20 "$log" >&2
    printf 'Could not fetch openssh-server (the whole of it: %s)\n' "$log" >&2
    return 1
}

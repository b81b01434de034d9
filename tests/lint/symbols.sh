#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What the built objects export and need. The module offers exactly the six entry points of PAM,
# the library exactly what its version script and its headers say, each in the version that the
# script says, and still all that it has ever offered; both need nothing but libc (and libpam), and
# neither calls what code inside other people's processes must not call.
#
# usage: symbols.sh MODULE LIBRARY VERSION_SCRIPT HEADER...
. "$(dirname "$0")/lib.sh"

module=$1
library=$2
version_script=$3
shift 3
headers=("$@")

# exported OBJECT: defined dynamic symbols, without versions and without a sanitizer's own.
exported() {
    nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
        grep -vE '^(__asan_|__ubsan_|__tsan_|__odr_asan|_init$|_fini$)' | sort -u
}

# same WHAT EXPECTED FOUND: both are lists, one a line.
same() {
    local line
    while IFS= read -r line; do
        finding "$1: $line"
    done < <(diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") |
        sed -n 's/^< /missing: /p; s/^> /not expected: /p')
}

# needs_only OBJECT PATTERN
needs_only() {
    local name
    while IFS= read -r name; do
        [[ $name =~ ^($2|lib(asan|ubsan|tsan|clang_rt).*)$ ]] || finding "${1##*/} needs $name"
    done < <(readelf -d "$1" | sed -nE 's/.*\(NEEDED\).*\[(.*)\].*/\1/p')
}

# calls_nothing_forbidden OBJECT
calls_nothing_forbidden() {
    local name pattern
    pattern='(secure_)?getenv|setenv|putenv|unsetenv|clearenv|getaddrinfo|getnameinfo'
    pattern+='|gethostby.*|system|popen|dlopen|dlsym|exec.*|v?fork|posix_spawn.*|signal|sigaction'
    pattern+='|sigprocmask|pthread_(sigmask|create|atfork)|alarm|setitimer|setlocale|uselocale'
    pattern+='|openlog|closelog|v?syslog(_chk)?|set(res|re|e|fs)?[ug]id|(set|init)groups|umask|f?chdir'
    pattern+='|chroot|_?exit|_Exit|quick_exit|v?printf|puts|putchar|perror|__v?printf_chk'
    pattern+='|stdout|stderr|strbuf_.*|scanctx_.*|config_.*|sqlite3_.*'
    while IFS= read -r name; do
        finding "${1##*/} calls $name"
    done < <(nm -D --undefined-only "$1" | awk '{ sub(/@.*/, "", $2); print $2 }' |
        grep -xE "$pattern")
}

# hardened OBJECT
hardened() {
    readelf -d "$1" | grep -qE '\(FLAGS(_1)?\).*NOW' || finding "${1##*/} is linked without -z now"
    readelf -lW "$1" | grep -q GNU_RELRO || finding "${1##*/} has no RELRO"
    readelf -lW "$1" | awk '$1 == "GNU_STACK" && /E/ && $7 ~ /E/ { exit 1 }' ||
        finding "${1##*/} has an executable stack"
}

same "${module##*/} exports" \
    "$(printf 'pam_sm_%s\n' acct_mgmt authenticate chauthtok close_session open_session setcred)" \
    "$(exported "$module")"

in_script=$(sed -nE '/global:/,/local:/s/^[[:space:]]*(global:[[:space:]]*)?([a-z_0-9]+);.*/\2/p' \
    "$version_script" | sort -u)
in_header=$(cat "${headers[@]}" | tr '\n' ' ' | sed 's#/\*#\n/*#g; s#\*/#*/\n#g' | sed 's#^/\*.*##' |
    grep -oE '\bdoorward_[a-z_0-9]+[[:space:]]*\(' | tr -d '( ' | sort -u)
same "${library##*/} against ${version_script##*/}" "$in_script" \
    "$(exported "$library" | grep -v '^DOORWARD_')"
same "the headers against ${version_script##*/}" "$in_script" "$in_header"

# Versions: NODE NAME of the script against those of the object. What a released node holds is
# written down here once more; it may only grow by nodes.
nodes=$(awk '/^DOORWARD_[0-9.]+ \{/ { node = $1 } /^[[:space:]]+doorward_[a-z_0-9]+;/ {
    sub(/;/, "", $1); print node, $1 }' "$version_script" | sort -u)
same "versions of ${library##*/}" "$nodes" "$(nm -D --defined-only "$library" |
    sed -nE 's/.* (doorward_[a-z_0-9]+)@@(DOORWARD_[0-9.]+)$/\2 \1/p' | sort -u)"
first='answer_decision_id answer_detail answer_door_state answer_explanation answer_free'
first+=' answer_message answer_not_after answer_outcome answer_reason answer_release_seconds'
first+=' answer_revision answer_sessions_ended ask ask_begin cancel change enter enter_begin explain'
first+=' free get_events get_fd get_timeout new process set_server_uid set_timeout strerror unlock'
first+=' unlock_begin'
same 'version DOORWARD_0' "$(tr ' ' '\n' <<<"$first" | sed 's/^/doorward_/')" \
    "$(sed -nE 's/^DOORWARD_0 //p' <<<"$nodes")"

needs_only "$module" 'libc\.so\.6|libpam\.so\.0|ld-linux.*'
needs_only "$library" 'libc\.so\.6|ld-linux.*'
for object in "$module" "$library"; do
    calls_nothing_forbidden "$object"
    hardened "$object"
done
finish 2 'objects'

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Words that must not stand in the sources: names that libconfig 1.5 exports (a program that
# defines strbuf_append interposes libconfig's own), marks of unfinished work, and calls that code
# inside other people's processes must not make.
. "$(dirname "$0")/lib.sh"

# look PATTERN WHY FILE...
look() {
    local pattern=$1 why=$2 line
    shift 2
    (($#)) || return 0
    while IFS= read -r line; do
        finding "$line: $why"
    done < <(cd "$root" && grep -nE -H "$pattern" "$@")
}

mapfile -t c_files < <(project_files | grep -E '\.[ch]$')
mapfile -t source_files < <(project_files | grep -E '^src/.*\.[ch]$')
mapfile -t guest_files < <(project_files | grep -E '^src/(pam|client|wire|util)/.*\.[ch]$')

look '\b(strbuf|scanctx)_[a-z]' 'libconfig exports names like this one' "${c_files[@]}"
look '\b(TO''DO|FIX''ME|XX''X)\b' 'unfinished' "${c_files[@]}"
look '\bstrcpy[[:space:]]*\([^,]*,[[:space:]]*[^" ]|\b(strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|alloca|mktemp|tmpnam)[[:space:]]*\(' \
    'not to be used at all' "${source_files[@]}"

# The module and the client library live in sshd, sudo and login (util and wire are linked in).
forbidden='getenv|setenv|putenv|unsetenv|clearenv|getaddrinfo|gethostbyname|system|popen|dlopen'
forbidden+='|exec[lv]p?e?|fork|vfork|posix_spawnp?|signal|sigaction|sigprocmask|pthread_sigmask'
forbidden+='|alarm|setitimer|setlocale|uselocale|openlog|closelog|set(res|re|e|fs)?[ug]id|setgroups'
forbidden+='|umask|chdir|fchdir|chroot|exit|_exit|abort|atexit|pthread_create|printf|puts|putchar|perror'
look "(^|[^a-z_>.])($forbidden)[[:space:]]*\\(" 'not inside other programs' "${guest_files[@]}"

look 'PAM_(OLD)?AUTHTOK|pam_get_authtok' 'passwords are none of our business' "${guest_files[@]}"

# These folders answer with return codes; whoever calls them decides what to print.
mapfile -t silent_files < <(project_files | grep -E '^src/(util|policy|wire|client)/.*\.[ch]$')
look '(^|[^a-z_])(fprintf|vfprintf|dprintf)[[:space:]]*\([[:space:]]*(stderr|stdout|1|2)\b|\bsyslog[[:space:]]*\(' \
    'libraries never log' "${silent_files[@]}"

finish "${#c_files[@]}" 'C files'

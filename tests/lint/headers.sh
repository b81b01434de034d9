#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every public header compiles alone, in any order, in C99, C11 and C++ and without a warning: who
# includes it has other flags than we.
#
# usage: headers.sh INCLUDE_FOLDER COMPILER...
. "$(dirname "$0")/lib.sh"

include=$1
shift
compiler=("$@")
checked=0

# compiles HEADER COMMAND...
compiles() {
    local header=$1 out
    shift
    checked=$((checked + 1))
    out=$(printf '#include <doorward/%s>\n' "$header" |
        "$@" -Wall -Wextra -pedantic -Werror -Wno-unknown-pragmas -fsyntax-only -I "$include" - 2>&1) ||
        finding "$header with $*: $(head -n 3 <<<"$out")"
}

for path in "$include"/doorward/*.h; do
    for standard in c99 c11; do
        compiles "${path##*/}" "${compiler[@]}" -x c "-std=$standard"
    done
    # The compiler of C compiles C++ too where it is installed; if not, there is nobody to complain.
    if "${compiler[@]}" -x c++ -fsyntax-only - </dev/null >/dev/null 2>&1; then
        compiles "${path##*/}" "${compiler[@]}" -x c++ -std=c++11
    fi
done
finish "$checked" 'ways to include a header'

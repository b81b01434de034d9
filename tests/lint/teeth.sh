#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The lint tests find what they are there to find: a small tree with one violation of each rule.
. "$(dirname "$0")/lib.sh"

tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tests/lint" "$tree"/src/{util,policy,wire,client,pam,daemon,unheard}
cp "$root"/tests/lint/*.sh "$tree/tests/lint/"

# bad FILE LINE...: a file with a licence and these lines.
bad() {
    local file=$tree/$1
    shift
    printf '/* SPDX-License-Identifier: MIT */\n' >"$file"
    printf '%s\n' "$@" >>"$file"
}

# must_find SCRIPT TEXT
must_find() {
    local out
    out=$(bash "$tree/tests/lint/$1" 2>&1) && finding "$1 passes a tree with violations"
    grep -qF -- "$2" <<<"$out" || finding "$1 does not say: $2"
}

bad src/util/a.c '#include "policy/model.h"' '#include <sqlite3.h>'
bad src/pam/a.c '#include <libconfig.h>' 'x = getenv("HOME");' 'static int y = atoi(z);'
bad src/unheard/a.c ''
bad src/policy/a.c 'void strbuf_append(void);' "/* TO""DO */" 'fprintf(stderr, "x");'
bad src/wire/long.h "$(seq 1 200)"
bad src/wire/long.c 'int f(void)' '{' "$(seq 1 61)" '}' "$(seq 1 500)"
bad src/wire/wide.c "$(printf '%0101d' 0)"
bad src/client/bare.c '' && sed -i 1d "$tree/src/client/bare.c"
printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\nif\n' >"$tree/bad.sh"

printf '| promise | tests |\n| one | `unit/none.c` |\n| two | `lint/lib.sh` `nothing of it` |\n| three | - |\n' \
    >"$tree/tests/COVERAGE.md"

must_find layers.sh 'src/util/a.c: util must not use policy'
must_find layers.sh 'src/util/a.c: <sqlite3.h> belongs into daemon or state or gateway only'
must_find layers.sh 'src/pam/a.c: <libconfig.h> belongs into policy only'
must_find layers.sh 'unheard is in no layer'
must_find spdx.sh 'src/client/bare.c: no SPDX'
must_find sizes.sh 'src/wire/long.h: 201 lines, at most 200'
must_find sizes.sh 'src/wire/long.c: 565 lines, at most 500'
must_find sizes.sh 'src/wire/long.c:3: a function of 61 lines'
must_find sizes.sh 'src/wire/wide.c:2: 101 columns'
must_find names.sh 'strbuf_append(void);: libconfig exports'
must_find names.sh 'x = getenv("HOME");: not inside other programs'
must_find names.sh 'atoi(z);: not to be used at all'
must_find names.sh ': unfinished'
must_find names.sh 'libraries never log'
must_find shell.sh 'bad.sh'
must_find coverage.sh 'COVERAGE.md:2: there is no unit/none.c'
must_find coverage.sh 'COVERAGE.md:3: lint/lib.sh holds no nothing of it'
must_find coverage.sh 'COVERAGE.md:4: no test'
must_find coverage.sh 'only 3 rows'
finish 19 'findings'

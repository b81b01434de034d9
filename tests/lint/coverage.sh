#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# tests/COVERAGE.md tells the truth: every file exists, and holds every name that stands behind it.
. "$(dirname "$0")/lib.sh"
table=${COVERAGE:-$root/tests/COVERAGE.md}
rows=0
while IFS= read -r line; do
    number=${line%%:*} file='' spans=0
    rows=$((rows + 1))
    while IFS= read -r span; do
        # A row must begin its spans with a file; what stands in its first column are no spans
        if [[ $span =~ ^[a-z]+/[a-z_/]+\.(c|sh)$ ]]; then
            file=$root/tests/$span
            [[ -f $file ]] || finding "COVERAGE.md:$number: there is no $span"
            spans=$((spans + 1))
        elif [[ -f $file ]]; then
            span=${span//\\|/|} # a table needs it so
            grep -qF -- "$span" "$file" ||
                finding "COVERAGE.md:$number: ${file#"$root/tests/"} holds no $span"
        fi
    done < <(grep -oE '`[^`]+`' <<<"$line" | tr -d '`')
    ((spans > 0)) || finding "COVERAGE.md:$number: no test"
done < <(grep -nE '^\|' "$table" | grep -vE '^[0-9]+:\| (---|promise|input|hole) ')
((rows >= 60)) || finding "COVERAGE.md: only $rows rows"
finish "$rows" 'rows'

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every file of the project names its licence in its first lines. Exempt are the licence itself
# and data whose format has no comments.
. "$(dirname "$0")/lib.sh"

may_lack_licence() {
    case $1 in
    LICENSE | tests/fuzz/corpus/* | *.json | *.image) return 0 ;;
    esac
    return 1
}

checked=0
while IFS= read -r file; do
    may_lack_licence "$file" && continue
    checked=$((checked + 1))
    head -n 3 "$root/$file" | grep -q 'SPDX-License-Identifier: MIT' ||
        finding "$file: no SPDX-License-Identifier: MIT in its first lines"
done < <(project_files)
finish "$checked" 'files'

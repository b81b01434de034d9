# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the lint tests share: where the project is, and how a finding is reported.

set -u -o pipefail
LC_ALL=C
export LC_ALL
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
findings=0

# finding TEXT...: one violation; the test goes on so that one run shows them all.
finding() {
    printf '%s\n' "$*"
    findings=$((findings + 1))
}

# project_files: every file of the project, relative to its root, one a line. Asks git where the
# project is a repository, so that build folders and editors' leftovers do not count.
project_files() {
    if [[ $(git -C "$root" rev-parse --show-toplevel 2>/dev/null) == "$root" ]]; then
        (cd "$root" && git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
            [[ -f $file ]] && printf '%s\n' "$file"
        done)
    else
        (cd "$root" && find . \( -name 'build*' -o -name .git \) -prune -o -type f -printf '%P\n')
    fi
}

# finish CHECKED WHAT: ends the test; having checked nothing is a failure too.
finish() {
    ((findings == 0)) || { printf '%d findings\n' "$findings"; exit 1; }
    (($1 > 0)) || { printf 'Nothing was checked: no %s found\n' "$2"; exit 1; }
    printf '%d %s checked\n' "$1" "$2"
    exit 0
}

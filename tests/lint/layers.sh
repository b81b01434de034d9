#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Which folder may include which, and which library's headers belong where: the tables below are
# the layers of ARCHITECTURE.md. A folder that is not in the table is a finding as well.
. "$(dirname "$0")/lib.sh"

# folder: the folders that it may include, itself aside
declare -A MAY_USE=(
    [util]=''
    [policy]='util'
    [state]='util policy'
    [wire]='util'
    [client]='util wire'
    [link]='util wire client'
    [pam]='util wire client'
    [daemon]='util policy state wire'
    [cli]='util policy state wire client pam'
    [gateway]='util policy wire client link'
    [http]='util policy wire client link'
)

# header, or the folder it begins with: the folders that may include it
declare -A LIBRARY_HOME=(
    [libconfig.h]='policy'
    [xxhash.h]='policy state daemon'
    [uthash.h]='policy'
    [sqlite3.h]='daemon state gateway'
    [libical/]='policy'
    [systemd/]='daemon link gateway http'
    [security/]='pam cli'
    [jansson.h]='cli daemon http'
    [microhttpd.h]='http'
    [gnutls/]='http link'
    [curl/]='link'
    [doorward/]='client pam cli'
)

check_project_include() { # FILE FOLDER TARGET
    local folder=$2 target=${3%%/*}
    [[ $target == "$folder" ]] && return
    [[ -n ${MAY_USE[$target]+known} ]] || return 0
    [[ " ${MAY_USE[$folder]} " == *" $target "* ]] ||
        finding "$1: $folder must not use $target (#include \"$3\")"
}

check_library_include() { # FILE FOLDER HEADER
    local header
    for header in "${!LIBRARY_HOME[@]}"; do
        [[ $3 == "$header" || ($header == */ && $3 == "$header"*) ]] || continue
        [[ " ${LIBRARY_HOME[$header]} " == *" $2 "* ]] ||
            finding "$1: <$3> belongs into ${LIBRARY_HOME[$header]// / or } only"
    done
}

checked=0
while IFS= read -r file; do
    [[ $file == src/*/*.[ch] ]] || continue
    folder=${file#src/}
    folder=${folder%%/*}
    checked=$((checked + 1))
    [[ -n ${MAY_USE[$folder]+known} ]] || { finding "$file: $folder is in no layer"; continue; }
    while read -r kind target; do
        case $kind in
        '"') check_project_include "$file" "$folder" "$target" ;;
        '<') check_library_include "$file" "$folder" "$target" ;;
        esac
    done < <(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*(["<])([^">]+)[">].*/\1 \2/p' \
        "$root/$file")
done < <(project_files)
finish "$checked" 'source files'

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Everything is installed where others look for it, and a program builds against what was
# installed, by pkg-config alone.
#
# usage: install.sh MESON BUILD_FOLDER COMPILER...
. "$(dirname "$0")/lib.sh"
meson=$1
build=$2
compiler=("${@:3}")
expect 0 '' limited "$meson" install -C "$build" --no-rebuild --destdir "$WORK/root"

# build_option NAME: as the build was set up.
build_option() {
    "$meson" introspect --buildoptions "$build" | tr '{' '\n' |
        sed -nE 's/.*"name": "'"$1"'", "value": "([^"]*)".*/\1/p'
}
prefix=$(build_option prefix)
libdir=$(build_option libdir)
[[ -n $prefix && -n $libdir ]] || fail 'no prefix'
installed=$WORK/root$prefix
# there PATTERN MODE
there() {
    local found
    # shellcheck disable=SC2206 # a pattern
    found=($installed/$1)
    steps=$((steps + 1))
    [[ -e ${found[0]:-} ]] || fail "not installed: $1"
    [[ $(stat -L -c %a "${found[0]}") == "$2" ]] || fail "mode of $1: $(stat -L -c %a "${found[0]}")"
}
shopt -s globstar nullglob
there 'bin/doorward' 755
there 'sbin/doorwardd' 755
there 'sbin/doorward-http' 755
there 'sbin/doorward-gateway' 755
there "$libdir/security/pam_doorward.so" 755
there "$libdir/libdoorward.so.0" 755
there 'include/doorward/doorward.h' 644
there "$libdir/pkgconfig/doorward.pc" 644
for catalogue in permissions access access-legacy command-camera command-org rekor; do
    there "share/doorward/roles/$catalogue.conf" 644
done
there 'share/doorward/examples/**/acme.conf' 644
there 'share/doorward/examples/**/calendars.d/holidays.ics' 644
there 'share/doc/doorward/pam.d/debian/sshd' 644
there 'share/doc/doorward/pam.d/redhat/door-unlock' 644
there 'lib/systemd/system/doorwardd.service' 644
there 'lib/systemd/system/doorwardd.socket' 644
there 'lib/systemd/system/doorward-gateway.service' 644
there 'lib/sysusers.d/doorward.conf' 644
there 'lib/systemd/system/doorward-http.service' 644
there 'lib/sysusers.d/doorward-http.conf' 644
there 'lib/tmpfiles.d/doorward-http.conf' 644
there 'share/doc/doorward/http.conf' 644
there 'lib/sysusers.d/doorward-gateway.conf' 644
there 'lib/tmpfiles.d/doorward.conf' 644
there 'lib/tmpfiles.d/doorward-gateway.conf' 644
grep -qx "ExecStart=$prefix/sbin/doorwardd" "$installed/lib/systemd/system/doorwardd.service" ||
    fail 'the unit starts another program than the one installed'
[[ -z $(find "$WORK/root" -perm /022 ! -type l) ]] ||
    fail "others may write: $(find "$WORK/root" -perm /022 ! -type l | head -n 3)"

cat >"$WORK/use.c" <<'EOF'
#include <doorward/doorward.h>
int main(void)
{
        doorward *connection = 0;
        int r = doorward_new(&connection, "/nonexistent/socket");
        connection = doorward_free(connection);
        return r != 0 || connection != 0;
}
EOF
export PKG_CONFIG_PATH=$installed/$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$WORK/root
# shellcheck disable=SC2046 # words
expect 0 '' "${compiler[@]}" -std=c11 -Wall -Wextra -Werror "$WORK/use.c" -o "$WORK/use" \
    $(pkg-config --cflags --libs doorward)
expect 0 '' env LD_LIBRARY_PATH="$installed/$libdir" "$WORK/use"
pass 'installed files, and a program built against them'

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The systemd units as they are built: understood word by word, sandboxed, and never giving up.
#
# usage: units.sh SERVICE SOCKET SOURCE_FOLDER GATEWAY_SERVICE FRONT_SERVICE
. "$(dirname "$0")/lib.sh"
command -v systemd-analyze >/dev/null || skip 'no systemd-analyze here'
service=$1
socket=$2
sources=$3
gateway=$4
front=$5

# verify looks for the programs at their installed places: here, they are others that exist.
mkdir -p "$WORK/units"
sed -E "s#^(Exec[A-Za-z]*=)[^ ]*/doorward(d?)( |\$)#\1/bin/true\3#" "$service" \
    >"$WORK/units/doorwardd.service"
cp "$socket" "$WORK/units/doorwardd.socket"
sed -E 's#^(Exec[A-Za-z]*=)[^ ]*/doorward-http( |$)#\1/bin/true\2#; /^(User|Group)=/d' "$front" \
    >"$WORK/units/doorward-http.service"
sed -E "s#^(ExecStart=)[^ ]*/doorward-gateway\$#\1/bin/true#; /^User=/d" "$gateway" \
    >"$WORK/units/doorward-gateway.service"
verify() { limited systemd-analyze verify --man=no "$WORK/units/$1"; }
complaints() { grep -F "$WORK/units/" <<<"$OUT"; } # not those about the machine's own units
for unit in doorwardd.service doorwardd.socket doorward-gateway.service doorward-http.service; do
    expect 0 '' verify "$unit"
    [[ -z $(complaints) ]] || fail "$unit: $(complaints)"
done
# What verify finds it says with exit status 0: make sure that this is noticed
printf '[Service]\nBogus=yes\n' >>"$WORK/units/doorwardd.service"
run verify doorwardd.service
[[ -n $(complaints) ]] || fail 'verify says nothing about an unknown key'

expect 0 '' limited systemd-analyze security --offline=true --threshold=20 "$service"
expect 0 '' limited systemd-analyze security --offline=true --threshold=20 "$gateway"

# has FILE LINE
has() {
    steps=$((steps + 1))
    grep -qxF "$2" "$1" || fail "${1##*/} lacks $2"
}
has "$service" 'Type=notify'
has "$service" 'Restart=on-failure'
has "$service" 'StartLimitIntervalSec=0'
has "$service" 'StateDirectoryMode=0700'
# Sessions of who is suspended are ended, whoever's their process is: it is found, and told
has "$service" 'CapabilityBoundingSet=CAP_KILL'
has "$service" 'ProtectProc=default'
has "$service" 'Environment=DOORWARD_BOOT_ID=%b'
has "$socket" 'ListenSequentialPacket=/run/doorward/decide.sock'
has "$socket" 'SocketMode=0666'
has "$socket" 'DirectoryMode=0755'
has "$socket" 'TriggerLimitIntervalSec=0'
grep -qE '^ExecReload=/.*/doorward reload$' "$service" || fail 'no ExecReload'
grep -qE '^WatchdogSec=[1-9]' "$service" || fail 'no WatchdogSec'
grep -qE '^PrivateUsers=' "$service" && fail 'PrivateUsers makes every caller the same uid'

# The front: an account of its own, without any capability, and more closed than the daemon
expect 0 '' limited systemd-analyze security --offline=true --threshold=20 "$front"
has "$front" 'Type=notify'
has "$front" 'User=doorward-http'
has "$front" 'CapabilityBoundingSet='
has "$front" 'NoNewPrivileges=yes'
has "$front" 'PrivateUsers=no'
has "$gateway" 'Type=notify'
has "$gateway" 'Restart=on-failure'
has "$gateway" 'StartLimitIntervalSec=0'
has "$gateway" 'User=doorward-gateway'
has "$gateway" 'CapabilityBoundingSet='
has "$gateway" 'StateDirectoryMode=0700'
# A program that relocks a door outlives the gateway
has "$gateway" 'KillMode=process'
grep -qE '^WatchdogSec=[1-9]' "$gateway" || fail 'no WatchdogSec of the gateway'

# sysusers and tmpfiles do what they say, in a root folder of their own
if command -v systemd-sysusers >/dev/null; then
    mkdir -p "$WORK/root/etc"
    expect 0 '' systemd-sysusers --root="$WORK/root" "$sources/doorward.sysusers.conf"
    grep -q '^doorward:' "$WORK/root/etc/passwd" || fail 'sysusers made no account'
    expect 0 '' systemd-sysusers --root="$WORK/root" "$sources/doorward-http.sysusers.conf"
    grep -q '^doorward-http:' "$WORK/root/etc/passwd" || fail 'sysusers made no account of the front'
    expect 0 '' systemd-sysusers --root="$WORK/root" "$sources/doorward-gateway.sysusers.conf"
    grep -q '^doorward-gateway:' "$WORK/root/etc/passwd" || fail 'sysusers made no gateway account'
fi
if command -v systemd-tmpfiles >/dev/null && ((EUID == 0)); then
    mkdir -p "$WORK/root"/{etc,run,var/lib}
    grep -q '^root:' "$WORK/root/etc/passwd" 2>/dev/null ||
        printf 'root:x:0:0:root:/root:/bin/sh\n' >>"$WORK/root/etc/passwd"
    expect 0 '' systemd-tmpfiles --root="$WORK/root" --create "$sources/doorward.tmpfiles.conf"
    grep -q '^doorward-gateway:' "$WORK/root/etc/passwd" ||
        printf 'doorward-gateway:x:990:990::/:/bin/false\n' >>"$WORK/root/etc/passwd"
    grep -q '^doorward-gateway:' "$WORK/root/etc/group" 2>/dev/null ||
        printf 'doorward-gateway:x:990:\n' >>"$WORK/root/etc/group"
    expect 0 '' systemd-tmpfiles --root="$WORK/root" --create \
        "$sources/doorward-gateway.tmpfiles.conf"
    expect 0 '^700 [1-9][0-9]*$' stat -c '%a %u' "$WORK/root/var/lib/doorward-gateway"
    expect 0 '^755 0$' stat -c '%a %u' "$WORK/root/etc/doorward-gateway"
    expect 0 '^755 0$' stat -c '%a %u' "$WORK/root/run/doorward"
    expect 0 '^700 0$' stat -c '%a %u' "$WORK/root/var/lib/doorward"
    expect 0 '^755 0$' stat -c '%a %u' "$WORK/root/etc/doorward/organizations.d"
fi
pass 'units, sysusers and tmpfiles'

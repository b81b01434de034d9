#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Real sshd, sudo, su and login with the shipped PAM lines, in a mount namespace of its own: the
# machine's /etc, /run and module folder are never touched.
#
# The machine's own service files are used, with the lines of conf/pam.d put where they belong.
. "$(dirname "$0")/lib.sh"
needs_private_mounts "$@"
. "$here/stacks.sh"

# The programs: the machine's, or an sshd that tests/run has unpacked
fetched=${DOORWARD_TEST_SSHD:-/nonexistent}
sshd=/usr/sbin/sshd
[[ -x $sshd ]] || sshd=$fetched/usr/sbin/sshd
for program in "$sshd" sudo su ssh ssh-keygen setpriv; do
    command -v "$program" >/dev/null || skip "no $program here"
done

# ---- a private /run, module folder and account database

mount -t tmpfs -o mode=0755 tmpfs /run || fail 'no private /run'
mkdir -p /run/sshd /run/sudo "$WORK/etc/pam.d"
SOCKET=/run/doorward/decide.sock

modules=
for folder in /lib/"$(uname -m)"-linux-gnu/security /lib64/security /lib/security; do
    [[ -e $folder/pam_unix.so ]] && modules=$folder && break
done
[[ -n $modules ]] || fail 'no folder of PAM modules found'
cp -a "$modules" "$WORK/security" && cp "$PAM_DOORWARD" "$WORK/security/pam_doorward.so" &&
    mount --bind "$WORK/security" "$modules" || fail 'no private module folder'

# "secret", for everybody
hash='$6$doorward$O4DIL98J5RDcCR75skZf.7uCCuowNUYhfTO8yntnVWkZoLznRYe.XIqLKYw/pBWGjA16yzCUbyZvCZtVUwCXw1'
grep -vE '^(alice|bob|victor|mallory|rescue):' /etc/passwd >"$WORK/etc/passwd"
grep -vE '^(alice|bob|victor|mallory|rescue):' /etc/shadow >"$WORK/etc/shadow"
grep -q '^sshd:' "$WORK/etc/passwd" ||
    printf 'sshd:x:110:65534::/run/sshd:/usr/sbin/nologin\n' >>"$WORK/etc/passwd"
for person in alice:4711 bob:4712 victor:4713 mallory:4799 rescue:4714; do
    name=${person%:*}
    uid=${person#*:}
    mkdir -p "$WORK/home/$name"
    chown "$uid:100" "$WORK/home/$name"
    printf '%s:x:%d:100::%s:/bin/sh\n' "$name" "$uid" "$WORK/home/$name" >>"$WORK/etc/passwd"
    printf '%s:%s:19000:0:99999:7:::\n' "$name" "$hash" >>"$WORK/etc/shadow"
done
chmod 0640 "$WORK/etc/shadow"
cp /etc/group "$WORK/etc/group"
printf '127.0.0.1 localhost %s\n' "$(uname -n)" >"$WORK/etc/hosts"
printf 'ALL ALL=(ALL) NOPASSWD: ALL\n' >"$WORK/etc/sudoers"
chmod 0440 "$WORK/etc/sudoers"
cp -a /etc/pam.d/. "$WORK/etc/pam.d/"
[[ -e $WORK/etc/pam.d/sshd ]] || cp "$fetched/etc/pam.d/sshd" "$WORK/etc/pam.d/sshd"
for service in sshd sudo sudo-i su login; do
    [[ -e /etc/pam.d/$service || $service == sshd ]] || continue
    mv "$WORK/etc/pam.d/$service" "$WORK/etc/before"
    stack_insert "$WORK/etc/before" "$root/conf/pam.d/debian/$service" \
        >"$WORK/etc/pam.d/$service" || fail "no place for the lines in $service"
done
for name in passwd shadow group hosts sudoers pam.d; do
    [[ $name != hosts || -e /etc/hosts ]] || continue
    [[ -e /etc/$name ]] || skip "this machine has no /etc/$name"
    mount --bind "$WORK/etc/$name" "/etc/$name" || fail "no private /etc/$name"
done

# ---- people at work

# as USER COMMAND...: a process of this user, without any PAM.
as() {
    limited setpriv --reuid="$1" --regid=100 --clear-groups --reset-env "${@:2}"
}
# becomes USER TARGET: su with the target's password.
becomes() {
    as "$1" sh -c 'echo secret | su "$0" -c "id -un"' "$2"
}

ssh-keygen -q -t ed25519 -N '' -f "$WORK/hostkey" && ssh-keygen -q -t ed25519 -N '' -f "$WORK/key" ||
    fail 'no keys'
cat >"$WORK/sshd_config" <<EOF
ListenAddress 127.0.0.1
HostKey $WORK/hostkey
PidFile none
UsePAM yes
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile $WORK/key.pub
EOF
port=
for try in 1 2 3 4 5 6 7 8; do
    port=$((20000 + (RANDOM % 20000)))
    "$sshd" -D -e -p $port -f "$WORK/sshd_config" 2>>"$WORK/sshd.log" </dev/null &
    sshd_pid=$!
    STARTED+=("$sshd_pid")
    becomes_true 5 grep -q "listening on 127.0.0.1 port $port" "$WORK/sshd.log" && break
    kill -0 "$sshd_pid" 2>/dev/null && break
    ((try < 8)) || fail "sshd does not start: $(tail -n 3 "$WORK/sshd.log")"
done
# logs_in USER
logs_in() {
    limited ssh -F none -i "$WORK/key" -p "$port" -o BatchMode=yes -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o ConnectTimeout=10 "$1@127.0.0.1" id -un
}
# console USER: login as getty would start it.
console() {
    # shellcheck disable=SC2016 # for the shell that login starts
    echo 'echo in-as-$(id -un); exit' | timeout 20 script -qec "login -f $1" /dev/null
}

# ---- enforced

policy_make
daemon_start

expect 0 '^alice$' logs_in alice
expect 255 'doorward|[Dd]enied|not permitted' logs_in bob
expect 255 '' logs_in victor
expect 255 '' logs_in mallory
expect 0 '^rescue$' logs_in rescue

expect 0 '^root$' as alice sudo -n id -un
expect 1 'Permission denied|account' as bob sudo -n id -un
expect 1 '' as mallory sudo -n id -un
expect 1 '' as victor sudo -n -u alice id -un
expect 0 '^root$' as alice sudo -n -i id -un
expect 1 '' as bob sudo -n -i id -un
expect 0 '^root$' as rescue sudo -n id -un

expect 0 '(^|: )bob$' becomes alice bob
expect 1 'Permission denied' becomes bob alice
expect 1 '' becomes mallory alice
expect 0 '(^|: )alice$' becomes rescue alice
expect 0 '(^|: )bob$' as alice sh -c 'echo secret | su - bob -c "id -un"'
expect 1 '' as bob sh -c 'echo secret | su - alice -c "id -un"'
# root is below minimum_uid, whoever he becomes
expect 0 '^bob$' su bob -c 'id -un'

if command -v script >/dev/null && [[ -e /etc/pam.d/login ]]; then
    run console alice
    [[ $OUT == *in-as-alice* ]] || fail "alice at the console: $OUT"
    run console bob
    [[ $OUT != *in-as-[a-z]* ]] || fail "bob gets in at the console: $OUT"
    steps=$((steps + 2))
fi

# Everything above is in the journal; break-glass with its reason
expect 0 'bob' live events --denied
run live events
for word in alice bob rescue break-glass; do
    grep -q "$word" <<<"$OUT" || fail "no $word in the journal: $OUT"
done
steps=$((steps + 1))

# ---- the daemon is gone: nobody gets in by a policy that cannot be asked

daemon_stop
expect 255 '' logs_in alice
expect 1 '' as alice sudo -n id -un
expect 1 '' becomes alice bob
expect 255 '' logs_in rescue

# ---- observed: in, and recorded

rm -rf "$STATE"
policy_make 'enforcement = "observe";' \
    "observe_until = \"$(date -u -d '+7 days' +%FT%TZ)\";"
daemon_start
expect 0 '^alice$' logs_in alice
expect 0 '^bob$' logs_in bob
expect 0 '^mallory$' logs_in mallory
expect 0 '^root$' as bob sudo -n id -un
expect 0 '(^|: )alice$' becomes bob alice
expect 0 'bob' live events --would-deny
run live events --would-deny
grep -q mallory <<<"$OUT" || fail "mallory is not among those who would be denied: $OUT"
daemon_stop

# ---- exempt: su passes for everybody, sudo does not

rm -rf "$STATE"
policy_make
sed -i 's/"cron" \]/"cron", "su" ]/; s/"su", "su-l" \]/"su-l" ]/' "$POLICY/doorward.conf"
daemon_start
expect 0 '(^|: )alice$' becomes mallory alice
expect 1 '' as mallory sudo -n id -un
expect 0 'exempt' live events
daemon_stop
pass 'real sshd, sudo, su and login obey the policy'

/* SPDX-License-Identifier: MIT */
/*
 * The module in a program that may hardly do anything, as polkit's agent helper, screen lockers and
 * sandboxed services are.
 *
 * usage: sandboxed CONFDIR SERVICE USER   account and session, once outside and once inside
 *        sandboxed --probe                does what the sandbox forbids; dies of SIGSYS
 *
 * Inside, the kernel kills the process for every system call by which something else than the
 * daemon's socket would be reached: other sockets (so name servers too), other programs, processes
 * and code (exec, fork, mappings that can be run), anything written, another identity, signals.
 * Exit status 0 when the answers inside are those given outside before; they are printed.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <security/pam_appl.h>

#include "pam_code_names.h"

#define DATA(field) ((unsigned)offsetof(struct seccomp_data, field))
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA(field))
/* The low half of an argument; of all looked at here the high half says nothing. */
#define LOAD_ARGUMENT(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA(args) + 8 * (n))
#define RETURN(verdict)  BPF_STMT(BPF_RET | BPF_K, (verdict))
#define KILL             RETURN(SECCOMP_RET_KILL_PROCESS)
#define FORBID(call)     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), KILL

/* A call that is killed when bits of an argument are set; A holds its number again afterwards. */
#define FORBID_BITS(call, n, bits)                                                                 \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 4), LOAD_ARGUMENT(n),                   \
                BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1), KILL, LOAD(nr)

static const struct sock_filter FILTER[] = {
        LOAD(nr),
        FORBID(execve),
        FORBID(execveat),
        FORBID(clone),
        FORBID(clone3),
        FORBID(kill),
        FORBID(setuid),
        FORBID(setgid),
        FORBID(setresuid),
        FORBID(setresgid),
        FORBID(setgroups),
        FORBID(setpgid),
        FORBID(setsid),
        FORBID(chdir),
        FORBID(fchdir),
        FORBID(umask),
        FORBID(rt_sigaction),
        FORBID(setitimer),
        FORBID(setrlimit),
        FORBID(mkdirat),
        FORBID(unlinkat),
        FORBID(renameat2),
        FORBID(fchmodat),
        FORBID(fchownat),
        FORBID(ftruncate),
        FORBID(bind),
        FORBID(listen),
        FORBID(ptrace),
        FORBID(mount),
        FORBID_BITS(mmap, 2, PROT_EXEC),
        FORBID_BITS(mprotect, 2, PROT_EXEC),
        FORBID_BITS(openat, 2, O_WRONLY | O_RDWR | O_CREAT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 5),
        LOAD_ARGUMENT(0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 3, 0),
        /* libpam's own, for the kernel's audit: it takes this for a kernel without. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
        RETURN(SECCOMP_RET_ERRNO | 93 /* EPROTONOSUPPORT */),
        KILL,
        RETURN(SECCOMP_RET_ALLOW),
};

static int sandbox_enter(void)
{
        const struct sock_fprog program = { sizeof(FILTER) / sizeof(FILTER[0]),
                                            (struct sock_filter *)FILTER };

        fflush(NULL);
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
                       ? -1
                       : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int converse(int n, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
        (void)messages, (void)data;
        *responses = calloc((size_t)n, sizeof(**responses));
        return *responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int probe(void)
{
        struct addrinfo *found = NULL;

        if (sandbox_enter() < 0)
                return 1;
        (void)getaddrinfo("doorward.invalid", "http", NULL, &found);
        return 0;
}

int main(int argc, char **argv)
{
        struct pam_conv conversation = { .conv = converse };
        pam_handle_t *handle = NULL;
        int outside[2], inside[2];

        if (argc == 2)
                return probe();
        if (argc != 4 || pam_start_confdir(argv[2], argv[3], &conversation, argv[1], &handle) != 0)
                return 2;
        /* Outside: libpam loads the module, and the C library the names' sources. */
        outside[0] = pam_acct_mgmt(handle, PAM_SILENT);
        outside[1] = pam_open_session(handle, PAM_SILENT);
        if (sandbox_enter() < 0) {
                perror("seccomp");
                _exit(3);
        }
        inside[0] = pam_acct_mgmt(handle, PAM_SILENT);
        inside[1] = pam_open_session(handle, PAM_SILENT);
        (void)pam_close_session(handle, PAM_SILENT);
        printf("acct_mgmt %s\nopen_session %s\n", pam_code_name(inside[0]),
               pam_code_name(inside[1]));
        fflush(stdout);
        _exit(inside[0] == outside[0] && inside[1] == outside[1] ? 0 : 1);
}

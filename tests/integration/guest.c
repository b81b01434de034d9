/* SPDX-License-Identifier: MIT */
/*
 * The module as a guest: what it must leave as it was in the program that loads it.
 *
 * usage: guest MODULE CONFDIR SERVICE
 *
 * SERVICE is a service file in CONFDIR with the module's account and session lines; alice is let
 * in, bob is not. Exit status 0 when every rule holds, 1 with a line that says which does not.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_appl.h>

#define LOADS          1000
#define THREADS        16
#define THREAD_ROUNDS  8
#define DESCRIPTOR_MAX 256

/* Sanitizers keep books on everything that was ever loaded. */
#if defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* The parts of a signal's disposition that the kernel keeps; glibc leaves the rest undefined. */
typedef struct Disposition {
        void (*handler)(int number);
        int flags;
        uint64_t mask;
} Disposition;

typedef struct Surroundings {
        Disposition signals[NSIG];
        uint64_t mask;
        mode_t umask;
        char directory[4096];
        bool open[DESCRIPTOR_MAX];
        unsigned environment; /* a sum over all of it */
} Surroundings;

static const char *directory;
static const char *service;

static int complain(const char *what)
{
        printf("%s\n", what);
        return 1;
}

static int guest_converse(int n, const struct pam_message **messages,
                          struct pam_response **responses, void *data)
{
        (void)messages, (void)data;
        *responses = calloc((size_t)n, sizeof(**responses));
        return *responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* Account and, if that succeeds, a session. Return: the first code that is not success. */
static int guest_ask(const char *user)
{
        struct pam_conv conversation = { .conv = guest_converse };
        pam_handle_t *handle = NULL;
        int r;

        r = pam_start_confdir(service, user, &conversation, directory, &handle);
        if (r == PAM_SUCCESS)
                r = pam_acct_mgmt(handle, 0);
        if (r == PAM_SUCCESS)
                r = pam_open_session(handle, 0);
        if (r == PAM_SUCCESS)
                r = pam_close_session(handle, 0);
        pam_end(handle, r);
        return r;
}

static void guest_look(Surroundings *around)
{
        sigset_t mask;

        memset(around, 0, sizeof(*around));
        for (int i = 1; i < NSIG; i++) {
                struct sigaction action;

                if (sigaction(i, NULL, &action) < 0)
                        continue;
                around->signals[i].handler = action.sa_handler;
                around->signals[i].flags = action.sa_flags;
                memcpy(&around->signals[i].mask, &action.sa_mask, sizeof(uint64_t));
        }
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        memcpy(&around->mask, &mask, sizeof(uint64_t));
        around->umask = umask(0);
        umask(around->umask);
        if (!getcwd(around->directory, sizeof(around->directory)))
                around->directory[0] = '\0';
        for (int i = 0; i < DESCRIPTOR_MAX; i++)
                around->open[i] = fcntl(i, F_GETFD) >= 0;
        for (char **entry = environ; *entry; entry++)
                for (const char *c = *entry; *c; c++)
                        around->environment = around->environment * 31 + (unsigned char)*c;
}

/* Signals, mask, umask, folder, descriptors and environment are as they were. */
static int check_surroundings(void)
{
        static Surroundings before, after;
        static const char *const users[] = { "alice", "bob", "mallory" };

        for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
                guest_look(&before);
                (void)guest_ask(users[i]);
                guest_look(&after);
                if (memcmp(&before, &after, sizeof(before)) != 0)
                        return complain("a call changed signals, umask, folder, descriptors or "
                                        "environment");
        }
        return 0;
}

/* With 0, 1 and 2 closed nothing is ever opened there: a host's printf would go to the daemon. */
static int check_low_descriptors(void)
{
        int status = 0;
        pid_t child = fork();

        if (child == 0) {
                int report = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100);

                close(STDIN_FILENO);
                close(STDOUT_FILENO);
                close(STDERR_FILENO);
                if (guest_ask("alice") != PAM_SUCCESS) {
                        dprintf(report, "denied with 0 to 2 closed\n");
                        _exit(1);
                }
                for (int i = 0; i <= STDERR_FILENO; i++)
                        if (fcntl(i, F_GETFD) >= 0) {
                                dprintf(report, "descriptor %d was left open\n", i);
                                _exit(1);
                        }
                _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) < 0)
                return complain("no child");
        return status != 0;
}

/* A handler of the host's for SIGPIPE stays unused, and a child asks as well as its parent. */
static void guest_on_pipe(int number)
{
        (void)number;
        _exit(77);
}

static int check_fork(void)
{
        struct sigaction action = { .sa_handler = guest_on_pipe };
        int status = 0;
        pid_t child;

        sigaction(SIGPIPE, &action, NULL);
        child = fork();
        if (child == 0)
                _exit(guest_ask("alice") == PAM_SUCCESS && guest_ask("bob") == PAM_PERM_DENIED ? 0
                                                                                               : 1);
        if (guest_ask("alice") != PAM_SUCCESS || guest_ask("bob") != PAM_PERM_DENIED)
                return complain("other answers after fork");
        if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
                return complain("other answers in a child");
        return 0;
}

static void *guest_thread(void *wrong)
{
        for (int i = 0; i < THREAD_ROUNDS; i++)
                if (guest_ask("alice") != PAM_SUCCESS || guest_ask("bob") != PAM_PERM_DENIED)
                        __atomic_add_fetch((int *)wrong, 1, __ATOMIC_RELAXED);
        return NULL;
}

/* Handles of their own in several threads at once. */
static int check_threads(void)
{
        pthread_t threads[THREADS];
        int wrong = 0;

        for (int i = 0; i < THREADS; i++)
                if (pthread_create(&threads[i], NULL, guest_thread, &wrong) != 0)
                        return complain("no thread");
        for (int i = 0; i < THREADS; i++)
                pthread_join(threads[i], NULL);
        return wrong ? complain("wrong answers in threads") : 0;
}

static long guest_resident_kib(void)
{
        long pages = 0;
        FILE *file = fopen("/proc/self/statm", "re");

        if (!file || fscanf(file, "%*s %ld", &pages) != 1)
                pages = 0;
        if (file)
                fclose(file);
        return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Loaded and unloaded a thousand times: no growth, no crash. */
static int check_loading(const char *module)
{
        long before = 0;

        for (int i = 0; i < LOADS; i++) {
                void *object = dlopen(module, RTLD_NOW | RTLD_LOCAL);

                if (!object)
                        return complain(dlerror());
                if (!dlsym(object, "pam_sm_acct_mgmt"))
                        return complain("no pam_sm_acct_mgmt");
                dlclose(object);
                if (i == LOADS / 10)
                        before = guest_resident_kib();
        }
        if (!SANITIZED && guest_resident_kib() - before > 4096)
                return complain("loading and unloading grows the process");
        return 0;
}

int main(int argc, char **argv)
{
        if (argc != 4)
                return 2;
        directory = argv[2];
        service = argv[3];
        alarm(120);
        openlog("guest", LOG_NDELAY, LOG_AUTHPRIV); /* libpam would open it, and leave it open */
        if (guest_ask("alice") != PAM_SUCCESS || guest_ask("bob") != PAM_PERM_DENIED)
                return complain("alice should be let in, and bob not");
        return check_surroundings() || check_low_descriptors() || check_fork() || check_threads() ||
               check_loading(argv[1]);
}

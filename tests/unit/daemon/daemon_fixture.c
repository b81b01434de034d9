/* SPDX-License-Identifier: MIT */
/* The private daemon: see daemon_fixture.h. */
#include "daemon_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define READY_TIMEOUT_MS 20000
#define REPLY_TIMEOUT_S  20

static const char organization[] =
        "organization = { name = \"acme\"; };\n"
        "sites = (\n"
        "  { name = \"HQ\"; doors = ( { name = \"D1\"; }, { name = \"D2\"; remote_unlock = false; "
        "} );\n"
        "    hosts = ( { name = \"gw-1\"; } );\n"
        "    sites = ( { name = \"Tower\"; doors = ( { name = \"D3\"; } ); } ); },\n"
        "  { name = \"Branch\"; doors = ( { name = \"D4\"; } ); } );\n"
        "groups = ( { name = \"desk\"; unix_gid = 7001;\n"
        "             roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); } );\n"
        "people = ( { unix_gid = 7001; } );\n"
        "users = ( { name = \"frank\"; uid = 4711; cards = [ \"8165538\" ];\n"
        "            roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); },\n"
        "          { name = \"helen\"; uid = 4712; } );\n"
        "callers = ( { name = \"bridge\"; uid = 4720; may = [ \"ask\", \"unlock\", \"vouch\" ];\n"
        "              sites = [ \"HQ\" ]; },\n"
        "            { name = \"kiosk\"; uid = 4721; may = [ \"ask\" ]; },\n"
        "            { name = \"gw-1\"; title = \"Cellar\"; sites = [ \"HQ\" ];\n"
        "              certificate = \"" GATEWAY_CERTIFICATE "\";\n"
        "              may = [ \"ask\", \"unlock\", \"vouch\", \"report\" ]; },\n"
        "            { name = \"lab\"; certificate = \"" LAB_CERTIFICATE "\";\n"
        "              may = [ \"ask\" ]; } );\n";

static const char settings[] =
        "host = \"acme/HQ/gw-1\";\n"
        "break_glass = [ \"rescue\" ];\n"
        "fronts = ( { name = \"http\"; uid = 4730; } );\n"
        "sessions = ( { services = [ \"sshd\" ]; role = \"access-site-manager\"; },\n"
        "             { services = [ \"su\" ]; permission = \"access.controller.update\"; subject "
        "= "
        "\"caller\"; },\n"
        "             { services = [ \"cron\" ]; exempt = true; },\n"
        "             { services = [ \"door\" ]; permission = \"access.door.unlock\";\n"
        "               resource = \"door\"; } );\n";

static void write_file(const DaemonFixture *fixture, const char *name, const char *text,
                       const char *mode)
{
        char path[256];
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->policy, name);
        FILE *file = fopen(path, mode);
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(path, 0644), 0);
}

void fixture_write(const DaemonFixture *fixture, const char *name, const char *text)
{
        write_file(fixture, name, text, "w");
}

void fixture_append(const DaemonFixture *fixture, const char *name, const char *text)
{
        write_file(fixture, name, text, "a");
}

static void make_folder(const char *parent, const char *name)
{
        char path[256];
        (void)snprintf(path, sizeof(path), "%s/%s", parent, name);
        assert_int_equal(mkdir(path, 0755), 0);
        assert_int_equal(chmod(path, 0755), 0);
}

void fixture_set_up(DaemonFixture *fixture)
{
        *fixture = (DaemonFixture){ .folder = "/tmp/doorwardd-test-XXXXXX",
                                    .notify_fd = -1,
                                    .passed_fd = -1 };
        assert_non_null(mkdtemp(fixture->folder));
        assert_int_equal(chmod(fixture->folder, 0755), 0);
        (void)snprintf(fixture->policy, sizeof(fixture->policy), "%s/policy", fixture->folder);
        (void)snprintf(fixture->state, sizeof(fixture->state), "%s/state", fixture->folder);
        (void)snprintf(fixture->socket, sizeof(fixture->socket), "%s/run/s", fixture->folder);
        make_folder(fixture->folder, "policy");
        make_folder(fixture->policy, "organizations.d");
        make_folder(fixture->policy, "tests.d");
        fixture_write(fixture, "organizations.d/acme.conf", organization);
        fixture_write(fixture, "doorward.conf", settings);
}

void fixture_tear_down(DaemonFixture *fixture)
{
        char command[160];
        if (fixture->pid > 0)
                (void)fixture_stop(fixture, SIGKILL);
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
        assert_int_equal(system(command), 0);
}

/* The child: becomes the daemon. */
static void run_daemon(const DaemonFixture *fixture, uint64_t file_size_max)
{
        char notify[160];
        const char *program = getenv("DOORWARDD"), *roles = getenv("DOORWARD_ROLES");
        (void)snprintf(notify, sizeof(notify), "%s/notify", fixture->folder);
        (void)setenv("NOTIFY_SOCKET", notify, 1);
        if (fixture->passed_fd >= 0) {
                char pid[16];
                (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
                (void)setenv("LISTEN_PID", pid, 1);
                (void)setenv("LISTEN_FDS", "1", 1);
                (void)dup2(fixture->passed_fd, 3);
                (void)fcntl(3, F_SETFD, 0); /* when it was 3 already */
        }
        if (file_size_max) {
                struct rlimit limit = { file_size_max, file_size_max };
                (void)setrlimit(RLIMIT_FSIZE, &limit);
                (void)signal(SIGXFSZ, SIG_IGN);
        }
        (void)umask(0077);
        (void)execl(program, "doorwardd", "--policy", fixture->policy, "--roles", roles, "--state",
                    fixture->state, "--socket", fixture->socket, (char *)NULL);
        _exit(127);
}

static void open_notify(DaemonFixture *fixture)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", fixture->folder);
        (void)unlink(address.sun_path);
        fixture->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(fixture->notify_fd, (struct sockaddr *)&address, sizeof(address)), 0);
}

static bool has_ended(const DaemonFixture *fixture)
{
        siginfo_t information = { 0 };
        return waitid(P_PID, (id_t)fixture->pid, &information, WEXITED | WNOHANG | WNOWAIT) < 0 ||
               information.si_pid == fixture->pid;
}

/* Return: whether READY came before the end of the daemon. */
static bool wait_for_ready(DaemonFixture *fixture)
{
        char text[1024];
        for (int waited_ms = 0; waited_ms < READY_TIMEOUT_MS; waited_ms += 20) {
                struct pollfd poller = { .fd = fixture->notify_fd, .events = POLLIN };
                if (poll(&poller, 1, 20) > 0) {
                        ssize_t size = recv(fixture->notify_fd, text, sizeof(text) - 1, 0);
                        text[size > 0 ? size : 0] = '\0';
                        if (strstr(text, "READY=1"))
                                return true;
                } else if (has_ended(fixture)) {
                        return false;
                }
        }
        return false;
}

bool fixture_start_limited(DaemonFixture *fixture, uint64_t file_size_max)
{
        open_notify(fixture);
        fixture->pid = fork();
        assert_true(fixture->pid >= 0);
        if (fixture->pid == 0)
                run_daemon(fixture, file_size_max);
        bool ready = wait_for_ready(fixture);
        /* Nobody reads on: what the daemon says later must not fill the queue and block it. */
        (void)close(fixture->notify_fd);
        fixture->notify_fd = -1;
        if (!ready)
                (void)kill(fixture->pid, SIGCONT);
        return ready;
}

bool fixture_start(DaemonFixture *fixture)
{
        return fixture_start_limited(fixture, 0);
}

int fixture_stop(DaemonFixture *fixture, int signal)
{
        int status = 0;
        (void)kill(fixture->pid, signal);
        (void)waitpid(fixture->pid, &status, 0);
        fixture->pid = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int fixture_connect(const DaemonFixture *fixture)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        struct timeval limit = { .tv_sec = REPLY_TIMEOUT_S };
        memcpy(address.sun_path, fixture->socket, strlen(fixture->socket) + 1);
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
                (void)close(fd);
                return -1;
        }
        return fd;
}

static bool is_flag(FieldTag tag)
{
        return tag == FIELD_EXPLAIN || tag == FIELD_SKIP_TESTS || tag == FIELD_FOLLOW ||
               tag == FIELD_DENIED || tag == FIELD_WOULD_DENY || tag == FIELD_VIA ||
               tag == FIELD_DRY_RUN || tag == FIELD_END_SESSIONS;
}

static bool is_time(FieldTag tag)
{
        return tag == FIELD_SINCE || tag == FIELD_FROM || tag == FIELD_UNTIL;
}

bool fixture_send(int fd, MessageType type, const TestField *fields, size_t count)
{
        uint8_t *buffer = malloc(MESSAGE_SIZE_MAX);
        MessageWriter writer;
        size_t size = 0;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, type, 42, 0);
        for (size_t i = 0; i < count; i++)
                if (fields[i].text)
                        message_write_text(&writer, fields[i].tag, text_from(fields[i].text));
                else if (is_flag(fields[i].tag))
                        message_write_flag(&writer, fields[i].tag);
                else if (is_time(fields[i].tag))
                        message_write_time(&writer, fields[i].tag, fields[i].number);
                else if (fields[i].tag == FIELD_USER_GROUPS || fields[i].tag == FIELD_CALLER_GROUPS)
                        message_write_numbers(&writer, fields[i].tag, &fields[i].number, 1);
                else
                        message_write_number(&writer, fields[i].tag, fields[i].number);
        int r = message_writer_end(&writer, &size);
        bool sent = r == 0 && send(fd, buffer, size, MSG_NOSIGNAL) == (ssize_t)size;
        free(buffer);
        return sent;
}

static void copy_text(const Message *message, FieldTag tag, char *buffer, size_t size)
{
        Text text;
        if (message_text(message, tag, &text))
                (void)snprintf(buffer, size, "%.*s", (int)text.size, text.data);
}

static void add_pairs(const Message *message, Reply *reply)
{
        Text name, value;
        size_t used = strlen(reply->pairs);
        for (size_t i = 0;
             message_text_at(message, FIELD_NAME, i, &name) &&
             message_text_at(message, FIELD_VALUE, i, &value) && used < sizeof(reply->pairs) - 1;
             i++) {
                (void)snprintf(reply->pairs + used, sizeof(reply->pairs) - used, "%.*s=%.*s\n",
                               (int)name.size, name.data, (int)value.size, value.data);
                used = strlen(reply->pairs);
        }
}

void fixture_receive(int fd, Reply *ret_reply)
{
        uint8_t *buffer = malloc(MESSAGE_SIZE_MAX);
        memset(ret_reply, 0, sizeof(*ret_reply));
        for (;;) {
                Message message;
                ssize_t size = recv(fd, buffer, MESSAGE_SIZE_MAX, 0);
                ret_reply->type = 0;
                if (size <= 0 || message_decode(buffer, (size_t)size, &message) < 0 ||
                    message.request_id != 42)
                        break;
                ret_reply->type = (int)message.type;
                if (message.type == MESSAGE_RECORD) {
                        add_pairs(&message, ret_reply);
                        if (message.sequence != ret_reply->records++)
                                break;
                        continue;
                }
                (void)message_number(&message, FIELD_OUTCOME, &ret_reply->outcome);
                (void)message_number(&message, FIELD_STATUS, &ret_reply->status);
                (void)message_time(&message, FIELD_NOT_AFTER, &ret_reply->not_after);
                copy_text(&message, FIELD_REASON, ret_reply->reason, sizeof(ret_reply->reason));
                copy_text(&message, FIELD_DECISION_ID, ret_reply->decision_id,
                          sizeof(ret_reply->decision_id));
                copy_text(&message, FIELD_REVISION, ret_reply->revision,
                          sizeof(ret_reply->revision));
                copy_text(&message, FIELD_DETAIL, ret_reply->detail, sizeof(ret_reply->detail));
                (void)message_number(&message, FIELD_RELEASE_SECONDS, &ret_reply->release_seconds);
                ret_reply->has_sessions_ended =
                        message_number(&message, FIELD_SESSIONS_ENDED, &ret_reply->sessions_ended);
                copy_text(&message, FIELD_DOOR_STATE, ret_reply->door_state,
                          sizeof(ret_reply->door_state));
                copy_text(&message, FIELD_GATEWAY, ret_reply->gateway, sizeof(ret_reply->gateway));
                copy_text(&message, FIELD_AFTER, ret_reply->after, sizeof(ret_reply->after));
                copy_text(&message, FIELD_DOOR, ret_reply->door, sizeof(ret_reply->door));
                copy_text(&message, FIELD_SUBJECT, ret_reply->subject, sizeof(ret_reply->subject));
                copy_text(&message, FIELD_AFTER, ret_reply->after, sizeof(ret_reply->after));
                copy_text(&message, FIELD_MESSAGE, ret_reply->message, sizeof(ret_reply->message));
                break;
        }
        free(buffer);
}

void fixture_ask_fields(int fd, Reply *reply, MessageType type, const TestField *fields,
                        size_t count)
{
        if (fixture_send(fd, type, fields, count))
                fixture_receive(fd, reply);
        else
                memset(reply, 0, sizeof(*reply));
}

void fixture_ask_plain(int fd, Reply *reply, MessageType type)
{
        fixture_ask_fields(fd, reply, type, NULL, 0);
}

int fixture_as(uint32_t uid, uint32_t gid, int (*function)(const DaemonFixture *, void *),
               const DaemonFixture *fixture, void *data)
{
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
                    setresuid(uid, uid, uid) < 0)
                        _exit(126);
                _exit(function(fixture, data));
        }
        int status = 0;
        (void)waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

/* SPDX-License-Identifier: MIT */
/*
 * Tests of client/connection.h: who is trusted, every way a server can fail, and that no failure
 * takes longer than the deadline or leaves anything behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/connection.h"
#include "fake_server.h"

enum { TIMEOUT_MS = 300, SLACK_MS = 400, OTHER_UID = 23456, THIRD_UID = 34567 };

static FakeServer server;

static int set_up(void **state)
{
        fake_server_prepare(&server);
        return 0;
}

static int tear_down(void **state)
{
        fake_server_clean(&server);
        return 0;
}

static unsigned open_descriptors(void)
{
        unsigned count = 0;
        DIR *folder = opendir("/proc/self/fd");
        assert_non_null(folder);
        while (readdir(folder))
                count++;
        closedir(folder);
        return count;
}

static size_t make_request(uint64_t id, uint8_t *buffer)
{
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_ASK, id, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("alice"));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.unlock"));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL("door:acme/HQ/D1"));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        return size;
}

/* One whole exchange. Return: its first result that is not 0. */
static int exchange(const ConnectionOptions *options, unsigned timeout_ms)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        Deadline deadline = deadline_after_ms(timeout_ms);
        Connection *connection = NULL;
        Message reply;
        uint64_t id = connection_next_request_id(NULL);
        size_t size = make_request(id, frame);
        int r = connection_open(options, deadline, &connection);
        if (r == 0)
                r = connection_send(connection, frame, size, deadline);
        if (r == 0)
                r = connection_receive(connection, id, deadline, &reply);
        connection_free(connection);
        return r;
}

/* The same with the usual options; checks what must hold whatever comes of it. */
static int exchange_checked(void)
{
        ConnectionOptions options = { .socket_path = server.socket };
        unsigned before = open_descriptors();
        uint64_t began_ns = deadline_clock_ns();
        int r = exchange(&options, TIMEOUT_MS);
        assert_true((deadline_clock_ns() - began_ns) / 1000000 < TIMEOUT_MS + SLACK_MS);
        assert_int_equal(open_descriptors(), before);
        return r;
}

static void an_exchange_works(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .outcome = 0xca });
        assert_int_equal(exchange_checked(), 0);
        assert_int_equal(fake_server_request_count(&server), 1);
        FakeSeen seen = fake_server_seen(&server);
        assert_true(seen.any);
        assert_false(seen.inheritable);
}

static void every_failing_server_has_its_problem(void **state)
{
        static const struct {
                FakeBehaviour behaviour;
                int problem;
        } CASES[] = {
                { { .kind = FAKE_CLOSE }, CONNECTION_UNREACHABLE },
                { { .kind = FAKE_READ_CLOSE }, CONNECTION_UNREACHABLE },
                { { .kind = FAKE_EMPTY }, CONNECTION_UNREACHABLE },
                { { .kind = FAKE_SILENT }, CONNECTION_LATE },
                { { .kind = FAKE_LISTEN_ONLY }, CONNECTION_LATE },
                { { .kind = FAKE_LATE, .delay_ms = 2 * TIMEOUT_MS }, CONNECTION_LATE },
                { { .kind = FAKE_LATE, .delay_ms = 20 }, 0 },
                { { .kind = FAKE_DRIP }, CONNECTION_PROTOCOL },
                { { .kind = FAKE_HUGE }, CONNECTION_PROTOCOL },
                { { .kind = FAKE_GARBAGE }, CONNECTION_PROTOCOL },
                { { .lie = FAKE_LIE_REQUEST_ID }, CONNECTION_PROTOCOL },
                { { .lie = FAKE_LIE_VERSION }, CONNECTION_PROTOCOL },
                { { .lie = FAKE_LIE_TRUNCATED }, CONNECTION_PROTOCOL },
                { { .kind = FAKE_PASS }, 0 },
                { { .kind = FAKE_ANSWER_CLOSE }, 0 },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                fake_server_start(&server, &CASES[i].behaviour);
                assert_int_equal(exchange_checked(), CASES[i].problem);
        }
}

static void nobody_there_is_unreachable(void **state)
{
        assert_int_equal(exchange_checked(), CONNECTION_UNREACHABLE); /* no socket */
        fake_server_start(&server, &(FakeBehaviour){ 0 });
        fake_server_stop(&server);
        assert_int_equal(exchange_checked(), CONNECTION_UNREACHABLE); /* nobody listens */
        ConnectionOptions options = { .socket_path = "/nonexistent/folder/socket" };
        assert_int_equal(exchange(&options, TIMEOUT_MS), CONNECTION_UNREACHABLE);
}

static void a_stopped_server_is_late(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .outcome = 0xca });
        kill(server.process, SIGSTOP);
        assert_int_equal(exchange_checked(), CONNECTION_LATE);
        kill(server.process, SIGCONT);
        assert_int_equal(exchange_checked(), 0);
}

/* Connects until the queue is full. Return: how many descriptors. */
static size_t fill_queue(int *files, size_t max)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", server.socket);
        for (size_t i = 0; i < max; i++) {
                files[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
                assert_true(files[i] >= 0);
                if (connect(files[i], (struct sockaddr *)&address, sizeof(address)) < 0) {
                        assert_int_equal(errno, EAGAIN);
                        return i + 1;
                }
        }
        fail_msg("the queue never fills");
        return 0;
}

static void a_full_queue_is_late_and_is_tried_until_there_is_room(void **state)
{
        int files[64];
        fake_server_start(&server, &(FakeBehaviour){ .outcome = 0xca, .backlog = 2 });
        kill(server.process, SIGSTOP);
        size_t count = fill_queue(files, 64);
        ConnectionOptions options = { .socket_path = server.socket };
        uint64_t began_ns = deadline_clock_ns();
        assert_int_equal(exchange(&options, TIMEOUT_MS), CONNECTION_LATE);
        uint64_t took_ms = (deadline_clock_ns() - began_ns) / 1000000;
        assert_in_range(took_ms, TIMEOUT_MS - 10, TIMEOUT_MS + SLACK_MS);
        for (size_t i = 0; i < count; i++)
                close(files[i]);
        kill(server.process, SIGCONT);
        assert_int_equal(exchange(&options, 10 * TIMEOUT_MS), 0);
}

static void ignore_alarm(int signal_number)
{
        (void)signal_number;
}

/* As exchange_checked(), interrupted every millisecond. */
static int exchange_interrupted(void)
{
        struct sigaction action = { .sa_handler = ignore_alarm }, old; /* without SA_RESTART */
        struct itimerval storm = { { 0, 1000 }, { 0, 1000 } }, calm = { 0 };
        sigaction(SIGALRM, &action, &old);
        setitimer(ITIMER_REAL, &storm, NULL);
        int r = exchange_checked();
        setitimer(ITIMER_REAL, &calm, NULL);
        sigaction(SIGALRM, &old, NULL);
        return r;
}

static void interrupted_calls_keep_the_deadline(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_SILENT });
        assert_int_equal(exchange_interrupted(), CONNECTION_LATE);
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_LATE, .delay_ms = 50 });
        assert_int_equal(exchange_interrupted(), 0);
}

static void a_broken_connection_sends_no_signal(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        ConnectionOptions options = { .socket_path = server.socket };
        Deadline deadline = deadline_after_ms(TIMEOUT_MS);
        Connection *connection = NULL;
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_CLOSE });
        assert_int_equal(connection_open(&options, deadline, &connection), 0);
        struct pollfd closed = { .fd = connection_fd(connection), .events = POLLIN };
        assert_int_equal(poll(&closed, 1, TIMEOUT_MS), 1);
        assert_false(connection_is_idle(connection));
        signal(SIGPIPE, SIG_DFL); /* it would end this program */
        size_t size = make_request(7, frame);
        assert_int_equal(connection_send(connection, frame, size, deadline),
                         CONNECTION_UNREACHABLE);
        connection_free(connection);
}

static void others_must_not_write_the_folder(void **state)
{
        static const mode_t BAD[] = { 0775, 0757, 0777, 01777 };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
                fake_server_start(&server, &(FakeBehaviour){ .folder_mode = BAD[i] });
                assert_int_equal(exchange_checked(), CONNECTION_UNTRUSTED);
        }
        fake_server_start(&server, &(FakeBehaviour){ .folder_mode = 0700 });
        assert_int_equal(exchange_checked(), 0);
}

static void only_a_socket_will_do(void **state)
{
        char other[100], link_name[100];
        snprintf(other, sizeof(other), "%s/file", server.folder);
        snprintf(link_name, sizeof(link_name), "%s/link", server.folder);
        fake_server_start(&server, &(FakeBehaviour){ 0 });
        FILE *file = fopen(other, "we");
        assert_non_null(file);
        fclose(file);
        assert_int_equal(symlink("s", link_name), 0);
        ConnectionOptions to_file = { .socket_path = other },
                          to_link = { .socket_path = link_name };
        assert_int_equal(exchange(&to_file, TIMEOUT_MS), CONNECTION_UNTRUSTED);
        assert_int_equal(exchange(&to_link, TIMEOUT_MS), CONNECTION_UNTRUSTED);
        unlink(other);
        unlink(link_name);
}

static void the_folder_must_not_be_a_link(void **state)
{
        char folder[] = "/tmp/doorward-link-XXXXXX", path[100];
        fake_server_start(&server, &(FakeBehaviour){ 0 });
        assert_non_null(mkdtemp(folder));
        assert_int_equal(rmdir(folder), 0);
        assert_int_equal(symlink(server.folder, folder), 0);
        snprintf(path, sizeof(path), "%s/s", folder);
        ConnectionOptions options = { .socket_path = path };
        assert_int_equal(exchange(&options, TIMEOUT_MS), CONNECTION_UNTRUSTED);
        unlink(folder);
}

static void another_kind_of_socket_will_not_do(void **state)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(chmod(server.folder, 0755), 0);
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", server.socket);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(fd, 1), 0);
        assert_int_equal(exchange_checked(), CONNECTION_UNTRUSTED);
        close(fd);
}

static void paths_must_fit_a_socket(void **state)
{
        char path[200];
        Connection *connection = NULL;
        memset(path, 'a', sizeof(path));
        path[0] = '/';
        path[108] = '\0';
        ConnectionOptions options = { .socket_path = path };
        assert_int_equal(connection_new(&options, &connection), -EINVAL);
        path[107] = '\0';
        assert_int_equal(connection_new(&options, &connection), 0);
        connection = connection_free(connection);
        options.socket_path = "";
        assert_int_equal(connection_new(&options, &connection), -EINVAL);
        options.socket_path = "/tmp/";
        assert_int_equal(connection_new(&options, &connection), -EINVAL);
        assert_null(connection);
}

static void request_ids_differ_and_are_never_0(void **state)
{
        uint64_t last = 0;
        for (int i = 0; i < 1000; i++) {
                uint64_t id = connection_next_request_id(NULL);
                assert_true(id != 0 && id != last);
                last = id;
        }
}

static void every_problem_has_a_text(void **state)
{
        static const int PROBLEMS[] = { 1, 2, 3, 4, 5, 6, 99, -ENOMEM, -EINVAL, -EIO, INT32_MIN };
        for (size_t i = 0; i < sizeof(PROBLEMS) / sizeof(PROBLEMS[0]); i++)
                assert_true(strlen(connection_problem_text(PROBLEMS[i])) > 0);
}

/* From here on as root only: who may be at the other end. */

static void only_the_uids_named_are_trusted(void **state)
{
        static const struct {
                FakeBehaviour behaviour;
                bool stated;
                uint32_t server_uid;
                int result;
        } CASES[] = {
                /* root's folder, somebody else listens */
                { { .own_uid = true, .uid = OTHER_UID }, false, 0, CONNECTION_UNTRUSTED },
                { { .own_uid = true, .uid = OTHER_UID }, true, THIRD_UID, CONNECTION_UNTRUSTED },
                { { .own_uid = true, .uid = OTHER_UID }, true, OTHER_UID, 0 },
                /* the owner of the folder listens */
                { { .own_uid = true,
                    .uid = OTHER_UID,
                    .own_folder_uid = true,
                    .folder_uid = OTHER_UID },
                  false,
                  0,
                  0 },
                { { .own_uid = true,
                    .uid = THIRD_UID,
                    .own_folder_uid = true,
                    .folder_uid = OTHER_UID },
                  false,
                  0,
                  CONNECTION_UNTRUSTED },
                /* root listens in the folder of a service user */
                { { .own_folder_uid = true, .folder_uid = OTHER_UID }, false, 0, 0 },
                /* owners that may stand for many */
                { { .own_folder_uid = true, .folder_uid = 65534 }, false, 0, CONNECTION_UNTRUSTED },
                { { .own_folder_uid = true, .folder_uid = 61184 }, false, 0, CONNECTION_UNTRUSTED },
                { { .own_folder_uid = true, .folder_uid = 65519 }, false, 0, CONNECTION_UNTRUSTED },
                { { .own_folder_uid = true, .folder_uid = 4000000000u },
                  false,
                  0,
                  CONNECTION_UNTRUSTED },
                { { .own_folder_uid = true, .folder_uid = 61183 }, false, 0, 0 },
                { { .own_folder_uid = true, .folder_uid = 65520 }, false, 0, 0 },
                /* a dynamic user, stated */
                { { .own_uid = true, .uid = 61200, .own_folder_uid = true, .folder_uid = 61200 },
                  true,
                  61200,
                  0 },
                { { .own_uid = true, .uid = 61200, .own_folder_uid = true, .folder_uid = 61200 },
                  true,
                  61201,
                  CONNECTION_UNTRUSTED },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                ConnectionOptions options = { .socket_path = server.socket,
                                              .server_uid_stated = CASES[i].stated,
                                              .server_uid = CASES[i].server_uid };
                assert_int_equal(chown(server.folder, 0, (gid_t)-1), 0);
                fake_server_start(&server, &CASES[i].behaviour);
                assert_int_equal(exchange(&options, TIMEOUT_MS), CASES[i].result);
        }
}

static void the_socket_must_belong_to_somebody_trusted(void **state)
{
        ConnectionOptions options = { .socket_path = server.socket };
        fake_server_start(&server, &(FakeBehaviour){ 0 });
        assert_int_equal(chown(server.socket, OTHER_UID, (gid_t)-1), 0);
        assert_int_equal(exchange(&options, TIMEOUT_MS), CONNECTION_UNTRUSTED);
        options.server_uid_stated = true;
        options.server_uid = OTHER_UID;
        assert_int_equal(exchange(&options, TIMEOUT_MS), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_exchange_works),
                TEST(every_failing_server_has_its_problem),
                TEST(nobody_there_is_unreachable),
                TEST(a_stopped_server_is_late),
                TEST(a_full_queue_is_late_and_is_tried_until_there_is_room),
                TEST(interrupted_calls_keep_the_deadline),
                TEST(a_broken_connection_sends_no_signal),
                TEST(others_must_not_write_the_folder),
                TEST(only_a_socket_will_do),
                TEST(the_folder_must_not_be_a_link),
                TEST(another_kind_of_socket_will_not_do),
                cmocka_unit_test(paths_must_fit_a_socket),
                cmocka_unit_test(request_ids_differ_and_are_never_0),
                cmocka_unit_test(every_problem_has_a_text),
        };
        const struct CMUnitTest tests_of_root[] = {
                TEST(only_the_uids_named_are_trusted),
                TEST(the_socket_must_belong_to_somebody_trusted),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        if (geteuid() == 0)
                failed += cmocka_run_group_tests(tests_of_root, NULL, NULL);
        return failed ? 1 : 0;
}

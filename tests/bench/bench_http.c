/* SPDX-License-Identifier: MIT */
/*
 * What asking over doorward-http costs, beside a bare server of libmicrohttpd that answers the same
 * bytes over the same TLS without asking anybody: on 64 kept connections that are always busy, with
 * 1,000 more that are idle. In turn, so that both meet the same noise. Then how much memory a
 * connection takes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certificates.h"
#include "http/tls.h"
#include "https_bare.h"
#include "https_load.h"
#include "sampler.h"
#include "server.h"
#include "small_policy.h"
#include "wire/message.h"

enum { IDLE = 1000, BUSY = 64, ROUNDS = 10, COUNT = 4000, WARM_UP = 2000, READY_MS = 10000 };

#define GOAL_RATE      2.0 /* times as long as the bare server, at most: half its rate */
#define GOAL_P99_NS    20e6
#define GOAL_MEMORY_KB 100.0

typedef struct Files {
        char authority[SCRATCH_PATH_SIZE], server[SCRATCH_PATH_SIZE], server_key[SCRATCH_PATH_SIZE],
                caller[SCRATCH_PATH_SIZE], caller_key[SCRATCH_PATH_SIZE];
        char fingerprint[CERTIFICATES_FINGERPRINT_SIZE];
} Files;

static void make_files(const char *scratch, Files *files)
{
        Authority authority;
        char unused[CERTIFICATES_FINGERPRINT_SIZE];
        scratch_path(scratch, "authority.pem", files->authority);
        scratch_path(scratch, "server.pem", files->server);
        scratch_path(scratch, "server.key", files->server_key);
        scratch_path(scratch, "caller.pem", files->caller);
        scratch_path(scratch, "caller.key", files->caller_key);
        authority_new(files->authority, &authority);
        authority_sign(&authority, "server", GNUTLS_KP_TLS_WWW_SERVER, files->server,
                       files->server_key, unused);
        authority_sign(&authority, "caller", GNUTLS_KP_TLS_WWW_CLIENT, files->caller,
                       files->caller_key, files->fingerprint);
        authority_free(&authority);
}

/* The caller of the certificate may ask for everybody. */
static void add_caller(const char *scratch, const char *fingerprint)
{
        char text[512];
        (void)snprintf(text, sizeof(text),
                       "callers = ( { name = \"load\"; certificate = \"%s\";\n"
                       "              may = [ \"ask\", \"vouch\" ]; } );\n",
                       fingerprint);
        if (scratch_make_folder(scratch, "policy/organizations.d/bench.d") < 0)
                bench_fail(scratch, "cannot be written");
        bench_write(scratch, "policy/organizations.d/bench.d/callers.conf", text);
}

static uint16_t free_port(void)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof(address);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
            getsockname(fd, (struct sockaddr *)&address, &size) < 0)
                bench_fail("port", strerror(errno));
        close(fd);
        return ntohs(address.sin_port);
}

/* ---- doorward-http ---- */

static void write_settings(const char *scratch, const Files *files, const char *socket_path,
                           uint16_t port, uint16_t monitor)
{
        char text[4096];
        (void)snprintf(text, sizeof(text),
                       "listen = \"127.0.0.1:%u\"; monitor = \"127.0.0.1:%u\";\n"
                       "certificate = \"%s\"; key = \"%s\"; authority = \"%s\"; socket = \"%s\";\n"
                       "limits = { connections_per_address = 4096;\n"
                       "           requests_per_second = 1000000; requests_burst = 1000000; };\n",
                       port, monitor, files->server, files->server_key, files->authority,
                       socket_path);
        bench_write(scratch, "http.conf", text);
}

static bool is_healthy(uint16_t monitor)
{
        static const char request[] = "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n";
        char answer[16] = "";
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_port = htons(monitor),
                                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool good = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                    send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) > 0 &&
                    recv(fd, answer, sizeof(answer) - 1, 0) > 12 &&
                    strncmp(answer + 8, " 200", 4) == 0;
        close(fd);
        return good;
}

static pid_t front_start(const char *program, const char *scratch, const Files *files,
                         const char *socket_path, uint16_t *ret_port)
{
        char settings[SCRATCH_PATH_SIZE];
        uint16_t monitor = free_port();
        *ret_port = free_port();
        write_settings(scratch, files, socket_path, *ret_port, monitor);
        scratch_path(scratch, "http.conf", settings);
        pid_t pid = fork();
        if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                execl(program, "doorward-http", "--config", settings, NULL);
                _exit(127);
        }
        for (int waited = 0; !is_healthy(monitor); waited++) {
                if (waited > READY_MS)
                        bench_fail(program, "did not become ready");
                usleep(1000);
        }
        return pid;
}

/* ---- Requests ---- */

typedef struct HttpRequest {
        char bytes[2048];
        size_t size;
} HttpRequest;

static void append(HttpRequest *request, const void *bytes, size_t size)
{
        if (size > sizeof(request->bytes) - request->size)
                bench_fail("request", "too large");
        memcpy(request->bytes + request->size, bytes, size);
        request->size += size;
}

static HttpRequest request_new(const char *path, const char *type, const void *body, size_t size)
{
        char head[512];
        HttpRequest request = { .size = 0 };
        int length = snprintf(head, sizeof(head),
                              "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n"
                              "Content-Length: %zu\r\n\r\n",
                              path, type, size);
        append(&request, head, (size_t)length);
        append(&request, body, size);
        return request;
}

static HttpRequest message_request(void)
{
        uint8_t frame[512];
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_USER, text_from(BENCH_PERSON));
        message_write_text(&writer, FIELD_ACTION, text_from("access.door.unlock"));
        message_write_text(&writer, FIELD_RESOURCE, text_from(BENCH_DOOR));
        if (message_writer_end(&writer, &size) < 0)
                bench_fail("question", "cannot be written");
        return request_new("/doorward/v1/messages", "application/octet-stream", frame, size);
}

/* ---- Measuring ---- */

/* What a process has in memory of its own, in KB. */
static double memory_kb(pid_t pid)
{
        char path[64], line[256];
        long kb = 0, sum = 0;
        (void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
        FILE *file = fopen(path, "re");
        if (!file)
                bench_fail(path, strerror(errno));
        while (fgets(line, sizeof(line), file))
                if (sscanf(line, "Private_Clean: %ld", &kb) == 1 ||
                    sscanf(line, "Private_Dirty: %ld", &kb) == 1)
                        sum += kb;
        (void)fclose(file);
        return (double)sum;
}

static double run(HttpsLoad *load, const HttpRequest *request, Sampler *samples)
{
        return (double)https_load_run(load, request->bytes, request->size, COUNT, samples) / COUNT;
}

static void compare(const char *name, HttpsLoad *ours, HttpsLoad *floor, const HttpRequest *request)
{
        Sampler time = { 0 }, floor_time = { 0 }, latency = { 0 }, floor_latency = { 0 };
        (void)https_load_run(ours, request->bytes, request->size, WARM_UP, &latency);
        (void)https_load_run(floor, request->bytes, request->size, WARM_UP, &floor_latency);
        sampler_clear(&latency);
        sampler_clear(&floor_latency);
        for (int i = 0; i < ROUNDS; i++) {
                sampler_add(&floor_time, run(floor, request, &floor_latency));
                sampler_add(&time, run(ours, request, &latency));
        }
        SamplerFigures figures = sampler_figures(&latency);
        SamplerFigures floor_figures = sampler_figures(&floor_latency);
        sampler_print_ratio(name, sampler_figures(&time).p50, sampler_figures(&floor_time).p50,
                            GOAL_RATE);
        sampler_print_figures("  ours", &figures);
        sampler_print_figures("  floor", &floor_figures);
        printf("  p99 <= 20 ms: %s\n", figures.p99 <= GOAL_P99_NS ? "kept" : "missed");
        sampler_clear(&time);
        sampler_clear(&floor_time);
        sampler_clear(&latency);
        sampler_clear(&floor_latency);
}

/* Every connection is a descriptor here and in the servers. */
static void raise_limit(void)
{
        struct rlimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                bench_fail("getrlimit", strerror(errno));
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
                bench_fail("setrlimit", strerror(errno));
}

static void measure(pid_t front, const HttpsLoadOptions *ours, const HttpsLoadOptions *floor)
{
        HttpRequest request = message_request();
        double before_kb = memory_kb(front);
        HttpsLoad *load = https_load_new(ours), *floor_load = https_load_new(floor);
        double each_kb = (memory_kb(front) - before_kb) / (IDLE + BUSY);
        sampler_print_heading();
        compare("a question over TLS, 64 at once", load, floor_load, &request);
        double later_kb = (memory_kb(front) - before_kb) / (IDLE + BUSY);
        printf("memory a connection: %.1f KB new, %.1f KB later: %s\n", each_kb, later_kb,
               each_kb <= GOAL_MEMORY_KB && later_kb <= GOAL_MEMORY_KB ? "kept" : "missed");
        https_load_free(load);
        https_load_free(floor_load);
}

int main(int argc, char **argv)
{
        static const char answer[512];
        char scratch[SCRATCH_SIZE], socket_path[SCRATCH_PATH_SIZE];
        Files files;
        uint16_t port, floor_port;
        if (argc != 4)
                bench_fail("usage", "bench-http ROLES DOORWARDD DOORWARD-HTTP");
        raise_limit();
        small_policy_open(argv[1], scratch);
        make_files(scratch, &files);
        add_caller(scratch, files.fingerprint);
        HttpsBareOptions bare = { .authority = files.authority,
                                  .certificate = files.server,
                                  .key = files.server_key,
                                  .priorities = TLS_PRIORITIES,
                                  .content_type = "application/octet-stream",
                                  .answer = answer,
                                  .size = 300 };
        pid_t floor = https_bare_start(&bare, &floor_port);
        pid_t daemon = bench_daemon_start(argv[2], scratch, socket_path);
        pid_t front = front_start(argv[3], scratch, &files, socket_path, &port);
        HttpsLoadOptions ours = { .port = port,
                                  .authority = files.authority,
                                  .certificate = files.caller,
                                  .key = files.caller_key,
                                  .idle = IDLE,
                                  .busy = BUSY };
        HttpsLoadOptions theirs = ours;
        theirs.port = floor_port;
        measure(front, &ours, &theirs);
        bench_server_stop(front);
        bench_server_stop(daemon);
        bench_server_stop(floor);
        scratch_remove(scratch);
        return 0;
}

/* SPDX-License-Identifier: MIT */
#include "https_bare.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server.h"
#include "util/file.h"

enum { FILE_MAX = 65536, CONNECTIONS = 4096, MEMORY = 16384, BACKLOG = 1024 };

static char *read_text(const char *path)
{
        char *text;
        size_t size;
        if (file_read(AT_FDCWD, path, FILE_MAX, &text, &size, NULL) != 0)
                bench_fail(path, "cannot be read");
        return text;
}

static enum MHD_Result answer(void *data, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
        const HttpsBareOptions *options = data;
        if (!*request) {
                *request = connection;
                return MHD_YES;
        }
        if (*upload_size > 0) {
                *upload_size = 0;
                return MHD_YES;
        }
        struct MHD_Response *response = MHD_create_response_from_buffer(
                options->size, (void *)options->answer, MHD_RESPMEM_MUST_COPY);
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                      options->content_type);
        enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
        MHD_destroy_response(response);
        return result;
}

/* A certificate of the authority is demanded, as of doorward-http's peers. */
static int verify(gnutls_session_t session)
{
        unsigned status = 1;
        int r = gnutls_certificate_verify_peers3(session, NULL, &status);
        return r < 0 || status != 0 ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

static void on_connection(void *data, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
        if (code != MHD_CONNECTION_NOTIFY_STARTED)
                return;
        const union MHD_ConnectionInfo *information =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        gnutls_certificate_server_set_request(information->tls_session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_function(information->tls_session, verify);
}

_Noreturn static void serve(const HttpsBareOptions *options, int listener)
{
        struct MHD_Daemon *daemon = MHD_start_daemon(
                MHD_USE_TLS | MHD_USE_EPOLL, 0, NULL, NULL, answer, (void *)options,
                MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_HTTPS_MEM_KEY,
                read_text(options->key), MHD_OPTION_HTTPS_MEM_CERT, read_text(options->certificate),
                MHD_OPTION_HTTPS_MEM_TRUST, read_text(options->authority),
                MHD_OPTION_HTTPS_PRIORITIES, options->priorities, MHD_OPTION_NOTIFY_CONNECTION,
                on_connection, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
                MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
        if (!daemon)
                _exit(126);
        while (MHD_run_wait(daemon, -1) == MHD_YES)
                continue;
        _exit(0);
}

pid_t https_bare_start(const HttpsBareOptions *options, uint16_t *ret_port)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof(address);
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 ||
            listen(listener, BACKLOG) < 0 ||
            getsockname(listener, (struct sockaddr *)&address, &size) < 0)
                bench_fail("listen", strerror(errno));
        *ret_port = ntohs(address.sin_port);
        pid_t pid = fork();
        if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                signal(SIGPIPE, SIG_IGN);
                serve(options, listener);
        }
        close(listener);
        return pid;
}

/* SPDX-License-Identifier: MIT */
/* End of sessions: see session_end.h. */
#include "daemon/session_end.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>

#include "daemon/journal.h"
#include "daemon/process.h"
#include "daemon/server.h"

/* Finding them out. */
typedef struct Search {
        Server *server;
        SessionEnd end;
        SessionEndDone done;
        void *data;
        uint32_t ended;
        JournalSessions sessions;
} Search;

/* One that was told to end, until it has. */
struct EndingSession {
        EndingSession *next;
        Server *server;
        int pidfd;
        bool killed;
        sd_event_source *ended, *timer;
        JournalSession session;
        char person[NAME_SIZE_MAX + 1];
};

static EndingSession *ending_free(EndingSession *ending)
{
        sd_event_source_disable_unref(ending->ended);
        sd_event_source_disable_unref(ending->timer);
        cleanup_close(&ending->pidfd);
        free(ending);
        return NULL;
}

Text session_host(const Server *server, char *buffer, size_t size)
{
        const Image *image = server->policy.image;
        uint32_t host = image ? image_header(image)->settings.host : IMAGE_NONE;
        return host == IMAGE_NONE ? TEXT_NULL
                                  : image_resource(image, RESOURCE_HOST, host, buffer, size);
}

/* host receives the text of the resource. */
static JournalRow row_of(Server *server, const JournalSession *session, Text person,
                         char host[static RESOURCE_SIZE_MAX])
{
        JournalRow row = {
                .time_s = server_now_s(server),
                .caller_uid = server->own_uid,
                .caller_pid = session->pid,
        };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("session-end");
        row.texts[JOURNAL_ACTION] = TEXT_LITERAL("session");
        row.texts[JOURNAL_RESOURCE] = session_host(server, host, RESOURCE_SIZE_MAX);
        row.texts[JOURNAL_SUBJECT] = person;
        row.texts[JOURNAL_USER] = text_from(session->user);
        row.texts[JOURNAL_SERVICE] = text_from(session->service);
        row.texts[JOURNAL_DECISION_ID] = text_from(session->decision_id);
        row.texts[JOURNAL_REVISION] = text_from(server->policy.revision);
        return row;
}

/* Its process has gone, and with it the session: also where it did not close it. */
static int on_ended(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        EndingSession *ending = userdata;
        Server *server = ending->server;
        char host[RESOURCE_SIZE_MAX];
        JournalRow row = row_of(server, &ending->session, text_from(ending->person), host);
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("ended");
        row.texts[JOURNAL_REASON] =
                ending->killed ? TEXT_LITERAL("killed") : TEXT_LITERAL("terminated");
        row.effect = JOURNAL_EFFECT_CLOSES_SESSION;
        (void)journal_append(server->journal, &row, NULL, NULL);
        EndingSession **at = &server->ending_sessions;
        while (*at != ending)
                at = &(*at)->next;
        *at = ending->next;
        ending_free(ending);
        return 0;
}

static int on_late(sd_event_source *source, uint64_t usec, void *userdata)
{
        EndingSession *ending = userdata;
        ending->killed = true;
        (void)process_signal(ending->pidfd, SIGKILL);
        return 0;
}

/* Watches a process (taken) until it has ended. */
static void wait_for(Server *server, const JournalSession *session, Text person, int pidfd)
{
        EndingSession *ending = calloc(1, sizeof(*ending));
        if (!ending) {
                (void)close(pidfd);
                return;
        }
        *ending = (EndingSession){ .server = server, .pidfd = pidfd, .session = *session };
        memcpy(ending->person, person.data, person.size);
        int r = sd_event_add_io(server->event, &ending->ended, pidfd, EPOLLIN, on_ended, ending);
        if (r >= 0)
                r = sd_event_add_time_relative(server->event, &ending->timer, CLOCK_MONOTONIC,
                                               SESSION_END_SECONDS * 1000000ull, 0, on_late,
                                               ending);
        if (r < 0) {
                (void)ending_free(ending);
                return;
        }
        ending->next = server->ending_sessions;
        server->ending_sessions = ending;
}

static void record(const Search *search, const JournalSession *session, const char *decision,
                   const char *reason)
{
        const SessionEnd *end = &search->end;
        char host[RESOURCE_SIZE_MAX];
        JournalRow row = row_of(search->server, session, end->person, host);
        row.texts[JOURNAL_DECISION] = text_from(decision);
        row.texts[JOURNAL_REASON] = text_from(reason);
        row.texts[JOURNAL_CALLER_NAME] = end->by;
        row.texts[JOURNAL_WHY] = end->why;
        row.texts[JOURNAL_DECISION_ID] = end->decision_id;
        (void)journal_append(search->server->journal, &row, NULL, NULL);
}

/* Tells one process to end. Return: whether it could be told. */
static bool end_session(const Search *search, const JournalSession *session)
{
        int pidfd = session->started != 0 ? process_open(session->pid, session->started) : -ESRCH;
        if (pidfd < 0)
                return false;
        if (session->is_shared || process_signal(pidfd, SIGTERM) < 0) {
                if (session->is_shared) /* others would be thrown out with him */
                        record(search, session, "refused", "shared-process");
                (void)close(pidfd);
                return false;
        }
        record(search, session, "done", reason_name(REASON_SUSPENDED));
        wait_for(search->server, session, search->end.person, pidfd);
        return true;
}

static void on_found(void *data, bool written)
{
        Search *search = data;
        JournalSessions *found = &search->sessions;
        for (size_t i = 0; i < found->count; i++)
                search->ended += end_session(search, &found->sessions[i]);
        if (found->count == JOURNAL_SESSIONS_FOUND_MAX &&
            journal_find_sessions(search->server->journal, search->end.person, found, on_found,
                                  search) == 0)
                return;
        search->done(search->data, search->ended);
        free(search);
}

/* Whether this host is one of the person's organization: sessions of others are not its to end. */
static bool is_own_host(const Server *server, Text organization)
{
        const Image *image = server->policy.image;
        const ImageHost *host =
                image ? image_host(image, image_header(image)->settings.host) : NULL;
        const ImageOrganization *owner =
                host ? image_organization(image, host->organization) : NULL;
        return owner && text_equal(image_string(image, owner->name), organization);
}

int session_end_begin(Server *server, const SessionEnd *end, SessionEndDone done, void *data)
{
        if (!is_own_host(server, end->organization) || end->person.size > NAME_SIZE_MAX) {
                done(data, 0);
                return 0;
        }
        Search *search = calloc(1, sizeof(*search));
        if (!search)
                return -ENOMEM;
        search->server = server;
        search->end = *end;
        search->done = done;
        search->data = data;
        search->sessions.before = JOURNAL_SESSIONS_NEWEST;
        int r = journal_find_sessions(server->journal, end->person, &search->sessions, on_found,
                                      search);
        if (r < 0)
                free(search);
        return r;
}

void session_end_stop(Server *server)
{
        while (server->ending_sessions) {
                EndingSession *ending = server->ending_sessions;
                server->ending_sessions = ending->next;
                ending_free(ending);
        }
}

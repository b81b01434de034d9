/* SPDX-License-Identifier: MIT */
/*
 * libdoorward: asking doorwardd
 *
 * A connection to the decision daemon of this host over its local socket. The library keeps no
 * global state, starts no thread, touches no signal and owns no event loop: it works either
 * blocking, each call within one monotonic deadline, or with the caller's loop through
 * doorward_get_fd(), doorward_get_events() and doorward_process(). A connection belongs to one
 * thread at a time; after fork() each process must open its own (a connection used by another
 * process than the one that opened it returns -DOORWARD_ERROR_FORKED).
 *
 * Functions return 0 or a negative DOORWARD_ERROR_*. A decision is never an error code: it is in
 * the answer, and anything but DOORWARD_ALLOW is to be treated as a denial.
 */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The rest of doorward is built with hidden symbols. */
#pragma GCC visibility push(default)

typedef struct doorward doorward;
typedef struct doorward_answer doorward_answer;

/* Errors, returned negative. */
enum doorward_error {
        DOORWARD_ERROR_ARGUMENT = 1,    /* an argument is missing or cannot be sent */
        DOORWARD_ERROR_MEMORY = 2,      /* no memory */
        DOORWARD_ERROR_UNREACHABLE = 3, /* no daemon answers at the socket */
        DOORWARD_ERROR_UNTRUSTED = 4,   /* who listens is not whom we may trust */
        DOORWARD_ERROR_TIMEOUT = 5,     /* the deadline has passed */
        DOORWARD_ERROR_PROTOCOL = 6,    /* the reply is not one to this request */
        DOORWARD_ERROR_REFUSED = 7,     /* the daemon refused the request; see the answer */
        DOORWARD_ERROR_FORKED = 8,      /* opened by another process */
        DOORWARD_ERROR_BUSY = 9,        /* a request is under way on this connection */
};

/* Numbers far apart, so that a few flipped bits never turn one into another. */
enum doorward_outcome {
        DOORWARD_CANNOT_DECIDE = 0x2d,
        DOORWARD_DENY = 0x53,
        DOORWARD_ALLOW = 0xca,
};

/* Says in one sentence what an error means. Static, never NULL; error may be given with either
 * sign. */
const char *doorward_strerror(int error);

/*
 * Prepares a connection; nothing is connected yet. socket_path NULL: /run/doorward/decide.sock.
 * Return: 0 and the connection (owned by the caller, doorward_free()), -ARGUMENT, -MEMORY.
 */
int doorward_new(doorward **ret_connection, const char *socket_path);

/* Closes and frees; NULL is accepted. Return: NULL. */
doorward *doorward_free(doorward *connection);

/* Milliseconds for a whole exchange, 1 to 600000, default 2000. Return: 0, -ARGUMENT. */
int doorward_set_timeout(doorward *connection, unsigned timeout_ms);

/* Besides root and the owner of the socket's folder, trusts a daemon that runs as this uid; 0 to
 * INT32_MAX and not 65534, which stands for many. Return: 0, -ARGUMENT. */
int doorward_set_server_uid(doorward *connection, uint32_t uid);

/*
 * Asks one question and waits for the answer: subject is a user's name, action a permission,
 * resource TYPE:PATH. extra is NULL or a NULL-terminated list of "with=TYPE:PATH" and "KEY=VALUE".
 * Return: 0 and the answer (owned by the caller, doorward_answer_free()); a negative error. On
 * -REFUSED the answer is set too and holds reason and message.
 */
int doorward_ask(doorward *connection, const char *subject, const char *action,
                 const char *resource, const char *const *extra, doorward_answer **ret_answer);

/* As doorward_ask(), with an explanation in the answer. */
int doorward_explain(doorward *connection, const char *subject, const char *action,
                     const char *resource, const char *const *extra, doorward_answer **ret_answer);

/*
 * Asks to unlock a door ("door:acme/HQ/D1") remotely, for the person the caller is. An allow
 * carries an id and the time from which it is void, for whoever moves the lock. why: the reason
 * that root states for a break-glass unlock, else NULL.
 */
int doorward_unlock(doorward *connection, const char *door, const char *why,
                    doorward_answer **ret_answer);

/* What a change may state besides verb, resource and roles. Members that are not needed are 0;
 * later versions add members at the end. */
struct doorward_change_options {
        uint32_t size;     /* sizeof(struct doorward_change_options) */
        uint32_t flags;    /* of enum doorward_change_flags */
        const char *group; /* add-member, remove-member: "group:..." or "access-group:..." */
        const char *customization; /* customize: "+PERMISSION", "-PERMISSION" or "default" */
        const char *reason;        /* why, for the record */
        int64_t from_s, until_s;   /* grant, dates: when it begins and ends (UTC); 0: not stated */
        const char *state; /* override: unlocked, card-and-code, locked, access-controlled */
        uint32_t seconds;  /* override, block: how long, at most 31 days; 0: not stated */
};

enum doorward_change_flags {
        DOORWARD_CHANGE_DRY_RUN = 1 << 0,      /* decide, and change nothing */
        DOORWARD_CHANGE_END_SESSIONS = 1 << 1, /* suspend: end his sessions on that host too */
};

/*
 * Changes who holds what, or live state, as the person the caller is, and waits until it is in
 * force. verb and resource ("user:acme/bob") are
 *
 *     grant, revoke               user or group, one role        migrate      user, any roles
 *     add-member, remove-member   user, with a group             customize    organization, one
 * role suspend, resume, dates, clear-dates   user                 override, block, release   door
 *     start-lockdown, end-lockdown          lockdown
 *
 * roles is NULL or a NULL-terminated list of "ROLE" or "ROLE@ORGANIZATION/SITE"; options may be
 * NULL. DOORWARD_ALLOW in the answer: it was done, or with DOORWARD_CHANGE_DRY_RUN could be. After
 * any other answer nothing was changed. After an error that comes later than the request was sent
 * (-TIMEOUT, -PROTOCOL, -UNREACHABLE) the change may have been made or not; all but changes of live
 * state compile the policy, which takes seconds if it is large: set the timeout accordingly. root
 * changes live state only, with a reason, as break-glass. Return: as doorward_ask().
 */
int doorward_change(doorward *connection, const char *verb, const char *resource,
                    const char *const *roles, const struct doorward_change_options *options,
                    doorward_answer **ret_answer);

/* Whether a code was given with a badge. */
enum doorward_code {
        DOORWARD_CODE_NONE = 0, /* nothing is said about one */
        DOORWARD_CODE_RIGHT = 1,
        DOORWARD_CODE_WRONG = 2, /* or none */
};

/* Asks whether the badge of a user (subject, his name) opens a door ("door:acme/HQ/D1"), for a
 * listed caller that may unlock and vouch. An allow is as that of doorward_unlock(). */
int doorward_enter(doorward *connection, const char *subject, const char *door,
                   enum doorward_code code, doorward_answer **ret_answer);

/*
 * Asking without waiting: the request is begun, and doorward_process() is called whenever the
 * descriptor is ready for the events asked for (poll(2)), or the time has passed. Ask for all three
 * anew before every wait. While the daemon's queue is full there is no descriptor (-1), only a
 * time.
 */
int doorward_ask_begin(doorward *connection, const char *subject, const char *action,
                       const char *resource, const char *const *extra);
int doorward_unlock_begin(doorward *connection, const char *door, const char *why);
int doorward_enter_begin(doorward *connection, const char *subject, const char *door,
                         enum doorward_code code);

/* The descriptor to wait for, or -1 (poll(2) ignores that); POLLIN or POLLOUT, or 0 when no request
 * is under way; milliseconds until doorward_process() is to be called at the latest, or -1. */
int doorward_get_fd(const doorward *connection);
short doorward_get_events(const doorward *connection);
int doorward_get_timeout(const doorward *connection);

/* Goes on with the request. Return: 0 with *ret_answer NULL while there is more to do, else as
 * doorward_ask(). */
int doorward_process(doorward *connection, doorward_answer **ret_answer);

/* Gives up the request that is under way, if any. */
void doorward_cancel(doorward *connection);

/* What an answer says. Texts are owned by the answer and never NULL ("" when not stated). A NULL
 * answer may be asked too, and cannot decide. The reason is a code such as "not-permitted", the
 * detail the deciding grant or what is missing, the explanation several lines of
 * doorward_explain(), the decision's id 32 hexadecimal digits, the revision that of the policy that
 * decided, the message what a refusal says to people. */
enum doorward_outcome doorward_answer_outcome(const doorward_answer *answer);
const char *doorward_answer_reason(const doorward_answer *answer);
const char *doorward_answer_detail(const doorward_answer *answer);
const char *doorward_answer_explanation(const doorward_answer *answer);
const char *doorward_answer_decision_id(const doorward_answer *answer);
const char *doorward_answer_revision(const doorward_answer *answer);
const char *doorward_answer_message(const doorward_answer *answer);

/* The second (UTC) from which an unlock command is void; 0: no command. */
int64_t doorward_answer_not_after(const doorward_answer *answer);

/* Of an allowed unlock or badge: how many seconds the door is to be released, and its state (words
 * as of an override). */
uint32_t doorward_answer_release_seconds(const doorward_answer *answer);
const char *doorward_answer_door_state(const doorward_answer *answer);

/* Of a suspension with DOORWARD_CHANGE_END_SESSIONS: how many sessions were told to end. */
uint32_t doorward_answer_sessions_ended(const doorward_answer *answer);

/* Frees; NULL is accepted. Return: NULL. */
doorward_answer *doorward_answer_free(doorward_answer *answer);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#include <doorward/batch.h>
#include <doorward/gateway.h>
#include <doorward/subscription.h>

/* SPDX-License-Identifier: MIT */
/*
 * Visit
 *
 * What MUST hold:
 *
 * 1. PAM_SUCCESS comes from an answer of a verified daemon to this very question, or, opening a
 *    door's session, from the account phase of the same handle.
 * 2. PAM_IGNORE needs /etc/passwd itself to name a system account, whatever the daemon says.
 * 3. Every other way out denies.
 */
#include "pam/visit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pam/arguments.h"
#include "pam/door.h"
#include "pam/exchange.h"
#include "pam/facts.h"
#include "pam/report.h"
#include "pam/result.h"

enum { WHY_SIZE = 512 };

typedef struct Visit {
        pam_handle_t *handle;
        SessionPhase phase;
        Arguments arguments;
        Facts facts;
        Text door;
        uint64_t request_id;
        SessionAnswer answer;
        char why[WHY_SIZE]; /* for the log */
} Visit;

static void visit_clear(Visit *visit)
{
        facts_clear(&visit->facts);
}

static Report visit_report(const Visit *visit)
{
        static const char *const PHASES[] = {
                [SESSION_PHASE_ACCOUNT] = "account",
                [SESSION_PHASE_OPEN] = "open_session",
                [SESSION_PHASE_CLOSE] = "close_session",
        };
        return (Report){ .handle = visit->handle,
                         .phase = PHASES[visit->phase],
                         .user = visit->facts.user,
                         .why = text_from(visit->why),
                         .door = visit->door,
                         .decision_id = visit->answer.decision_id,
                         .request_id = visit->request_id };
}

/* Keeps why for the log. Return: code. */
static int because(Visit *visit, int code, const char *why)
{
        snprintf(visit->why, sizeof(visit->why), "%s", why);
        return code;
}

static void debug(const Visit *visit, const char *what)
{
        if (!visit->arguments.debug)
                return;
        Report report = visit_report(visit);
        report_debug(&report, what);
}

/* Return: PAM_SUCCESS to go on, else the code of the phase. */
static int read_arguments(Visit *visit, int argc, const char **argv)
{
        ArgumentProblem problem;
        if (arguments_parse(argc, argv, &visit->arguments, &problem) == 0)
                return PAM_SUCCESS;
        snprintf(visit->why, sizeof(visit->why), "argument %.200s: %s", problem.argument,
                 problem.why);
        visit->arguments.quiet = true; /* it may stand behind the one that is wrong */
        return PAM_SERVICE_ERR;
}

static int choose_door(Visit *visit)
{
        switch (door_choose(visit->handle, visit->arguments.door, visit->phase, &visit->door)) {
        case 0:
                return PAM_SUCCESS;
        case DOOR_CONFLICT:
                return because(visit, PAM_SERVICE_ERR,
                               "the argument door= and DOORWARD_DOOR name different doors");
        default:
                return because(visit, PAM_SERVICE_ERR, "DOORWARD_DOOR is not the path of a door");
        }
}

static int collect_facts(Visit *visit)
{
        int r = facts_collect(visit->handle, &visit->facts);
        switch (r) {
        case 0:
                return PAM_SUCCESS;
        case FACTS_BAD_USER:
                return because(visit, PAM_USER_UNKNOWN, "no name that a person could have");
        case FACTS_BAD_ITEM:
                return because(visit, PAM_SERVICE_ERR,
                               "service, remote user, remote host or terminal is missing, too "
                               "long or holds control characters");
        default:
                return because(visit, PAM_AUTHINFO_UNAVAIL, "the name service does not answer");
        }
}

/*
 * Root's login on the console must not depend on a daemon. Which of the two people a rule asks
 * about, only the daemon knows; where both are system accounts of /etc/passwd itself, either of
 * them is exempt, so there is nothing to ask. A door is never exempt.
 */
static bool is_exempt_anyway(const Visit *visit)
{
        return visit->door.size == 0 &&
               facts_user_is_exempt(&visit->facts, visit->arguments.minimum_uid) &&
               facts_caller_is_exempt(&visit->facts, visit->arguments.minimum_uid);
}

static int collect_groups(Visit *visit)
{
        if (visit->arguments.groups_off)
                return PAM_SUCCESS;
        switch (facts_collect_groups(&visit->facts, visit->arguments.minimum_uid,
                                     visit->door.size > 0)) {
        case 0:
                return PAM_SUCCESS;
        case -E2BIG:
                return because(visit, PAM_SERVICE_ERR,
                               "too many Unix groups to be sent; groups=off leaves them out");
        default:
                return because(visit, PAM_AUTHINFO_UNAVAIL, "out of memory");
        }
}

/* The code of an answer, with what only this side knows. */
static int take_answer(Visit *visit)
{
        const SessionAnswer *answer = &visit->answer;
        (void)because(visit, 0, answer->reason);
        if (answer->refused)
                return PAM_AUTHINFO_UNAVAIL;
        int code = result_from_answer(answer->outcome, text_from(answer->reason));
        if (code == PAM_IGNORE &&
            (visit->arguments.door ||
             (!facts_user_is_exempt(&visit->facts, visit->arguments.minimum_uid) &&
              !facts_caller_is_exempt(&visit->facts, visit->arguments.minimum_uid))))
                return because(visit, PAM_AUTHINFO_UNAVAIL,
                               "the daemon exempts somebody who is no system account here");
        return code;
}

static int ask(Visit *visit)
{
        SessionQuestion question = { .arguments = &visit->arguments,
                                     .facts = &visit->facts,
                                     .phase = visit->phase,
                                     .door = visit->door,
                                     .request_id = visit->request_id };
        int r = exchange_session(&question, &visit->answer);
        if (r)
                return because(visit, PAM_AUTHINFO_UNAVAIL, connection_problem_text(r));
        return take_answer(visit);
}

/* Leaves the door for application and session phase. A door service's allow counts only if that
 * can be done. */
static int keep_door(Visit *visit)
{
        if (visit->phase != SESSION_PHASE_ACCOUNT ||
            (!visit->answer.is_unlock && !visit->arguments.door))
                return PAM_SUCCESS;
        if (door_remember(visit->handle, visit->door, visit->facts.user, &visit->answer) < 0)
                return because(visit, PAM_AUTHINFO_UNAVAIL, "out of memory");
        return PAM_SUCCESS;
}

/* The steps common to all phases before anything is decided. */
static int prepare(Visit *visit, int argc, const char **argv)
{
        int code = read_arguments(visit, argc, argv);
        if (code == PAM_SUCCESS)
                code = choose_door(visit);
        return code == PAM_SUCCESS ? collect_facts(visit) : code;
}

static int decide(Visit *visit)
{
        if (is_exempt_anyway(visit)) {
                debug(visit, "below minimum_uid in /etc/passwd, nothing to ask");
                return PAM_IGNORE;
        }
        int code = collect_groups(visit);
        if (code != PAM_SUCCESS)
                return code;
        debug(visit, "asking the daemon");
        code = ask(visit);
        return code == PAM_SUCCESS ? keep_door(visit) : code;
}

/* A door service: it has a door in its arguments, or its account phase decided one.
 * Return: the code of open_session, or -1 when it is no door service. */
static int open_door_session(Visit *visit)
{
        Text allowed, user;
        const char *decision_id;
        if (!door_recall(visit->handle, &allowed, &user, &decision_id)) {
                if (!visit->arguments.door)
                        return -1;
                return because(visit, PAM_SERVICE_ERR, "the account phase has not allowed a door");
        }
        if (visit->arguments.door && !text_equal(allowed, visit->door))
                return because(visit, PAM_SERVICE_ERR, "the account phase allowed another door");
        /* A module or the application may have set PAM_USER anew. */
        if (!text_equal(user, visit->facts.user))
                return because(visit, PAM_SERVICE_ERR, "the account phase allowed somebody else");
        visit->door = allowed;
        memcpy(visit->answer.decision_id, decision_id, DECISION_ID_SIZE);
        return because(visit, PAM_SUCCESS, "the account phase allowed this door");
}

static int run(Visit *visit, int argc, const char **argv)
{
        if (visit->phase == SESSION_PHASE_ACCOUNT)
                door_forget(visit->handle);
        int code = prepare(visit, argc, argv);
        if (code != PAM_SUCCESS)
                return code;
        if (visit->phase == SESSION_PHASE_OPEN) {
                code = open_door_session(visit);
                if (code >= 0)
                        return code;
        }
        return decide(visit);
}

int visit_decide(pam_handle_t *handle, int flags, SessionPhase phase, int argc, const char **argv)
{
        _cleanup_(visit_clear) Visit visit = { .handle = handle, .phase = phase };
        visit.request_id = connection_next_request_id(NULL);
        int code = run(&visit, argc, argv);
        Report report = visit_report(&visit);
        report_log(&report, code);
        if (!(flags & PAM_SILENT) && !visit.arguments.quiet)
                report_show(&report, code);
        return code;
}

void visit_end(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        _cleanup_(visit_clear) Visit visit = { .handle = handle, .phase = SESSION_PHASE_CLOSE };
        Text door, user;
        const char *decision_id;
        visit.request_id = connection_next_request_id(NULL);
        int code = prepare(&visit, argc, argv);
        /* A door's session is its unlock command, which ends by itself. */
        if (code == PAM_SUCCESS &&
            (visit.arguments.door || door_recall(handle, &door, &user, &decision_id) ||
             is_exempt_anyway(&visit)))
                return;
        if (code == PAM_SUCCESS)
                code = ask(&visit);
        if (code == PAM_AUTHINFO_UNAVAIL || code == PAM_SERVICE_ERR) {
                Report report = visit_report(&visit);
                report_log(&report, code);
        }
}

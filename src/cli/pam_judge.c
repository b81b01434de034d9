/* SPDX-License-Identifier: MIT */
/* Judging a service: every answer of pam_doorward.so in both phases, and what else is in the way.
 */
#include "cli/pam_judge.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/pam_sentence.h"
#include "pam/arguments.h"
#include "util/cleanup.h"

/* The answers that must keep everybody out, in the order of the bits of PamProblem.answers. */
static const struct Answer {
        const char *name;
        int code;
} answers[] = {
        { "denied", PAM_PERM_DENIED },
        { "unavailable", PAM_AUTHINFO_UNAVAIL },
        { "unknown-user", PAM_USER_UNKNOWN },
        { "misconfigured", PAM_SERVICE_ERR },
        { "missing-module", PAM_MODULE_UNKNOWN },
};

#define ANSWER_COUNT (sizeof(answers) / sizeof(*answers))

static const char *const result_names[PAM_RESULT_COUNT] = {
        [PAM_RESULT_OBEYED] = "obeyed",         [PAM_RESULT_NOT_ASKED] = "not asked",
        [PAM_RESULT_THROUGH] = "gets through",  [PAM_RESULT_BROKEN] = "locked out",
        [PAM_RESULT_UNREADABLE] = "unreadable",
};

/* Services that run without a person, or let one in again who is there already. */
static const char *const unattended[] = {
        "atd",
        "cron",
        "crond",
        "cinnamon-screensaver",
        "gnome-screensaver",
        "i3lock",
        "kde",
        "kscreensaver",
        "light-locker",
        "mate-screensaver",
        "polkit-1",
        "runuser",
        "runuser-l",
        "swaylock",
        "systemd-user",
        "vlock",
        "xlock",
        "xscreensaver",
};

/* One way through, of all the answers that take it. */
typedef struct Found {
        PamWay way;
        uint32_t answers;
} Found;

typedef VECTOR_OF(Found) FoundWays;

const char *pam_result_name(PamResult result)
{
        return result_names[result];
}

const char *pam_answer_name(unsigned bit)
{
        return bit < ANSWER_COUNT ? answers[bit].name : NULL;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(name, names[i]) == 0)
                        return true;
        return false;
}

/*
 * After which results a program goes on: programs let somebody in whose password has expired once
 * he has changed it, and sudo goes on after PAM_SESSION_ERR (sudo 1.9).
 */
static uint32_t accepted_results(const PamService *service, PamPhase phase)
{
        static const char *const sudo[] = { "sudo", "sudo-i" };
        uint32_t accepted = UINT32_C(1) << PAM_SUCCESS;
        if (phase == PAM_PHASE_ACCOUNT)
                accepted |= UINT32_C(1) << PAM_NEW_AUTHTOK_REQD;
        else if (is_one_of(service->name, sudo, 2))
                accepted |= UINT32_C(1) << PAM_SESSION_ERR;
        return accepted;
}

static bool asks(const PamService *service, PamPhase phase)
{
        const PamLines *lines = &service->lines[phase];
        for (size_t i = 0; i < lines->count; i++)
                if (pam_line_calls(&lines->items[i], PAM_DOORWARD))
                        return true;
        return false;
}

/* Adds the ways of one answer to those of the others. Return: 0 or -ENOMEM. */
static int merge_ways(const PamWays *ways, uint32_t answer, FoundWays *found)
{
        for (size_t i = 0; i < ways->count; i++) {
                const PamWay *way = &ways->items[i];
                size_t j = 0;
                while (j < found->count && (found->items[j].way.line != way->line ||
                                            found->items[j].way.kind != way->kind))
                        j++;
                if (j == found->count) {
                        if (!vector_append(found))
                                return -ENOMEM;
                        found->items[j].way = *way;
                }
                if (way->result == PAM_SUCCESS)
                        found->items[j].way = *way;
                found->items[j].answers |= answer;
        }
        return 0;
}

/* Return: 0, 1 when there are too many possibilities, -ENOMEM. */
static int find_all(const PamService *service, PamPhase phase, FoundWays *found)
{
        const PamLines *lines = &service->lines[phase];
        int r = 0;
        for (size_t i = 0; i < ANSWER_COUNT && r == 0; i++) {
                PamQuestion question = { .phase = phase,
                                         .module = PAM_DOORWARD,
                                         .answer = answers[i].code,
                                         .accepted = accepted_results(service, phase) };
                PamWays ways = { 0 };
                r = pam_find_ways(lines->items, lines->count, &question, &ways);
                if (r == 0)
                        r = merge_ways(&ways, UINT32_C(1) << i, found);
                vector_clear(&ways);
        }
        return r;
}

static bool has_plain_way(const FoundWays *found)
{
        for (size_t i = 0; i < found->count; i++)
                if (found->items[i].way.result == PAM_SUCCESS)
                        return true;
        return false;
}

static PamProblem problem_at(PamPhase phase, const PamLine *line, PamSeverity severity)
{
        return (PamProblem){ .severity = severity,
                             .file = line->file,
                             .line = line->number,
                             .phase = phase,
                             .about_module = true };
}

/* Reports the ways of one phase. guarded: the other phase stops whoever comes by a way that does
 * not end in success. Return: 0 or -ENOMEM. */
static int report_ways(PamService *service, PamPhase phase, const FoundWays *found, bool guarded)
{
        for (size_t i = 0; i < found->count; i++) {
                const Found *item = &found->items[i];
                const PamLine *line = &service->lines[phase].items[item->way.line];
                bool stopped = item->way.result != PAM_SUCCESS && guarded;
                PamProblem problem = problem_at(
                        phase, line, stopped ? PAM_SEVERITY_WARNING : PAM_SEVERITY_ERROR);
                problem.answers = item->answers;
                _cleanup_free_ char *text =
                        pam_sentence_way(service, phase, &item->way, item->answers);
                if (!text || pam_service_complain(service, &problem, "%s", text) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int complain_too_many(PamService *service, PamPhase phase)
{
        const PamLine *line = &service->lines[phase].items[0];
        PamProblem problem = problem_at(phase, line, PAM_SEVERITY_UNREADABLE);
        return pam_service_complain(service, &problem,
                                    "this stack has too many possibilities to try them all");
}

/* Tries all answers in all phases. Return: 0 or -ENOMEM. */
static int judge_ways(PamService *service, const PamJudgement *judgement)
{
        FoundWays found[PAM_PHASE_COUNT] = { { 0 } };
        bool holds[PAM_PHASE_COUNT] = { false };
        int r = 0;
        for (PamPhase phase = 0; phase < PAM_PHASE_COUNT && r >= 0; phase++) {
                if (!judgement->asked[phase])
                        continue;
                r = find_all(service, phase, &found[phase]);
                if (r == 1)
                        r = complain_too_many(service, phase);
                else
                        holds[phase] = r == 0 && !has_plain_way(&found[phase]);
        }
        for (PamPhase phase = 0; phase < PAM_PHASE_COUNT && r >= 0; phase++)
                r = report_ways(service, phase, &found[phase], holds[!phase]);
        for (PamPhase phase = 0; phase < PAM_PHASE_COUNT; phase++)
                vector_clear(&found[phase]);
        return r;
}

/* Is the module's file where libpam looks for it? */
static bool is_installed(const char *module, const PamModuleFolders *folders)
{
        if (*module == '/' || strstr(module, "$ISA"))
                return *module != '/' || access(module, F_OK) == 0;
        for (const char *const *folder = folders->folders; *folder; folder++) {
                _cleanup_free_ char *path = NULL;
                if (asprintf(&path, "%s/%s", *folder, module) < 0 || access(path, F_OK) == 0)
                        return true;
        }
        return false;
}

/* Would the module refuse its arguments? Return: 0 or -ENOMEM. */
static int judge_arguments(PamService *service, PamPhase phase, const PamLine *line)
{
        PamProblem problem = problem_at(phase, line, PAM_SEVERITY_ERROR);
        Arguments arguments;
        ArgumentProblem wrong;
        if (arguments_parse((int)line->argument_count, (const char **)line->arguments, &arguments,
                            &wrong) == 0)
                return 0;
        return pam_service_complain(service, &problem,
                                    "pam_doorward refuses everybody: argument '%s': %s",
                                    wrong.argument, wrong.why);
}

/* Return: 0 or -ENOMEM. */
static int judge_installed(PamService *service, PamPhase phase, const PamLine *line,
                           const PamModuleFolders *folders)
{
        PamProblem problem = problem_at(phase, line, PAM_SEVERITY_ERROR);
        if (is_installed(line->module, folders))
                return 0;
        if (*line->module == '/')
                return pam_service_complain(service, &problem,
                                            "%s does not exist: libpam refuses everybody here",
                                            line->module);
        if (!folders->elsewhere)
                return pam_service_complain(service, &problem,
                                            "%s is not where libpam looks for modules (%s): libpam "
                                            "refuses everybody here",
                                            line->module, folders->folders[0]);
        problem.severity = PAM_SEVERITY_NOTE;
        return pam_service_complain(service, &problem,
                                    "%s is not installed on this machine; where it is not, libpam "
                                    "refuses everybody here",
                                    line->module);
}

static int note_line(PamService *service, PamPhase phase, const PamLine *line)
{
        if (line->own_file || service->from_other[phase] || phase != PAM_PHASE_ACCOUNT ||
            !is_one_of(service->name, unattended, sizeof(unattended) / sizeof(*unattended)))
                return 0;
        PamProblem problem = { .severity = PAM_SEVERITY_NOTE,
                               .file = line->file,
                               .line = line->number,
                               .phase = phase,
                               .about_module = true };
        return pam_service_complain(service, &problem,
                                    "%s reads this file too, and nobody may be there to be asked: "
                                    "give it a rule or 'exempt = true' in doorward.conf, or put "
                                    "the line into the files of single services",
                                    service->name);
}

static int judge_lines(PamService *service, const PamModuleFolders *folders)
{
        const char *looked_for = "";
        int r = 0;
        for (PamPhase phase = 0; phase < PAM_PHASE_COUNT; phase++)
                for (size_t i = 0; i < service->lines[phase].count && r == 0; i++) {
                        const PamLine *line = &service->lines[phase].items[i];
                        if (!pam_line_calls(line, PAM_DOORWARD))
                                continue;
                        r = judge_arguments(service, phase, line);
                        if (r == 0)
                                r = note_line(service, phase, line);
                        if (r == 0 && strcmp(looked_for, line->module) != 0)
                                r = judge_installed(service, phase, line, folders);
                        looked_for = line->module;
                }
        return r;
}

/* Programs that open no session are asked in the account phase or never. */
static int note_phases(PamService *service, const PamJudgement *judgement)
{
        const PamLines *lines = &service->lines[PAM_PHASE_SESSION];
        if (judgement->asked[PAM_PHASE_ACCOUNT] || !judgement->asked[PAM_PHASE_SESSION])
                return 0;
        size_t i = 0;
        while (!pam_line_calls(&lines->items[i], PAM_DOORWARD))
                i++;
        PamProblem problem = problem_at(PAM_PHASE_ACCOUNT, &lines->items[i], PAM_SEVERITY_WARNING);
        return pam_service_complain(service, &problem,
                                    "only the session phase asks, and not every program opens one; "
                                    "add: account required " PAM_DOORWARD);
}

/* A mistake elsewhere is not ours to count in a service that does not ask. */
static void soften(PamService *service)
{
        for (size_t i = 0; i < service->problems.count; i++) {
                PamProblem *problem = &service->problems.items[i];
                if (!problem->about_module && problem->severity == PAM_SEVERITY_ERROR)
                        problem->severity = PAM_SEVERITY_NOTE;
        }
}

static PamResult sum_up(const PamService *service, bool asked)
{
        PamResult result = asked ? PAM_RESULT_OBEYED : PAM_RESULT_NOT_ASKED;
        for (size_t i = 0; i < service->problems.count; i++) {
                const PamProblem *problem = &service->problems.items[i];
                if (problem->severity == PAM_SEVERITY_ERROR && problem->answers)
                        return PAM_RESULT_THROUGH;
                if (problem->severity == PAM_SEVERITY_UNREADABLE)
                        result = PAM_RESULT_UNREADABLE;
                else if (problem->severity == PAM_SEVERITY_ERROR && result != PAM_RESULT_UNREADABLE)
                        result = PAM_RESULT_BROKEN;
        }
        return result;
}

int pam_judge(PamService *service, const PamModuleFolders *folders, PamJudgement *ret_judgement)
{
        PamJudgement judgement = { 0 };
        bool asked = false;
        for (PamPhase phase = 0; phase < PAM_PHASE_COUNT; phase++) {
                judgement.asked[phase] = asks(service, phase);
                asked = asked || judgement.asked[phase];
        }
        if (!asked)
                soften(service);
        if (!service->refused && judge_ways(service, &judgement) < 0)
                return -ENOMEM;
        if (judge_lines(service, folders) < 0 || note_phases(service, &judgement) < 0)
                return -ENOMEM;
        judgement.result = sum_up(service, asked);
        *ret_judgement = judgement;
        return 0;
}

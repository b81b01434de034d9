/* SPDX-License-Identifier: MIT */
/* Sentences about ways through a stack. */
#include "cli/pam_sentence.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* Who gets through, in the order of the bits of PamProblem.answers. */
static const char *const subjects[] = {
        "a denial",
        "an outage of the daemon",
        "a user whom the policy does not know",
        "a wrong configuration",
        "a missing module",
};

#define SUBJECT_COUNT (sizeof(subjects) / sizeof(*subjects))

/* "a denial", "a denial and an outage", "a denial, an outage and ..." */
static char *say_subjects(uint32_t answers)
{
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        if (!stream)
                return NULL;
        int left = __builtin_popcount(answers), all = left;
        for (size_t i = 0; i < SUBJECT_COUNT; i++) {
                if (!(answers & (UINT32_C(1) << i)))
                        continue;
                fprintf(stream, "%s%s", subjects[i], left == 1 ? "" : left == 2 ? " and " : ", ");
                left--;
        }
        fputs(all == 1 ? " gets through" : " get through", stream);
        if (fclose(stream) == 0)
                return text;
        free(text);
        return NULL;
}

/* The module's line as it should be. */
static char *say_line(PamPhase phase, const PamLine *line)
{
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        if (!stream)
                return NULL;
        fprintf(stream, "%s required %s", pam_phase_name(phase), line->module);
        for (size_t i = 0; i < line->argument_count; i++)
                fprintf(stream, " %s", line->arguments[i]);
        if (fclose(stream) == 0)
                return text;
        free(text);
        return NULL;
}

static char *say_control(const PamLine *line)
{
        char *text = NULL;
        int r = asprintf(&text, line->bracketed ? "[%s]" : "%s", line->control_text);
        return r < 0 ? NULL : text;
}

/* What the program does with a result that is no success. */
static const char *say_result(int result)
{
        switch (result) {
        case PAM_NEW_AUTHTOK_REQD:
                return " (his password has expired: programs let him in once he has changed it)";
        case PAM_SESSION_ERR:
                return " (sudo goes on after that)";
        default:
                return "";
        }
}

static char *say_soft(PamPhase phase, const PamLine *line, const char *who, const char *control)
{
        _cleanup_free_ char *better = say_line(phase, line);
        char *text = NULL;
        if (!better || asprintf(&text, "%s: %s: the control '%s' does not refuse them; write: %s",
                                pam_phase_name(phase), who, control, better) < 0)
                return NULL;
        return text;
}

static char *say_past(PamPhase phase, const PamLine *line, const PamLine *module, const PamWay *way,
                      const char *control)
{
        const char *cause = way->returned == PAM_SUCCESS ? "succeeds" : "returns ";
        const char *code = way->returned == PAM_SUCCESS ? "" : pam_text_return_name(way->returned);
        char *text = NULL;
        int r = asprintf(&text,
                         "%s: pam_doorward (%s:%u) is never asked when %s %s%s%s: the control '%s' "
                         "passes over it; put the line of pam_doorward before %s",
                         pam_phase_name(phase), module->file, module->number,
                         line->module ? line->module : "this line", cause, code,
                         say_result(way->result), control,
                         line->file == module->file || line->own_file
                                 ? "this one"
                                 : "the line that includes this file");
        return r < 0 ? NULL : text;
}

static char *say_reset(PamPhase phase, const PamLine *module, const char *who)
{
        char *text = NULL;
        int r = asprintf(&text,
                         "%s: %s: 'reset' forgets what pam_doorward (%s:%u) said; write 'bad' "
                         "instead of 'reset'",
                         pam_phase_name(phase), who, module->file, module->number);
        return r < 0 ? NULL : text;
}

static char *say_earlier(PamPhase phase, const PamLine *line, const PamLine *module,
                         const PamWay *way)
{
        char *text = NULL;
        int r = asprintf(&text,
                         "%s: when %s returns %s%s, libpam never reports what pam_doorward (%s:%u) "
                         "says; put the line of pam_doorward before this one",
                         pam_phase_name(phase), line->module ? line->module : "this line",
                         pam_text_return_name(way->returned), say_result(way->result), module->file,
                         module->number);
        return r < 0 ? NULL : text;
}

char *pam_sentence_way(const PamService *service, PamPhase phase, const PamWay *way,
                       uint32_t answers)
{
        const PamLine *line = &service->lines[phase].items[way->line];
        const PamLine *module = &service->lines[phase].items[way->module];
        _cleanup_free_ char *who = say_subjects(answers);
        _cleanup_free_ char *control = say_control(line);
        if (!who || !control)
                return NULL;
        switch (way->kind) {
        case PAM_WAY_SOFT:
                return say_soft(phase, line, who, control);
        case PAM_WAY_PAST:
                return say_past(phase, line, module, way, control);
        case PAM_WAY_RESET:
                return say_reset(phase, module, who);
        default:
                return say_earlier(phase, line, module, way);
        }
}

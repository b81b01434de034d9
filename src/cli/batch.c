/* SPDX-License-Identifier: MIT */
/* Batch: lines are read into one bounded buffer; what is too long is answered and skipped. */
#include "cli/batch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live_ask.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "policy/query.h"

#define LINE_SIZE (QUERY_SIZE_MAX + 2)

/*
 * Reads one line without its end, at most LINE_SIZE bytes of it.
 * Return: 1 and the line, 0 at the end of the file, -errno.
 */
static int read_line(FILE *stream, char buffer[static LINE_SIZE], Text *ret_line)
{
        size_t size = 0;
        int c;
        while ((c = getc_unlocked(stream)) != EOF && c != '\n')
                if (size < LINE_SIZE)
                        buffer[size++] = (char)c;
        if (ferror(stream))
                return errno ? -errno : -EIO;
        if (c == EOF && size == 0)
                return 0;
        *ret_line = (Text){ buffer, size };
        return 1;
}

/* Decides one line and prints the verdict. Return: 0 decided, EXIT_UNABLE otherwise, -ENOMEM,
 * -EIO when the daemon gave no answer (printed). */
static int decide_line(const Options *options, const Offline *offline, LiveAsker *live, Text line)
{
        Text words[QUERY_WORDS_MAX + 1];
        Verdict verdict;
        bool too_long = line.size > QUERY_SIZE_MAX;
        size_t count = too_long ? 0 : query_split(line, words, QUERY_WORDS_MAX);
        size_t shown = count > QUERY_WORDS_MAX ? 0 : count;
        int r;
        if (too_long)
                r = verdict_malformed("the query is too long", &verdict);
        else if (live)
                r = live_asker_decide(live, words, count, &verdict);
        else
                r = offline_decide(offline, words, count, false, &verdict);
        if (r < 0)
                return r;
        r = output_verdict(&verdict, words, shown, options->given & OPTION_JSON);
        if (r == 0)
                r = verdict.outcome == OUTCOME_ERROR ? EXIT_UNABLE : 0;
        verdict_clear(&verdict);
        return r;
}

static int decide_lines(const Options *options, const Offline *offline, LiveAsker *live,
                        FILE *stream)
{
        char buffer[LINE_SIZE];
        Text line;
        int status = 0, r;
        while ((r = read_line(stream, buffer, &line)) > 0) {
                int decided = decide_line(options, offline, live, line);
                if (decided < 0)
                        return decided == -ENOMEM ? output_out_of_memory() : EXIT_UNABLE;
                if (decided != 0)
                        status = EXIT_UNABLE;
        }
        if (r < 0) {
                complain("check", "%s: %s", options->batch, strerror(-r));
                return EXIT_UNABLE;
        }
        return status;
}

static int run_live(const Options *options, FILE *stream)
{
        LiveAsker *asker = NULL;
        int status = live_asker_open("check", options, &asker);
        if (status == 0)
                status = decide_lines(options, NULL, asker, stream);
        live_asker_close(asker);
        return status;
}

static int run_offline(const Options *options, FILE *stream)
{
        Offline offline;
        int status = offline_open("check", options, &offline);
        if (status == 0)
                status = offline_add_live_state("check", options, &offline);
        if (status == 0) {
                status = decide_lines(options, &offline, NULL, stream);
                offline_note_state(options);
        }
        offline_close(&offline);
        return status;
}

int batch_run(const Options *options)
{
        bool standard_input = strcmp(options->batch, "-") == 0;
        _cleanup_fclose_ FILE *file = standard_input ? NULL : fopen(options->batch, "re");
        if (!file && !standard_input) {
                complain("check", "%s: %s", options->batch, strerror(errno));
                return EXIT_UNABLE;
        }
        FILE *stream = file ? file : stdin;
        return options->given & OPTION_LIVE ? run_live(options, stream)
                                            : run_offline(options, stream);
}

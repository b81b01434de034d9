/* SPDX-License-Identifier: MIT */
/*
 * Turn away: a front has refused somebody before any question was read: a wrong certificate, too
 * much at once, a malformed body. It says so for the record, which is all that this does.
 */
#include "daemon/request.h"
#include "daemon/server.h"

#define CODE_SIZE_MAX 64
#define WHY_SIZE_MAX  512
#define HOST_SIZE_MAX 256

static const Refusal refusal_turn_away = {
        "malformed-query", 3,
        "WHY of a TURN_AWAY is one line: a code of a-z 0-9 and -, a space, a sentence."
};

static bool is_code(Text text)
{
        for (size_t i = 0; i < text.size; i++) {
                char byte = text.data[i];
                if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-'))
                        return false;
        }
        return text.size > 0 && text.size <= CODE_SIZE_MAX;
}

/* Splits "code text". Return: false for anything else. */
static bool read_why(Text why, Text *ret_code, Text *ret_text)
{
        return why.size <= WHY_SIZE_MAX && text_is_printable(why) &&
               text_split_first(why, ' ', ret_code, ret_text) && is_code(*ret_code) &&
               ret_text->size > 0;
}

/* Whom the certificate stands for: its caller, or nobody but itself. */
static Text subject_of(const Request *request, Identity *identity)
{
        Text certificate = request_text(request, FIELD_CERTIFICATE);
        *identity = identity_of_certificate(request->server->policy.image, certificate, 0);
        return identity->kinds & IDENTITY_CALLER ? identity_text(identity) : certificate;
}

int request_turn_away(const Request *request)
{
        Text code, text, host = request_text(request, FIELD_REMOTE_HOST);
        Text certificate = request_text(request, FIELD_CERTIFICATE);
        Fingerprint fingerprint;
        DecisionId id;
        Identity turned_away;
        uint64_t request_id = request->message->request_id;
        if (!read_why(request_text(request, FIELD_WHY), &code, &text) || host.size == 0 ||
            host.size > HOST_SIZE_MAX || !text_is_printable(host) ||
            (certificate.size > 0 && !fingerprint_parse(certificate, &fingerprint)))
                return reply_refusal(request->client, request_id, &refusal_turn_away, TEXT_NULL);
        JournalRow row = request_row(request, "refusal");
        row.is_minor = true;
        row.share = JOURNAL_SHARE_OUTSIDERS;
        row.texts[JOURNAL_DECISION_ID] =
                decision_id_make(&id) == 0 ? decision_id_text(&id) : TEXT_NULL;
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("refused");
        row.texts[JOURNAL_REASON] = code;
        row.texts[JOURNAL_SUBJECT] = subject_of(request, &turned_away);
        row.texts[JOURNAL_ACTION] = TEXT_LITERAL("turn-away");
        row.texts[JOURNAL_REMOTE_HOST] = host;
        row.texts[JOURNAL_WHY] = text;
        (void)journal_append(request->server->journal, &row, NULL, NULL);
        request->server->counters.refused++;
        return reply_end(request->client, request_id, 0, 0, TEXT_NULL);
}

/* SPDX-License-Identifier: MIT */
/* Report page: see report_page.h. */
#include "daemon/report_page.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/number.h"

#define SKIP_MAX UINT32_MAX /* of a token: beyond what any review finds */

int report_page_begin(const Message *message, const Image *image, ReportPage *ret_page)
{
        Text after, revision, skip;
        uint32_t limit;
        ReportPage page = { .limit = UINT64_MAX };
        (void)image_revision(image, page.revision);
        if (message_number(message, FIELD_LIMIT, &limit))
                page.limit = limit;
        if (message_text(message, FIELD_AFTER, &after)) {
                if (!text_split_first(after, '.', &revision, &skip) ||
                    revision.size != sizeof(page.revision) - 1 ||
                    number_parse(skip, SKIP_MAX, &page.skip) < 0)
                        return REPORT_PAGE_MALFORMED;
                if (!text_is(revision, page.revision))
                        return REPORT_PAGE_CHANGED;
        }
        *ret_page = page;
        return 0;
}

ReportPlace report_page_count(ReportPage *page)
{
        if (page->found < page->skip) {
                page->found++;
                return REPORT_BEFORE_PAGE;
        }
        if (page->found - page->skip >= page->limit) {
                page->is_full = true;
                return REPORT_BEHIND_PAGE;
        }
        page->found++;
        return REPORT_ON_PAGE;
}

Text report_page_token(const ReportPage *page, char buffer[static REPORT_PAGE_TOKEN_SIZE])
{
        if (!page->is_full)
                return TEXT_NULL;
        int size = snprintf(buffer, REPORT_PAGE_TOKEN_SIZE, "%s.%" PRIu64, page->revision,
                            page->found);
        return (Text){ buffer, (size_t)size };
}

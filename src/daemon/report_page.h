/* SPDX-License-Identifier: MIT */
/*
 * Report page
 *
 * A part of a review: where it begins (FIELD_AFTER) and how long it may be (FIELD_LIMIT). A token
 * is the revision of the policy and how many answers came before: of another policy the places mean
 * nothing, so that is refused. Live state may change between two pages; then an answer may come
 * twice or not at all, as the standard for searches allows.
 */
#pragma once

#include "policy/image.h"
#include "wire/message.h"

#define REPORT_PAGE_MALFORMED  1 /* of report_page_begin(): AFTER is no token */
#define REPORT_PAGE_CHANGED    2 /* AFTER belongs to another policy */
#define REPORT_PAGE_TOKEN_SIZE (IMAGE_REVISION_SIZE + 24)

typedef struct ReportPage {
        char revision[IMAGE_REVISION_SIZE];
        uint64_t skip;  /* answers of the pages before */
        uint64_t found; /* so far, those of the pages before as well */
        uint64_t limit; /* answers on this page; UINT64_MAX: all */
        bool is_full;   /* there are more */
} ReportPage;

typedef enum ReportPlace {
        REPORT_BEFORE_PAGE,
        REPORT_ON_PAGE,
        REPORT_BEHIND_PAGE, /* nothing further needs to be found */
} ReportPlace;

/* Reads which page a request wants. Return: 0, REPORT_PAGE_MALFORMED, REPORT_PAGE_CHANGED. */
int report_page_begin(const Message *message, const Image *image, ReportPage *ret_page);

/* Counts an answer. Return: where it stands. */
ReportPlace report_page_count(ReportPage *page);

/* The token of the next page. Return: the text in buffer; empty when this was the last one. */
Text report_page_token(const ReportPage *page, char buffer[static REPORT_PAGE_TOKEN_SIZE]);

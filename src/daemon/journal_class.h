/* SPDX-License-Identifier: MIT */
/* What a row of the journal is about, and where: by which rows are kept, found and shown. */
#pragma once

#include <stddef.h>

#include "policy/daemon_settings.h"
#include "util/text.h"

/* The class of a kind of row (JOURNAL_KIND). What is not known is administration, which is kept. */
EventClass journal_class(Text kind);

/* A SQL expression for the class of the column `kind`, for rows that were written without it.
 * Writes at most size bytes with the NUL. */
void journal_class_sql(char *sql, size_t size);

/*
 * The path of the site where a resource lies, organization first and a "/" at the end, so that a
 * site and all below it are one range of texts: "acme/HQ/" for door:acme/HQ/D1. Doors, hosts,
 * cameras, archives and sites lie at one. Writes it into buffer, which has room for the resource
 * and one byte. Return: borrows from buffer; the empty text for what lies at no site.
 */
Text journal_site(Text resource, char *buffer);

/* The resource types that journal_site() knows, in SQL for rows that were written without a site:
 * a condition that a resource lies at or below the path ?LOW (with "/" at the end, as above) and
 * before ?HIGH. */
void journal_site_sql(char *sql, size_t size, int low, int high);

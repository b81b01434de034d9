/* SPDX-License-Identifier: MIT */
/* What tests of the loader share: the text of one file into a model, diagnostics as one string. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/parse.h"

/* All diagnostics as they are printed. Return: owned by the caller. */
static inline char *diagnostics_text(Diagnostics *diagnostics)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        diagnostics_print(diagnostics, stream);
        fclose(stream);
        return text;
}

/* A model that texts are read into, one after the other. */
typedef struct LoadFixture {
        Diagnostics *diagnostics;
        Model *model;
        Loader loader;
} LoadFixture;

static inline void load_fixture_init(LoadFixture *fixture)
{
        *fixture = (LoadFixture){ .diagnostics = diagnostics_new() };
        fixture->model = model_new(fixture->diagnostics);
        assert_non_null(fixture->model);
        fixture->loader = (Loader){ .model = fixture->model, .site = MODEL_NONE };
}

static inline void load_fixture_done(LoadFixture *fixture)
{
        model_free(fixture->model);
        diagnostics_free(fixture->diagnostics);
}

/* Reads bytes as a file of that name and kind, of organization "acme" if the kind has one. */
static inline void load_fixture_bytes(LoadFixture *fixture, SourceKind kind, const char *name,
                                      const char *bytes, size_t size)
{
        bool has_organization =
                kind == SOURCE_ORGANIZATION || kind == SOURCE_FRAGMENT || kind == SOURCE_MANAGED;
        SourceFile file = { .kind = kind,
                            .organization = has_organization ? "acme" : NULL,
                            .file = diagnostics_file(fixture->diagnostics, name),
                            .data = malloc(size + 1),
                            .size = size };
        assert_non_null(file.data);
        memcpy(file.data, bytes, size);
        file.data[size] = '\0';
        assert_int_equal(parse_file(&fixture->loader, &file), 0);
        free(file.data);
}

static inline void load_fixture_text(LoadFixture *fixture, SourceKind kind, const char *name,
                                     const char *text)
{
        load_fixture_bytes(fixture, kind, name, text, strlen(text));
}

/* Compares everything that was reported so far. */
static inline void load_fixture_expect(LoadFixture *fixture, const char *expected)
{
        char *text = diagnostics_text(fixture->diagnostics);
        assert_string_equal(text, expected);
        free(text);
}

/* Reads one text of a kind as the file "f" and compares what is reported. */
static inline void load_expect(SourceKind kind, const char *text, const char *expected)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, kind, "f", text);
        assert_int_equal(schema_additions_resolve(&fixture.loader), 0);
        load_fixture_expect(&fixture, expected);
        load_fixture_done(&fixture);
}

/* The head of an organization's file, one line. */
#define LOAD_HEAD "organization = { name = \"acme\"; };\n"

/* As load_expect() of an organization's file whose text stands from line 2 on, below its head. */
static inline void load_expect_organization(const char *text, const char *expected)
{
        char *whole = NULL;
        assert_true(asprintf(&whole, LOAD_HEAD "%s", text) > 0);
        load_expect(SOURCE_ORGANIZATION, whole, expected);
        free(whole);
}

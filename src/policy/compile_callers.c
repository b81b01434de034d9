/* SPDX-License-Identifier: MIT */
/* Compile: callers with an index by certificate, fronts, and cards by number. */
#include <errno.h>
#include <stdlib.h>

#include "policy/compile.h"
#include "util/vector.h"

static ImageRange sites_of(Compiler *compiler, uint32_t number, const ModelCaller *caller)
{
        uint32_t count = caller->sites.count;
        _cleanup_free_ uint32_t *sites = calloc((size_t)count + 1, sizeof(*sites));
        if (!sites) {
                compiler->error = -ENOMEM;
                return (ImageRange){ 0, 0 };
        }
        for (uint32_t i = 0; i < count; i++)
                sites[i] = compiled_site(compiler, number, caller->sites.items[i].index);
        return compiler_numbers(compiler, sites, count);
}

static void callers_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        uint32_t count = organization->callers.count;
        ImageRange range = { compiler_count(compiler, IMAGE_CALLERS), count };
        COMPILED_ORGANIZATION(compiler, number)->callers = range;
        ImageCaller *records = compiler_append(compiler, IMAGE_CALLERS, count);
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelCaller *caller = &organization->callers.items[i];
                records[i] = (ImageCaller){
                        .name = compiler_string(compiler, caller->name),
                        .title = compiler_string(compiler, caller->title),
                        .organization = number,
                        .uid = caller->uid_stated ? caller->uid : IMAGE_NONE,
                        .may = caller->may,
                        .has_certificate = caller->certificate_stated,
                        .certificate = caller->certificate,
                        .sites = sites_of(compiler, number, caller),
                        .place = compiled_place(caller->place),
                };
        }
}

/* ---- Certificates ---- */

typedef struct Certificate {
        Fingerprint fingerprint;
        uint32_t caller;
} Certificate;

static int certificate_compare(const void *left, const void *right)
{
        const Certificate *a = left, *b = right;
        int order = fingerprint_compare(&a->fingerprint, &b->fingerprint);
        return order != 0 ? order : (a->caller > b->caller) - (a->caller < b->caller);
}

static void certificates_fill(Compiler *compiler)
{
        uint32_t callers = compiler_count(compiler, IMAGE_CALLERS), count = 0;
        _cleanup_free_ Certificate *certificates =
                calloc((size_t)callers + 1, sizeof(*certificates));
        if (!certificates) {
                compiler->error = -ENOMEM;
                return;
        }
        for (uint32_t i = 0; i < callers; i++) {
                const ImageCaller *caller = compiler_at(compiler, IMAGE_CALLERS, i);
                if (caller->has_certificate)
                        certificates[count++] = (Certificate){ caller->certificate, i };
        }
        qsort(certificates, count, sizeof(*certificates), certificate_compare);
        uint32_t *index = compiler_append(compiler, IMAGE_CERTIFICATES, count);
        for (uint32_t i = 0; i < count && index; i++)
                index[i] = certificates[i].caller;
}

/* ---- Fronts ---- */

static void fronts_fill(Compiler *compiler)
{
        const ModelHostSettings *settings = &compiler->model->settings;
        uint32_t count = settings->fronts.count;
        ImageFront *records = compiler_append(compiler, IMAGE_FRONTS, count);
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelFront *front = &settings->fronts.items[i];
                records[i] = (ImageFront){
                        .name = compiler_string(compiler, front->name),
                        .uid = front->uid_known ? front->uid : IMAGE_NONE,
                        .place = compiled_place(front->place),
                };
        }
}

/* ---- Cards ---- */

static int card_compare(const void *left, const void *right)
{
        const ImageCard *a = left, *b = right;
        return (a->number > b->number) - (a->number < b->number);
}

int compile_cards(Compiler *compiler, uint32_t number, const uint32_t *order)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        uint32_t first_user = COMPILED_ORGANIZATION(compiler, number)->users.first, count = 0;
        for (uint32_t i = 0; i < organization->users.count; i++)
                count += organization->users.items[i].cards.count;
        ImageRange range = { compiler_count(compiler, IMAGE_CARDS), count };
        COMPILED_ORGANIZATION(compiler, number)->cards = range;
        ImageCard *cards = compiler_append(compiler, IMAGE_CARDS, count);
        if (!cards)
                return compiler->error;
        uint32_t filled = 0;
        for (uint32_t i = 0; i < organization->users.count; i++) {
                const ModelUser *user = &organization->users.items[order[i]];
                for (uint32_t k = 0; k < user->cards.count; k++)
                        cards[filled++] = (ImageCard){ .number = user->cards.items[k].number,
                                                       .user = first_user + i };
        }
        if (count > 0)
                qsort(cards, count, sizeof(*cards), card_compare);
        return compiler->error;
}

int compile_callers(Compiler *compiler)
{
        for (uint32_t i = 0; i < compiler->model->organizations.count && !compiler->error; i++)
                callers_fill(compiler, i);
        if (!compiler->error)
                certificates_fill(compiler);
        if (!compiler->error)
                fronts_fill(compiler);
        return compiler->error;
}

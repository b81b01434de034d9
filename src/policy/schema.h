/* SPDX-License-Identifier: MIT */
/*
 * Schema
 *
 * What may stand in a file is said by tables: one row a key, with who reads its value, into which
 * member, within which bounds. A small walker goes through a parsed group and its table; a key that
 * is not in the table is an error. One file a subject holds the tables (schema_*.c).
 */
#pragma once

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/model.h"
#include "policy/source.h"

/* Something in a fragment that extends a site declared elsewhere. Within the organization's lists
 * its doors, hosts and sites say LOADER_ADDITION | index instead of a site until all is read. */
typedef struct LoaderAddition {
        uint32_t organization;
        Reference site; /* name NULL when it had no valid form (reported) */
} LoaderAddition;

#define LOADER_ADDITION 0x80000000u

typedef struct Loader { /* what is being read, and into what */
        Model *model;
        SourceKind kind;
        uint32_t file;                   /* of the diagnostics */
        ModelOrganization *organization; /* whose file this is, or NULL */
        bool organization_stated;        /* the file holds the key "organization" */
        uint32_t site; /* within which the lists stand: index, addition, or MODEL_NONE */
        bool out_of_memory;
        LIST_OF(LoaderAddition) additions;
} Loader;

typedef struct SchemaKey SchemaKey;
typedef struct SchemaTable SchemaTable;

/* Reads a value into a member of target. Return: false when something was reported. */
typedef bool (*SchemaReader)(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                             void *target);

/* The words of a list: the word of an index and what it stands for; NULL past the last one. */
typedef const char *(*SchemaWords)(unsigned index, uint32_t *ret_value);

/* What a word stands for that is known but not supported yet. */
#define SCHEMA_WORD_UNSUPPORTED UINT32_MAX

typedef enum SchemaForm {
        FORM_NAME,
        FORM_USER,            /* a user's name, also of an account or a Unix group */
        FORM_PERSON,          /* a user's name or unix-group:NAME, as who-can prints them */
        FORM_SITE_PATH,       /* sites, without the organization */
        FORM_DOOR_PATH,       /* sites and a door, without the organization */
        FORM_HOST_PATH,       /* organization, sites, host */
        FORM_CALENDAR_FILE,   /* in calendars.d */
        FORM_WHOLE_DOOR_PATH, /* organization, sites, door */
} SchemaForm;

enum SchemaFlags {
        SCHEMA_REQUIRED = 1 << 0,
        SCHEMA_IDENTITY = 1 << 1,  /* required, and without it the whole group is left out */
        SCHEMA_NOT_EMPTY = 1 << 2, /* a list must hold something */
        SCHEMA_LATER = 1 << 3,     /* read after ready() */
};

struct SchemaKey {
        const char *name;
        SchemaReader read; /* NULL: not supported yet */
        uint16_t offset;   /* of the member in the target */
        uint16_t extra;    /* of a Place or a "stated" flag that goes with it; 0: none */
        uint8_t flags;
        SchemaForm form;
        uint32_t minimum, maximum; /* of a number */
        SchemaWords words;
        const SchemaTable *table; /* of a group or a list of groups */
};

/* The keys of one kind of group. */
struct SchemaTable {
        const char *title; /* as in: unknown key "x" in TITLE */
        const SchemaKey *keys;
        unsigned count; /* at most 64 */
        uint16_t item_size;
        uint16_t place;                            /* offset of the item's Place */
        bool whole;                                /* an item with any error in it is left out */
        void (*start)(Loader *loader, void *item); /* defaults; NULL: all zero */
        /* Between the keys and those marked SCHEMA_LATER; false: do not read these. */
        bool (*ready)(Loader *loader, void *item);
        /* What keys say together; false when something was reported. Not called after errors. */
        bool (*finish)(Loader *loader, const config_setting_t *group, void *item);
};

#define SCHEMA_COUNT(keys) ((unsigned)(sizeof(keys) / sizeof((keys)[0])))

typedef enum SchemaResult {
        SCHEMA_GOOD,
        SCHEMA_FAULTY,  /* something was reported */
        SCHEMA_USELESS, /* and the item cannot be kept */
} SchemaResult;

/* The member that a key fills. */
static inline void *schema_member(const SchemaKey *key, void *target)
{
        return (char *)target + key->offset;
}

/* The member that goes with it: a Place or a flag. */
static inline void *schema_extra(const SchemaKey *key, void *target)
{
        return (char *)target + key->extra;
}

Place schema_place(const Loader *loader, const config_setting_t *setting);

/* Reports an error where a setting stands. Return: false. */
bool schema_error(const Loader *loader, const config_setting_t *setting, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Remembers that memory ran out. Return: false. */
bool schema_out_of_memory(Loader *loader);

/* Goes through a group by its table. item must have been started. */
SchemaResult schema_walk(Loader *loader, const SchemaTable *table, const config_setting_t *group,
                         void *item);

/* Reads a list of groups into a LIST_OF the items that key->table describes. */
bool schema_items(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                  void *list);

/* The one group that a file is. */
bool schema_root(Loader *loader, const SchemaTable *table, const config_setting_t *root,
                 void *target);

/* ---- Readers (schema_read.c): each reads one type of value ---- */

bool schema_read_name(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_title(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_titles(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_switch(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_number(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_word(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_word_switch(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_words(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_reference(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_references(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_group(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_list(Loader *, const SchemaKey *, const config_setting_t *, void *);

/* What is wrong with the type of a value. Return: false when it was reported. */
bool schema_is_string(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      Text *ret_text);
bool schema_is_list_of_strings(Loader *loader, const SchemaKey *key,
                               const config_setting_t *setting);

/* The bit or number of a word; an unknown one is reported with the nearest. */
bool schema_word_find(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      uint32_t *ret_value);

/* ---- Readers of times (schema_time.c) ---- */

bool schema_read_time(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_minute_from(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_minute_to(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_zone(Loader *, const SchemaKey *, const config_setting_t *, void *);

/* Says whether an interval holds anything; reports one that does not. */
bool schema_interval_check(Loader *loader, const config_setting_t *group, const Interval *interval);

/* ---- Tables ---- */

extern const SchemaTable SCHEMA_CATALOGUE_FILE;    /* target: Model */
extern const SchemaTable SCHEMA_SETTINGS_FILE;     /* target: ModelHostSettings */
extern const SchemaTable SCHEMA_ORGANIZATION_FILE; /* target: ModelOrganization */
extern const SchemaTable SCHEMA_TESTS_FILE;        /* target: Model */
extern const SchemaTable SCHEMA_GROUP;             /* ModelGroup, of groups */
extern const SchemaTable SCHEMA_ACCESS_GROUP;      /* ModelGroup, of access_groups */
extern const SchemaTable SCHEMA_USER;              /* ModelUser */
extern const SchemaTable SCHEMA_PEOPLE;            /* ModelPeople */
extern const SchemaTable SCHEMA_CUSTOM_ROLE;       /* ModelCustomRole */
extern const SchemaTable SCHEMA_CUSTOMIZATION;     /* ModelCustomization */

/* Readers of an organization's sites, of what extends them (schema_sites.c), of its entities. */
bool schema_read_entities(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_sites(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_additions(Loader *, const SchemaKey *, const config_setting_t *, void *);

/* "PARENT/NAME" in the model's arena, or NULL without memory. */
const char *schema_path_join(Loader *loader, const char *parent, const char *name);

/*
 * Puts what site_additions hold into the sites they name, and gives every site its path and depth;
 * afterwards parents stand before their children. A site that does not exist is reported.
 * Return: 0 or -ENOMEM.
 */
int schema_additions_resolve(Loader *loader);

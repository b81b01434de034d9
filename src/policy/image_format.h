/* SPDX-License-Identifier: MIT */
/*
 * Image format, version 4
 *
 * A compiled policy: one flat, position-independent file in the byte order of the machine that made
 * it, mapped read-only and never changed. A header, then sections of fixed-size records, each
 * aligned to 8 bytes. Names have become dense numbers; a number is an index into its section, and
 * IMAGE_NONE stands for "none". Strings are offsets into the section of strings, each string a
 * 32-bit length, its bytes and a NUL, aligned to 4.
 *
 * Positions. A walk over the tree gives every organization and site a number: an organization's
 * `position` comes directly before those of its sites, a site's before those of the sites below
 * it, and `end` is the first number after everything below. "B is A or lies below it" is
 * A.position <= B.position < A.end.
 *
 * Held roles. What a user holds, himself and through his declared groups, is one run of ImageHeld
 * records, ladder by ladder and within one sorted by descending rank, roles of their own last, with
 * implied roles added and roles that cannot have effect (rank 0) left out. For people who come
 * through a Unix group the same runs exist for every group. What every member of an organization
 * holds by being one is a run of its own (ImageOrganization.member_held).
 *
 * Roles. IMAGE_ROLES begins with the catalogues' roles, in their order; behind them come, for each
 * organization, its custom roles and its variants: a variant is a catalogue's role as that
 * organization has customized it, and stands in held runs instead of it. ImageRole.base leads from
 * a variant to the role it is a variant of, from any other role to itself: roles are the same when
 * their bases are.
 *
 * Time. A window is an interval of the local week, an exception's day the number of a local day;
 * what local time is, says the zone: the schedule's own, else that of the door. So a decision needs
 * one search for the offset and one for window or day, and no calendar.
 */
#pragma once

#include <stdint.h>

#include "policy/image_callers.h"
#include "policy/image_place.h"
#include "policy/vocabulary.h"

#define IMAGE_MAGIC   "doorward"
#define IMAGE_VERSION 4u

enum ImageSectionId {
        IMAGE_STRINGS,          /* bytes */
        IMAGE_FILES,            /* ImageFile */
        IMAGE_ORGANIZATIONS,    /* ImageOrganization */
        IMAGE_SITES,            /* ImageSite, in the order of positions */
        IMAGE_DOORS,            /* ImageDoor */
        IMAGE_HOSTS,            /* ImageHost */
        IMAGE_USERS,            /* ImageUser, an organization's together, sorted by name */
        IMAGE_GROUPS,           /* ImageGroup: groups, an organization's together */
        IMAGE_ACCESS_GROUPS,    /* ImageAccessGroup */
        IMAGE_ACCESS_LEVELS,    /* ImageAccessLevel */
        IMAGE_SCHEDULES,        /* ImageSchedule */
        IMAGE_WINDOWS,          /* ImageWindow */
        IMAGE_ZONES,            /* ImageZone */
        IMAGE_TRANSITIONS,      /* ImageTransition */
        IMAGE_EXCEPTIONS,       /* ImageException: of doors and of access levels */
        IMAGE_EXCEPTION_DAYS,   /* ImageExceptionDay, one thing's together, ascending */
        IMAGE_LOCKDOWNS,        /* ImageLockdown, an organization's together */
        IMAGE_OBJECTS,          /* ImageObject: what is only declared and named */
        IMAGE_PERMISSIONS,      /* ImagePermission */
        IMAGE_ROLES,            /* ImageRole */
        IMAGE_ROLE_BITS,        /* uint64_t: what each role gives, see below */
        IMAGE_ENTRIES,          /* ImageEntry, a role's together, sorted by permission */
        IMAGE_CUSTOMIZATIONS,   /* ImageCustomization, a variant's together, sorted by permission */
        IMAGE_GRANTS,           /* ImageGrant: grants as recorded, a holder's together */
        IMAGE_HELD,             /* ImageHeld */
        IMAGE_NUMBERS,          /* uint32_t: lists of indices */
        IMAGE_MAPPED_GROUPS,    /* ImageMappedGroup, sorted by organization, then gid */
        IMAGE_UIDS,             /* ImageUid, sorted by uid */
        IMAGE_NAME_SLOTS,       /* ImageSlot: hash table of resources and users */
        IMAGE_PERMISSION_SLOTS, /* ImageSlot */
        IMAGE_ROLE_SLOTS,       /* ImageSlot */
        IMAGE_CALLERS,          /* ImageCaller, an organization's together */
        IMAGE_CERTIFICATES,     /* uint32_t: callers that have one, sorted by it, then number */
        IMAGE_FRONTS,           /* ImageFront */
        IMAGE_CARDS,            /* ImageCard, an organization's together, sorted by number */
        IMAGE_BREAK_GLASS,      /* uint32_t: strings */
        IMAGE_SESSION_RULES,    /* ImageSessionRule, one a service, sorted by service */
        IMAGE_SECTION_COUNT,
};

typedef struct ImageSection {
        uint64_t offset; /* from the start of the file */
        uint64_t size;   /* bytes; a whole number of records */
} ImageSection;

/* Days on which something else counts. No two of them are the same day. */
typedef struct ImageDays {
        ImageRange days;        /* in IMAGE_EXCEPTION_DAYS, ascending */
        int32_t known_until;    /* the first day that its calendars do not reach; INT32_MAX */
        uint32_t with_calendar; /* the first exception that has a calendar, or IMAGE_NONE */
} ImageDays;

typedef struct ImageFile {
        uint32_t name;    /* string */
        uint32_t managed; /* 1: written by the daemon (assignments/NAME.conf), not by hand */
} ImageFile;

typedef struct ImageOrganization {
        uint32_t name;
        uint32_t title;
        uint32_t position, end;
        uint32_t remote_unlock; /* 0 or 1 */
        ImagePlace remote_unlock_place;
        ImagePlace place;
        ImageRange sites, doors, hosts, users, groups, access_groups, access_levels, schedules,
                objects, callers, cards, mapped_groups, exceptions, lockdowns;
        ImageRange roles;       /* its custom roles and variants */
        ImageRange member_held; /* in IMAGE_HELD: what every member holds */
} ImageOrganization;

typedef struct ImageSite {
        uint32_t name;
        uint32_t path; /* string, without the organization */
        uint32_t title;
        uint32_t organization;
        uint32_t parent; /* site, or IMAGE_NONE */
        uint32_t position, end;
        uint32_t zone;                  /* of it and everything there */
        uint32_t remote_unlock;         /* its own switch, 0 or 1 */
        ImagePlace remote_unlock_place; /* where it is switched off */
        ImagePlace place;
} ImageSite;

/* What every decision reads comes first, so that it shares a cache line. */
typedef struct ImageDoor {
        uint32_t path;     /* without the organization */
        uint32_t position; /* of its site */
        uint32_t site;
        uint32_t remote_unlock; /* 0 when switched off here or anywhere above */
        ImageRange levels;      /* in IMAGE_NUMBERS: access levels that hold it, ascending */
        uint32_t zone;
        uint32_t schedule;      /* of kind door, or IMAGE_NONE */
        ImageRange lockdowns;   /* in IMAGE_NUMBERS: lockdowns that hold it, ascending */
        ImageDays exceptions;   /* days on which an exception replaces the schedule */
        uint32_t default_state; /* DoorState: when no schedule says another */
        uint32_t organization;
        uint32_t release_s, extended_release_s; /* how long an unlock lasts, seconds */
        uint32_t title;
        ImagePlace remote_unlock_place; /* what switches it off: the nearest switch */
        ImagePlace place;
} ImageDoor;

typedef struct ImageHost {
        uint32_t path;
        uint32_t title;
        uint32_t site;
        uint32_t position;
        uint32_t organization;
        ImagePlace place;
} ImageHost;

enum ImageUserFlags {
        IMAGE_USER_MEMBER = 1 << 0,
        IMAGE_USER_SYNCED = 1 << 1,
        IMAGE_USER_SUSPENDED = 1 << 2,
        IMAGE_USER_NO_REMOTE_UNLOCK = 1 << 3,
        IMAGE_USER_UID_STATED = 1 << 4, /* in any organization: a person is one everywhere */
        IMAGE_USER_HAS_DATES = 1 << 5,
        IMAGE_USER_HAS_LEGACY_ROLE = 1 << 6, /* and has not been migrated */
        IMAGE_USER_EXTENDED_TIME = 1 << 7,   /* needs more time at a door */
};

/* What every decision looks at comes first. 96 bytes: each more is felt in every decision. */
typedef struct ImageUser {
        uint32_t name;
        uint32_t organization;
        uint32_t flags;
        uint32_t uid;      /* stated in this or another organization */
        ImageRange held;   /* in IMAGE_HELD */
        ImageRange levels; /* in IMAGE_NUMBERS: access levels of his access groups, ascending */
        int64_t access_from_s, access_until_s;
        ImageRange groups;        /* in IMAGE_NUMBERS: groups, ascending */
        ImageRange access_groups; /* in IMAGE_NUMBERS, ascending */
        uint32_t title;
        ImagePlace place;
        ImagePlace access_place; /* of the access group of keys: suspended, from, until */
        ImagePlace remote_unlock_place;
        uint32_t first_grant; /* recorded for himself; IMAGE_NONE: none */
} ImageUser;

enum ImageGroupFlags {
        IMAGE_GROUP_SYNCED = 1 << 0,
};

typedef struct ImageGroup {
        uint32_t name;
        uint32_t title;
        uint32_t organization;
        uint32_t flags;
        ImageRange held;    /* in IMAGE_HELD */
        ImageRange members; /* in IMAGE_NUMBERS: users listed, ascending */
        ImageRange grants;  /* recorded for it */
        ImagePlace place;
} ImageGroup;

typedef struct ImageAccessGroup {
        uint32_t name;
        uint32_t title;
        uint32_t organization;
        uint32_t flags;
        ImageRange levels;  /* in IMAGE_NUMBERS, ascending */
        ImageRange members; /* in IMAGE_NUMBERS: users listed, ascending */
        ImagePlace place;
} ImageAccessGroup;

typedef struct ImageAccessLevel {
        uint32_t name;
        uint32_t title;
        uint32_t organization;
        uint32_t schedule;        /* of kind access; IMAGE_NONE: always */
        ImageDays exceptions;     /* days on which an exception replaces the schedule */
        ImageRange access_groups; /* in IMAGE_NUMBERS, ascending */
        ImagePlace place;
} ImageAccessLevel;

typedef struct ImageSchedule {
        uint32_t name;
        uint32_t title;
        uint32_t organization;
        uint32_t kind;      /* ScheduleKind */
        uint32_t zone;      /* IMAGE_NONE: that of the door */
        ImageRange windows; /* sorted by start, none overlapping another */
        ImagePlace place;
} ImageSchedule;

/* Seconds of the local week, Monday 00:00 being 0: [from, to), to at most 604800. A window over the
 * week's end is two. */
typedef struct ImageWindow {
        uint32_t from;
        uint32_t to;
        uint32_t state; /* DoorState; of access: DOOR_STATE_COUNT */
        ImagePlace place;
} ImageWindow;

/* What counts on certain days instead of a schedule. */
typedef struct ImageException {
        uint32_t name;
        uint32_t organization;
        uint32_t kind;      /* ScheduleKind: of doors, or of access levels */
        uint32_t state;     /* of doors: outside of the windows */
        ImageRange windows; /* as a schedule's */
        ImagePlace place;
} ImageException;

typedef struct ImageExceptionDay {
        int32_t day;        /* local, days since 1970-01-01 */
        uint32_t exception; /* IMAGE_EXCEPTIONS */
} ImageExceptionDay;

/* People named one by one and by group. Each ascending, in IMAGE_NUMBERS. */
typedef struct ImagePeople {
        ImageRange users, groups, access_groups;
} ImagePeople;

/* A scenario for an emergency. Whether it is on is live state. */
typedef struct ImageLockdown {
        uint32_t name;
        uint32_t title;
        uint32_t organization;
        uint32_t mode; /* DOOR_MODE_LOCKED_DOWN or DOOR_MODE_LOCKED_OPEN */
        uint32_t rank; /* of several that are on, the lowest says which mode a door has */
        uint32_t automatic_end_s;     /* seconds after its start; 0: by hand only */
        ImageRange doors;             /* in IMAGE_NUMBERS, ascending */
        ImageRange sites;             /* in IMAGE_NUMBERS, ascending: where these doors are */
        ImagePeople trigger, release; /* who may start and end it without a role */
        ImagePeople unlock;           /* who may pass meanwhile */
        ImagePlace place;
} ImageLockdown;

typedef struct ImageZone {
        uint32_t name;
        ImageRange transitions; /* the first one's start is TIMESTAMP_MIN */
        uint32_t reserved;
        int64_t until_s; /* from here on the zone's offset is not known */
} ImageZone;

typedef struct ImageTransition {
        int64_t start_s;
        int32_t offset_s; /* local time = UTC + offset from start_s on */
        uint32_t reserved;
} ImageTransition;

/* Something that is declared so that it can be named. */
typedef struct ImageObject {
        uint32_t type; /* ResourceType */
        uint32_t name;
        uint32_t title;
        uint32_t organization;
        uint32_t site;    /* of a roll call template; else IMAGE_NONE */
        ImageRange doors; /* in IMAGE_NUMBERS: of a floorplan, ascending */
        ImagePlace place;
} ImageObject;

typedef struct ImagePermission {
        uint32_t name;
        uint32_t title;
        uint32_t scopes;
        uint32_t gates;
        uint32_t without_role; /* bits of Condition */
        uint32_t any_site;     /* 1 when a role gives it on the organization from any site */
        uint32_t member_gives; /* 1 when a role that every member holds gives it */
        uint32_t class_bit;    /* of its class of customization; 0: none */
        ImagePlace place;
} ImagePermission;

/*
 * IMAGE_ROLE_BITS answers in one step whether a role gives a permission. A role has a row of
 * 2 * IMAGE_ROLE_BITS_PAIRS(permissions) words. For permission p the pair of words p / 64 counts,
 * and in it bit p % 64: in the first word it is set when an entry gives p in all of its scopes with
 * no condition and no further role (also); in the second when any entry gives p, and then
 * IMAGE_ENTRIES has to be looked at. Whatever is set in the first is set in the second.
 */
#define IMAGE_ROLE_BITS_PAIRS(permission_count) (((permission_count) + 63) / 64)

enum ImageRoleFlags {
        IMAGE_ROLE_USER = 1 << 0,
        IMAGE_ROLE_GROUP = 1 << 1,
        IMAGE_ROLE_LEGACY = 1 << 2,
        IMAGE_ROLE_ADMINISTERS = 1 << 3,
        IMAGE_ROLE_EVERY_MEMBER = 1 << 4,
        IMAGE_ROLE_FROZEN =
                1 << 5, /* neither granted nor revoked before a legacy user is migrated */
        IMAGE_ROLE_CUSTOM = 1 << 6,
};

typedef struct ImageRole {
        uint32_t name;
        uint32_t title;
        uint32_t description;
        uint32_t level;  /* RoleLevel */
        uint32_t ladder; /* IMAGE_NONE: a role of its own */
        uint32_t rank;
        uint32_t flags;
        uint32_t organization; /* of a custom role or variant; IMAGE_NONE: of a catalogue */
        uint32_t base;         /* the role this is a variant of; else itself */
        uint32_t class_bits;   /* classes of permissions by which it may be customized */
        uint32_t reserved;
        ImageRange granted_with, revoked_with; /* in IMAGE_NUMBERS: permissions, any of which */
        ImageRange includes;                   /* in IMAGE_NUMBERS: roles, as stated */
        ImageRange implies;                    /* in IMAGE_NUMBERS */
        ImageRange requires;                   /* in IMAGE_NUMBERS */
        ImageRange entries;        /* in IMAGE_ENTRIES: included roles' entries merged in */
        ImageRange customizations; /* of a variant */
        ImagePlace place;
} ImageRole;

/* One way in which a role gives a permission; several entries of one permission are alternatives.
 */
typedef struct ImageEntry {
        uint32_t permission;
        uint32_t scopes;     /* bits of Scope, never 0 */
        uint32_t conditions; /* bits of Condition that must all hold; 0: none */
        uint32_t any_site;
        ImageRange also;     /* in IMAGE_NUMBERS: roles, one of which must be held too */
        ImageRange entities; /* in IMAGE_NUMBERS: of IMAGE_OBJECTS, for which it holds; none: all */
        uint32_t from_role;  /* the role whose own entry this is (itself, or one included) */
        ImagePlace place;    /* of an entry that a customization adds: that one's */
} ImageEntry;

/* One permission that an organization adds to a role or removes from it. */
typedef struct ImageCustomization {
        uint32_t permission;
        uint32_t added; /* 1: added, 0: removed */
        ImagePlace place;
} ImageCustomization;

enum ImageHolderKind { IMAGE_HOLDER_USER = 0, IMAGE_HOLDER_GROUP = 1 };

/* A grant as it was recorded. */
typedef struct ImageGrant {
        uint32_t role;
        uint32_t site; /* IMAGE_NONE: the organization */
        uint32_t holder_kind;
        uint32_t holder; /* user or group */
        uint32_t count;  /* how many are recorded for this holder, from the first of them on */
        uint32_t reserved;
        int64_t from_s, until_s;
        ImagePlace place;
} ImageGrant;

/* A role in a holder's run. */
typedef struct ImageHeld {
        uint32_t position, end; /* where it counts */
        uint16_t role;
        uint8_t ladder; /* IMAGE_HELD_NO_LADDER: a role of its own */
        uint8_t flags;
        uint32_t grant; /* IMAGE_GRANTS: by which it is held; IMAGE_NONE: by membership */
} ImageHeld;

#define IMAGE_HELD_NO_LADDER UINT8_MAX

enum ImageHeldFlags {
        IMAGE_HELD_TIMED = 1 << 0,    /* the grant has a start or an end */
        IMAGE_HELD_IMPLIED = 1 << 1,  /* by the grant's role, not stated itself */
        IMAGE_HELD_REQUIRES = 1 << 2, /* the role has no effect without another one */
        IMAGE_HELD_MEMBER = 1 << 3,   /* by being a member of the organization */
};

/* What membership of a Unix group gives. */
typedef struct ImageMappedGroup {
        uint32_t organization;
        uint32_t gid;
        uint32_t unix_name;       /* string; the number where only that is stated */
        uint32_t member;          /* 1: makes its members members of the organization (people) */
        ImageRange groups;        /* in IMAGE_NUMBERS */
        ImageRange access_groups; /* in IMAGE_NUMBERS */
        ImagePlace place;
} ImageMappedGroup;

typedef struct ImageUid {
        uint32_t uid;
        uint32_t name; /* string: the person's name */
} ImageUid;

/*
 * A slot of an open-addressing hash table of 2^n slots with linear probing, at most half full, or
 * of none at all.
 * hash is the upper half of XXH3_64bits_withSeed(name, seed) with its lowest bit set (0: an empty
 * slot); the first slot to look at is the lower half modulo the table's size.
 *
 * Names of resources and users: name is the path without the organization (of an organization: its
 * name), seed is image_name_seed(type, organization). reference is the index into the section of
 * the type; for what is in IMAGE_OBJECTS into that. A person whose uid is stated is also there as
 * a user of the organization IMAGE_NONE.
 *
 * Names of roles: the seed is 0 for a catalogue's role and the organization's index + 1 for a
 * custom role; variants are found through their base only.
 */
typedef struct ImageSlot {
        uint32_t hash;
        uint32_t reference;
} ImageSlot;

typedef struct ImageSessionRule {
        uint32_t service;    /* string */
        uint32_t kind;       /* SessionRuleKind */
        uint32_t role;       /* or IMAGE_NONE */
        uint32_t permission; /* or IMAGE_NONE */
        uint32_t at_door;
        uint32_t subject_is_caller;
        ImagePlace place;
} ImageSessionRule;

/* Settings of this host and of the daemon. */
typedef struct ImageSettings {
        uint32_t host;    /* IMAGE_HOSTS, or IMAGE_NONE */
        uint32_t observe; /* 0 or 1 */
        int64_t observe_until_s;
        ImagePlace place; /* of the settings file; file IMAGE_NONE when there is none */
        uint32_t sessions_need_journal, unlocks_need_journal;
        uint32_t clients, clients_per_user, requests_in_flight, requests_per_second, requests_burst,
                request_seconds, journal_mebibytes, clock_ahead_seconds, clock_offline_days;
        uint32_t retention_days[EVENT_CLASS_COUNT];
} ImageSettings;

typedef struct ImageHeader {
        char magic[8];    /* IMAGE_MAGIC, without its NUL */
        uint32_t version; /* IMAGE_VERSION */
        uint32_t header_size;
        uint64_t size;     /* of the whole file */
        uint64_t checksum; /* XXH3_64bits of everything behind this member */
        /* XXH3_64bits of everything behind this member but compiled_at_s and fingerprint: equal
         * policies have equal revisions. */
        uint64_t revision;
        int64_t compiled_at_s;
        uint64_t fingerprint;         /* of the files it was compiled from, model.h */
        uint64_t position_count;      /* numbers given to organizations and sites */
        int64_t known_until_s;        /* from then on some schedule or calendar is not known */
        ImagePlace known_until_place; /* of the calendar that ends then; file IMAGE_NONE: a zone */
        uint32_t commands[PERMISSION_COMMAND_COUNT]; /* the permission that decides each command */
        uint32_t reserved;
        ImageSettings settings;
        ImageSection sections[IMAGE_SECTION_COUNT];
} ImageHeader;

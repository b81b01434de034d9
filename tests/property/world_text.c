/* SPDX-License-Identifier: MIT */
/* Paths are written from the site upwards, by walking to the parents. */
#include "world_text.h"
#include "reference_roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const WorldGid WORLD_GIDS[WORLD_GIDS_COUNT] = {
        { 1, "daemon" }, { 2, "bin" }, { 60001, NULL }, { 60002, NULL }, { 60003, NULL },
};

const char *const WORLD_ZONE_NAMES[ZONE_COUNT] = {
        [ZONE_UTC] = "UTC",
        [ZONE_BERLIN] = "Europe/Berlin",
        [ZONE_NEW_YORK] = "America/New_York",
        [ZONE_SYDNEY] = "Australia/Sydney",
        [ZONE_LORD_HOWE] = "Australia/Lord_Howe",
        [ZONE_KOLKATA] = "Asia/Kolkata",
        [ZONE_AZORES] = "Atlantic/Azores",
        [ZONE_SANTIAGO] = "America/Santiago",
};

const char *const WORLD_STATE_NAMES[STATE_COUNT] = {
        [STATE_ACCESS_CONTROLLED] = "access-controlled",
        [STATE_UNLOCKED] = "unlocked",
        [STATE_CARD_AND_CODE] = "card-and-code",
        [STATE_LOCKED] = "locked",
};

/* Puts NAME and a slash before what is in PATH already. */
static void put_before(const char *name, char *path)
{
        size_t length = strlen(name), rest = strlen(path);

        memmove(path + length + 1, path, rest + 1);
        memcpy(path, name, length);
        path[length] = '/';
}

void world_text_path(const WorldOrganization *o, int site, const char *name, char *ret_path)
{
        strcpy(ret_path, name);
        for (; site != WORLD_NONE; site = o->sites[site].parent)
                put_before(o->sites[site].name, ret_path);
}

void world_text_resource(const WorldOrganization *o, const char *type, int site, const char *name,
                         char *ret_resource)
{
        char path[WORLD_TEXT_SIZE];

        if (name[0] == '\0') {
                snprintf(ret_resource, WORLD_TEXT_SIZE, "%s:%s", type, o->name);
                return;
        }
        world_text_path(o, site, name, path);
        put_before(o->name, path);
        memcpy(ret_resource, type, strlen(type));
        ret_resource[strlen(type)] = ':';
        strcpy(ret_resource + strlen(type) + 1, path);
}

void world_text_time(int64_t time_s, int offset_minutes, char *ret_text)
{
        time_t local = (time_t)(time_s + offset_minutes * 60);
        struct tm parts;
        size_t length;

        gmtime_r(&local, &parts);
        length = strftime(ret_text, WORLD_NAME_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
        if (offset_minutes == 0)
                strcpy(ret_text + length, "Z");
        else
                snprintf(ret_text + length, WORLD_NAME_SIZE - length, "%c%02d:%02d",
                         offset_minutes < 0 ? '-' : '+', abs(offset_minutes) / 60,
                         abs(offset_minutes) % 60);
}

/* The words between the user and with=. */
static int print_head(const RefQuery *query, char *ret_text, size_t size)
{
        static const char *const WORDS[] = {
                [REF_GRANT] = "grant",
                [REF_REVOKE] = "revoke",
                [REF_MIGRATE] = "migrate",
                [REF_ADD_MEMBER] = "add-member",
                [REF_CUSTOMIZE] = "customize",
                [REF_REMOVE_MEMBER] = "remove-member",
                [REF_START_LOCKDOWN] = "start-lockdown",
                [REF_END_LOCKDOWN] = "end-lockdown",
        };

        switch (query->kind) {
        case REF_PERMISSION:
                return snprintf(ret_text, size, "%s %s %s", query->user, query->permission,
                                query->resource);
        case REF_GRANT:
        case REF_REVOKE:
                return snprintf(ret_text, size, "%s %s %s %s", query->user, WORDS[query->kind],
                                query->role, query->resource);
        case REF_CUSTOMIZE:
                return snprintf(ret_text, size, "%s customize %s %s %s", query->user, query->role,
                                query->permission, query->resource);
        default:
                return snprintf(ret_text, size, "%s %s %s", query->user, WORDS[query->kind],
                                query->resource);
        }
}

static int print_flag(const char *key, RefFlag flag, char *ret_text, size_t size)
{
        if (flag == REF_NOT_STATED)
                return 0;
        return snprintf(ret_text, size, " %s=%s", key, flag == REF_TRUE ? "true" : "false");
}

void world_text_query(const RefQuery *query, char *ret_text, size_t size)
{
        int length = print_head(query, ret_text, size);

        for (int i = 0; i < query->with_count && (size_t)length < size; i++)
                length += snprintf(ret_text + length, size - (size_t)length, " with=%s",
                                   query->with[i]);
        if ((size_t)length < size)
                length += print_flag("active", query->active, ret_text + length,
                                     size - (size_t)length);
        if ((size_t)length < size)
                length += print_flag("private", query->is_private, ret_text + length,
                                     size - (size_t)length);
        if ((size_t)length < size)
                print_flag("code", query->code, ret_text + length, size - (size_t)length);
}

const char *world_text_role(const WorldOrganization *o, int role)
{
        return role < WORLD_ROLES_COUNT ? REFERENCE_ROLES[role].name
                                        : o->custom_roles[role - WORLD_ROLES_COUNT].name;
}

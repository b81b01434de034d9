/* SPDX-License-Identifier: MIT */
/*
 * Query
 *
 * Words to a query, by tables: what a path of each type looks like, which keys there are. Only form
 * is looked at, so a query that is refused here is refused by every policy.
 */
#include "policy/query.h"

#include <string.h>

#include "util/name.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static int malformed(const char **ret_problem, const char *problem)
{
        if (ret_problem)
                *ret_problem = problem;
        return QUERY_MALFORMED;
}

/* What may follow the organization in a path. */
typedef enum PathForm { PATH_EMPTY, PATH_USER, PATH_NAME, PATH_NAMES } PathForm;

static PathForm path_form(ResourceType type)
{
        static const PathForm FORMS[RESOURCE_TYPE_COUNT] = {
                [RESOURCE_ORGANIZATION] = PATH_EMPTY,
                [RESOURCE_SITE] = PATH_NAMES,
                [RESOURCE_DOOR] = PATH_NAMES,
                [RESOURCE_HOST] = PATH_NAMES,
                [RESOURCE_USER] = PATH_USER,
                [RESOURCE_GROUP] = PATH_NAME,
                [RESOURCE_ACCESS_GROUP] = PATH_NAME,
                [RESOURCE_ENTITY] = PATH_NAME,
                [RESOURCE_SCHEDULE] = PATH_NAME,
                [RESOURCE_DOOR_EXCEPTION] = PATH_NAME,
                [RESOURCE_ACCESS_EXCEPTION] = PATH_NAME,
                [RESOURCE_ACCESS_LEVEL] = PATH_NAME,
                [RESOURCE_ROLL_CALL_TEMPLATE] = PATH_NAME,
                [RESOURCE_FLOORPLAN] = PATH_NAME,
                [RESOURCE_LOCKDOWN] = PATH_NAME,
                [RESOURCE_ROLL_CALL] = PATH_NAMES,
                [RESOURCE_ARCHIVE] = PATH_NAMES,
                [RESOURCE_CAMERA] = PATH_NAMES,
                [RESOURCE_REPORT] = PATH_NAMES,
        };
        return FORMS[type];
}

/* Says what is wrong with the path below the organization. Return: NULL when nothing is. */
static const char *path_problem(ResourceType type, Text path)
{
        switch (path_form(type)) {
        case PATH_EMPTY:
                return path.size == 0 ? NULL : "an organization has no path below it";
        case PATH_USER:
                return name_is_valid_user(path) ? NULL
                                                : "ORGANIZATION/NAME is expected, NAME "
                                                  "being that of a user";
        case PATH_NAME:
                return name_is_valid(path) ? NULL : "ORGANIZATION/NAME is expected";
        case PATH_NAMES:
                break;
        }
        return name_is_valid_path(path, PATH_DEPTH_MAX - 1)
                       ? NULL
                       : "names joined by '/' are expected behind the organization";
}

int resource_parse_path(ResourceType type, Text path, Resource *ret_resource,
                        const char **ret_problem)
{
        Resource resource = { .type = type, .whole = path };
        if (path.size > RESOURCE_SIZE_MAX)
                return malformed(ret_problem, "the resource is too long");
        bool is_longer = text_split_first(path, '/', &resource.organization, &resource.path);
        if (!is_longer)
                resource.organization = path;
        if (!name_is_valid(resource.organization))
                return malformed(ret_problem, "the name of the organization has a wrong form");
        if (is_longer && resource.path.size == 0)
                return malformed(ret_problem, "the resource ends in '/'");
        const char *problem = path_problem(type, resource.path);
        if (problem)
                return malformed(ret_problem, problem);
        *ret_resource = resource;
        return 0;
}

int resource_parse(Text text, Resource *ret_resource, const char **ret_problem)
{
        ResourceType type;
        Text type_name, path;
        if (text.size > RESOURCE_SIZE_MAX)
                return malformed(ret_problem, "the resource is too long");
        if (!text_split_first(text, ':', &type_name, &path))
                return malformed(ret_problem, "a resource is written TYPE:ORGANIZATION[/PATH]");
        if (!resource_type_from_name(type_name, &type))
                return malformed(ret_problem, "the type of the resource is unknown");
        int result = resource_parse_path(type, path, ret_resource, ret_problem);
        if (result == 0)
                ret_resource->whole = text;
        return result;
}

int role_at_parse(Text text, RoleAt *ret_role, const char **ret_problem)
{
        RoleAt role = { .whole = text, .role = text };
        Text site = TEXT_NULL;
        role.at_site = text_split_first(text, '@', &role.role, &site);
        if (!name_is_valid(role.role))
                return malformed(ret_problem, "the role's name has a wrong form");
        if (role.at_site) {
                if (resource_parse_path(RESOURCE_SITE, site, &role.site, ret_problem) != 0)
                        return malformed(ret_problem,
                                         "a role of a site is written ROLE@ORGANIZATION/SITE");
        }
        *ret_role = role;
        return 0;
}

static const char *const KINDS[QUERY_KIND_COUNT] = {
        [QUERY_GRANT] = "grant",
        [QUERY_REVOKE] = "revoke",
        [QUERY_MIGRATE] = "migrate",
        [QUERY_ADD_MEMBER] = "add-member",
        [QUERY_REMOVE_MEMBER] = "remove-member",
        [QUERY_CUSTOMIZE] = "customize",
        [QUERY_START_LOCKDOWN] = "start-lockdown",
        [QUERY_END_LOCKDOWN] = "end-lockdown",
};

const char *query_kind_name(QueryKind kind)
{
        return (unsigned)kind < QUERY_KIND_COUNT ? KINDS[kind] : NULL;
}

QueryKind query_kind_from_name(Text word)
{
        for (unsigned i = QUERY_PERMISSION + 1; i < QUERY_KIND_COUNT; i++)
                if (text_is(word, KINDS[i]))
                        return (QueryKind)i;
        return QUERY_PERMISSION;
}

static int object_parse(Text value, Query *query, const char **ret_problem)
{
        if (query->with_count >= QUERY_WITH_MAX)
                return malformed(ret_problem, "too many with= objects");
        Resource *object = &query->with[query->with_count];
        int result = resource_parse(value, object, ret_problem);
        if (result != 0)
                return result;
        if (!text_equal(object->organization, query->resource.organization))
                return malformed(ret_problem, "a with= object is of another organization");
        query->with_count++;
        return 0;
}

static int property_parse(Text value, Property *property, const char **ret_problem)
{
        if (*property != PROPERTY_UNSTATED)
                return malformed(ret_problem, "a key is stated twice");
        if (text_is(value, "true"))
                *property = PROPERTY_TRUE;
        else if (text_is(value, "false"))
                *property = PROPERTY_FALSE;
        else
                return malformed(ret_problem, "the value of a key is true or false");
        return 0;
}

static int word_parse(Text word, Query *query, const char **ret_problem)
{
        Text key, value;
        if (!text_split_first(word, '=', &key, &value))
                return malformed(ret_problem, "a word too many: KEY=VALUE is expected");
        if (text_is(key, "with"))
                return object_parse(value, query, ret_problem);
        if (text_is(key, "private"))
                return property_parse(value, &query->is_private, ret_problem);
        if (text_is(key, "active"))
                return property_parse(value, &query->is_active, ret_problem);
        if (text_is(key, "code"))
                return property_parse(value, &query->has_code, ret_problem);
        return malformed(ret_problem, "unknown key; there are with, private, active and code");
}

/* USER PERMISSION RESOURCE [with=RESOURCE]... [KEY=VALUE]... */
static int permission_parse(const Text *words, size_t count, Query *query, const char **ret_problem)
{
        if (count < 1)
                return malformed(ret_problem, "USER PERMISSION RESOURCE is expected");
        if (!name_is_valid(query->permission))
                return malformed(ret_problem, "the permission's name has a wrong form");
        int result = resource_parse(words[0], &query->resource, ret_problem);
        for (size_t i = 1; result == 0 && i < count; i++)
                result = word_parse(words[i], query, ret_problem);
        return result;
}

/* Reads one more role, whose site must be of the resource's organization. */
static int role_parse(Text word, Query *query, const char **ret_problem)
{
        if (query->role_count == QUERY_ROLES_MAX)
                return malformed(ret_problem, "too many roles");
        RoleAt *role = &query->roles[query->role_count];
        int result = role_at_parse(word, role, ret_problem);
        if (result != 0)
                return result;
        if (role->at_site && !text_equal(role->site.organization, query->resource.organization))
                return malformed(ret_problem, "the site is of another organization");
        query->role_count++;
        return 0;
}

/* ROLE[@SITEPATH] RESOURCE */
static int grant_parse(const Text *words, size_t count, Query *query, const char **ret_problem)
{
        if (count != 2)
                return malformed(ret_problem, "ROLE[@SITEPATH] RESOURCE is expected");
        int result = resource_parse(words[1], &query->resource, ret_problem);
        if (result != 0)
                return result;
        if (query->resource.type != RESOURCE_USER && query->resource.type != RESOURCE_GROUP)
                return malformed(ret_problem, "a role is granted to user:... or group:...");
        return role_parse(words[0], query, ret_problem);
}

/* Reads a resource that has to be a user. */
static int user_parse(Text word, Query *query, const char **ret_problem)
{
        int result = resource_parse(word, &query->resource, ret_problem);
        if (result == 0 && query->resource.type != RESOURCE_USER)
                return malformed(ret_problem, "user:... is expected");
        return result;
}

static int migrate_parse(const Text *words, size_t count, Query *query, const char **ret_problem)
{
        if (count < 1)
                return malformed(ret_problem, "RESOURCE [with=ROLE[@SITEPATH]]... is expected");
        int result = user_parse(words[0], query, ret_problem);
        for (size_t i = 1; result == 0 && i < count; i++) {
                Text key, value;
                if (!text_split_first(words[i], '=', &key, &value) || !text_is(key, "with"))
                        return malformed(ret_problem, "with=ROLE[@SITEPATH] is expected");
                result = role_parse(value, query, ret_problem);
        }
        return result;
}

static int member_parse(const Text *words, size_t count, Query *query, const char **ret_problem)
{
        Text key, value;
        if (count != 2 || !text_split_first(words[1], '=', &key, &value) || !text_is(key, "with"))
                return malformed(ret_problem, "RESOURCE with=GROUP is expected");
        int result = user_parse(words[0], query, ret_problem);
        if (result == 0)
                result = object_parse(value, query, ret_problem);
        if (result != 0)
                return result;
        ResourceType type = query->with[0].type;
        if (type != RESOURCE_GROUP && type != RESOURCE_ACCESS_GROUP)
                return malformed(ret_problem, "a group is group:... or access-group:...");
        return 0;
}

/* ROLE +PERMISSION|-PERMISSION|default RESOURCE */
static int customize_parse(const Text *words, size_t count, Query *query, const char **ret_problem)
{
        if (count != 3)
                return malformed(ret_problem,
                                 "ROLE +PERMISSION|-PERMISSION|default RESOURCE is expected");
        int result = resource_parse(words[2], &query->resource, ret_problem);
        if (result == 0 && query->resource.type != RESOURCE_ORGANIZATION)
                return malformed(ret_problem, "organization:... is expected");
        if (result == 0)
                result = role_parse(words[0], query, ret_problem);
        if (result != 0)
                return result;
        if (query->roles[0].at_site)
                return malformed(ret_problem, "a role is customized for the whole organization");
        query->permission = TEXT_NULL;
        query->verb = CUSTOMIZE_DEFAULT;
        if (text_is(words[1], "default"))
                return 0;
        bool adds = words[1].size > 0 && words[1].data[0] == '+';
        if (!adds && !(words[1].size > 0 && words[1].data[0] == '-'))
                return malformed(ret_problem, "+PERMISSION, -PERMISSION or default is expected");
        query->verb = adds ? CUSTOMIZE_ADD : CUSTOMIZE_REMOVE;
        query->permission = (Text){ words[1].data + 1, words[1].size - 1 };
        if (!name_is_valid(query->permission))
                return malformed(ret_problem, "the permission's name has a wrong form");
        return 0;
}

static int lockdown_parse(const Text *words, size_t count, Query *query, const char **ret_problem)
{
        if (count != 1)
                return malformed(ret_problem, "RESOURCE is expected");
        int result = resource_parse(words[0], &query->resource, ret_problem);
        if (result == 0 && query->resource.type != RESOURCE_LOCKDOWN)
                return malformed(ret_problem, "lockdown:... is expected");
        return result;
}

/* Reads what follows USER and the second word. */
typedef int (*RestParse)(const Text *words, size_t count, Query *query, const char **ret_problem);

static const RestParse PARSERS[QUERY_KIND_COUNT] = {
        [QUERY_PERMISSION] = permission_parse, [QUERY_GRANT] = grant_parse,
        [QUERY_REVOKE] = grant_parse,          [QUERY_MIGRATE] = migrate_parse,
        [QUERY_ADD_MEMBER] = member_parse,     [QUERY_REMOVE_MEMBER] = member_parse,
        [QUERY_CUSTOMIZE] = customize_parse,   [QUERY_START_LOCKDOWN] = lockdown_parse,
        [QUERY_END_LOCKDOWN] = lockdown_parse,
};

/* A user's name, or a program: "caller:ORGANIZATION/NAME", whom nobody gives roles. */
static bool is_subject(Text word)
{
        Text type, path, organization, name;
        if (!text_split_first(word, ':', &type, &path))
                return name_is_valid_user(word);
        return text_is(type, "caller") && text_split_first(path, '/', &organization, &name) &&
               name_is_valid(organization) && name_is_valid(name);
}

int query_parse(const Text *words, size_t count, Query *ret_query, const char **ret_problem)
{
        if (count > QUERY_WORDS_MAX)
                return malformed(ret_problem, "too many words");
        if (count < 3)
                return malformed(ret_problem, "USER PERMISSION RESOURCE is expected");
        if (!is_subject(words[0]))
                return malformed(ret_problem, "the user's name has a wrong form");
        Query query;
        memset(&query, 0, offsetof(Query, roles));
        query.kind = query_kind_from_name(words[1]);
        query.user = words[0];
        if (query.kind == QUERY_PERMISSION)
                query.permission = words[1];
        int result = PARSERS[query.kind](words + 2, count - 2, &query, ret_problem);
        if (result == 0)
                memcpy(ret_query, &query,
                       offsetof(Query, roles) + query.role_count * sizeof(query.roles[0]));
        return result;
}

static bool is_space(char byte)
{
        return byte == ' ' || byte == '\t';
}

size_t query_split(Text line, Text *words, size_t words_max)
{
        size_t count = 0, at = 0;
        for (;;) {
                while (at < line.size && is_space(line.data[at]))
                        at++;
                if (at == line.size)
                        return count;
                if (count == words_max)
                        return words_max + 1;
                size_t start = at;
                while (at < line.size && !is_space(line.data[at]))
                        at++;
                words[count++] = (Text){ line.data + start, at - start };
        }
}

int query_parse_line(Text line, Query *ret_query, const char **ret_problem)
{
        Text words[QUERY_WORDS_MAX];
        if (line.size > QUERY_SIZE_MAX)
                return malformed(ret_problem, "the query is too long");
        size_t count = query_split(line, words, QUERY_WORDS_MAX);
        if (count > QUERY_WORDS_MAX)
                return malformed(ret_problem, "too many words");
        return query_parse(words, count, ret_query, ret_problem);
}

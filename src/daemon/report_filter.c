/* SPDX-License-Identifier: MIT */
/* Report filter: see report_filter.h. */
#include "daemon/report_filter.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/journal_class.h"
#include "daemon/journal_schema.h"
#include "policy/query.h"
#include "util/timestamp.h"

/* Parameters of all statements. */
enum {
        PARAMETER_TIME = 1,
        PARAMETER_ID,
        PARAMETER_ID_MAX,
        PARAMETER_SINCE,
        PARAMETER_UNTIL,
        PARAMETER_LOW,
        PARAMETER_HIGH,
        PARAMETER_RESOURCE,
        PARAMETER_DOOR,
        PARAMETER_USER,
};

/* The columns behind id and time, in the order in which they are shown. */
static const struct Column {
        const char *name;
        bool for_all; /* not only for root */
        bool is_flag;
} columns[] = {
        { "caller_uid", false, false },  { "caller_pid", false, false },
        { "observed", true, true },      { "would_deny", true, true },
        { "kind", true, false },         { "decision_id", true, false },
        { "subject", true, false },      { "identified", false, false },
        { "user", true, false },         { "caller_name", false, false },
        { "service", true, false },      { "action", true, false },
        { "resource", true, false },     { "decision", true, false },
        { "reason", true, false },       { "granted_by", false, false },
        { "place", false, false },       { "revision", false, false },
        { "remote_user", false, false }, { "remote_host", false, false },
        { "terminal", false, false },    { "why", false, false },
        { "before", false, false },      { "after", false, false },
        { "gateway", false, false },     { "occurred", true, false },
};

#define COLUMN_COUNT (int)(sizeof(columns) / sizeof(*columns))
#define FIRST_COLUMN 2 /* behind id and time */

const char *report_filter_column(bool is_restricted, int column, bool *ret_is_flag)
{
        int at = FIRST_COLUMN;
        for (int i = 0; i < COLUMN_COUNT; i++) {
                if (is_restricted && !columns[i].for_all)
                        continue;
                if (at++ != column)
                        continue;
                *ret_is_flag = columns[i].is_flag;
                return columns[i].name;
        }
        return NULL;
}

/* The paths from PATH/ up to, not including, PATH0: "0" comes behind "/". */
static void set_range(ReportFilter *filter, Text path)
{
        (void)snprintf(filter->low, sizeof(filter->low), "%.*s/", (int)path.size, path.data);
        (void)snprintf(filter->high, sizeof(filter->high), "%.*s0", (int)path.size, path.data);
}

int report_filter_read(const Message *message, bool is_restricted, ReportFilter *ret_filter)
{
        Resource resource;
        *ret_filter = (ReportFilter){
                .message = message,
                .is_restricted = is_restricted,
                .since_s = TIMESTAMP_MIN,
                .until_s = INT64_MAX,
        };
        (void)message_time(message, FIELD_SINCE, &ret_filter->since_s);
        (void)message_time(message, FIELD_UNTIL, &ret_filter->until_s);
        if (!message_text(message, FIELD_RESOURCE, &ret_filter->resource))
                return is_restricted ? -EINVAL : 0;
        bool parsed = resource_parse(ret_filter->resource, &resource, NULL) == 0;
        ret_filter->at_site = parsed && resource.type == RESOURCE_SITE;
        ret_filter->at_resource = !ret_filter->at_site;
        if (ret_filter->at_site) {
                size_t type_size = (size_t)(resource.organization.data - resource.whole.data);
                set_range(ret_filter,
                          (Text){ resource.organization.data, resource.whole.size - type_size });
        }
        if (is_restricted && !(parsed && (ret_filter->at_site || resource.type == RESOURCE_DOOR)))
                return -EINVAL;
        return 0;
}

typedef struct Sql {
        char *text;
        size_t size, used;
} Sql;

static void add(Sql *sql, bool wanted, const char *piece)
{
        if (wanted && sql->used < sql->size)
                sql->used +=
                        (size_t)snprintf(sql->text + sql->used, sql->size - sql->used, "%s", piece);
}

static void add_columns(Sql *sql, bool is_restricted)
{
        bool is_flag;
        const char *name;
        add(sql, true, "SELECT id, time");
        for (int i = FIRST_COLUMN; (name = report_filter_column(is_restricted, i, &is_flag)); i++) {
                add(sql, true, ", ");
                add(sql, true, name);
        }
}

/* Where rows come from, and what goes with each source. The index is named: with classes to choose
 * from SQLite would take the other one, which knows no sites and sorts everything. */
static const struct Source {
        const char *from, *order;
} sources[] = {
        [REPORT_OF_OLD] = { " FROM old_events WHERE id > ?2 AND time >= ?4 AND time < ?5",
                            " ORDER BY id" },
        [REPORT_OF_PAST] = { " FROM events INDEXED BY events_by_time WHERE time >= ?1 AND (time > "
                             "?1 OR id > ?2) AND id <= "
                             "?3 AND time < ?5",
                             " ORDER BY time, id" },
        [REPORT_OF_NEW] = { " FROM events WHERE id > ?2 AND time < ?5", " ORDER BY id" },
};

/* Which of the rows may be seen at all, and where they happened. */
static void add_places(Sql *sql, const ReportFilter *filter, ReportSource source)
{
        char piece[JOURNAL_SQL_SIZE_MAX / 2];
        bool is_old = source == REPORT_OF_OLD;
        if (is_old) {
                journal_class_sql(piece, sizeof(piece));
                add(sql, filter->is_restricted, " AND ");
                add(sql, filter->is_restricted, piece);
                journal_site_sql(piece, sizeof(piece), PARAMETER_LOW, PARAMETER_HIGH);
        } else {
                add(sql, filter->is_restricted, " AND class");
                (void)snprintf(piece, sizeof(piece), "site >= ?%d AND site < ?%d", PARAMETER_LOW,
                               PARAMETER_HIGH);
        }
        _Static_assert(EVENT_CLASS_MOVEMENT == 0 && EVENT_CLASS_SESSION == 1, "as in the SQL");
        add(sql, filter->is_restricted, " IN (0, 1)");
        add(sql, filter->at_site, " AND ");
        add(sql, filter->at_site, piece);
        add(sql, filter->at_resource, " AND resource = ?8");
}

int report_filter_prepare(const ReportFilter *filter, sqlite3 *connection, ReportSource source,
                          sqlite3_stmt **ret_statement)
{
        char text[JOURNAL_SQL_SIZE_MAX], limit[32];
        Sql sql = { .text = text, .size = sizeof(text) };
        const Message *message = filter->message;
        Text ignored;
        add_columns(&sql, filter->is_restricted);
        add(&sql, true, sources[source].from);
        add_places(&sql, filter, source);
        add(&sql, message_text(message, FIELD_WITH, &ignored), " AND resource = ?9");
        add(&sql, message_text(message, FIELD_USER, &ignored), " AND ?10 IN (subject, user)");
        add(&sql, message_flag(message, FIELD_DENIED),
            " AND decision IN ('deny', 'refused', 'error')");
        add(&sql, message_flag(message, FIELD_WOULD_DENY), " AND would_deny");
        add(&sql, true, sources[source].order);
        (void)snprintf(limit, sizeof(limit), " LIMIT %d", REPORT_CHUNK);
        add(&sql, true, limit);
        return sqlite3_prepare_v2(connection, text, -1, ret_statement, NULL);
}

static void bind_text(sqlite3_stmt *statement, int parameter, Text text)
{
        (void)sqlite3_bind_text(statement, parameter, text.data, (int)text.size, SQLITE_STATIC);
}

void report_filter_bind(const ReportFilter *filter, sqlite3_stmt *statement,
                        const ReportCursor *cursor)
{
        Text text;
        (void)sqlite3_bind_int64(statement, PARAMETER_TIME, cursor->time_s);
        (void)sqlite3_bind_int64(statement, PARAMETER_ID, cursor->id);
        (void)sqlite3_bind_int64(statement, PARAMETER_ID_MAX, cursor->id_max);
        (void)sqlite3_bind_int64(statement, PARAMETER_SINCE, filter->since_s);
        (void)sqlite3_bind_int64(statement, PARAMETER_UNTIL, filter->until_s);
        bind_text(statement, PARAMETER_LOW, text_from(filter->low));
        bind_text(statement, PARAMETER_HIGH, text_from(filter->high));
        bind_text(statement, PARAMETER_RESOURCE, filter->resource);
        if (message_text(filter->message, FIELD_WITH, &text))
                bind_text(statement, PARAMETER_DOOR, text);
        if (message_text(filter->message, FIELD_USER, &text))
                bind_text(statement, PARAMETER_USER, text);
}

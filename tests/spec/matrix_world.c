/* SPDX-License-Identifier: MIT */
/* Matrix: who asks, what he asks, and what the answer must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "matrix.h"

enum { QUESTION_SIZE = 1024 };

#define DAY_S INT64_C(1731542400) /* 2024-11-14T00:00:00Z */

/* A site of no position; its floorplan shows no other site's door. */
#define ELSEWHERE "Elsewhere"

/* The role that makes a site visible, and the one that makes somebody a target with legacy roles;
 * neither gives anything in the tables that know these conditions. */
#define VISIBLE_ROLE "camera-site-live-only-viewer"
#define LEGACY_ROLE  "legacy-access-control-member"

/* The sites of data/positions.tsv in an order in which a parent stands before its children. */
static const char *const sites[] = {
        "HQ",
        "HQ/Tower",
        "HQ/Tower/Laboratory",
        "HQ/Annex",
        "HQ/Annex/Laboratory",
        "Tower",
        "Branch",
        "HQ2",
        "hq",
        ELSEWHERE,
};

#define SITE_COUNT (sizeof(sites) / sizeof(*sites))

/* What a person is besides his role. Bits. */
enum PersonKind {
        PERSON_WITH_ACCESS = 1 << 0,
        PERSON_SYNCED = 1 << 1,
        PERSON_WITH_LEGACY_ROLE = 1 << 2,
        PERSON_WITH_VISIBLE_SITES = 1 << 3,
        PERSON_NO_MEMBER = 1 << 4,
        PERSON_KINDS = 1 << 5,
};

typedef struct Person {
        const char *role;
        const char *site;      /* NULL: on the organization */
        const char *also;      /* a second role; NULL without one */
        const char *also_site; /* NULL: on the organization */
        unsigned kind;
} Person;

/* Writes a site path into a name: "HQ-Tower". */
static void flatten(char *name)
{
        for (char *at = name; *at; at++)
                if (*at == '/')
                        *at = '-';
}

/* A name that says all: "access-site-admin@HQ-Tower+AS", "access-system-admin@+A+7@" with the
 * number of the second role in roles.tsv. */
static void person_name(const Matrix *matrix, Person person, char *buffer)
{
        static const char letters[] = "ASLVN";
        int used = snprintf(buffer, MATRIX_NAME_SIZE, "%s@%s+", person.role,
                            person.site ? person.site : "");
        for (size_t i = 0; letters[i]; i++)
                if (person.kind & 1u << i)
                        buffer[used++] = letters[i];
        buffer[used] = '\0';
        if (person.also)
                snprintf(buffer + used, MATRIX_NAME_SIZE - (size_t)used, "+%td@%s",
                         matrix_role_row(matrix, person.also) - matrix->roles.rows,
                         person.also_site ? person.also_site : "");
        flatten(buffer);
}

static void state_role(Facts *facts, const char *name, const char *role, const char *site)
{
        facts_add(facts, "role user:%s %s%s%s", name, role, site ? "@" : "", site ? site : "");
}

/* States what a person is besides his roles. */
static void state_traits(const Matrix *matrix, Facts *facts, Person person, char *ret_name)
{
        person_name(matrix, person, ret_name);
        facts_add(facts, "user %s", ret_name);
        if (person.kind & PERSON_SYNCED)
                facts_add(facts, "synced user:%s", ret_name);
        if (person.kind & PERSON_NO_MEMBER)
                facts_add(facts, "no-member user:%s", ret_name);
        if (person.kind & PERSON_WITH_LEGACY_ROLE)
                state_role(facts, ret_name, LEGACY_ROLE, NULL);
        for (size_t i = 0; i < SITE_COUNT && person.kind & PERSON_WITH_VISIBLE_SITES; i++)
                state_role(facts, ret_name, VISIBLE_ROLE, sites[i]);
        for (size_t i = 0; i < SITE_COUNT && person.kind & PERSON_WITH_ACCESS; i++)
                facts_add(facts, "opens user:%s %s/D", ret_name, sites[i]);
}

/* Who is acted on, when it is not the asker himself. */
static Person target_of(unsigned kind)
{
        return (Person){ .role = "target", .kind = kind };
}

/* The kinds of people that the conditions of a table tell apart. */
static unsigned kinds_used(const Matrix *matrix)
{
        static const struct {
                uint32_t condition;
                unsigned kind;
        } kinds[] = {
                { HOLDS_DOOR_ACCESS_NOW, PERSON_WITH_ACCESS },
                { HOLDS_TARGET_NOT_SYNCED, PERSON_SYNCED },
                { HOLDS_TARGET_HAS_LEGACY_ROLE, PERSON_WITH_LEGACY_ROLE },
                { HOLDS_SITE_VISIBLE, PERSON_WITH_VISIBLE_SITES },
                { HOLDS_TARGET_IS_MEMBER, PERSON_NO_MEMBER },
        };
        unsigned used = 0;
        for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
                if (matrix->used & kinds[i].condition)
                        used |= kinds[i].kind;
        return used;
}

/* States somebody in all kinds; whoever asks is a member. */
static void state_kinds(const Matrix *matrix, Facts *facts, Person person)
{
        char name[MATRIX_NAME_SIZE];
        for (unsigned kind = 0; kind < PERSON_NO_MEMBER; kind++) {
                if (kind & ~kinds_used(matrix))
                        continue;
                person.kind = kind;
                state_traits(matrix, facts, person, name);
                state_role(facts, name, person.role, person.site);
                if (person.also)
                        state_role(facts, name, person.also, person.also_site);
        }
}

/* Everybody who holds a role at a place, by itself and with each second role of the column. */
static void state_holders(const Matrix *matrix, Facts *facts, size_t column, Person person)
{
        const char *stated[MATRIX_COLUMNS_MAX] = { NULL };
        size_t count = 0;
        state_kinds(matrix, facts, person);
        for (size_t i = 0; i < matrix->row_count; i++) {
                Cell cell = matrix_cell(matrix, &matrix->rows[i], column);
                bool known = cell.also == NULL;
                for (size_t j = 0; j < count; j++)
                        known |= stated[j] == cell.also;
                if (known)
                        continue;
                assert_in_range(count, 0, MATRIX_COLUMNS_MAX - 1);
                stated[count++] = person.also = cell.also;
                bool at_site = matrix_is_site_role(matrix, cell.also);
                for (size_t j = 0; j < (at_site ? SITE_COUNT : 1); j++) {
                        person.also_site = at_site ? sites[j] : NULL;
                        state_kinds(matrix, facts, person);
                }
        }
}

static void state_roles(const Matrix *matrix, Facts *facts)
{
        char role[MATRIX_NAME_SIZE];
        for (size_t column = 0; column < matrix->column_count; column++) {
                if (matrix_is_undecidable(matrix, column))
                        continue; /* the same people as those of the column with "+implied" */
                matrix_role_name(matrix, column, role);
                bool at_site = matrix_is_site_role(matrix, role);
                for (size_t i = 0; i < (at_site ? SITE_COUNT : 1); i++)
                        state_holders(matrix, facts, column,
                                      (Person){ role, at_site ? sites[i] : NULL, NULL, NULL, 0 });
        }
}

/* An object that belongs to a site: "Evac-HQ-Tower". */
static void site_object(const char *prefix, const char *site, char *buffer)
{
        snprintf(buffer, MATRIX_NAME_SIZE, "%s-%s", prefix, site);
        flatten(buffer);
}

void matrix_state_world(const Matrix *matrix, Facts *facts)
{
        char name[MATRIX_NAME_SIZE];
        for (size_t i = 0; i < SITE_COUNT; i++) {
                facts_add(facts, "site %s", sites[i]);
                facts_add(facts, "door %s/D", sites[i]);
                site_object("Evac", sites[i], name);
                facts_add(facts, "template %s %s", name, sites[i]);
                site_object("Plan", sites[i], name);
                facts_add(facts, "floorplan %s %s/D", name, sites[i]);
        }
        facts_add_line(facts, "schedule Night; door-exception Holiday; access-group free; "
                              "access-group kept; synced access-group:kept; entity plates");
        for (unsigned kind = 0; kind < PERSON_KINDS; kind++)
                if ((kind & ~kinds_used(matrix)) == 0)
                        state_traits(matrix, facts, target_of(kind), name);
        state_roles(matrix, facts);
}

void matrix_plain_person(const Matrix *matrix, size_t column, char *buffer)
{
        char role[MATRIX_NAME_SIZE];
        matrix_role_name(matrix, column, role);
        person_name(
                matrix,
                (Person){ .role = role, .site = matrix_is_site_role(matrix, role) ? "HQ" : NULL },
                buffer);
}

/* One attempt: a cell for a role at a place. */
typedef struct Attempt {
        const Matrix *matrix;
        Asker *asker;
        const TableRow *row;
        const char *role;
        const Cell *cell;
        MatrixPlace place;
} Attempt;

/* A question under construction. */
typedef struct Wording {
        const Matrix *matrix;
        char *text;
        uint32_t holds;
        bool silent; /* name nothing rather than what is wrong, where a condition shall not hold */
} Wording;

__attribute__((__format__(__printf__, 2, 3))) static void say(const Wording *wording,
                                                              const char *format, ...)
{
        size_t used = strlen(wording->text);
        va_list values;
        va_start(values, format);
        int size = vsnprintf(wording->text + used, QUESTION_SIZE - used, format, values);
        va_end(values);
        assert_in_range(size, 0, QUESTION_SIZE - used - 1);
}

/* Says what makes a condition true, or what leaves it false; nothing when the table has it not. */
static void say_either(const Wording *wording, uint32_t condition, const char *right,
                       const char *wrong)
{
        if (!(wording->matrix->used & condition))
                return;
        if (wording->holds & condition)
                say(wording, " %s", right);
        else if (!wording->silent)
                say(wording, " %s", wrong);
}

static void say_site_objects(const Wording *wording, const char *site)
{
        char template[MATRIX_NAME_SIZE], plan[MATRIX_NAME_SIZE], right[QUESTION_SIZE];
        site_object("Evac", site, template);
        site_object("Plan", site, plan);
        snprintf(right, sizeof(right), "with=roll-call-template:acme/%s", template);
        say_either(wording, HOLDS_TEMPLATE_EXISTS, right, "with=roll-call-template:acme/Nothing");
        if (wording->matrix->used & HOLDS_ROLL_CALL_ACTIVE)
                say(wording, " with=roll-call:acme/%s/R1", site);
        say_either(wording, HOLDS_ROLL_CALL_ACTIVE, "active=true", "active=false");
        snprintf(right, sizeof(right), "with=floorplan:acme/%s", plan);
        say_either(wording, HOLDS_FLOORPLAN_SHOWS_SITE, right,
                   "with=floorplan:acme/Plan-" ELSEWHERE);
        say_either(wording, HOLDS_ARCHIVE_NOT_PRIVATE, "private=false", "private=true");
}

static void say_door_objects(const Wording *wording)
{
        say_either(wording, HOLDS_SCHEDULE_EXISTS, "with=schedule:acme/Night",
                   "with=schedule:acme/Nothing");
        say_either(wording, HOLDS_DOOR_EXCEPTION_EXISTS, "with=door-exception:acme/Holiday",
                   "with=door-exception:acme/Nothing");
}

/* Says what it is asked on, and who is acted on. */
static void say_resource(const Wording *wording, const char *on, const char *site,
                         const char *target)
{
        if (strcmp(on, "organization") == 0 || strcmp(on, "account") == 0)
                say(wording, "organization:acme with=user:acme/%s", target);
        else if (strcmp(on, "site") == 0)
                say(wording, "site:acme/%s with=user:acme/%s", site, target);
        else if (strcmp(on, "door") == 0)
                say(wording, "door:acme/%s/D with=user:acme/%s", site, target);
        else if (strcmp(on, "user") == 0)
                say(wording, "user:acme/%s", target);
        else if (strcmp(on, "entity") == 0)
                say(wording, "entity:acme/plates with=user:acme/%s", target);
        else if (strcmp(on, "access-group") == 0)
                say(wording, "access-group:acme/%s",
                    wording->holds & HOLDS_TARGET_NOT_SYNCED ? "free" : "kept");
        else
                fail_msg("nothing is asked on '%s'", on);
}

/* The person for whom these conditions hold. The target shares his kind, or is himself. */
static Person person_for(const Attempt *attempt, uint32_t holds)
{
        Person person = { .role = attempt->role, .site = attempt->place.given_at };
        if (holds & HOLDS_ALSO) {
                person.also = attempt->cell->also;
                person.also_site = matrix_is_site_role(attempt->matrix, person.also)
                                           ? attempt->place.asked_at
                                           : NULL;
        }
        if (holds & HOLDS_DOOR_ACCESS_NOW)
                person.kind |= PERSON_WITH_ACCESS;
        if (!(holds & HOLDS_TARGET_NOT_SYNCED))
                person.kind |= PERSON_SYNCED;
        if (holds & HOLDS_TARGET_HAS_LEGACY_ROLE)
                person.kind |= PERSON_WITH_LEGACY_ROLE;
        if (holds & HOLDS_SITE_VISIBLE)
                person.kind |= PERSON_WITH_VISIBLE_SITES;
        person.kind &= kinds_used(attempt->matrix);
        return person;
}

/* Writes the question of a person in which exactly these conditions hold. */
static void write_question(const Attempt *attempt, const Wording *wording)
{
        const Matrix *matrix = attempt->matrix;
        char asker[MATRIX_NAME_SIZE], target[MATRIX_NAME_SIZE];
        const char *on = matrix_asked_on(attempt->row);
        Person person = person_for(attempt, wording->holds), other = target_of(person.kind);
        bool self = matrix->used & HOLDS_TARGET_NOT_SELF ? !(wording->holds & HOLDS_TARGET_NOT_SELF)
                                                         : wording->holds & HOLDS_TARGET_IS_SELF;
        if (matrix->used & ~wording->holds & HOLDS_TARGET_IS_MEMBER)
                other.kind |= PERSON_NO_MEMBER;
        person_name(matrix, person, asker);
        person_name(matrix, self ? person : other, target);
        *wording->text = '\0';
        say(wording, "%s %s ", asker, matrix_permission(attempt->row));
        say_resource(wording, on, attempt->place.asked_at, target);
        if (strcmp(on, "site") == 0)
                say_site_objects(wording, attempt->place.asked_at);
        else
                say_door_objects(wording);
}

static bool cell_allows(const Cell *cell, uint32_t holds)
{
        for (size_t i = 0; i < cell->count; i++)
                if ((cell->alternatives[i] & ~holds) == 0)
                        return true;
        return false;
}

static size_t try_wording(const Attempt *attempt, uint32_t holds, bool silent)
{
        char question[QUESTION_SIZE];
        const Wording wording = { attempt->matrix, question, holds, silent };
        int64_t now_s = ASKER_NOW_S;
        if (attempt->matrix->used & HOLDS_BEFORE_2024_11_14)
                now_s = holds & HOLDS_BEFORE_2024_11_14 ? DAY_S - 1 : DAY_S;
        write_question(attempt, &wording);
        Outcome outcome = asker_ask(attempt->asker, question, now_s);
        bool expected = cell_allows(attempt->cell, holds);
        if (outcome == (expected ? OUTCOME_ALLOW : OUTCOME_DENY))
                return 0;
        print_error("%s x %s (line %u), given at %s, asked at %s: %s, expected %s\n",
                    matrix_permission(attempt->row), attempt->role, attempt->row->line,
                    attempt->place.given_at ? attempt->place.given_at : "the organization",
                    attempt->place.asked_at, outcome_name(outcome), expected ? "allow" : "deny");
        asker_explain(attempt->asker, question, now_s);
        return 1;
}

/* Asks with these conditions true, as far as they can be true and false together: whoever acts on
 * himself acts on a member, and a customization is possible whenever none is named. What does not
 * hold is worded in both ways. */
static size_t try_holds(const Attempt *attempt, uint32_t holds)
{
        if (attempt->matrix->used & ~holds & HOLDS_TARGET_IS_MEMBER)
                holds &= ~(uint32_t)HOLDS_TARGET_IS_SELF;
        holds |= attempt->matrix->used & HOLDS_CUSTOMIZATION_POSSIBLE;
        return try_wording(attempt, holds, false) + try_wording(attempt, holds, true);
}

/* All conditions but one, and but two, of those that the cell asks for. */
static size_t try_without(const Attempt *attempt, uint32_t all)
{
        uint32_t asked = 0;
        size_t wrong = 0;
        for (size_t i = 0; i < attempt->cell->count; i++)
                asked |= attempt->cell->alternatives[i];
        for (uint32_t first = 1; first < HOLDS_END; first <<= 1)
                for (uint32_t second = first; second < HOLDS_END; second <<= 1)
                        if (asked & first && asked & second)
                                wrong += try_holds(attempt, all & ~(first | second));
        return wrong;
}

size_t matrix_try(const Matrix *matrix, Asker *asker, const TableRow *row, size_t column,
                  Cell expected, MatrixPlace place)
{
        char role[MATRIX_NAME_SIZE];
        matrix_role_name(matrix, column, role);
        const Attempt attempt = { matrix, asker, row, role, &expected, place };
        uint32_t all = matrix->used & ~(expected.also ? 0 : (uint32_t)HOLDS_ALSO);
        size_t wrong = try_holds(&attempt, 0) + try_holds(&attempt, all);
        for (size_t i = 0; i < expected.count; i++)
                wrong += try_holds(&attempt, expected.alternatives[i]);
        return wrong + try_without(&attempt, all);
}

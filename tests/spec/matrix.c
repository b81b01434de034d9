/* SPDX-License-Identifier: MIT */
/* Matrix: who asks, what he asks, and what the answer must be. */
#include "matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_BEFORE = 2, NAME_SIZE = 128, QUESTION_SIZE = 1024 };

#define ELSEWHERE                                                                                  \
        "Elsewhere" /* a site of no position; its floorplan shows no other site's door             \
                     */

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
        PERSON_KINDS = 1 << 3,
};

typedef struct Person {
        const char *role;
        const char *site; /* NULL: on the organization */
        const char *also; /* a second role; "" without one */
        unsigned kind;
} Person;

const char *matrix_permission(const TableRow *row)
{
        return row->columns[0];
}

const char *matrix_asked_on(const TableRow *row)
{
        return row->columns[1];
}

static void read_condition(const char *word, Cell *cell)
{
        Condition condition;
        if (strncmp(word, "also:", 5) == 0) {
                snprintf(cell->also, sizeof(cell->also), "%s", word + 5);
                cell->conditions |= MATRIX_ALSO;
        } else if (condition_from_name(text_from(word), &condition)) {
                cell->conditions |= condition;
        } else {
                fail_msg("'%s' is no condition", word);
        }
}

Cell matrix_cell(const TableRow *row, size_t column)
{
        char text[256];
        Cell cell = { .given = true };
        snprintf(text, sizeof(text), "%s", row->columns[COLUMNS_BEFORE + column]);
        if (strcmp(text, "yes") == 0)
                return cell;
        if (strcmp(text, "no") == 0)
                return (Cell){ .given = false };
        char *rest = text;
        for (char *word; (word = strsep(&rest, ","));)
                read_condition(word, &cell);
        return cell;
}

Matrix matrix_read(const char *folder)
{
        Matrix matrix = { .table = table_read(folder, "access-matrix.tsv",
                                              COLUMNS_BEFORE + MATRIX_ROLES) };
        assert_string_equal(matrix.table.rows[0].columns[0], "permission");
        matrix.columns = (const char *const *)matrix.table.rows[0].columns + COLUMNS_BEFORE;
        matrix.rows = matrix.table.rows + 1;
        matrix.row_count = matrix.table.count - 1;
        for (size_t i = 0; i < matrix.row_count; i++)
                for (size_t column = 0; column < MATRIX_ROLES; column++)
                        matrix_cell(&matrix.rows[i], column);
        return matrix;
}

void matrix_free(Matrix *matrix)
{
        table_free(&matrix->table);
}

bool matrix_is_site_role(const Matrix *matrix, size_t column)
{
        return strncmp(matrix->columns[column], "access-site-", 12) == 0;
}

void matrix_role_name(const Matrix *matrix, size_t column, char *buffer, size_t size)
{
        const char *name = matrix->columns[column];
        snprintf(buffer, size, "%.*s", (int)strcspn(name, "+"), name);
}

/* A name that says all: "access-site-admin@HQ-Tower+A--". */
static void person_name(Person person, char *buffer)
{
        snprintf(buffer, NAME_SIZE, "%s@%s+%s%s%s%s%s", person.role, person.site ? person.site : "",
                 person.kind & PERSON_WITH_ACCESS ? "A" : "",
                 person.kind & PERSON_SYNCED ? "S" : "",
                 person.kind & PERSON_WITH_LEGACY_ROLE ? "L" : "", *person.also ? "+" : "",
                 person.also);
        for (char *at = buffer; *at; at++)
                if (*at == '/')
                        *at = '-';
}

/* States what a person is besides his roles. */
static void state_traits(Facts *facts, Person person, char *ret_name)
{
        person_name(person, ret_name);
        facts_add(facts, "user %s", ret_name);
        if (person.kind & PERSON_SYNCED)
                facts_add(facts, "synced user:%s", ret_name);
        if (person.kind & PERSON_WITH_LEGACY_ROLE)
                facts_add(facts, "role user:%s " FACTS_LEGACY_ROLE, ret_name);
        for (size_t i = 0; i < SITE_COUNT && person.kind & PERSON_WITH_ACCESS; i++)
                facts_add(facts, "opens user:%s %s/D", ret_name, sites[i]);
}

static void state_person(Facts *facts, Person person)
{
        char name[NAME_SIZE];
        state_traits(facts, person, name);
        facts_add(facts, "role user:%s %s%s%s", name, person.role, person.site ? "@" : "",
                  person.site ? person.site : "");
        if (*person.also)
                facts_add(facts, "role user:%s %s", name, person.also);
}

/* Who is acted on, when it is not the asker himself. */
static Person target_of(unsigned kind)
{
        return (Person){ "target", NULL, "", kind };
}

/* Everybody who holds a role at a place, in all kinds. */
static void state_holders(Facts *facts, const char *role, const char *site, const char *also)
{
        for (unsigned kind = 0; kind < PERSON_KINDS; kind++)
                state_person(facts, (Person){ role, site, also, kind });
}

static void state_roles(const Matrix *matrix, Facts *facts)
{
        static const char *const seconds[] = { "", "access-user-admin", "access-system-admin" };
        char role[NAME_SIZE];
        for (size_t column = 0; column < MATRIX_ROLES; column++) {
                matrix_role_name(matrix, column, role, sizeof(role));
                if (strcmp(matrix->columns[column], role) != 0)
                        continue; /* the same people as those of the column without "+implied" */
                if (matrix_is_site_role(matrix, column))
                        for (size_t i = 0; i < SITE_COUNT; i++)
                                state_holders(facts, role, sites[i], "");
                else
                        for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++)
                                if (strcmp(seconds[i], role) != 0)
                                        state_holders(facts, role, NULL, seconds[i]);
        }
}

/* An object that belongs to a site: "Evac-HQ-Tower". */
static void site_object(const char *prefix, const char *site, char *buffer)
{
        snprintf(buffer, NAME_SIZE, "%s-%s", prefix, site);
        for (char *at = buffer; *at; at++)
                if (*at == '/')
                        *at = '-';
}

void matrix_state_world(const Matrix *matrix, Facts *facts)
{
        char name[NAME_SIZE];
        for (size_t i = 0; i < SITE_COUNT; i++) {
                facts_add(facts, "site %s", sites[i]);
                facts_add(facts, "door %s/D", sites[i]);
                site_object("Evac", sites[i], name);
                facts_add(facts, "template %s %s", name, sites[i]);
                site_object("Plan", sites[i], name);
                facts_add(facts, "floorplan %s %s/D", name, sites[i]);
        }
        facts_add_line(facts, "schedule Night; door-exception Holiday; access-group free; "
                              "access-group kept; synced access-group:kept");
        for (unsigned kind = 0; kind < PERSON_KINDS; kind++)
                state_traits(facts, target_of(kind), name);
        state_roles(matrix, facts);
}

/* How a question is asked: what is left unsaid of conditions that shall not hold. */
typedef struct Wording {
        bool silent; /* name no object at all rather than a wrong one */
} Wording;

/* Appends with=TYPE:acme/NAME, the right one or one that is not declared. */
static void name_object(char *question, const char *type, const char *name, bool right,
                        Wording wording)
{
        size_t used = strlen(question);
        if (right || !wording.silent)
                snprintf(question + used, QUESTION_SIZE - used, " with=%s:acme/%s", type,
                         right ? name : "Nothing");
}

static void name_site_objects(char *question, const char *site, uint32_t holds, Wording wording)
{
        char name[NAME_SIZE];
        site_object("Evac", site, name);
        name_object(question, "roll-call-template", name, holds & CONDITION_TEMPLATE_EXISTS,
                    wording);
        size_t used = strlen(question);
        snprintf(question + used, QUESTION_SIZE - used, " with=roll-call:acme/%s/R1%s", site,
                 holds & CONDITION_ROLL_CALL_ACTIVE ? " active=true"
                 : wording.silent                   ? ""
                                                    : " active=false");
        site_object("Plan", holds & CONDITION_FLOORPLAN_SHOWS_SITE ? site : ELSEWHERE, name);
        used = strlen(question);
        if (holds & CONDITION_FLOORPLAN_SHOWS_SITE || !wording.silent)
                snprintf(question + used, QUESTION_SIZE - used, " with=floorplan:acme/%s", name);
}

static void name_door_objects(char *question, uint32_t holds, Wording wording)
{
        name_object(question, "schedule", "Night", holds & CONDITION_SCHEDULE_EXISTS, wording);
        name_object(question, "door-exception", "Holiday", holds & CONDITION_DOOR_EXCEPTION_EXISTS,
                    wording);
}

/* Writes the question of a person in which exactly these conditions hold. */
static void write_question(const TableRow *row, Person person, const char *site, uint32_t holds,
                           Wording wording, char *question)
{
        char asker[NAME_SIZE], target[NAME_SIZE];
        const char *on = matrix_asked_on(row), *permission = matrix_permission(row);
        person_name(person, asker);
        person_name(holds & CONDITION_TARGET_NOT_SELF ? target_of(person.kind) : person, target);
        int used = snprintf(question, QUESTION_SIZE, "%s %s ", asker, permission);
        char *resource = question + used;
        size_t room = QUESTION_SIZE - (size_t)used;
        if (strcmp(on, "organization") == 0)
                snprintf(resource, room, "organization:acme with=user:acme/%s", target);
        else if (strcmp(on, "site") == 0)
                snprintf(resource, room, "site:acme/%s with=user:acme/%s", site, target);
        else if (strcmp(on, "door") == 0)
                snprintf(resource, room, "door:acme/%s/D with=user:acme/%s", site, target);
        else if (strcmp(on, "user") == 0)
                snprintf(resource, room, "user:acme/%s", target);
        else if (strcmp(on, "access-group") == 0)
                snprintf(resource, room, "access-group:acme/%s",
                         holds & CONDITION_TARGET_NOT_SYNCED ? "free" : "kept");
        else
                fail_msg("nothing is asked on '%s'", on);
        if (strcmp(on, "site") == 0)
                name_site_objects(question, site, holds, wording);
        else
                name_door_objects(question, holds, wording);
}

/* The person for whom these conditions hold. The target shares his kind, or is himself. */
static Person person_for(const char *role, const char *site, const Cell *cell, uint32_t holds)
{
        Person person = { role, site, holds & MATRIX_ALSO ? cell->also : "", 0 };
        if (holds & CONDITION_DOOR_ACCESS_NOW)
                person.kind |= PERSON_WITH_ACCESS;
        if (!(holds & CONDITION_TARGET_NOT_SYNCED))
                person.kind |= PERSON_SYNCED;
        if (holds & CONDITION_TARGET_HAS_LEGACY_ROLE)
                person.kind |= PERSON_WITH_LEGACY_ROLE;
        return person;
}

/* One attempt: a role at a place. */
typedef struct Attempt {
        Asker *asker;
        const TableRow *row;
        const char *role;
        const Cell *cell;
        MatrixPlace place;
} Attempt;

static size_t try_wording(const Attempt *attempt, uint32_t holds, Wording wording, bool expected)
{
        char question[QUESTION_SIZE];
        Person person = person_for(attempt->role, attempt->place.given_at, attempt->cell, holds);
        write_question(attempt->row, person, attempt->place.asked_at, holds, wording, question);
        Outcome outcome = asker_ask(attempt->asker, question);
        if (outcome == (expected ? OUTCOME_ALLOW : OUTCOME_DENY))
                return 0;
        print_error("%s x %s (line %u), given at %s, asked at %s: %s, expected %s\n",
                    matrix_permission(attempt->row), attempt->role, attempt->row->line,
                    attempt->place.given_at ? attempt->place.given_at : "the organization",
                    attempt->place.asked_at, outcome_name(outcome), expected ? "allow" : "deny");
        asker_explain(attempt->asker, question);
        return 1;
}

/* Both ways in which what does not hold can be worded. */
static size_t try_both(const Attempt *attempt, uint32_t holds, bool expected)
{
        return try_wording(attempt, holds, (Wording){ .silent = false }, expected) +
               try_wording(attempt, holds, (Wording){ .silent = true }, expected);
}

size_t matrix_try(const Matrix *matrix, Asker *asker, const TableRow *row, size_t column,
                  Cell expected, MatrixPlace place)
{
        char role[NAME_SIZE];
        matrix_role_name(matrix, column, role, sizeof(role));
        Attempt attempt = { asker, row, role, &expected, place };
        if (!expected.given)
                return try_both(&attempt, MATRIX_ALL & ~MATRIX_ALSO, false) +
                       try_both(&attempt, 0, false);
        size_t wrong = try_both(&attempt, expected.conditions, true);
        uint32_t all = MATRIX_ALL & ~(*expected.also ? 0 : MATRIX_ALSO);
        wrong += try_both(&attempt, all, true);
        for (uint32_t bit = 1; bit <= MATRIX_ALSO; bit <<= 1)
                if (expected.conditions & bit)
                        wrong += try_both(&attempt, all & ~bit, false);
        return wrong;
}

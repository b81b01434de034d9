/* SPDX-License-Identifier: MIT */
/*
 * Explain: questions about granting
 *
 * What is missing, in the words of the question: an authority that the asker lacks, or what stands
 * against it although he has it. One function per reason that has something to tell.
 */
#include "policy/delegation.h"
#include "policy/explain_parts.h"

#define LISTED_MAX 12 /* names in one line */

/* One denial that is being told. */
typedef struct Telling {
        const Printer *printer;
        const Delegation *delegation;
        const Query *query;
        const Decision *decision;
} Telling;

static void print_target(const Telling *telling)
{
        print_text(telling->printer, telling->query->resource.whole);
}

static void print_handed(const Telling *telling)
{
        print_role_at(telling->printer, telling->decision->organization,
                      telling->decision->handed_role, telling->decision->handed_site);
}

/* ---- Authority ---- */

static bool need_of_decision(const Delegation *delegation, const Decision *decision, Need *ret_need)
{
        Needs needs = { 0 };
        while (delegation_next_need(delegation, &needs, ret_need))
                if (ret_need->role == decision->handed_role &&
                    ret_need->site == decision->handed_site)
                        return true;
        return false;
}

static bool targets_are_same(const Target *a, const Target *b)
{
        return a->type == b->type && a->index == b->index;
}

/* "access.site-role.grant at site:acme/HQ or org.permission.set at organization:acme" */
static void print_asks(const Telling *telling, const Need *need)
{
        const Printer *printer = telling->printer;
        uint32_t next = 0;
        Ask ask, following;
        bool any = delegation_next_ask(telling->delegation, need, &next, &ask);
        while (any) {
                const ImagePermission *permission =
                        image_permission(printer->image, ask.permission);
                any = delegation_next_ask(telling->delegation, need, &next, &following);
                print_string(printer, permission->name);
                if (!any || !targets_are_same(&ask.target, &following.target)) {
                        fputs(" at ", printer->stream);
                        print_resource(printer, ask.target.type, ask.target.index);
                }
                fputs(any ? " or " : "", printer->stream);
                ask = following;
        }
}

/* The line by which the organization has taken one of the permissions from a role of the asker. */
static void print_removals(const Telling *telling)
{
        const Image *image = telling->printer->image;
        Misses misses = misses_new(image);
        if (!delegation_record(image, telling->delegation->context, telling->query,
                               telling->decision, &misses.recorder))
                return;
        for (size_t i = 0; i < misses.count; i++) {
                const Step *step = &misses.steps[i];
                const ImageCustomization *removal =
                        step->kind == STEP_ROLE_LACKS
                                ? customization_of(image, step->role, step->permission)
                                : NULL;
                if (!removal)
                        continue;
                fputs("; ", telling->printer->stream);
                print_removal(telling->printer, step->role, removal);
                return;
        }
}

static bool is_of_lockdown(const Query *query)
{
        return query->kind == QUERY_START_LOCKDOWN || query->kind == QUERY_END_LOCKDOWN;
}

static void not_permitted(const Telling *telling)
{
        const Printer *printer = telling->printer;
        Need need;
        uint32_t next = 0;
        Ask ask;
        if (!need_of_decision(telling->delegation, telling->decision, &need) ||
            !delegation_next_ask(telling->delegation, &need, &next, &ask)) {
                fputs("no catalogue has a permission for this", printer->stream);
                return;
        }
        fputs("no role in force gives ", printer->stream);
        print_text(printer, telling->query->user);
        fputc(' ', printer->stream);
        print_asks(telling, &need);
        if (telling->query->kind != QUERY_GRANT && telling->query->kind != QUERY_REVOKE &&
            need.role != IMAGE_NONE) {
                fputs(", needed for ", printer->stream);
                print_handed(telling);
        }
        if (is_of_lockdown(telling->query))
                fputs(", and he is not on its list", printer->stream);
        print_removals(telling);
}

bool delegation_record(const Image *image, const DecisionContext *context, const Query *query,
                       const Decision *decision, Recorder *recorder)
{
        Delegation delegation;
        Need need;
        if (delegation_open(image, context, query, recorder, &delegation) != REASON_NONE ||
            delegation.target_reason != REASON_NONE || decision->permission == IMAGE_NONE ||
            !need_of_decision(&delegation, decision, &need))
                return false;
        return delegation_decide_need(&delegation, &need).outcome == OUTCOME_DENY;
}

/* ---- What stands against it ---- */

static void not_a_member(const Telling *telling)
{
        const Printer *printer = telling->printer;
        if (!telling->delegation->subject.member) {
                print_unknown(printer, telling->query, telling->decision);
                return;
        }
        print_target(telling);
        fputs(" is no member of ", printer->stream);
        print_resource(printer, RESOURCE_ORGANIZATION, telling->decision->organization);
        print_place(printer, telling->decision->place);
}

static void wrong_level(const Telling *telling)
{
        const Printer *printer = telling->printer;
        for (size_t i = 0; i < telling->query->role_count; i++) {
                const RoleAt *written = &telling->query->roles[i];
                uint32_t index, site;
                if (delegation_find_role(telling->delegation, written, &index, &site) !=
                    REASON_WRONG_LEVEL)
                        continue;
                print_text(printer, written->role);
                fputs(written->at_site ? " is a role of the organization, not of a site: no @SITE"
                                       : " is a role of a site: write ",
                      printer->stream);
                if (written->at_site)
                        return;
                print_text(printer, written->role);
                fputc('@', printer->stream);
                print_text(printer, telling->query->resource.organization);
                fputs("/SITE", printer->stream);
                return;
        }
}

static void not_grantable(const Telling *telling)
{
        const Printer *printer = telling->printer;
        QueryKind kind = telling->query->kind;
        bool of_members = kind == QUERY_ADD_MEMBER || kind == QUERY_REMOVE_MEMBER;
        const ImageRole *role = image_role(printer->image, telling->decision->handed_role);
        if (of_members) {
                print_text(printer, telling->query->with[0].whole);
                fputs(" carries ", printer->stream);
        }
        if (role)
                print_string(printer, role->name);
        fputs(of_members ? ", which" : "", printer->stream);
        fputs(kind == QUERY_REVOKE || kind == QUERY_REMOVE_MEMBER ? " is taken from nobody"
                                                                  : " is granted to nobody",
              printer->stream);
}

static void legacy_frozen(const Telling *telling)
{
        const Printer *printer = telling->printer;
        const ImageUser *user = delegation_user(telling->delegation);
        const ImageGrant *legacy =
                user ? legacy_grant(printer->image, telling->delegation->context, user) : NULL;
        print_target(telling);
        fputs(" has to be migrated first: holds ", printer->stream);
        if (legacy)
                print_role_at(printer, telling->decision->organization, legacy->role, legacy->site);
        print_place(printer, telling->decision->place);
}

static void users_only(const Telling *telling)
{
        const Printer *printer = telling->printer;
        const ImageRole *role = image_role(printer->image, telling->decision->handed_role);
        bool to_group = telling->query->resource.type == RESOURCE_GROUP;
        fputs(to_group ? "only users may hold " : "only groups may hold ", printer->stream);
        if (role)
                print_string(printer, role->name);
        fputs(", not ", printer->stream);
        print_target(telling);
}

static void synced(const Telling *telling)
{
        const Printer *printer = telling->printer;
        print_text(printer, telling->query->with[0].whole);
        fputs(" is synced from a directory and is changed there only", printer->stream);
        print_place(printer, telling->decision->place);
}

static void no_change(const Telling *telling)
{
        const Printer *printer = telling->printer;
        print_target(telling);
        switch (telling->query->kind) {
        case QUERY_GRANT:
                fputs(" holds it already: ", printer->stream);
                print_handed(telling);
                break;
        case QUERY_REVOKE:
                fputs(" does not hold it by a grant of its own: ", printer->stream);
                print_handed(telling);
                break;
        case QUERY_MIGRATE:
                fputs(" holds no legacy role", printer->stream);
                break;
        case QUERY_START_LOCKDOWN:
                fputs(" is on already", printer->stream);
                print_note(printer, telling->decision->note, ", since");
                break;
        case QUERY_END_LOCKDOWN:
                fputs(" is not on", printer->stream);
                break;
        default:
                fputs(telling->query->kind == QUERY_ADD_MEMBER ? " is in " : " is not listed in ",
                      printer->stream);
                print_text(printer, telling->query->with[0].whole);
                fputs(telling->query->kind == QUERY_ADD_MEMBER ? " already" : "", printer->stream);
        }
        print_place(printer, telling->decision->place);
}

/* ---- Customizing ---- */

static void print_listed(const Printer *printer, size_t number, uint32_t name)
{
        if (number > LISTED_MAX)
                return;
        fputs(number == 0 ? "" : ", ", printer->stream);
        if (number < LISTED_MAX)
                print_string(printer, name);
        else
                fputs("...", printer->stream);
}

static void print_customizable_roles(const Printer *printer)
{
        size_t number = 0;
        for (uint32_t i = 0; i < image_count(printer->image, IMAGE_ROLES); i++) {
                const ImageRole *role = image_role(printer->image, i);
                if (role->class_bits != 0 && role->organization == IMAGE_NONE)
                        print_listed(printer, number++, role->name);
        }
        fputs(number == 0 ? "none" : "", printer->stream);
}

static void print_customizable_permissions(const Printer *printer, uint32_t class_bits)
{
        size_t number = 0;
        for (uint32_t i = 0; i < image_count(printer->image, IMAGE_PERMISSIONS); i++) {
                const ImagePermission *permission = image_permission(printer->image, i);
                if (permission->class_bit & class_bits)
                        print_listed(printer, number++, permission->name);
        }
        fputs(number == 0 ? "none" : "", printer->stream);
}

static void not_customizable(const Telling *telling)
{
        const Printer *printer = telling->printer;
        Text name = telling->query->roles[0].role;
        const ImageRole *role =
                image_role(printer->image,
                           image_find_role(printer->image, telling->decision->organization, name));
        if (role && role->class_bits != 0) {
                print_text(printer, telling->query->permission);
                fputs(" cannot be customized; of ", printer->stream);
                print_text(printer, name);
                fputs(" these can: ", printer->stream);
                print_customizable_permissions(printer, role->class_bits);
                return;
        }
        print_text(printer, name);
        fputs(" cannot be customized; these roles can: ", printer->stream);
        print_customizable_roles(printer);
}

/* ---- Errors ---- */

static void unknown_role(const Telling *telling)
{
        const Printer *printer = telling->printer;
        for (size_t i = 0; i < telling->query->role_count; i++) {
                Text name = telling->query->roles[i].role;
                if (image_find_role(printer->image, telling->decision->organization, name) !=
                    IMAGE_NONE)
                        continue;
                fputs("no catalogue and no custom role of ", printer->stream);
                print_resource(printer, RESOURCE_ORGANIZATION, telling->decision->organization);
                fputs(" is named ", printer->stream);
                print_text(printer, name);
                return;
        }
}

static bool is_declared(const Printer *printer, const Resource *resource)
{
        Target target;
        return policy_find_target(printer->image, resource, &target) == REASON_NONE;
}

static void unknown_resource(const Telling *telling)
{
        const Printer *printer = telling->printer;
        const Query *query = telling->query;
        const Resource *unknown = &query->resource;
        const char *prefix = "";
        for (size_t i = 0; i < query->with_count; i++)
                if (is_declared(printer, unknown))
                        unknown = &query->with[i];
        for (size_t i = 0; i < query->role_count; i++) {
                if (!query->roles[i].at_site || is_declared(printer, &query->roles[i].site))
                        continue;
                unknown = &query->roles[i].site;
                prefix = "site:";
                break;
        }
        fputs(prefix, printer->stream);
        print_text(printer, unknown->whole);
        fputs(" is not declared", printer->stream);
}

static void unknown_permission(const Telling *telling)
{
        fputs("no catalogue declares ", telling->printer->stream);
        print_text(telling->printer, telling->query->permission);
}

static void unknown_subject(const Telling *telling)
{
        print_unknown(telling->printer, telling->query, telling->decision);
}

typedef void (*Tell)(const Telling *telling);

static const Tell TELLS[REASON_COUNT] = {
        [REASON_UNKNOWN_SUBJECT] = unknown_subject,
        [REASON_NOT_A_MEMBER] = not_a_member,
        [REASON_NOT_PERMITTED] = not_permitted,
        [REASON_WRONG_LEVEL] = wrong_level,
        [REASON_NOT_GRANTABLE] = not_grantable,
        [REASON_LEGACY_FROZEN] = legacy_frozen,
        [REASON_USERS_ONLY] = users_only,
        [REASON_SYNCED] = synced,
        [REASON_NO_CHANGE] = no_change,
        [REASON_NOT_CUSTOMIZABLE] = not_customizable,
        [REASON_UNKNOWN_ROLE] = unknown_role,
        [REASON_UNKNOWN_RESOURCE] = unknown_resource,
        [REASON_UNKNOWN_PERMISSION] = unknown_permission,
};

/* Conditions tell themselves, but for those about the target that the question names. */
static bool has_tell(const Decision *decision)
{
        bool is_told = decision->failed_condition == 0 || decision->reason == REASON_NOT_A_MEMBER ||
                       decision->reason == REASON_NOT_CUSTOMIZABLE;
        return is_told && (unsigned)decision->reason < REASON_COUNT && TELLS[decision->reason];
}

/* What may have ended and stands against it. */
static void tell_recorded(const Telling *telling)
{
        print_target(telling);
        fputs(" may hold it already, for a time, and the clock cannot be trusted: ",
              telling->printer->stream);
        print_handed(telling);
        print_place(telling->printer, telling->decision->place);
}

/* A condition or a gate; or what keeps a list from helping who is on it. */
static void describe_failed(const Telling *telling, const DecisionContext *context)
{
        const Decision *decision = telling->decision;
        bool is_overruled = decision->reason == REASON_CLOCK_UNTRUSTED &&
                            telling->query->kind == QUERY_GRANT &&
                            decision->place.file != IMAGE_NONE && !decision->failed_condition;
        if (is_overruled) {
                tell_recorded(telling);
                return;
        }
        if (is_of_lockdown(telling->query) && decision->permission == IMAGE_NONE) {
                print_text(telling->printer, telling->query->user);
                fputs(" is on its list, but ", telling->printer->stream);
        }
        print_failed(telling->printer, context, telling->query, decision);
}

void delegation_describe(const Printer *printer, const DecisionContext *context, const Query *query,
                         const Decision *decision)
{
        Delegation delegation;
        Telling telling = { printer, &delegation, query, decision };
        (void)delegation_open(printer->image, context, query, NULL, &delegation);
        if (has_tell(decision))
                TELLS[decision->reason](&telling);
        else if (decision->outcome == OUTCOME_DENY)
                describe_failed(&telling, context);
        else
                fputs(reason_text(decision->reason), printer->stream);
}

/* SPDX-License-Identifier: MIT */
/*
 * Conditions
 *
 * One function per condition, in one table in the order of the Condition bits. A function answers
 * REASON_NONE when the condition holds and else why not. What is not stated, not declared or not
 * known is false.
 */
#include "policy/door_state.h"
#include "policy/roles.h"

/* What a permission acts on: the resource itself, or the first user or group stated with it. */
typedef enum ActedOn {
        ACTED_ON_NOTHING, /* none is stated, or it is not declared */
        ACTED_ON_NEW,     /* the organization stands for what is to be made, or for all */
        ACTED_ON_USER,
        ACTED_ON_GROUP,
        ACTED_ON_ACCESS_GROUP,
} ActedOn;

static ActedOn acted_on_type(ResourceType type)
{
        if (type == RESOURCE_USER)
                return ACTED_ON_USER;
        if (type == RESOURCE_GROUP)
                return ACTED_ON_GROUP;
        return type == RESOURCE_ACCESS_GROUP ? ACTED_ON_ACCESS_GROUP : ACTED_ON_NOTHING;
}

static uint32_t object_index(const Engine *engine, const Resource *object)
{
        return image_find(engine->image, object->type, engine->target->organization, object->path);
}

static ActedOn acted_on(const Engine *engine, uint32_t *ret_index)
{
        ActedOn kind = acted_on_type(engine->target->type);
        *ret_index = engine->target->index;
        if (kind != ACTED_ON_NOTHING)
                return kind;
        for (size_t i = 0; engine->query && i < engine->query->with_count; i++) {
                const Resource *object = &engine->query->with[i];
                kind = acted_on_type(object->type);
                if (kind == ACTED_ON_NOTHING)
                        continue;
                *ret_index = object_index(engine, object);
                return *ret_index == IMAGE_NONE ? ACTED_ON_NOTHING : kind;
        }
        return engine->target->type == RESOURCE_ORGANIZATION ? ACTED_ON_NEW : ACTED_ON_NOTHING;
}

static Reason target_not_synced(const Engine *engine, Finding *finding)
{
        uint32_t index;
        const ImageUser *user = NULL;
        const ImageGroup *group = NULL;
        const ImageAccessGroup *access_group = NULL;
        switch (acted_on(engine, &index)) {
        case ACTED_ON_NEW:
                return REASON_NONE;
        case ACTED_ON_USER:
                user = image_inline_user(engine->image, index);
                break;
        case ACTED_ON_GROUP:
                group = image_inline_group(engine->image, index);
                break;
        case ACTED_ON_ACCESS_GROUP:
                access_group = image_inline_access_group(engine->image, index);
                break;
        case ACTED_ON_NOTHING:
                break;
        }
        if (!user && !group && !access_group)
                return REASON_NO_SUCH_OBJECT;
        bool synced = (user && user->flags & IMAGE_USER_SYNCED) ||
                      (group && group->flags & IMAGE_GROUP_SYNCED) ||
                      (access_group && access_group->flags & IMAGE_GROUP_SYNCED);
        if (!synced)
                return REASON_NONE;
        finding->place = user ? user->place : group ? group->place : access_group->place;
        return REASON_SYNCED;
}

static Reason target_not_self(const Engine *engine, Finding *finding)
{
        uint32_t index;
        bool self = true;
        switch (acted_on(engine, &index)) {
        case ACTED_ON_NOTHING:
                return REASON_NO_SUCH_OBJECT;
        case ACTED_ON_NEW:
                return REASON_NONE;
        case ACTED_ON_USER:
                self = index == engine->subject->user;
                break;
        case ACTED_ON_GROUP:
                self = subject_is_in_group(engine, index);
                break;
        case ACTED_ON_ACCESS_GROUP:
                self = subject_is_in_access_group(engine, index);
                break;
        }
        return self ? REASON_SELF_GRANT : REASON_NONE;
}

static Reason target_has_legacy_role(const Engine *engine, Finding *finding)
{
        uint32_t index;
        ActedOn kind = acted_on(engine, &index);
        if (kind == ACTED_ON_NEW)
                return REASON_NONE;
        const ImageUser *user =
                kind == ACTED_ON_USER ? image_inline_user(engine->image, index) : NULL;
        if (!user)
                return REASON_NO_SUCH_OBJECT;
        const ImageGrant *legacy = legacy_grant(engine->image, engine->context, user);
        if (!legacy)
                return REASON_NO_LEGACY_ROLE;
        return grant_is_certain(engine->context, legacy) ? REASON_NONE : REASON_CLOCK_UNTRUSTED;
}

/* The asker's own settings. */
static Reason target_is_self(const Engine *engine, Finding *finding)
{
        uint32_t index;
        switch (acted_on(engine, &index)) {
        case ACTED_ON_NEW:
                return REASON_NONE;
        case ACTED_ON_USER:
                return index == engine->subject->user ? REASON_NONE : REASON_NOT_SELF;
        default:
                return REASON_NO_SUCH_OBJECT;
        }
}

static Reason target_is_member(const Engine *engine, Finding *finding)
{
        uint32_t index;
        ActedOn kind = acted_on(engine, &index);
        if (kind == ACTED_ON_NOTHING)
                return REASON_NO_SUCH_OBJECT;
        const ImageUser *user =
                kind == ACTED_ON_USER ? image_inline_user(engine->image, index) : NULL;
        if (!user || user->flags & IMAGE_USER_MEMBER)
                return REASON_NONE;
        finding->place = user->place;
        return REASON_NOT_A_MEMBER;
}

/* Says whether an object of this type is stated and declared. */
static Reason object_exists(const Engine *engine, ResourceType type)
{
        for (size_t i = 0; engine->query && i < engine->query->with_count; i++) {
                const Resource *object = &engine->query->with[i];
                if (object->type == type && object_index(engine, object) != IMAGE_NONE)
                        return REASON_NONE;
        }
        return REASON_NO_SUCH_OBJECT;
}

static Reason schedule_exists(const Engine *engine, Finding *finding)
{
        return object_exists(engine, RESOURCE_SCHEDULE);
}

static Reason door_exception_exists(const Engine *engine, Finding *finding)
{
        return object_exists(engine, RESOURCE_DOOR_EXCEPTION);
}

static Reason template_exists(const Engine *engine, Finding *finding)
{
        return object_exists(engine, RESOURCE_ROLL_CALL_TEMPLATE);
}

static Reason roll_call_active(const Engine *engine, Finding *finding)
{
        for (size_t i = 0; engine->query && i < engine->query->with_count; i++) {
                Target roll_call;
                if (engine->query->with[i].type != RESOURCE_ROLL_CALL ||
                    policy_find_target(engine->image, &engine->query->with[i], &roll_call) !=
                            REASON_NONE ||
                    !target_holds(engine, roll_call.position))
                        continue;
                return engine->query->is_active == PROPERTY_TRUE ? REASON_NONE : REASON_NOT_ACTIVE;
        }
        return REASON_NO_SUCH_OBJECT;
}

/* Says whether a floorplan shows a door of the target's site or of one below it. */
static bool floorplan_shows_target(const Engine *engine, uint32_t index)
{
        const ImageObject *floorplan = image_inline_object(engine->image, index);
        if (!floorplan)
                return false;
        uint32_t count;
        const uint32_t *doors = image_inline_numbers(engine->image, floorplan->doors, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageDoor *door = image_inline_door(engine->image, doors[i]);
                if (door && target_holds(engine, door->position))
                        return true;
        }
        return false;
}

static Reason floorplan_shows_site(const Engine *engine, Finding *finding)
{
        for (size_t i = 0; engine->query && i < engine->query->with_count; i++) {
                const Resource *object = &engine->query->with[i];
                if (object->type == RESOURCE_FLOORPLAN &&
                    floorplan_shows_target(engine, object_index(engine, object)))
                        return REASON_NONE;
        }
        return REASON_NO_SUCH_OBJECT;
}

static Reason archive_not_private(const Engine *engine, Finding *finding)
{
        bool stated = engine->query && engine->query->is_private == PROPERTY_FALSE;
        return stated ? REASON_NONE : REASON_PRIVATE_ARCHIVE;
}

/* Legacy roles are frozen since that day (Legacy Access Control Roles, first paragraph). */
static Reason before_2024_11_14(const Engine *engine, Finding *finding)
{
        const int64_t day_s = INT64_C(1731542400);
        if (engine->context->clock_untrusted)
                return REASON_CLOCK_UNTRUSTED;
        return engine->context->now_s < day_s ? REASON_NONE : REASON_LEGACY_FROZEN;
}

static Reason site_visible(const Engine *engine, Finding *finding)
{
        StepKind why_not;
        if (any_site_role_is_held(engine, engine->target->position, &why_not))
                return REASON_NONE;
        return why_not == STEP_CLOCK_UNTRUSTED ? REASON_CLOCK_UNTRUSTED : REASON_NOT_PERMITTED;
}

/* Asked in general, there is nothing yet that could not be customized. */
static Reason customization_possible(const Engine *engine, Finding *finding)
{
        const Query *query = engine->query;
        if (!query || query->kind != QUERY_CUSTOMIZE || query->verb == CUSTOMIZE_DEFAULT)
                return REASON_NONE;
        const Image *image = engine->image;
        uint32_t organization = engine->target->organization;
        const ImageRole *role = image_inline_role(
                image, image_find_role(image, organization, query->roles[0].role));
        const ImagePermission *permission =
                image_inline_permission(image, image_find_permission(image, query->permission));
        bool possible = role && permission && role->class_bits & permission->class_bit;
        return possible ? REASON_NONE : REASON_NOT_CUSTOMIZABLE;
}

/* A code is asked for where the door's state says so, and believed where it is stated. */
static Reason code_where_required(const Engine *engine, Finding *finding)
{
        if (engine->target->type != RESOURCE_DOOR)
                return REASON_NO_DOOR_ACCESS;
        DoorSituation door =
                policy_door_situation(engine->image, engine->context, engine->target->index);
        bool given = engine->query && engine->query->has_code == PROPERTY_TRUE;
        bool missing =
                door.unknown == REASON_NONE && door.state == DOOR_STATE_CARD_AND_CODE && !given;
        if (door.unknown == REASON_NONE && !missing)
                return REASON_NONE;
        finding->place = door.state_place;
        finding->note = door.state_note;
        return missing ? REASON_CODE_REQUIRED : door.unknown;
}

typedef Reason (*ConditionMatch)(const Engine *engine, Finding *finding);

/* In the order of the bits. */
static const ConditionMatch MATCHES[CONDITION_COUNT] = {
        access_to_door,         target_not_synced, target_not_self,        schedule_exists,
        door_exception_exists,  template_exists,   roll_call_active,       floorplan_shows_site,
        target_has_legacy_role, target_is_self,    target_is_member,       archive_not_private,
        before_2024_11_14,      site_visible,      customization_possible, code_where_required,
};

Reason conditions_test(const Engine *engine, uint32_t conditions, Finding *finding,
                       Condition *ret_failed)
{
        while (conditions != 0) {
                uint32_t bit = (uint32_t)__builtin_ctz(conditions);
                *ret_failed = (Condition)(UINT32_C(1) << bit);
                if (bit >= CONDITION_COUNT)
                        return REASON_CORRUPT_IMAGE;
                Reason reason = MATCHES[bit](engine, finding);
                if (reason != REASON_NONE)
                        return reason;
                conditions &= conditions - 1;
        }
        return REASON_NONE;
}

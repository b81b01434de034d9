/* SPDX-License-Identifier: MIT */
/*
 * Image
 *
 * Reading a compiled policy. Opening verifies magic, version, size, checksum and the bounds of
 * every section; every index and range found inside is checked again where it is used, so that
 * even an image that lies cannot make its reader leave it. An Image is immutable: any number of
 * threads may read it at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "policy/image_format.h"
#include "policy/query.h"
#include "util/cleanup.h"
#include "util/text.h"

typedef struct Image Image;

enum ImageProblem {
        IMAGE_TOO_SMALL = 1,
        IMAGE_WRONG_MAGIC = 2,
        IMAGE_WRONG_VERSION = 3,
        IMAGE_WRONG_SIZE = 4,
        IMAGE_WRONG_CHECKSUM = 5,
        IMAGE_WRONG_SECTION = 6,
        IMAGE_FILE_PROBLEM = 100, /* + a FileProblem */
};

/* Says what an ImageProblem means. Static. */
const char *image_problem_text(int problem);

/* Views an image in memory. Borrows the bytes, 8-byte aligned, which must stay unchanged as long as
 * it lives. Return: 0 and the image (owned by the caller), > 0 an ImageProblem, -errno. */
int image_open(const void *data, size_t size, Image **ret_image);

/* As image_open(), and takes the bytes, which came from malloc(). On failure they stay the
 * caller's. */
int image_take(void *data, size_t size, Image **ret_image);

/* Checks an image file's kind, owner and mode on its descriptor (borrowed).
 * Return: 0 and its size, IMAGE_TOO_SMALL, IMAGE_FILE_PROBLEM + a FileProblem, -errno. */
int image_check_file(int fd, size_t *ret_size);

/*
 * Maps an image file read-only. The file's owner and mode are checked on the descriptor (borrowed);
 * it must never be changed or cut in place while it is mapped: that would end the program.
 * Return: 0, > 0 an ImageProblem or IMAGE_FILE_PROBLEM + a FileProblem, -errno.
 */
int image_map(int fd, Image **ret_image);

/* Unmaps or frees. Return: NULL. */
Image *image_free(Image *image);
DEFINE_CLEANUP(Image *, image_free);

const ImageHeader *image_header(const Image *image);

/* The bytes of the image, for writing it to a file. */
const void *image_data(const Image *image, size_t *ret_size);

/* The revision as printed: 16 hexadecimal digits and a NUL. Return: buffer. */
#define IMAGE_REVISION_SIZE 17
char *image_revision(const Image *image, char buffer[static IMAGE_REVISION_SIZE]);

/* The bytes of one record of a section. */
uint32_t image_record_size(enum ImageSectionId section);

/* The checksum that belongs into the header of an image of at least a header's size. */
uint64_t image_checksum(const void *data, size_t size);

/* The number of records of a section. */
uint32_t image_count(const Image *image, enum ImageSectionId section);

/* A string by its offset. Return: the text, borrowed from the image, NUL-terminated; the empty text
 * for an offset outside. */
Text image_string(const Image *image, uint32_t string);

/* Record `index` of a section. Return: the record, or NULL outside. */
const ImageOrganization *image_organization(const Image *image, uint32_t index);
const ImageSite *image_site(const Image *image, uint32_t index);
const ImageDoor *image_door(const Image *image, uint32_t index);
const ImageHost *image_host(const Image *image, uint32_t index);
const ImageUser *image_user(const Image *image, uint32_t index);
const ImageGroup *image_group(const Image *image, uint32_t index);
const ImageAccessGroup *image_access_group(const Image *image, uint32_t index);
const ImageAccessLevel *image_access_level(const Image *image, uint32_t index);
const ImageSchedule *image_schedule(const Image *image, uint32_t index);
const ImageZone *image_zone(const Image *image, uint32_t index);
const ImageException *image_exception(const Image *image, uint32_t index);
const ImageLockdown *image_lockdown(const Image *image, uint32_t index);
const ImageObject *image_object(const Image *image, uint32_t index);
const ImagePermission *image_permission(const Image *image, uint32_t index);
const ImageRole *image_role(const Image *image, uint32_t index);
const ImageGrant *image_grant(const Image *image, uint32_t index);
const ImageMappedGroup *image_mapped_group(const Image *image, uint32_t index);
const ImageCaller *image_caller(const Image *image, uint32_t index);
const ImageFront *image_front(const Image *image, uint32_t index);
const ImageSessionRule *image_session_rule(const Image *image, uint32_t index);

/* The records of a range. Return: the first one and *ret_count of them; NULL and 0 when the range
 * is empty or leaves its section. */
const ImageHeld *image_held(const Image *image, ImageRange range, uint32_t *ret_count);
const ImageEntry *image_entries(const Image *image, ImageRange range, uint32_t *ret_count);
const ImageCustomization *image_customizations(const Image *image, ImageRange range,
                                               uint32_t *ret_count);
const ImageGrant *image_grants(const Image *image, ImageRange range, uint32_t *ret_count);
const ImageWindow *image_windows(const Image *image, ImageRange range, uint32_t *ret_count);
const ImageTransition *image_transitions(const Image *image, ImageRange range, uint32_t *ret_count);
const ImageExceptionDay *image_exception_days(const Image *image, ImageRange range,
                                              uint32_t *ret_count);
const ImageCard *image_cards(const Image *image, ImageRange range, uint32_t *ret_count);
const uint32_t *image_numbers(const Image *image, ImageRange range, uint32_t *ret_count);

/* The grants recorded for a user himself, in IMAGE_GRANTS. */
ImageRange image_user_grants(const Image *image, const ImageUser *user);

/* Writes "FILE:LINE" of a place. Return: buffer; "-" for a place of no file. */
#define IMAGE_PLACE_SIZE 4200
char *image_place(const Image *image, ImagePlace place, char *buffer, size_t buffer_size);

/* The seed of names of a type within an organization (0 for organizations themselves). */
static inline uint64_t image_name_seed(ResourceType type, uint32_t organization)
{
        return (uint64_t)organization << 8 | (uint64_t)type;
}

/* The seed of names of roles: IMAGE_NONE for the catalogues'. */
static inline uint64_t image_role_seed(uint32_t organization)
{
        return organization == IMAGE_NONE ? 0 : (uint64_t)organization + 1;
}

/* What a slot keeps of a name's hash; never 0. */
static inline uint32_t image_slot_hash(uint64_t hash)
{
        return (uint32_t)(hash >> 32) | 1;
}

/* Finding by name. Return: the index, or IMAGE_NONE. */
uint32_t image_find_organization(const Image *image, Text name);
uint32_t image_find_permission(const Image *image, Text name);

/* A role of the catalogues or, unless organization is IMAGE_NONE, a custom one of that
 * organization; never a variant. */
uint32_t image_find_role(const Image *image, uint32_t organization, Text name);
uint32_t image_find_user(const Image *image, uint32_t organization, Text name);

/* Finds anything declared by its path without the organization; RESOURCE_SCHEDULE and other objects
 * give an index into the section of their type (schedules, access levels) or into IMAGE_OBJECTS
 * (door exceptions, templates, floorplans). */
uint32_t image_find(const Image *image, ResourceType type, uint32_t organization, Text path);

/* The person whom a policy gives a uid. Return: the name, or the empty text. */
Text image_person_of_uid(const Image *image, uint32_t uid);

/* Says whether the policy states a uid for a person in any organization, and which.
 * Return: true and the uid. */
bool image_uid_of_person(const Image *image, Text name, uint32_t *ret_uid);

/* The user whom a card stands for in an organization. Return: his index, or IMAGE_NONE. */
uint32_t image_find_card(const Image *image, uint32_t organization, uint64_t number);

/* The caller of a certificate, or of a uid, in an organization; IMAGE_NONE: in the first that has
 * it. Return: borrowed from the image; NULL when there is none. */
const ImageCaller *image_caller_of_certificate(const Image *image, const Fingerprint *certificate,
                                               uint32_t organization);
const ImageCaller *image_caller_of_uid(const Image *image, uint32_t uid, uint32_t organization);

/* The front of a uid. Return: borrowed from the image; NULL when that uid is no front's. */
const ImageFront *image_front_of_uid(const Image *image, uint32_t uid);

/* Writes a resource in full, e.g. "door:acme/HQ/Tower/D3". Return: the text in buffer. */
Text image_resource(const Image *image, ResourceType type, uint32_t index, char *buffer,
                    size_t buffer_size);

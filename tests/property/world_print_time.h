/* SPDX-License-Identifier: MIT */
/* Elements of a policy that depend on time; each as the other elements (world_print.c). */
#pragma once

#include "world_printer.h"

/* Write number I of their list as an element of SECTION. */
void world_print_schedule(Printer *printer, Section section, int i);
void world_print_exception(Printer *printer, Section section, int i);
void world_print_access_exception(Printer *printer, Section section, int i);
void world_print_calendar(Printer *printer, Section section, int i);
void world_print_lockdown(Printer *printer, Section section, int i);

/* Writes what DOOR says of schedule, exceptions and default. */
void world_print_door_time(const Printer *printer, FILE *out, const WorldDoor *door);

/* Writes the calendars of WORLD into the folder calendars.d of the policy DIRECTORY. Returns 0, or
 * -errno. */
int world_print_calendars(const World *world, const char *directory);

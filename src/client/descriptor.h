/* SPDX-License-Identifier: MIT */
/* Descriptors that stay out of the way of a program that closed its standard streams. */
#pragma once

/*
 * Moves a descriptor (taken; negative is passed through) above 2, so that nothing a host program
 * prints can ever end up in it.
 * Return: the descriptor, O_CLOEXEC, owned by the caller, or -1 with errno set (EMFILE; the one
 * given is closed).
 */
int descriptor_above_standard(int fd);

/* SPDX-License-Identifier: MIT */
/* Those who wait for what becomes of an unlock command. */
#pragma once

#include "daemon/client.h"
#include "daemon/command.h"

/* Something has become of it: everybody who waits is told. */
void request_command_changed(Server *server, const Command *command);

/* The time of one who waits has passed: he is told what is so. Return: as client_send(). */
int request_command_expire(Client *client);

/* The client is gone. */
void request_command_forget(Client *client);

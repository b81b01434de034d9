#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Says which doors a person may unlock, and with --watch again whenever the policy changes.

    ./doors.py [--socket SOCKET] [--watch] USER DOOR...
    ./doors.py --watch alice door:acme/HQ/front door:acme/HQ/lab

libdoorward is called through ctypes: nothing but Python's own library is needed. Exit status: 0 all
may be unlocked, 1 one or more may not, 3 one or more could not be asked about.
"""
import argparse
import ctypes
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_void_p

ALLOW, DENY = 0xCA, 0x53  # any other outcome is neither
REVISIONS = 3
REFUSED = -7


class Question(ctypes.Structure):
    """struct doorward_question"""

    _fields_ = [
        ("subject", c_char_p),
        ("action", c_char_p),
        ("resource", c_char_p),
        ("extra", POINTER(c_char_p)),
        ("flags", c_uint32),
    ]


class Result(ctypes.Structure):
    """struct doorward_result"""

    _fields_ = [("error", c_int), ("answer", c_void_p)]


def load(name):
    """The library, with the types of what is called: ctypes would cut pointers to an int."""
    library = ctypes.CDLL(name)
    for function, result, arguments in (
        ("doorward_new", c_int, [POINTER(c_void_p), c_char_p]),
        ("doorward_free", c_void_p, [c_void_p]),
        ("doorward_strerror", c_char_p, [c_int]),
        ("doorward_ask_many", c_int, [c_void_p, POINTER(Question), c_size_t, POINTER(Result)]),
        ("doorward_answer_outcome", c_int, [c_void_p]),
        ("doorward_answer_reason", c_char_p, [c_void_p]),
        ("doorward_answer_free", c_void_p, [c_void_p]),
        ("doorward_subscribe", c_int, [c_void_p, c_int, POINTER(c_char_p), POINTER(c_void_p)]),
        ("doorward_subscription_next", c_int, [c_void_p, c_int, POINTER(c_void_p)]),
        ("doorward_subscription_message", c_char_p, [c_void_p]),
        ("doorward_subscription_free", c_void_p, [c_void_p]),
        ("doorward_item_get", c_char_p, [c_void_p, c_char_p]),
        ("doorward_item_free", c_void_p, [c_void_p]),
    ):
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library


class Failure(Exception):
    """An error of the library, as a sentence."""


class Doors:
    """A connection to doorwardd, and what is asked on it."""

    def __init__(self, library, socket):
        self.library = library
        self.connection = c_void_p()
        self.check(library.doorward_new(byref(self.connection), socket))

    def check(self, error):
        """Makes an exception of an error."""
        if error < 0:
            raise Failure(self.library.doorward_strerror(error).decode())

    def ask(self, user, doors):
        """Asks about all doors at once. Returns door, outcome and why for each."""
        questions = (Question * len(doors))()
        for question, door in zip(questions, doors):
            question.subject = os.fsencode(user)
            question.action = b"access.door.unlock"
            question.resource = os.fsencode(door)
        results = (Result * len(doors))()
        self.check(
            self.library.doorward_ask_many(self.connection, questions, len(doors), results)
        )
        return [(door, *self.take(result)) for door, result in zip(doors, results)]

    def take(self, result):
        """Outcome and reason of one result. One that failed hides no other."""
        if result.error not in (0, REFUSED):
            return None, self.library.doorward_strerror(result.error).decode()
        # No answer (NULL) has no outcome and no reason: both may be asked for all the same.
        outcome = self.library.doorward_answer_outcome(result.answer)
        reason = self.library.doorward_answer_reason(result.answer).decode()
        self.library.doorward_answer_free(result.answer)
        return outcome, reason

    def revisions(self):
        """The revision that is served now, and each that is served later."""
        subscription, item = c_void_p(), c_void_p()
        self.check(
            self.library.doorward_subscribe(
                self.connection, REVISIONS, None, byref(subscription)
            )
        )
        try:
            while True:
                # A second at a time, so that Ctrl-C is heard
                error = self.library.doorward_subscription_next(subscription, 1000, byref(item))
                if error == REFUSED:
                    raise Failure(
                        self.library.doorward_subscription_message(subscription).decode()
                    )
                self.check(error)
                if item:
                    yield self.library.doorward_item_get(item, b"revision").decode()
                    item = c_void_p(self.library.doorward_item_free(item))
        finally:
            self.library.doorward_subscription_free(subscription)

    def close(self):
        """Ends the connection."""
        self.library.doorward_free(self.connection)


def tell(answers):
    """Prints a line for each door. Returns the exit status."""
    status = 0
    for door, outcome, why in answers:
        word = {ALLOW: "yes", DENY: "no"}.get(outcome, "unknown")
        print(f"{door}: {word} ({why})", flush=True)
        status = max(status, {ALLOW: 0, DENY: 1}.get(outcome, 3))
    return status


def main():
    """See above."""
    parser = argparse.ArgumentParser(description="Says which doors a person may unlock.")
    parser.add_argument("--socket", type=os.fsencode, help="of doorwardd")
    parser.add_argument("--library", default="libdoorward.so.0", help="where libdoorward is")
    parser.add_argument("--watch", action="store_true", help="again at every change of the policy")
    parser.add_argument("user")
    parser.add_argument("doors", nargs="+", metavar="door")
    options = parser.parse_args()
    try:
        doors = Doors(load(options.library), options.socket)
        try:
            if not options.watch:
                return tell(doors.ask(options.user, options.doors))
            for revision in doors.revisions():
                print(f"policy {revision or 'none'}", flush=True)
                tell(doors.ask(options.user, options.doors))
        finally:
            doors.close()
    except (Failure, OSError) as problem:
        print(problem, file=sys.stderr)
    except KeyboardInterrupt:
        return 0
    return 3


if __name__ == "__main__":
    sys.exit(main())

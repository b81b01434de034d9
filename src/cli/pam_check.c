/* SPDX-License-Identifier: MIT */
/*
 * doorward pam-check: reads the machine's PAM stacks, loads no module, and says where somebody gets
 * through whom pam_doorward refuses.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/pam_judge.h"
#include "doorward-config.h"

#define VENDOR_DIRECTORY  "/usr/lib/pam.d"
#define SERVICES_MAX      4096
#define TEXT_ESCAPED_SIZE 4096

typedef struct PamCheck {
        const Options *options;
        const char *vendor;
        PamModuleFolders folders;
        json_t *services; /* NULL without --json */
        unsigned results[PAM_RESULT_COUNT];
} PamCheck;

typedef VECTOR_OF(char *) Names;

static const char *const module_folders[] = { DOORWARD_PAM_MODULE_DIRECTORY, "/lib/security",
                                              NULL };

static const char *const severity_names[] = {
        [PAM_SEVERITY_NOTE] = "note",
        [PAM_SEVERITY_WARNING] = "warning",
        [PAM_SEVERITY_ERROR] = "error",
        [PAM_SEVERITY_UNREADABLE] = "error",
};

/* Files that others include, and what editors and package managers leave behind. */
static const char *const fragments[] = {
        "common-",         "system-auth",        "password-auth",
        "smartcard-auth",  "fingerprint-auth",   "postlogin",
        "system-login",    "system-local-login", "system-remote-login",
        "system-services",
};
static const char *const leftovers[] = { "~",    ".dpkg-", ".rpmsave", ".rpmnew", ".rpmorig",
                                         ".bak", ".orig",  ".pacnew",  ".pacsave" };

static const char *escaped(const char *text, char buffer[TEXT_ESCAPED_SIZE])
{
        return text_escape(text_from(text), buffer, TEXT_ESCAPED_SIZE);
}

/* No program can ask for a name with capitals: libpam makes them small. */
static bool is_service(const char *name)
{
        if (*name == '.')
                return false;
        for (size_t i = 0; i < sizeof(fragments) / sizeof(*fragments); i++)
                if (strncmp(name, fragments[i], strlen(fragments[i])) == 0)
                        return false;
        for (size_t i = 0; i < sizeof(leftovers) / sizeof(*leftovers); i++)
                if (strstr(name, leftovers[i]))
                        return false;
        for (const char *at = name; *at; at++)
                if (isupper((unsigned char)*at))
                        return false;
        return true;
}

static bool has_name(const Names *names, const char *name)
{
        for (size_t i = 0; i < names->count; i++)
                if (strcmp(names->items[i], name) == 0)
                        return true;
        return false;
}

static int add_name(Names *names, const char *name)
{
        char **added = vector_append(names);
        if (!added)
                return -ENOMEM;
        *added = strdup(name);
        return *added ? 0 : -ENOMEM;
}

/* Adds the services of a folder. Return: 0, -E2BIG more than SERVICES_MAX, or another -errno. */
static int list_services(const char *directory, Names *names)
{
        DIR *folder = opendir(directory);
        if (!folder)
                return -errno;
        struct dirent *entry;
        int r = 0;
        while (r == 0 && (entry = readdir(folder))) {
                struct stat status;
                if (!is_service(entry->d_name) || has_name(names, entry->d_name) ||
                    (fstatat(dirfd(folder), entry->d_name, &status, 0) == 0 &&
                     S_ISDIR(status.st_mode)))
                        continue;
                r = names->count == SERVICES_MAX ? -E2BIG : add_name(names, entry->d_name);
        }
        closedir(folder);
        return r;
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static json_t *answers_json(uint32_t answers)
{
        json_t *array = json_array();
        for (unsigned bit = 0; array && pam_answer_name(bit); bit++)
                if ((answers & (UINT32_C(1) << bit)) &&
                    json_array_append_new(array, json_string(pam_answer_name(bit))) < 0) {
                        json_decref(array);
                        return NULL;
                }
        return array;
}

static json_t *problem_json(const PamProblem *problem)
{
        json_t *object = json_pack(
                "{s:s, s:o, s:i, s:o, s:o}", "severity", severity_names[problem->severity], "file",
                output_json_text(text_from(problem->file)), "line", (int)problem->line, "text",
                output_json_text(text_from(problem->text)), "gets_through",
                answers_json(problem->answers));
        if (object && problem->phase < PAM_PHASE_COUNT &&
            json_object_set_new(object, "phase", json_string(pam_phase_name(problem->phase))) < 0) {
                json_decref(object);
                return NULL;
        }
        return object;
}

/* Appends a service to the JSON document. Return: 0 or -ENOMEM. */
static int add_json(json_t *services, const PamService *service, const PamJudgement *judgement)
{
        json_t *problems = json_array();
        for (size_t i = 0; problems && i < service->problems.count; i++)
                if (json_array_append_new(problems, problem_json(&service->problems.items[i])) <
                    0) {
                        json_decref(problems);
                        return -ENOMEM;
                }
        json_t *object = json_pack("{s:o, s:s, s:b, s:b, s:o}", "service",
                                   output_json_text(text_from(service->name)), "result",
                                   pam_result_name(judgement->result), "account",
                                   judgement->asked[PAM_PHASE_ACCOUNT], "session",
                                   judgement->asked[PAM_PHASE_SESSION], "problems", problems);
        return json_array_append_new(services, object) < 0 ? -ENOMEM : 0;
}

static const char *phases_text(const PamJudgement *judgement)
{
        if (judgement->asked[PAM_PHASE_ACCOUNT] && judgement->asked[PAM_PHASE_SESSION])
                return " (account and session)";
        if (judgement->asked[PAM_PHASE_ACCOUNT])
                return " (account)";
        return judgement->asked[PAM_PHASE_SESSION] ? " (session)" : "";
}

static void print_service(const PamService *service, const PamJudgement *judgement)
{
        char file[TEXT_ESCAPED_SIZE], text[TEXT_ESCAPED_SIZE];
        printf("%s: %s%s%s\n", escaped(service->name, text), pam_result_name(judgement->result),
               phases_text(judgement),
               service->has_file ? "" : ", by 'other': it has no file of its own");
        for (size_t i = 0; i < service->problems.count; i++) {
                const PamProblem *problem = &service->problems.items[i];
                printf("%s:%u: %s: %s\n", escaped(problem->file, file), problem->line,
                       severity_names[problem->severity], escaped(problem->text, text));
        }
}

/* Judges one service and reports it. Return: 0 or -ENOMEM. */
static int check_service(PamCheck *check, const char *name)
{
        PamService service;
        PamJudgement judgement;
        int r = pam_service_read(check->options->pam_directory, check->vendor, name, &service);
        if (r == 0)
                r = pam_judge(&service, &check->folders, &judgement);
        if (r == 0) {
                check->results[judgement.result]++;
                if (check->services)
                        r = add_json(check->services, &service, &judgement);
                else
                        print_service(&service, &judgement);
        }
        pam_service_clear(&service);
        return r;
}

/* A single service that is not asked lets everybody through. */
static int exit_status(const PamCheck *check, bool single)
{
        if (check->results[PAM_RESULT_THROUGH] || check->results[PAM_RESULT_BROKEN] ||
            (single && check->results[PAM_RESULT_NOT_ASKED]))
                return EXIT_DENIED;
        return check->results[PAM_RESULT_UNREADABLE] ? EXIT_UNABLE : EXIT_ALLOWED;
}

static void print_sum(const PamCheck *check, size_t count)
{
        const unsigned *results = check->results;
        printf("%zu services: %u obey pam_doorward, %u do not ask it, %u let somebody through, "
               "%u lock everybody out, %u cannot be judged\n",
               count, results[PAM_RESULT_OBEYED], results[PAM_RESULT_NOT_ASKED],
               results[PAM_RESULT_THROUGH], results[PAM_RESULT_BROKEN],
               results[PAM_RESULT_UNREADABLE]);
}

static int check_all(PamCheck *check, Names *names)
{
        const char *directory = check->options->pam_directory;
        char text[TEXT_ESCAPED_SIZE];
        int r = list_services(directory, names);
        if (r == 0 && check->vendor)
                r = list_services(check->vendor, names);
        if (r == -ENOENT && names->count > 0)
                r = 0; /* few machines have a vendor's folder */
        if (r < 0) {
                fprintf(stderr, "doorward pam-check: cannot list %s: %s\n",
                        escaped(directory, text), strerror(-r));
                return EXIT_UNABLE;
        }
        if (names->count > 0)
                qsort(names->items, names->count, sizeof(*names->items), compare_names);
        for (size_t i = 0; i < names->count; i++)
                if (check_service(check, names->items[i]) < 0)
                        return output_out_of_memory();
        if (!check->services)
                print_sum(check, names->count);
        return exit_status(check, false);
}

static int check_one(PamCheck *check, const char *word)
{
        char name[NAME_MAX + 1];
        size_t size = strlen(word);
        if (size == 0 || size > NAME_MAX || strchr(word, '/') || *word == '.') {
                fputs("doorward pam-check: SERVICE is the name of a PAM service, e.g. sshd\n",
                      stderr);
                return EXIT_USAGE;
        }
        for (size_t i = 0; i <= size; i++)
                name[i] = (char)tolower((unsigned char)word[i]); /* as libpam does */
        if (check_service(check, name) < 0)
                return output_out_of_memory();
        return exit_status(check, true);
}

static int check_words(PamCheck *check)
{
        if (check->options->word_count > 0)
                return check_one(check, check->options->words[0]);
        Names names = { 0 };
        int status = check_all(check, &names);
        for (size_t i = 0; i < names.count; i++)
                free(names.items[i]);
        vector_clear(&names);
        return status;
}

static int run(const Options *options)
{
        bool elsewhere = options->given & OPTION_PAM_DIRECTORY;
        PamCheck check = { .options = options,
                           .vendor = elsewhere ? NULL : VENDOR_DIRECTORY,
                           .folders = { module_folders, elsewhere } };
        if (options->given & OPTION_JSON && !(check.services = json_array()))
                return output_out_of_memory();
        int status = check_words(&check);
        if (!check.services)
                return status;
        json_t *document = json_pack("{s:o, s:O}", "directory",
                                     output_json_text(text_from(options->pam_directory)),
                                     "services", check.services);
        bool usable = status == EXIT_ALLOWED || status == EXIT_DENIED ||
                      json_array_size(check.services) > 0;
        json_decref(check.services);
        if (usable && output_json(document) != 0)
                return EXIT_UNABLE;
        if (!usable)
                json_decref(document);
        return status;
}

const Command command_pam_check = {
        .name = "pam-check",
        .arguments = "[SERVICE]",
        .summary = "Read the PAM stacks and say whether a denial would get through",
        .details = "Reads what libpam would read, loads no module, and tries every answer of the\n"
                   "other modules. A service obeys when a denial, an outage, an unknown user, a\n"
                   "wrong configuration and a missing module all keep people out.\n"
                   "Exit status: 0 all that ask obey, 1 somebody gets through or everybody is\n"
                   "locked out (or SERVICE does not ask), 3 cannot be read.\n",
        .options = OPTION_PAM_DIRECTORY | OPTION_JSON,
        .words_min = 0,
        .words_max = 1,
        .run = run,
};

/* SPDX-License-Identifier: MIT */
/*
 * PAM stacks: files become lists of lines. How libpam treats each odd line was read in its
 * documentation and checked against the library itself: a line that cannot be used becomes a
 * refusal in its place, an @include that cannot be read makes libpam give the whole service up, an
 * empty list is taken from `other`.
 */
#include "cli/pam_stack.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/pam_file.h"
#include "util/cleanup.h"

/* The type that a line states, or that an include asks for. */
typedef enum LineType {
        LINE_ACCOUNT = PAM_PHASE_ACCOUNT,
        LINE_SESSION = PAM_PHASE_SESSION,
        LINE_AUTHENTICATION,
        LINE_PASSWORD,
        LINE_ANY,
} LineType;

/* What loading a file came to. */
enum LoadResult {
        LOAD_DONE = 0,
        LOAD_FAILED = 1, /* libpam takes the file for unusable */
        LOAD_ABSENT = 2, /* a service without a file of its own */
};

typedef struct OpenFile {
        dev_t device;
        ino_t inode;
} OpenFile;

typedef struct Reading {
        PamService *service;
        const char *directory;
        const char *vendor;
        PamLines *lines; /* PAM_PHASE_COUNT lists that are being filled */
        OpenFile open[PAM_INCLUDE_DEPTH_MAX];
        int depth;
        size_t file_count;
} Reading;

/* One line on its way into a list. */
typedef struct Parsed {
        Reading *reading;
        const char *file;
        unsigned number;
        int level;
        LineType requested;
        LineType type;
        bool broken;
        bool about_module;
        char *rest;
} Parsed;

static const char *const phase_names[PAM_PHASE_COUNT] = {
        [PAM_PHASE_ACCOUNT] = "account",
        [PAM_PHASE_SESSION] = "session",
};

const char *pam_phase_name(PamPhase phase)
{
        return phase_names[phase];
}

__attribute__((__format__(__printf__, 3, 0))) static int
add_problem(PamService *service, PamProblem problem, const char *format, va_list values)
{
        char *text = NULL;
        if (vasprintf(&text, format, values) < 0)
                return -ENOMEM;
        problem.text = arena_copy(service->arena, text_from(text));
        free(text);
        PamProblem *added = problem.text ? vector_append(&service->problems) : NULL;
        if (!added)
                return -ENOMEM;
        *added = problem;
        return 0;
}

int pam_service_complain(PamService *service, const PamProblem *problem, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        int r = add_problem(service, *problem, format, values);
        va_end(values);
        return r;
}

__attribute__((__format__(__printf__, 3, 0))) static int
complain_at(const Parsed *parsed, PamSeverity severity, const char *format, va_list values)
{
        PamProblem problem = { .severity = severity,
                               .file = parsed->file,
                               .line = parsed->number,
                               .about_module = parsed->about_module,
                               .phase = PAM_PHASE_COUNT };
        return add_problem(parsed->reading->service, problem, format, values);
}

__attribute__((__format__(__printf__, 3, 4))) static int
complain(const Parsed *parsed, PamSeverity severity, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        int r = complain_at(parsed, severity, format, values);
        va_end(values);
        return r;
}

/* Complains about what makes the file unusable. Return: LOAD_FAILED, or -ENOMEM. */
__attribute__((__format__(__printf__, 3, 4))) static int
fail(const Parsed *parsed, PamSeverity severity, const char *format, ...)
{
        va_list values;
        va_start(values, format);
        int r = complain_at(parsed, severity, format, values);
        va_end(values);
        return r < 0 ? r : LOAD_FAILED;
}

bool pam_line_calls(const PamLine *line, const char *module)
{
        if (line->kind != PAM_LINE_MODULE)
                return false;
        const char *slash = strrchr(line->module, '/');
        return strcmp(slash ? slash + 1 : line->module, module) == 0;
}

static PamLine *append_line(const Parsed *parsed, PamLineKind kind)
{
        PamLine *line = vector_append(&parsed->reading->lines[parsed->type]);
        if (!line)
                return NULL;
        *line = (PamLine){ .kind = kind,
                           .level = parsed->level,
                           .file = parsed->file,
                           .number = parsed->number,
                           .own_file = parsed->reading->depth == 1,
                           .control_text = "" };
        pam_text_fill_control(&line->control, PAM_ACTION_BAD);
        return line;
}

static bool is_wanted(LineType type)
{
        return type == LINE_ACCOUNT || type == LINE_SESSION;
}

/* libpam names modules in its records by the file name without its ending. Where it finds none, it
 * leaves a list behind whose end it did not set. */
static bool has_module_name(const char *module)
{
        const char *slash = strrchr(module, '/');
        const char *name = slash ? slash + 1 : module;
        const char *dot = strrchr(name, '.');
        size_t size = dot ? (size_t)(dot - name) : strlen(name);
        return size > 0 && !(size == 1 && *name == '?');
}

static int load_file(Reading *reading, const Parsed *from, const char *name, LineType requested,
                     int level);

/* Reads the words behind a module's name into the line. */
static int read_arguments(const Parsed *parsed, PamLine *line)
{
        Arena *arena = parsed->reading->service->arena;
        char *position = parsed->rest, *word;
        size_t room = position ? strlen(position) / 2 + 1 : 0;
        line->arguments = arena_allocate(arena, (room + 1) * sizeof(*line->arguments));
        if (!line->arguments)
                return -ENOMEM;
        while ((word = pam_text_next_word(&position))) {
                char *copy = arena_copy(arena, text_from(word));
                if (!copy)
                        return -ENOMEM;
                line->arguments[line->argument_count++] = copy;
        }
        return 0;
}

/* Loads what an include names. Return: as load_file(). */
static int load_include(const Parsed *parsed, const char *name, int level)
{
        if (!name)
                return fail(parsed, PAM_SEVERITY_ERROR, "names no file to include");
        if (level >= PAM_LEVELS_MAX)
                return fail(parsed, PAM_SEVERITY_ERROR,
                            "libpam takes no more than %d substacks in each other",
                            PAM_LEVELS_MAX - 1);
        return load_file(parsed->reading, parsed, name, parsed->type, level);
}

static int read_include(const Parsed *parsed, bool substack, const char *name)
{
        if (substack && name && !has_module_name(name))
                return fail(parsed, PAM_SEVERITY_UNREADABLE,
                            "libpam does not take '%s' for a substack and gives the file up, or "
                            "crashes",
                            name);
        if (!is_wanted(parsed->type))
                return LOAD_DONE;
        if (substack && !append_line(parsed, PAM_LINE_SUBSTACK))
                return -ENOMEM;
        int r = load_include(parsed, name, parsed->level + substack);
        if (r == LOAD_FAILED) /* a refusal takes the place of what could not be included */
                return append_line(parsed, PAM_LINE_BROKEN) ? LOAD_DONE : -ENOMEM;
        return r;
}

/*
 * @include, Debian's own: all types when nothing else was asked for. When it fails there, libpam
 * gives the service up. When it fails below an include of one type, what Debian's libpam does
 * depends on memory that it did not set: nobody can say whether that line denies.
 */
static int read_at_include(Parsed *parsed, const char *name)
{
        int r = name ? load_file(parsed->reading, parsed, name, parsed->requested, parsed->level)
                     : fail(parsed, PAM_SEVERITY_ERROR,
                            "names no file to include: Debian's libpam crashes here");
        if (r != LOAD_FAILED || parsed->requested == LINE_ANY)
                return r;
        PamLine *line = append_line(parsed, PAM_LINE_BROKEN);
        if (!line)
                return -ENOMEM;
        pam_text_fill_control(&line->control, PAM_ACTION_IGNORE);
        return LOAD_DONE;
}

/* The line's first word. Return: 0, -ENOMEM; *ret_at_include: it is an @include. */
static int read_type(Parsed *parsed, bool *ret_at_include)
{
        static const struct {
                const char *name;
                LineType type;
        } types[] = { { "auth", LINE_AUTHENTICATION },
                      { "account", LINE_ACCOUNT },
                      { "session", LINE_SESSION },
                      { "password", LINE_PASSWORD } };
        const char *word = pam_text_next_word(&parsed->rest);
        *ret_at_include = false;
        if (*word == '-')
                word++; /* only keeps libpam from logging that the module is missing */
        for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
                if (strcasecmp(word, types[i].name) == 0) {
                        parsed->type = types[i].type;
                        return 0;
                }
        if (strcasecmp(word, "@include") == 0) {
                *ret_at_include = true;
                parsed->type = parsed->requested;
                return 0;
        }
        parsed->broken = true;
        parsed->type = parsed->requested == LINE_ANY ? LINE_AUTHENTICATION : parsed->requested;
        return complain(parsed, PAM_SEVERITY_ERROR,
                        "'%s' is no type of line; write account or session (libpam takes the line "
                        "for one that always refuses%s)",
                        word, parsed->requested == LINE_ANY ? ", of type auth" : "");
}

/* Says why a line of these two phases always refuses. */
static int complain_refusal(const Parsed *parsed, bool has_control)
{
        return complain(parsed, PAM_SEVERITY_ERROR, "%s: libpam refuses everybody at this line",
                        has_control ? "names no module" : "has no control");
}

static int read_module(const Parsed *parsed, const char *control, bool bracketed, char *module)
{
        if (module && !has_module_name(module))
                return fail(parsed, PAM_SEVERITY_UNREADABLE,
                            "'%s' is no name of a module: libpam gives the file up, or crashes",
                            module);
        if (!is_wanted(parsed->type))
                return LOAD_DONE;
        Arena *arena = parsed->reading->service->arena;
        bool usable = !parsed->broken && control && module;
        PamLine *line = append_line(parsed, usable ? PAM_LINE_MODULE : PAM_LINE_BROKEN);
        if (!line)
                return -ENOMEM;
        if (control && !pam_text_read_control(control, &line->control) &&
            complain(parsed, PAM_SEVERITY_ERROR,
                     "libpam cannot read the control '%s' and counts every answer as bad",
                     control) < 0)
                return -ENOMEM;
        line->control_text = arena_copy(arena, text_from(control));
        line->bracketed = bracketed;
        if (!line->control_text)
                return -ENOMEM;
        if (!usable)
                return parsed->broken ? 0 : complain_refusal(parsed, control != NULL);
        line->module = arena_copy(arena, text_from(module));
        return line->module ? read_arguments(parsed, line) : -ENOMEM;
}

/* One line of a file. Return: LOAD_DONE, LOAD_FAILED or -ENOMEM. */
static int read_line(Parsed *parsed)
{
        bool at_include;
        parsed->about_module = strstr(parsed->rest, "pam_doorward") != NULL;
        if (read_type(parsed, &at_include) < 0)
                return -ENOMEM;
        if (at_include)
                return read_at_include(parsed, pam_text_next_word(&parsed->rest));
        if (parsed->requested != LINE_ANY && parsed->type != parsed->requested)
                return LOAD_DONE;
        if (is_wanted(parsed->type) && parsed->reading->lines[parsed->type].count >= PAM_LINES_MAX)
                return fail(parsed, PAM_SEVERITY_UNREADABLE, "more than %d lines of one type",
                            PAM_LINES_MAX);
        bool bracketed = parsed->rest && parsed->rest[strspn(parsed->rest, " \t\n")] == '[';
        char *control = pam_text_next_word(&parsed->rest);
        bool substack = control && strcasecmp(control, "substack") == 0;
        bool include = control && strcasecmp(control, "include") == 0;
        char *word = pam_text_next_word(&parsed->rest);
        if (include || substack)
                return read_include(parsed, substack, word);
        if (parsed->about_module && parsed->type == LINE_AUTHENTICATION && !parsed->broken &&
            complain(parsed, PAM_SEVERITY_WARNING,
                     "pam_doorward decides nothing in an auth line; it needs an account line") < 0)
                return -ENOMEM;
        return read_module(parsed, control, bracketed, word);
}

static int read_lines(Reading *reading, const char *file, PamText text, LineType requested,
                      int level)
{
        char buffer[PAM_LINE_BYTES_MAX + 1];
        Parsed parsed = {
                .reading = reading, .file = file, .level = level, .requested = requested
        };
        int r;
        while ((r = pam_text_next_line(&text, buffer, &parsed.number)) == 0) {
                parsed.rest = buffer;
                parsed.broken = false;
                r = read_line(&parsed);
                if (r != LOAD_DONE)
                        return r;
        }
        if (r == PAM_TEXT_END)
                return LOAD_DONE;
        parsed.about_module = true;
        if (r == PAM_TEXT_TOO_LONG)
                return fail(&parsed, PAM_SEVERITY_UNREADABLE,
                            "the line is longer than the %d bytes that libpam reads at once",
                            PAM_LINE_BYTES_MAX);
        return fail(&parsed, PAM_SEVERITY_ERROR,
                    "the file ends where a backslash promises another line: libpam gives the file "
                    "up");
}

/* Is the file one of those that are being read? */
static bool is_open(const Reading *reading, const struct stat *status)
{
        for (int i = 0; i < reading->depth; i++)
                if (reading->open[i].device == status->st_dev &&
                    reading->open[i].inode == status->st_ino)
                        return true;
        return false;
}

/* Why an opened file cannot be read now. Return: 0 when nothing stands against it, LOAD_FAILED
 * after a complaint, -ENOMEM. */
static int check_opened(Reading *reading, const Parsed *from, const char *path,
                        const struct stat *status)
{
        if (is_open(reading, status))
                return fail(from, PAM_SEVERITY_UNREADABLE, "%s includes itself", path);
        if (reading->depth == PAM_INCLUDE_DEPTH_MAX || reading->file_count == PAM_FILES_MAX)
                return fail(from, PAM_SEVERITY_UNREADABLE, "too many files include each other");
        return 0;
}

static int load_opened(Reading *reading, const Parsed *from, const char *path, int fd,
                       LineType requested, int level)
{
        struct stat status;
        _cleanup_free_ char *data = NULL;
        size_t size = 0;
        if (fstat(fd, &status) < 0)
                return fail(from, PAM_SEVERITY_UNREADABLE, "%s: %s", path, strerror(errno));
        int r = check_opened(reading, from, path, &status);
        if (r != 0)
                return r;
        r = pam_file_read(fd, &status, &data, &size);
        if (r < 0)
                return r == -ENOMEM ? r
                                    : fail(from, PAM_SEVERITY_UNREADABLE, "%s %s", path,
                                           pam_file_error_text(r));
        reading->open[reading->depth++] = (OpenFile){ status.st_dev, status.st_ino };
        reading->file_count++;
        r = read_lines(reading, path, (PamText){ .data = data, .size = size }, requested, level);
        reading->depth--;
        return r;
}

/* Opens a file; the path lives as long as the service. Return: a descriptor, or -errno. */
static int open_file(const Reading *reading, const char *name, const char **ret_path)
{
        _cleanup_free_ char *path = NULL;
        int fd = pam_file_open(reading->directory, reading->vendor, name, &path);
        *ret_path = arena_copy(reading->service->arena, text_from(path ? path : name));
        if (*ret_path)
                return fd;
        if (fd >= 0)
                close(fd);
        return -ENOMEM;
}

static int load_file(Reading *reading, const Parsed *from, const char *name, LineType requested,
                     int level)
{
        const char *path;
        _cleanup_close_ int fd = open_file(reading, name, &path);
        if (fd == -ENOMEM)
                return fd;
        if (fd >= 0)
                return load_opened(reading, from, path, fd, requested, level);
        if (fd == -ENOENT)
                return fail(from, PAM_SEVERITY_ERROR,
                            "the included file '%s' does not exist: libpam refuses everybody",
                            name);
        return fail(from, PAM_SEVERITY_UNREADABLE, "%s %s", path, pam_file_error_text(fd));
}

/* Reads a service's own file, or that of `other`, into the lists. Return: as load_file(), or
 * LOAD_ABSENT. */
static int load_service(Reading *reading, const char *name, PamLines *lines)
{
        const char *path;
        reading->lines = lines;
        _cleanup_close_ int fd = open_file(reading, name, &path);
        if (fd == -ENOENT)
                return LOAD_ABSENT;
        if (fd == -ENOMEM)
                return fd;
        Parsed whole = { .reading = reading, .file = path, .number = 1, .about_module = true };
        if (fd >= 0)
                return load_opened(reading, &whole, path, fd, LINE_ANY, 0);
        return fail(&whole, PAM_SEVERITY_UNREADABLE, "the file %s", pam_file_error_text(fd));
}

static int read_service(Reading *reading, PamLines *other)
{
        PamService *service = reading->service;
        int r = load_service(reading, service->name, service->lines);
        if (r < 0)
                return r;
        service->has_file = r != LOAD_ABSENT;
        service->refused = r == LOAD_FAILED;
        if (service->refused || strcmp(service->name, "other") == 0)
                return 0;
        r = load_service(reading, "other", other);
        if (r < 0)
                return r;
        service->refused = r == LOAD_FAILED || (r == LOAD_ABSENT && !service->has_file);
        for (int phase = 0; phase < PAM_PHASE_COUNT; phase++) {
                if (service->lines[phase].count > 0)
                        continue;
                service->from_other[phase] = true;
                PamLines empty = service->lines[phase];
                service->lines[phase] = other[phase];
                other[phase] = empty;
        }
        return 0;
}

int pam_service_read(const char *directory, const char *vendor, const char *name,
                     PamService *ret_service)
{
        PamLines other[PAM_PHASE_COUNT] = { { 0 } };
        *ret_service = (PamService){ .arena = arena_new() };
        if (!ret_service->arena)
                return -ENOMEM;
        ret_service->name = arena_copy(ret_service->arena, text_from(name));
        if (!ret_service->name)
                return -ENOMEM;
        Reading reading = { .service = ret_service, .directory = directory, .vendor = vendor };
        int r = read_service(&reading, other);
        for (int phase = 0; phase < PAM_PHASE_COUNT; phase++)
                vector_clear(&other[phase]);
        return r;
}

void pam_service_clear(PamService *service)
{
        for (int phase = 0; phase < PAM_PHASE_COUNT; phase++)
                vector_clear(&service->lines[phase]);
        vector_clear(&service->problems);
        service->arena = arena_free(service->arena);
}

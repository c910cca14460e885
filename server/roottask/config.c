/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "errors/errors.h"
#include "script/lexer.h"
#include "string/format.h"

#define MEMORY_END (1ull << 47)

enum { PAGE_SIZE = 4096, PORTS = 0x10000, ATTACHED_MAX = 128 };

/* Every function that takes something returns false after an error, which sticks. */
struct reader {
    struct config *config;
    const struct script_source *source;
    struct lexer lexer;
    struct token token; /* the next one */
    struct quota *quota;
};

static void advance(struct reader *r)
{
    lexer_next(&r->lexer, &r->token);
}

static bool fail_at(struct reader *r, struct script_place place, const char *what)
{
    if (!r->config->error[0])
        format(r->config->error, sizeof r->config->error, "%s:%u:%u: %s", r->source->name,
               place.line, place.column, what);
    return false;
}

static bool fail(struct reader *r, const char *what)
{
    return fail_at(r, r->token.spot.place,
                   r->token.kind == TOKEN_BAD ? r->token.problem : what);
}

static bool is(const struct reader *r, const char *word)
{
    size_t length = r->token.end - r->token.spot.offset;

    return (r->token.kind == TOKEN_WORD || r->token.kind == TOKEN_SIGN) && strlen(word) == length
           && memcmp(r->source->text + r->token.spot.offset, word, length) == 0;
}

static bool take_if(struct reader *r, const char *word)
{
    if (!is(r, word))
        return false;
    advance(r);
    return true;
}

static bool take(struct reader *r, const char *word, const char *otherwise)
{
    return take_if(r, word) || fail(r, otherwise);
}

/* A number with an optional unit; with @units false it has none. */
static bool take_amount(struct reader *r, bool units, uint64_t most, uint64_t *value)
{
    static const struct { const char *name; unsigned shift; } known[] = {
        {"", 0}, {"KB", 10}, {"MB", 20}, {"GB", 30}};
    const char *unit = r->source->text + r->token.spot.offset + r->token.digits;
    size_t length = r->token.end - r->token.spot.offset - r->token.digits;

    if (r->token.kind != TOKEN_NUMBER)
        return fail(r, "a number is missing");
    for (unsigned i = 0; i < (units ? 4 : 1); i++) {
        if (strlen(known[i].name) != length || memcmp(known[i].name, unit, length) != 0)
            continue;
        if (r->token.value > most >> known[i].shift)
            return fail(r, "this number is too large");
        *value = r->token.value << known[i].shift;
        advance(r);
        return true;
    }
    return fail(r, units ? "the units are KB, MB, GB" : "this number has no unit");
}

static bool take_number(struct reader *r, uint64_t most, unsigned *value)
{
    uint64_t number;

    if (!take_amount(r, false, most, &number))
        return false;
    *value = (unsigned)number;
    return true;
}

/* `[LOW, HIGH]`, both included. */
static bool take_range(struct reader *r, uint64_t most, struct quota_range *range)
{
    struct script_place place = r->token.spot.place;
    uint64_t high;

    if (!take(r, "[", "a range begins with [") || !take_amount(r, false, most, &range->start)
        || !take(r, ",", "a comma parts the ends of a range")
        || !take_amount(r, false, most, &high) || !take(r, "]", "a range ends with ]"))
        return false;
    range->end = high + 1;
    return range->start <= high || fail_at(r, place, "the low end is above the high one");
}

/* `[LOW, HIGH]` of addresses, HIGH not included. */
static bool take_addresses(struct reader *r, struct quota_range *range)
{
    struct script_place place = r->token.spot.place;

    if (!take(r, "[", "a range begins with [") || !take_amount(r, true, MEMORY_END, &range->start)
        || !take(r, ",", "a comma parts the ends of a range")
        || !take_amount(r, true, MEMORY_END, &range->end)
        || !take(r, "]", "a range ends with ]"))
        return false;
    if (range->start >= range->end)
        return fail_at(r, place, "the low end is not below the high one");
    return ((range->start | range->end) % PAGE_SIZE == 0)
           || fail_at(r, place, "the ends are multiples of 4 KB");
}

/* Adds to @ranges, which has @count entries. */
static bool add_range(struct reader *r, struct quota_range *ranges, unsigned *count, bool ports)
{
    if (*count == QUOTA_RANGES)
        return fail(r, "too many ranges");
    if (!(ports ? take_range(r, PORTS - 1, &ranges[*count]) : take_addresses(r, &ranges[*count])))
        return false;
    ++*count;
    return true;
}

static bool read_memory(struct reader *r)
{
    r->quota->may |= MAY_RAM;
    if (take_if(r, "max"))
        return take_amount(r, true, MEMORY_END, &r->quota->memory_max);
    if (r->quota->memory.end != QUOTA_NO_LIMIT)
        return fail(r, "memory lies in one range");
    return take(r, "in", "memory has `max SIZE` or `in [LOW, HIGH]`")
           && take_addresses(r, &r->quota->memory);
}

static bool read_kernel_memory(struct reader *r)
{
    struct script_place place;

    if (!take(r, "max", "kernel_memory has `max SIZE`"))
        return false;
    place = r->token.spot.place;
    return take_amount(r, true, MEMORY_END, &r->quota->kernel_max)
           && (r->quota->kernel_max > 0 || fail_at(r, place, "no module runs without any"));
}

static bool read_irq(struct reader *r)
{
    struct quota_range lines;

    if (take_if(r, "max"))
        return take_number(r, QUOTA_IRQS, &r->quota->irq_max);
    if (!take(r, "in", "irq has `in [LOW, HIGH]` or `max N`")
        || !take_range(r, QUOTA_IRQS - 1, &lines))
        return false;
    r->quota->irqs |= (uint32_t)((1ull << lines.end) - (1ull << lines.start));
    return true;
}

static bool read_child(struct reader *r)
{
    return take(r, "max", "child has `max N`")
           && take_number(r, QUOTA_CHILDREN, &r->quota->child_max);
}

static bool read_attached(struct reader *r)
{
    return take_number(r, ATTACHED_MAX, &r->quota->attached)
           && take(r, "modules", "attached has `N modules`");
}

static bool read_ioport(struct reader *r)
{
    return take(r, "in", "ioport has `in [LOW, HIGH]`")
           && add_range(r, r->quota->ports, &r->quota->port_count, true);
}

static bool read_iomem(struct reader *r)
{
    return take(r, "in", "iomem has `in [LOW, HIGH]`")
           && add_range(r, r->quota->devices, &r->quota->device_count, false);
}

static bool read_priority(struct reader *r, unsigned *priority)
{
    struct script_place place = r->token.spot.place;

    return take_number(r, QUOTA_PRIORITY_MAX, priority)
           && (*priority > 0 || fail_at(r, place, "a priority is 1 to 255"));
}

static bool read_boot_priority(struct reader *r)
{
    return read_priority(r, &r->quota->priority);
}

static bool read_mcp(struct reader *r)
{
    return read_priority(r, &r->quota->mcp);
}

/* Kinds whose first range takes the place of the built-in entry's. */
static void forget_irqs(struct quota *q)
{
    q->irqs = 0;
}

static void forget_ports(struct quota *q)
{
    q->port_count = 0;
}

static const struct constraint {
    const char *word;
    bool (*read)(struct reader *r);
    void (*forget)(struct quota *quota);
} constraints[] = {
    {"memory", read_memory, NULL}, {"kernel_memory", read_kernel_memory, NULL},
    {"irq", read_irq, forget_irqs}, {"child", read_child, NULL},
    {"ioport", read_ioport, forget_ports}, {"iomem", read_iomem, NULL},
    {"priority", read_boot_priority, NULL}, {"mcp", read_mcp, NULL},
    {"attached", read_attached, NULL},
};
enum { CONSTRAINTS = sizeof constraints / sizeof constraints[0] };

static bool read_constraints(struct reader *r)
{
    bool replaced[CONSTRAINTS] = {false};
    unsigned i = 0;

    while (r->token.kind != TOKEN_END && !is(r, "task") && !is(r, "end")) {
        for (i = 0; i < CONSTRAINTS && !is(r, constraints[i].word); i++)
            ;
        if (i == CONSTRAINTS)
            return fail(r, "no such constraint");
        advance(r);
        do {
            if (is(r, "in") && constraints[i].forget && !replaced[i]) {
                constraints[i].forget(r->quota);
                replaced[i] = true;
            }
            if (!constraints[i].read(r))
                return false;
        } while (is(r, "in") || is(r, "max"));
    }
    return true;
}

static struct config_task *find(struct config *config, const char *name)
{
    for (unsigned i = 0; i < config->count; i++)
        if (strcmp(config->tasks[i].name, name) == 0)
            return &config->tasks[i];
    return NULL;
}

/* `task modname "NAME"` and what follows. */
static bool read_task(struct reader *r)
{
    struct config_task task = {.line = r->token.spot.place.line};

    if (!take(r, "task", "`task modname \"NAME\"` is missing")
        || !take(r, "modname", "a task is chosen by `modname`"))
        return false;
    size_t length = r->token.kind == TOKEN_STRING ? r->token.end - r->token.spot.offset - 2 : 0;
    if (length == 0 || length > CONFIG_NAME_MAX)
        return fail(r, "a module's name in quotes is missing (at most 31 characters)");
    memcpy(task.name, r->source->text + r->token.spot.offset + 1, length);
    if (find(r->config, task.name))
        return fail(r, "this module has been configured above");
    if (r->config->count == CONFIG_TASKS_MAX)
        return fail(r, "too many tasks");
    task.quota = quota_built_in(task.name);
    advance(r);
    struct config_task *entry = &r->config->tasks[r->config->count++];
    *entry = task;
    r->quota = &entry->quota;
    return read_constraints(r);
}

static bool check_priorities(struct reader *r)
{
    for (unsigned i = 0; i < r->config->count; i++) {
        const struct config_task *task = &r->config->tasks[i];
        if (task->quota.priority > task->quota.mcp)
            return fail_at(r, (struct script_place){task->line, 1},
                           "its priority is above its mcp");
    }
    return true;
}

long config_read(struct config *config, const struct script_source *source)
{
    struct reader r = {.config = config, .source = source};
    bool good = true;

    lexer_init(&r.lexer, source);
    advance(&r);
    while (good && r.token.kind != TOKEN_END && !is(&r, "end"))
        good = read_task(&r);
    return good && check_priorities(&r) ? 0 : -ERR_EINVAL;
}

const struct quota *config_quota(const struct config *config, const char *name,
                                 struct quota *built_in)
{
    for (unsigned i = 0; i < config->count; i++)
        if (strcmp(config->tasks[i].name, name) == 0)
            return &config->tasks[i].quota;
    *built_in = quota_built_in(name);
    return built_in;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <task/slots.h>

#include "arguments.h"
#include "boot.h"
#include "config.h"
#include "console/console.h"
#include "entry/entry.h"
#include "errors/errors.h"
#include "files.h"
#include "ipc/slots.h"
#include "l4sys/factory.h"
#include "l4sys/task.h"
#include "l4sys/thread.h"
#include "machine.h"
#include "serve.h"
#include "sigma0/client.h"

const char console_name[] = "roottask";

/*
 * roottask: starts the boot modules, pages nothing but answers for what they do wrong, gives RAM
 * and devices to those that may, ends the machine. World: no C library, one thread, memory from
 * sigma0 one-to-one.
 */

enum { PRIORITY = 255, FIRST_SLOT = 0x10, SLOTS = 0x1000 };
#define DEFAULT_LAST "loader"
#define HEAP_DEFAULT (16ull << 20)

ENTRY_STACK(65536);

static struct module modules[MODULES_MAX];
static unsigned count;   /* modules in all */
static unsigned started; /* of these, the first ones, which are programs */
static const char *command_line;
static struct config config;
static struct surroundings with;

/* Start-up is impossible: names the step and stops. */
static void check(const char *step, long error)
{
    if (error >= 0)
        return;
    say("stop: %s: %s", step, error_text(error));
    for (;;)
        l4_ipc_receive(L4_INVALID_CAP, L4_NEVER);
}

/* Size of the kernel's heap: reserved memory of sub-type 1 (ABI 10.2). */
static uint64_t kernel_heap(const struct l4_kip *kip)
{
    const struct l4_mem_desc *desc =
        (const struct l4_mem_desc *)((const char *)kip + kip->mem_desc_at);
    uint64_t size = 0;

    for (unsigned i = 0; i < kip->mem_desc_slots; i++)
        if (l4_mem_desc_type(desc[i]) == L4_MEM_RESERVED && l4_mem_desc_subtype(desc[i]) == 1)
            size += l4_mem_desc_end(desc[i]) - l4_mem_desc_start(desc[i]);
    return size ? size : HEAP_DEFAULT;
}

static const struct l4_kip *get_ready(void)
{
    check("priority", l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, PRIORITY));
    slots_init(FIRST_SLOT, SLOTS);
    check("kernel info page",
          sigma0_get_kip(L4_BASE_PAGER_CAP, sigma0_everywhere(), &with.kip.raw));
    const struct l4_kip *kip = pointer_to(with.kip);
    ram_init(kip);
    check("I/O ports", machine_init());
    with.kernel_heap = kernel_heap(kip);
    return kip;
}

/* Whether the word at @at is `--`, behind which the command line is configuration. */
static bool is_mark(const char *at)
{
    return at[0] == '-' && at[1] == '-' && (at[2] == ' ' || at[2] == 0);
}

/*
 * The value of the word KEY=VALUE on our command line, @key with its `=`, to @to; else @otherwise.
 * Returns where the configuration begins, or null.
 */
static const char *word(const char *key, const char *otherwise, char to[MODULE_NAME])
{
    const char *at = command_line;

    arguments_name(otherwise, to, MODULE_NAME);
    for (; at && !is_mark(at); at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
        if (strncmp(at, key, strlen(key)) == 0)
            arguments_name(at + strlen(key), to, MODULE_NAME);
    return at && at[2] ? at + 3 : NULL;
}

/* Index of the module called @name, or count. */
static unsigned find(const char *name)
{
    unsigned i = 0;
    while (i < count && strcmp(modules[i].name, name) != 0)
        i++;
    return i;
}

static void read_configuration(const char *name, const char *text, size_t length)
{
    if (config_read(&config, &(struct script_source){name, text, length}) == 0)
        return;
    say("%s", config.error);
    check("configuration", -ERR_EINVAL);
}

/* The configuration is not a module like others: it goes out of the table when it has been read. */
static void take_out(unsigned at)
{
    ram_give(modules[at].start, modules[at].end);
    count--;
    memmove(&modules[at], &modules[at + 1], (count - at) * sizeof modules[0]);
    for (unsigned i = at; i < count; i++)
        modules[i].index = i;
}

/* Bytes of the text in @m: the file is made up of zeros to the end of its last page. */
static size_t text_length(const struct module *m)
{
    const char *text = pointer_to(m->start);
    size_t size = m->end.raw - m->start.raw;

    while (size > 0 && !text[size - 1])
        size--;
    return size;
}

static void configure(void)
{
    char name[MODULE_NAME];
    const char *text = word("config=", "", name);

    if (name[0]) {
        unsigned at = find(name);
        check(name, at < count ? 0 : -ERR_ENOENT);
        read_configuration(name, pointer_to(modules[at].start), text_length(&modules[at]));
        take_out(at);
    }
    if (text)
        read_configuration("command line", text, strlen(text));
    for (unsigned i = 0; i < config.count; i++)
        if (find(config.tasks[i].name) == count)
            say("configuration: line %u: there is no module %s", config.tasks[i].line,
                config.tasks[i].name);
}

/* Whether the configuration attaches others to @m. */
static bool is_parent(const struct module *m)
{
    struct quota built_in;

    return find(m->name) == m->index && config_quota(&config, m->name, &built_in)->attached > 0;
}

/* The modules behind the one that @task names are its files, as many as @task says. */
static void attach(const struct config_task *task)
{
    unsigned at = find(task->name), wanted = task->quota.attached;

    if (wanted == 0 || at == count)
        return;
    if (wanted > count - at - 1) {
        say("configuration: line %u: %u modules attached to %s, but only %u are behind it",
            task->line, wanted, task->name, count - at - 1);
        check("configuration", -ERR_EINVAL);
    }
    for (unsigned i = at + 1; i <= at + wanted; i++) {
        if (modules[i].attached_to || is_parent(&modules[i])) {
            say("configuration: line %u: %s cannot be attached to %s: it is attached to another, or "
                "has files itself", task->line, modules[i].name, task->name);
            check("configuration", -ERR_EINVAL);
        }
        modules[i].attached_to = task->name;
    }
}

/* Moves what is attached to others behind all others, both in their order. */
static void part_files(void)
{
    unsigned at = 0;

    for (unsigned n = 0; n < count; n++) {
        struct module m = modules[at];
        if (!m.attached_to) {
            at++;
            continue;
        }
        memmove(&modules[at], &modules[at + 1], (count - 1 - at) * sizeof m);
        modules[count - 1] = m;
    }
    for (unsigned i = 0; i < count; i++)
        modules[i].index = i;
}

static void give_quotas(void)
{
    for (unsigned i = 0; i < started; i++) {
        struct module *m = &modules[i];
        m->quota = config_quota(&config, m->name, &m->built_in);
        m->ram = (struct ram_owner){RAM_MODULE + i, m->quota->memory_max, m->quota->memory.start,
                                    m->quota->memory.end};
    }
}

/* Modules that are not attached to others. */
static unsigned programs(void)
{
    unsigned number = 0;

    while (number < count && !modules[number].attached_to)
        number++;
    return number;
}

static void choose_programs(void)
{
    char last[MODULE_NAME];

    word("last=", DEFAULT_LAST, last);
    for (unsigned i = 0; i < config.count; i++)
        attach(&config.tasks[i]);
    part_files();
    unsigned i = find(last);
    started = i < count && !modules[i].attached_to ? i + 1 : programs();
    if (started > 0)
        modules[started - 1].last = true;
    give_quotas();
    say("%lu KiB of RAM, %u modules to start, %u files", ram_free() >> 10, started,
        count - started);
}

/*
 * A gate for module @name, if there is one, unbound: whoever calls waits until the module binds it,
 * or ends.
 */
static void make_base_gate(const char *name, l4_cap_t *gate)
{
    unsigned at = find(name);

    if (at >= started)
        return;
    *gate = slots_alloc();
    check(name, l4_factory_create_gate(L4_BASE_FACTORY_CAP, *gate, 0, 0));
    modules[at].service = gate;
}

static void start_module(struct module *m)
{
    long error = serve_gates(m);

    if (error < 0)
        say("module %s: not started: its gates: %s", m->name, error_text(error));
    else
        error = module_start(m, &with);
    if (error < 0) {
        module_end(m);
        serve_forget(m);
        return;
    }
    if (files_wanted(m))
        check("files", files_give(m, modules, started, count));
    ram_give(m->start, m->end); /* its file: everything of it is copied */
    say("module %s started", m->name);
}

/*
 * What the first request of a kind would fetch from sigma0 is there from the beginning: the books
 * do not change by being read.
 */
static void touch_own_memory(void)
{
    extern char __bss_start[], _end[];

    for (uintptr_t page = (uintptr_t)__bss_start & L4_PAGE_MASK; page < (uintptr_t)_end;
         page += L4_PAGE_SIZE)
        *(volatile char *)page = *(volatile char *)page;
}

_Noreturn void entry_main(const struct l4_kip *none)
{
    (void)none;
    touch_own_memory();
    const struct l4_kip *kip = get_ready();
    long result = boot_modules(kip, modules, &command_line);

    check("module list", result);
    count = (unsigned)result;
    configure();
    choose_programs();
    check("server", serve_init(with.kip, modules, started));
    make_base_gate("log", &with.log_base);
    make_base_gate("names", &with.names_base);
    for (unsigned i = 0; i < started; i++)
        start_module(&modules[i]);
    serve();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The debugger's prompt: single letters over the serial line, while everything else stands still,
 * the clock of the kernel included. Or a sequence of them in a program's text, without a prompt.
 */
#include "audit.h"
#include "debugger.h"
#include "debugger_show.h"
#include "debugger_trace.h"
#include "dump.h"
#include "kip.h"
#include "log.h"
#include "print.h"
#include "string.h"
#include "thread.h"
#include "x86_64/cpu.h"
#include "x86_64/serial.h"

/* Where commands come from. */
static struct {
    const char *text; /* NULL: the serial line */
    uint64_t size;
} input;

enum { INPUT_END = 0 };

/* The next character, shown if it was typed; INPUT_END: there will be none. */
static char next_char(void)
{
    char c = INPUT_END;
    if (input.text) {
        if (input.size) {
            c = *input.text++;
            input.size--;
        }
        return c;
    }
    do
        if (!serial_is_there())
            return INPUT_END;
    while (!serial_read(&c) || c == INPUT_END);
    kprintf("%c", c == '\r' || (uint8_t)c < ' ' ? '\n' : c);
    return c;
}

bool debugger_stopped(void)
{
    char c;
    return !input.text && serial_read(&c);
}

/* What stands behind a command: the name or number of an object, and an address. */
struct arguments {
    char word[2][sizeof ((struct object *)0)->name + 1]; /* "" if there is none */
};

/* Words are separated by blanks; Enter or a semicolon ends the last one. */
static void read_arguments(struct arguments *arguments, unsigned wanted)
{
    char c = ' ';
    for (unsigned i = 0; i < wanted && c == ' '; i++) {
        char *word = arguments->word[i];
        unsigned size = 0;
        do
            c = next_char();
        while (c == ' ');
        for (; c > ' ' && c != ';'; c = next_char())
            if (size < sizeof arguments->word[i] - 1)
                word[size++] = c;
    }
    if (!input.text && c >= ' ')
        kprintf("\n");
}

static bool parse(const char *word, unsigned base, uint64_t *value)
{
    const char *p = word;
    for (*value = 0; *p; p++) {
        unsigned digit = *p >= '0' && *p <= '9' ? (unsigned)*p - '0'
                         : *p >= 'a' && *p <= 'f' ? (unsigned)*p - 'a' + 10 : 16;
        if (digit >= base)
            return false;
        *value = *value * base + digit;
    }
    return p != word;
}

static bool has_name(const struct object *o, const char *word)
{
    for (unsigned i = 0; i < sizeof o->name; i++)
        if (o->name[i] != word[i] || !word[i])
            return o->name[i] == word[i];
    return true;
}

/* The object of @type that @word means; "": that of the running thread. */
static struct object *named(const char *word, const struct object_type *type)
{
    struct object *own = !current ? NULL : type == &thread_type ? &current->object
                                         : current->task ? &current->task->object : NULL;
    uint64_t id;
    bool is_id = parse(word, 10, &id);
    if (!*word && own)
        return own;
    for (struct object *o = object_next(NULL); o; o = object_next(o))
        if (o->type == type && (is_id ? o->id == id : has_name(o, word)))
            return o;
    kprintf("kdb: no such %s\n", type->name);
    return NULL;
}

static void do_thread(const struct arguments *arguments)
{
    struct object *o = named(arguments->word[0], &thread_type);
    if (o)
        show_thread(container_of(o, struct thread, object));
}

static void do_caps(const struct arguments *arguments)
{
    struct object *o = named(arguments->word[0], &task_type);
    if (o)
        show_caps(container_of(o, struct task, object));
}

static void do_mappings(const struct arguments *arguments)
{
    struct object *o = named(arguments->word[0], &task_type);
    struct task *task = o ? container_of(o, struct task, object) : NULL;
    uint64_t address;
    if (task && parse(arguments->word[1], 16, &address))
        show_tree(task, address);
    else if (task)
        show_mappings(task);
}

static void do_audit(void)
{
    audit();
}

static void do_record(void)
{
    trace_switch(!trace_on);
    kprintf("kdb: recording is %s\n", trace_on ? "on" : "off");
}

static void do_help(void);

/* Either function is set; the second takes up to @arguments words. */
static const struct command {
    char key;
    uint8_t arguments;
    const char *help;
    void (*run)(void);
    void (*run_on)(const struct arguments *arguments);
} commands[] = {
    {'t', 0, "threads", dump_threads, NULL},
    {'x', 1, "THREAD: registers and state", NULL, do_thread},
    {'a', 0, "tasks", show_tasks, NULL},
    {'c', 1, "TASK: capabilities", NULL, do_caps},
    {'m', 2, "TASK [ADDRESS]: mappings, tree of a page", NULL, do_mappings},
    {'r', 0, "ready threads", show_ready, NULL},
    {'n', 0, "names", show_names, NULL},
    {'k', 0, "kernel memory", show_memory, NULL},
    {'l', 0, "last messages and notes", trace_dump, NULL},
    {'o', 0, "record messages: on, off", do_record, NULL},
    {'v', 0, "verify: the audit", do_audit, NULL},
    {'h', 0, "help", do_help, NULL},
};

static void do_help(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
        kprintf("kdb: %c %s\n", commands[i].key, commands[i].help);
    kprintf("kdb: g go on\n");
}

static void run(char key)
{
    for (unsigned i = 0; i < ARRAY_SIZE(commands); i++) {
        const struct command *command = &commands[i];
        struct arguments arguments = {{"", ""}};
        if (command->key != key)
            continue;
        if (command->run_on) {
            read_arguments(&arguments, command->arguments);
            command->run_on(&arguments);
        } else {
            if (!input.text)
                kprintf("\n");
            command->run();
        }
        return;
    }
    if (key > ' ' && key != ';')
        kprintf("%skdb: unknown command, h helps\n", input.text ? "" : "\n");
}

static void prompt(void)
{
    char c;
    do {
        if (!input.text)
            kprintf("kdb> ");
        c = next_char();
        run(c == 'g' ? ' ' : c == LOG_DUMP_KEY ? 't' : c);
    } while (c != 'g' && c != INPUT_END);
    if (!input.text)
        kprintf("\n");
}

void debugger_enter_text(const char *text, uint64_t size)
{
    uint64_t since = cpu_tsc();
    bool sequence = size >= 2 && text[0] == '*' && text[1] == '#';
    input.text = sequence ? text + 2 : NULL;
    input.size = sequence ? size - 2 : 0;
    if (!sequence) {
        kprintf("kdb: entered");
        dump_object("thread", current ? &current->object : NULL);
        kprintf(": ");
        for (uint64_t i = 0; i < size && text[i]; i++)
            kprintf("%c", text[i]);
        kprintf("\n");
    }
    prompt();
    kip_stop_clock(cpu_tsc() - since);
}

void debugger_enter(const char *why)
{
    debugger_enter_text(why, strlen(why));
}

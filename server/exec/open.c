/* SPDX-License-Identifier: BSD-2-Clause */
#include "open.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <task/infopage.h>
#include <task/slots.h>

#include "cache.h"
#include "client.h"
#include "counters.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/exec.h"
#include "ipc/slots.h"
#include "known.h"
#include "l4sys/clock.h"
#include "server/server.h"
#include "table.h"

#define STARTUP_LIB "libloader.so"

enum {
    OPENINGS = 8,
    MISSING_MAX = 64,
    REPORT_SIZE = 4096,
    TABLE_MAX = 1 << 20,
};

/** One program being opened; lives from the request to its answer. */
struct opening {
    bool busy;
    struct ipc_later later;
    l4_cap_t provider, dm, table; /* taken from the request */
    l4_cap_t image;               /* likewise, until it is fetched; 0: there is none */
    bool tried_again;             /* memory was short: once only */
    bool foreign;                 /* the image is not DM_PHYS's: a worker waits for its manager */
    uint64_t image_offset, image_length;
    uint64_t table_offset, table_length;
    char name[201];
    char libpath[121];
    struct set_list list;
    uint32_t member, needed; /* how far the breadth-first walk is */
    const char *wanted;      /* the file being fetched */
    struct known known;      /* what its candidates were the last time */
    const char *missing[MISSING_MAX];
    uint32_t missing_count;
    long error; /* the first; the walk goes on to collect the others */
    struct table_costs costs;
    uint64_t asked; /* when the file being fetched was asked for, in cycles */
    struct elf_report report;
    char text[REPORT_SIZE];
};

static struct opening openings[OPENINGS];
static struct ipc_server *server;

void open_init(struct ipc_server *the_server)
{
    server = the_server;
}

/** Appends a line to the report, unless it is full. */
static void report(struct opening *o, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(o->text + o->report.used, sizeof o->text - o->report.used, format, args);
    va_end(args);
    if (n > 0 && o->report.used + (size_t)n < sizeof o->text)
        o->report.used += (size_t)n;
    else
        o->text[o->report.used] = 0;
}

static void finish(struct opening *o)
{
    for (uint32_t i = 0; i < o->list.count; i++)
        object_leave(o->list.objects[i]);
    slots_release(o->provider);
    slots_release(o->dm); /* 0 if the client's entry has it now */
    slots_release(o->table);
    slots_release(o->image);
    o->busy = false;
    cache_trim();
}

static uint64_t whole_pages(uint64_t bytes)
{
    return (bytes + L4_PAGE_SIZE - 1) & L4_PAGE_MASK;
}

/** Writes the report to where the table would be, then answers with the error. */
static void fail(struct opening *o, long error)
{
    void *address;
    uint64_t length = o->report.used + 1;

    if (length > o->table_length)
        length = o->table_length;
    uint64_t mapped = whole_pages(length);
    if (!server_map(o->table, o->table_offset, mapped, L4_FPAGE_RW, &address)) {
        memcpy(address, o->text, length);
        ((char *)address)[length - 1] = 0;
        server_unmap(address, mapped);
    }
    ipc_later_fail(server, &o->later, error);
    finish(o);
}

/** Only the pages it takes are mapped: the task pays for what is written. */
static long write_table(struct opening *o, const struct set *set)
{
    struct table_window window = {.size = whole_pages(table_size(set))};

    if (window.size > o->table_length)
        return -ERR_ETOOMANY;
    long error = server_map(o->table, o->table_offset, window.size, L4_FPAGE_RW, &window.address);
    if (error < 0)
        return error;
    error = table_write(&window, set, &o->costs);
    server_unmap(window.address, window.size);
    return error;
}

/** Step 4: the written sections are copied for the task, the section table is written. */
static void hand_out(struct opening *o, struct set *set)
{
    struct client *client;
    uint64_t start = l4_cycles();
    long error = client_make(server, set, o->dm, &client);

    o->costs.ticks[TASK_TICKS_COPY] += l4_cycles() - start;
    if (error < 0) {
        report(o, "%s: written sections: %s\n", o->name, error_text(error));
        fail(o, error);
        return;
    }
    error = write_table(o, set);
    if (error < 0) {
        client_unmake(server, client);
        report(o, "%s: section table: %s\n", o->name, error_text(error));
        fail(o, error);
        return;
    }
    struct ipc_capset objects = {
        .first = set->window, .order = TASK_OBJECTS_ORDER, .rights = L4_CAP_R};
    struct ipc_cap_out written = {0}, task = {0};
    ipc_slot_out(client->written, L4_CAP_RW, &written);
    task = (struct ipc_cap_out){
        .slot = client->object->gate, .rights = L4_CAP_RW, .object = client->object};
    o->dm = 0;
    if (o->image_length)
        exec_open_image_reply(server, &o->later, 0, &objects, &written, &task);
    else
        exec_open_reply(server, &o->later, 0, &objects, &written, &task);
    finish(o);
}

/**
 * True if it failed with @error for want of memory, and the cache has given way: once an opening.
 */
static bool memory_short(struct opening *o, long error)
{
    if (error != -ERR_ENOMEM || o->tried_again)
        return false;
    o->tried_again = true;
    return cache_give_up();
}

/** First link step, unless the same set is linked already. */
static void link_set(struct opening *o)
{
    struct set *set = set_find(&o->list);

    if (!set) {
        uint64_t lookups = counters.lookups;
        long error = set_make(&o->list, &o->report, &set);
        if (memory_short(o, error))
            error = set_make(&o->list, &o->report, &set);
        if (error < 0) {
            fail(o, error);
            return;
        }
        o->costs.lookups = counters.lookups - lookups;
        o->costs.relocations = set->relocations;
        for (unsigned i = 0; i < TASK_TICKS; i++)
            o->costs.ticks[i] += set->ticks[i];
    }
    hand_out(o, set);
}

static bool has(const struct opening *o, const char *name)
{
    for (uint32_t i = 0; i < o->list.count; i++) {
        const struct object *object = o->list.objects[i];
        if (strcmp(o->list.names[i], name) == 0
            || (object->elf->soname && strcmp(object->elf->soname, name) == 0))
            return true;
    }
    for (uint32_t i = 0; i < o->missing_count; i++)
        if (strcmp(o->missing[i], name) == 0)
            return true;
    return false;
}

/** The next member, which was asked for as @name. */
static void append(struct opening *o, const char *name, struct object *object)
{
    if (o->list.count == TASK_OBJECTS_MAX) {
        o->error = -ERR_ETOOMANY;
        return;
    }
    if (strcmp(name, STARTUP_LIB) == 0)
        o->list.startup = o->list.count;
    object_use(object);
    o->list.names[o->list.count] = name;
    o->list.objects[o->list.count++] = object;
}

/** The next file that is needed and not there yet, or null. The start-up library comes last. */
static const char *next_name(struct opening *o)
{
    if (o->list.count == 0)
        return o->error ? NULL : o->name;
    for (; o->member < o->list.count; o->member++, o->needed = 0) {
        const struct elf_object *elf = o->list.objects[o->member]->elf;
        for (; o->needed < elf->needed_count; o->needed++) {
            const char *name = elf->needed[o->needed];
            if (strcmp(name, STARTUP_LIB) != 0 && !has(o, name))
                return name;
        }
    }
    if (!o->list.objects[0]->elf->dynamic || has(o, STARTUP_LIB))
        return NULL;
    return STARTUP_LIB;
}

/** What @name is asked for as, by the next member of the set. */
static struct object_request request_for(const struct opening *o, const char *name)
{
    bool program = o->list.count == 0;

    return (struct object_request){.provider = program && o->image_length ? 0 : o->provider,
                                   .name = name,
                                   .libpath = program || strchr(name, '/') ? "" : o->libpath,
                                   .others = o->list.objects,
                                   .other_count = o->list.count};
}

/** Only the manager of the image's dataspace has to be asked. */
static void fill_image(struct opening *o, struct fetch *job)
{
    slots_free(job->dataspace);
    job->dataspace = o->image;
    o->image = 0;
    job->given = true;
    job->offset = o->image_offset;
    job->size = o->image_length;
}

static void miss(struct opening *o, const char *name, long error)
{
    if (o->missing_count < MISSING_MAX)
        o->missing[o->missing_count++] = name;
    else
        o->error = -ERR_ETOOMANY;
    if (!o->error)
        o->error = error;
}

/** Asks for @name; true if nothing will come: o->error says why. */
static bool ask(struct opening *o, const char *name, const struct object_request *request)
{
    struct fetch *job = fetch_alloc();

    if (!job) {
        o->error = -ERR_EAGAIN;
        return true;
    }
    long error = known_fill(&o->known, request, job);
    if (error) {
        report(o, "%s: %s\n", name, error_text(error));
        miss(o, name, error);
        fetch_drop(job);
        return true;
    }
    job->owner = o;
    job->provider = o->provider;
    if (!request->provider)
        fill_image(o, job);
    o->wanted = name;
    o->asked = l4_cycles();
    fetch_ask(job);
    return false;
}

/** Gets @name from what is there, or asks for it and returns false: more comes later. */
static bool get(struct opening *o, const char *name)
{
    struct object_request request = request_for(o, name);
    struct object *object = known_for_ever(&request);

    if (!object)
        return ask(o, name, &request);
    append(o, name, object);
    return true;
}

/** Steps 2 and 3 until a file has to be waited for. */
static void go_on(struct opening *o)
{
    const char *name;

    while (o->error != -ERR_EAGAIN && o->error != -ERR_ETOOMANY && (name = next_name(o)))
        if (!get(o, name))
            return;
    if (o->error)
        fail(o, o->error);
    else
        link_set(o);
}

/** The object of what was fetched, or null; then the report says why. */
static struct object *make_object(struct opening *o, const struct fetch *job)
{
    struct object_request request = request_for(o, o->wanted);
    struct object_file file = {.dataspace = job->dataspace,
                               .offset = job->offset,
                               .size = job->size,
                               .path = job->given ? "" : job->names[job->found],
                               .versioned = job->versioned,
                               .version = job->version};
    struct object *object;
    size_t before = o->report.used;

    counters.files++;
    long error = object_make(&request, &file, &o->report, &object);
    if (memory_short(o, error))
        error = object_make(&request, &file, &o->report, &object);
    if (!error)
        return object;
    if (o->report.used == before)
        report(o, "%s: %s\n", o->wanted, error_text(error));
    miss(o, o->wanted, error);
    return NULL;
}

static void not_fetched(struct opening *o, long error)
{
    bool program = o->list.count == 0;

    if (program)
        report(o, "%s: %s\n", o->wanted, error_text(error));
    else
        report(o, "%s: needed by %s: %s\n", o->wanted,
               o->list.names[o->member < o->list.count ? o->member : 0],
               error_text(error));
    miss(o, o->wanted, !program && error == -ERR_ENOFILE ? -ERR_ENOLIB : error);
}

/** The version says that it is what was there: from now on this request leads to it, too. */
static struct object *unchanged(struct opening *o, const struct fetch *job)
{
    struct object *object = o->known.objects[job->found];
    struct object_request request = request_for(o, o->wanted);
    const struct name_place place = {job->names[job->found], true, job->version};

    name_note(object, &request, &place);
    return object;
}

void open_continue(struct fetch *job)
{
    struct opening *o = job->owner;
    struct object *object = job->result >= 0 && job->unchanged ? unchanged(o, job) : NULL;
    uint64_t start = l4_cycles();

    o->costs.ticks[TASK_TICKS_READ] += start - o->asked;
    bool again = job->result < 0 && !job->given && memory_short(o, job->result);
    if (job->result < 0 && !again)
        not_fetched(o, job->result);
    else if (!again && !object)
        object = make_object(o, job);
    o->costs.ticks[TASK_TICKS_PARSE] += l4_cycles() - start;
    if (job->result >= 0 && object)
        append(o, o->wanted, object);
    known_forget(&o->known);
    go_on(o);
}

static struct opening *alloc(void)
{
    for (unsigned i = 0; i < OPENINGS; i++)
        if (!openings[i].busy)
            return &openings[i];
    return NULL;
}

unsigned open_count(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < OPENINGS; i++)
        count += openings[i].busy;
    return count;
}

static bool valid_table(const struct ipc_bulk_in *table)
{
    return ((table->offset | table->length) & ~L4_PAGE_MASK) == 0
           && table->length >= L4_PAGE_SIZE && table->length <= TABLE_MAX;
}

/** One at a time: such managers shall not get all the workers. */
static bool foreign_busy(void)
{
    for (unsigned i = 0; i < OPENINGS; i++)
        if (openings[i].busy && openings[i].foreign)
            return true;
    return false;
}

/** Whether @image, if there is one, can be; *@foreign: it is of another manager than DM_PHYS. */
static long check_image(const struct ipc_bulk_in *image, bool *foreign)
{
    uint64_t size;

    *foreign = false;
    if (!image)
        return 0;
    if (image->dataspace.local || (image->offset & ~L4_PAGE_MASK))
        return -ERR_EINVAL;
    if (image->length == 0)
        return -ERR_ETRUNCATED;
    if (image->length > EXEC_IMAGE_MAX)
        return -ERR_E2BIG;
    long error = dm_check(TASK_CAP_DM, image->dataspace.slot, &size);
    *foreign = error == -ERR_EFOREIGN;
    if (*foreign)
        return foreign_busy() ? -ERR_EBUSY : 0;
    return error;
}

static long take_caps(struct ipc_call *call, const struct open_request *r, struct opening *o)
{
    long error = ipc_take_cap(call, r->provider, &o->provider);

    if (!error)
        error = ipc_take_cap(call, r->dm, &o->dm);
    if (!error)
        error = ipc_take_cap(call, &r->table->dataspace, &o->table);
    if (!error && r->image) {
        error = ipc_take_cap(call, &r->image->dataspace, &o->image);
        o->image_offset = r->image->offset;
        o->image_length = r->image->length;
    }
    return error;
}

long open_start(struct ipc_call *call, const struct open_request *r)
{
    struct opening *o = alloc();

    if (!o)
        return -ERR_EAGAIN;
    if (!valid_table(r->table))
        return -ERR_EINVAL;
    bool foreign;
    long error = check_image(r->image, &foreign);
    if (error < 0)
        return error;
    memset(o, 0, sizeof *o);
    o->foreign = foreign;
    o->list.startup = TASK_NO_OBJECT;
    o->table_offset = r->table->offset;
    o->table_length = r->table->length;
    strncpy(o->name, r->name, sizeof o->name - 1);
    strncpy(o->libpath, r->libpath, sizeof o->libpath - 1);
    o->costs.program = o->name;
    elf_report_init(&o->report, o->text, sizeof o->text);
    error = take_caps(call, r, o);
    if (!error)
        error = ipc_defer(call, &o->later);
    if (error) {
        finish(o);
        return error;
    }
    o->busy = true;
    counters.opens++;
    go_on(o);
    return IPC_LATER;
}

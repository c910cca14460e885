/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "../check.h"
#include "../opener.h"
#include "../service.h"
#include "idl/fprov.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_opening.h"
#include "l4sys/factory.h"
#include "l4sys/ipc.h"
#include "maker.h"

/* Opens programs whose files are its own memory (S06), good ones and hostile ones. */

static bool counted; /* not the warm-up */

static void say(const char *name, bool good)
{
    if (counted || !good)
        check(good, name, "as it should be");
}

/** Asks for @image; what the loader says at once. */
static long ask(l4_cap_t opening, const char *name, const char *args, const struct ipc_bulk *image)
{
    return loader_open_image(opened_loader(), image, name, args, 0, opening);
}

/** How the start ended; its task in @task. */
static long result(l4_cap_t opening, struct opened *task)
{
    int32_t error = 0;
    uint32_t count = 0;
    long failed = loader_opening_result(opening, &error, &count);

    *task = (struct opened){.opening = opening, .control = task_slot()};
    if (failed || error)
        return failed ? failed : error;
    return loader_opening_task(opening, 0, &task->id, task->control);
}

/** True if it ends with @code, or with @state if that is not an exit. */
static bool ends(struct opened *task, uint32_t state, int32_t code)
{
    bool good = opened_wait(task, 10) && task->state == state && task->code == code;

    opened_close(task);
    return good;
}

static struct ipc_bulk bulk(const struct made *made)
{
    return (struct ipc_bulk){
        .dataspace = made->dataspace, .offset = made->offset, .length = made->size};
}

/** Opens @image, to its end: 0 if it ended with code @code, else an error. */
static long run(const char *args, const struct ipc_bulk *image, int32_t code)
{
    l4_cap_t opening = task_slot();
    struct opened task;
    long error = ask(opening, "t_made", args, image);

    if (error) {
        task_slot_release(opening);
        return error;
    }
    error = result(opening, &task);
    if (error) {
        opened_close(&task);
        return error;
    }
    return ends(&task, LOADER_STATE_EXITED, code) ? 0 : -1;
}

static bool run_file(const char *args)
{
    struct opened task;

    return opened_open(&task, "t_made", args, 0) == 0 && ends(&task, LOADER_STATE_EXITED, 2);
}

/** What a client does with its image as soon as open_image has returned must not matter. */
static bool spoil(const char *args, bool free)
{
    l4_cap_t opening = task_slot();
    struct opened task;
    struct made made;

    if (!make_copy(&made, 0))
        return false;
    struct ipc_bulk image = bulk(&made);
    long error = ask(opening, "t_made", args, &image);
    if (!free)
        memset(made.memory, 0xff, made.size);
    made_free(&made);
    if (!error)
        error = result(opening, &task);
    return !error && ends(&task, LOADER_STATE_EXITED, 2);
}

static bool foreign(void)
{
    l4_cap_t bmodfs = service("BMODFS");
    struct ipc_bulk image = {.dataspace = task_slot()};
    bool good = fprov_open(bmodfs, "(demand)/t_made", TASK_CAP_DM, &image.length,
                           image.dataspace) == 0
                && run("demand", &image, 2) == 0;

    task_slot_release(image.dataspace);
    task_slot_release(bmodfs);
    return good;
}

static void good_images(void)
{
    struct made made, apart;

    say("file", run_file("'a b'"));
    bool good = make_copy(&made, 0) && make_copy(&apart, 0x3000);
    struct ipc_bulk image = bulk(&made), later = bulk(&apart);
    say("image", good && run("'a b'", &image, 2) == 0);
    say("at-an-offset", good && run("offset", &later, 2) == 0);
    say("changed-at-once", spoil("changed", false));
    say("freed-at-once", spoil("freed", true));
    say("foreign", foreign());
    say("never-mixed", run("same", &image, 2) == 0 && run_file("same")
                           && run("again", &image, 2) == 0);
    made_free(&made);
    made_free(&apart);
}

static void by_hand(void)
{
    l4_cap_t opening = task_slot();
    struct opened task = {0};
    struct made made;
    bool good = make_by_hand(&made);
    struct ipc_bulk image = bulk(&made);

    say("by-hand", good && ask(opening, "made", "", &image) == 0 && result(opening, &task) == 0
                       && ends(&task, LOADER_STATE_FAULT, 0));
    made_free(&made);
}

/** True if the start of @image fails, with @error unless that is 0. */
static bool refused(const struct ipc_bulk *image, long error)
{
    long got = run("refused", image, 2);

    if (got < 0 && got != -1 && (!error || got == error))
        return true;
    printf("%lu bytes at %lu: %ld\n", image->length, image->offset, got);
    return false;
}

/** Short of everything: headers, tables, sections; and with bytes of all kinds changed. */
static void bad_files(void)
{
    struct made made;
    bool good = make_copy(&made, 0);
    struct ipc_bulk image = bulk(&made);
    static const unsigned lengths[] = {1, 3, 4, 40, 63, 64, 100, 200, 0x600, 0x1000, 0x1001};

    for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        image.length = lengths[i];
        good &= refused(&image, 0);
    }
    say("truncated", good);
    image.length = made.size;
    for (unsigned at = 0; at < made.size; at++)
        made.memory[at] = (char)(at * 167 + (at >> 8));
    good = refused(&image, -ERR_ENOTELF);
    memcpy(made.memory, "\177ELF\2\1\1", 7);
    good &= refused(&image, 0);
    say("garbage", good);
    made_free(&made);
}

static void lies(void)
{
    struct made made;
    bool good = make_copy(&made, 0);
    struct ipc_bulk image = bulk(&made);
    const uint64_t whole = (made.size + 4095) & ~4095ull;
    const struct {
        uint64_t offset, length;
        long error;
    } tries[] = {
        {0, 0, -ERR_ETRUNCATED},       {0, whole + 1, -ERR_ERANGE},
        {whole, 1, -ERR_ERANGE},       {4096, whole, -ERR_ERANGE},
        {~0ull << 12, 8192, -ERR_ERANGE}, {0, ~0ull, -ERR_E2BIG},
        {0, LOADER_IMAGE_MAX + 1, -ERR_E2BIG}, {1, 100, -ERR_EINVAL},
    };

    for (unsigned i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        image.offset = tries[i].offset;
        image.length = tries[i].length;
        good &= refused(&image, tries[i].error);
    }
    l4_cap_t opening = task_slot();
    image = bulk(&made);
    good &= ask(opening, "", "", &image) == -ERR_EINVAL;
    good &= ask(opening, "two words", "", &image) == -ERR_EINVAL;
    task_slot_release(opening);
    say("sizes", good);
    made_free(&made);
}

/** Capabilities that are no dataspace, one of them the loader's own. */
static void no_dataspace(void)
{
    const l4_cap_t caps[] = {TASK_CAP_NAMES, TASK_CAP_LOADER, TASK_CAP_DM, TASK_CAP_THREAD};
    bool good = true;

    for (unsigned i = 0; i < sizeof caps / sizeof caps[0]; i++) {
        struct ipc_bulk image = {.dataspace = caps[i], .length = 100000};
        good &= refused(&image, 0);
    }
    say("no-dataspace", good);
}

/** Another client, who has programs started meanwhile. */
static int be_other(void)
{
    return run_file("beside") && run_file("beside") ? 7 : 1;
}

/** A manager that never answers keeps its own client waiting, for a while, and nobody else. */
static void silent(void)
{
    struct ipc_bulk image = {.dataspace = task_slot(), .length = 100000};
    l4_cap_t opening = task_slot();
    struct opened task, other;
    bool good = !opened_open(&other, "t_image", "other", LOADER_STOP_MAIN)
                && opened_stopped(&other);
    uint64_t start = task_clock_us();

    l4_factory_create_gate(TASK_CAP_FACTORY, image.dataspace, TASK_CAP_THREAD, 0x100);
    long error = ask(opening, "t_made", "silent", &image);
    loader_control_cont(other.control);
    say("silent-disturbs-nobody", good && !error && ends(&other, LOADER_STATE_EXITED, 7)
                                      && task_clock_us() - start < 4000000);
    error = result(opening, &task);
    say("silent-refused", error == -ERR_ETRANSFER && task_clock_us() - start < 20000000);
    opened_close(&task);
    task_slot_release(image.dataspace);
}

/** A client that vanishes with its manager, as soon as it has asked. */
static void vanish(void)
{
    struct ipc_bulk image = {.dataspace = task_slot(), .length = 100000};

    l4_factory_create_gate(TASK_CAP_FACTORY, image.dataspace, TASK_CAP_THREAD, 0x100);
    exit(ask(task_slot(), "t_made", "vanish", &image) ? 1 : 3);
}

static void client_gone(void)
{
    struct opened task;

    say("client-gone", opened_open(&task, "t_image", "vanish", 0) == 0
                           && ends(&task, LOADER_STATE_EXITED, 3));
}

static void all(void)
{
    good_images();
    by_hand();
    bad_files();
    lies();
    no_dataspace();
    silent();
    client_gone();
    say("next", run_file("last"));
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "vanish") == 0)
        vanish();
    if (argc > 1 && strcmp(argv[1], "other") == 0)
        return be_other();
    for (int round = 0; round < 3; round++) /* the loader remembers 48 tasks: then its tables have their size */
        all();
    check(!check_failures, "warm", "all as it should be");
    opened_books("warm"); /* the first time costs pages that have not been touched before */
    opened_books("before");
    counted = true;
    all();
    opened_books("after");
    return check_result();
}

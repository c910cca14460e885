/* SPDX-License-Identifier: BSD-2-Clause */
#include <task/layout.h>
#include <task/slots.h>

#include "errors/errors.h"
#include "idl/exec_task.h"
#include "idl/loader_task.h"
#include "ipc/slots.h"
#include "l4sys/thread.h"
#include "loader/loader.h"
#include "loader/slots.h"
#include "rm/manager.h"
#include "rm/region.h"
#include "thread/self.h"
#include "thread/utcbs.h"

/*
 * Steps 6 to 8 of the paper's 2.2, in the new task.
 *
 * World at loader_main(): this library is linked and completely mapped, the stack too; nothing else
 * of the task is. Until rm_start() returns, every fault is one too many.
 */

void loader_main(void);

/** A start-up step failed: says which and why, then ends the task. */
static _Noreturn void fail(const char *step, long error)
{
    char line[160];
    unsigned n = 0;
    const char *parts[] = {"start-up: ", step, ": ", error_text(error), "\n"};

    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (const char *c = parts[i]; *c && n < sizeof line; c++)
            line[n++] = *c;
    task_write(line, n);
    task_exit(127);
}

/** From now on page faults of the main thread go to the region manager. */
static void change_pager(l4_cap_t gate)
{
    struct l4_thread_control control = {.pager = gate};
    long error = l4_thread_control(TASK_CAP_THREAD, &control);

    if (error < 0)
        fail("step 6: change the pager", error);
    self()->gate = gate;
}

/** Step 7: exec links again what refers to objects that are not where it suggested. */
static uint32_t link_again(const struct task_infopage *info)
{
    struct ipc_bulk placement = {
        .dataspace = TASK_CAP_PLACEMENT,
        .length = sizeof(struct task_placement) + task_objects()->objects * sizeof(uint64_t),
    };
    uint32_t relocations;
    long error = exec_task_link(info->exec, &placement, &relocations);

    if (error < 0)
        fail("step 7: second link step", error);
    return relocations;
}

static void report_running(void)
{
    loader_task_running(TASK_CAP_LOADER, region_manager.fault_ticks);
}

typedef void (*libc_start)(const struct task_infopage *info, void (*running)(void));
typedef int (*program_main)(int argc, char **argv);

/** Runs the constructors of @object (programs without libc.so only). */
static void construct(const struct task_object *object, uint64_t base)
{
    void (**functions)(void) = (void (**)(void))(base + object->init_array);

    if (object->init)
        ((void (*)(void))(base + object->init))();
    for (uint64_t i = 0; i < object->init_array_size / sizeof functions[0]; i++)
        functions[i]();
}

/** Step 8 without libc.so: no TLS, no environment. */
static _Noreturn void start_bare(void)
{
    const struct task_table *table = task_objects();
    program_main main = (program_main)task_place_address(&table->multiboot_main);

    if (!main)
        main = (program_main)task_place_address(&table->main);
    if (!main)
        fail("step 8", -ERR_ENOMAIN);
    char **argv = region_alloc((task_info()->argc + 1) * sizeof *argv);
    if (!argv)
        fail("step 8: arguments", -ERR_ENOMEM);
    task_arguments(argv);
    for (uint32_t order = 0; order < table->objects; order++)
        for (uint32_t i = 0; i < table->objects; i++)
            if (task_object(table, i)->init_order == order)
                construct(task_object(table, i), task_object_base(i));
    report_running();
    task_exit(main((int)task_info()->argc, argv));
}

void loader_main(void)
{
    const struct task_infopage *info = task_info();

    if (info->magic != TASK_INFOPAGE_MAGIC || info->version != TASK_INFOPAGE_VERSION)
        fail("step 6: infopage", -ERR_ECORRUPT);
    unsigned first = (unsigned)l4_cap_index(info->first_free);
    slots_init(first, TASK_SLOTS_END - first);
    utcbs_init(info->utcbs, info->utcbs_size);
    thread_init_main(info->stack_start, info->stack_end, info->priority);

    long error = rm_start(info);
    if (error < 0)
        fail("step 6: region manager", error);
    change_pager(region_manager.main_gate);
    uint32_t relocations = region_manager.moved ? link_again(info) : 0;
    loader_task_placed(info->loader, region_manager.moved, relocations);

    libc_start start = (libc_start)task_place_address(&task_objects()->libc_start);
    if (!start)
        start_bare();
    start(info, report_running);
    task_exit(0);
}

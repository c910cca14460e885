/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <task/slots.h>

#include "../check.h"
#include "idl/dm.h"
#include "idl/exec_task.h"
#include "loader/loader.h"
#include "thread/thread.h"

enum { LINKS = 1000, DISTANCE = 1 << 21 };

static volatile bool over;
static const struct task_section *written; /* of the library */
static volatile unsigned copies;

/**
 * Above exec in priority: has written sections copied again and again, which takes the right to
 * write away from everybody who has them mapped.
 */
static void disturb(void *argument)
{
    l4_cap_t copy = task_slot();

    (void)argument;
    for (unsigned i = 0; !over; i++) {
        if (dm_copy(TASK_CAP_DM, TASK_CAP_WRITTEN, written->ds_offset, written->size, "part", copy) == 0) {
            task_slot_release(copy);
            copy = task_slot();
            copies++;
        }
        thread_sleep_us(100 + i % 7 * 100);
    }
    task_slot_release(copy);
}

/** The library that nothing here uses: it can be anywhere. */
static uint32_t library(void)
{
    uint32_t i = 0;

    while (i < task_objects()->objects && strcmp(task_object(task_objects(), i)->name, "libdemo2.so"))
        i++;
    return i;
}

static const struct task_section *written_section(uint32_t object)
{
    const struct task_section *section = task_section(task_objects(), 0);

    while (section->object != object || !(section->flags & TASK_SECTION_WRITTEN))
        section++;
    return section;
}

/** Has exec link for @base of object @i. */
static long link_for(uint32_t i, uint64_t base, uint32_t *relocations)
{
    volatile struct task_placement *placement = (void *)task_info()->placement_address;
    uint64_t kept = placement->base[i];
    struct ipc_bulk table = {
        .dataspace = TASK_CAP_PLACEMENT,
        .length = sizeof *placement + task_objects()->objects * sizeof(uint64_t)};

    placement->base[i] = base;
    long error = exec_task_link(TASK_CAP_EXEC, &table, relocations);
    placement->base[i] = kept;
    return error;
}

/** True if a word of the library's constructor array has moved by @distance. */
static bool has_moved(uint32_t i, uint64_t before, uint64_t distance)
{
    const struct task_object *object = task_object(task_objects(), i);

    return *(volatile uint64_t *)(task_object_base(i) + object->init_array) == before + distance;
}

int main(void)
{
    uint32_t i = library(), relocations = 0;
    const struct task_object *object = task_object(task_objects(), i);
    uint64_t before = *(volatile uint64_t *)(task_object_base(i) + object->init_array);
    struct thread_request request = {.name = "disturb", .priority = 255, .entry = disturb};
    struct thread *thread;
    unsigned linked = 0;

    written = written_section(i);
    CHECK("thread", thread_create(&request, &thread) == 0);
    while (linked < LINKS
           && link_for(i, task_object_base(i) + (linked + 1) * (uint64_t)DISTANCE, &relocations) == 0
           && relocations > 0)
        linked++;
    over = true;
    thread_join(thread);
    printf("%u links, %u copies meanwhile\n", linked, copies);
    CHECK("linked-every-time", linked == LINKS);
    CHECK("disturbed", copies > 20);
    CHECK("linked-right", has_moved(i, before, LINKS * (uint64_t)DISTANCE));
    task_exit(check_result()); /* the library's destructors are not where they were */
}

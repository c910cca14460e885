/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "far.h"
#include "loader/loader.h"

/* References out of this program's data: the second link step must correct them too. */
static int (*volatile own_pointer)(int) = far_call;
static int *volatile own_data_pointer = &far_data;

static int twice(int value)
{
    return 2 * value;
}

/* References of this program to itself. */
static int (*volatile twice_pointer)(int) = twice;
static const char *volatile names[] = {"zero", "one"};

static int find(const char *name)
{
    const struct task_table *table = task_objects();

    for (uint32_t i = 0; i < table->objects; i++)
        if (strcmp(task_object(table, i)->name, name) == 0)
            return (int)i;
    return -1;
}

static bool inside(uint32_t i, const void *address)
{
    const struct task_object *object = task_object(task_objects(), i);
    uint64_t start = task_object_base(i) + object->start;

    return (uint64_t)address - start < object->size;
}

static int count_moved(void)
{
    int moved = 0;

    for (uint32_t i = 0; i < task_objects()->objects; i++)
        moved += task_object_base(i) != task_object(task_objects(), i)->base;
    return moved;
}

static void check_references(uint32_t i)
{
    CHECK("call", far_call(1) == 8);
    CHECK("data", far_data == 7 && inside(i, &far_data));
    CHECK("function-pointer", far_pointer(2) == 9 && far_pointer == far_call);
    CHECK("data-pointer", far_data_pointer == &far_data);
    CHECK("program-pointers", own_pointer == far_call && own_data_pointer == &far_data);
    CHECK("call-through-program-pointer", own_pointer(3) == 10);
    CHECK("program-itself", twice_pointer(4) == 8 && twice_pointer == twice
                                && strcmp(names[1], "one") == 0 && inside(0, names[1]));
    CHECK("library-code", inside(i, (const void *)(uintptr_t)far_pointer));
    CHECK("call-back", far_call_back(twice, 4) == 9);
    far_data = 20;
    CHECK("write", far_call(1) == 21 && *far_data_pointer == 20);
}

/** t_moved OBJECT|none [crash]: that object, and no other, is where it was not suggested (X04). */
int main(int argc, char **argv)
{
    const char *wanted = argc > 1 ? argv[1] : "none";
    const struct task_infopage *info = task_info();
    int moved = find(wanted), far = find("libt_far.so");

    for (uint32_t i = 0; i < task_objects()->objects; i++)
        printf("%s suggested 0x%lx, is at 0x%lx\n", task_object(task_objects(), i)->name,
               task_object(task_objects(), i)->base, task_object_base(i));
    CHECK("as-many-moved", count_moved() == (moved >= 0));
    CHECK("this-one-moved",
          moved < 0 || task_object_base((uint32_t)moved)
                           != task_object(task_objects(), (uint32_t)moved)->base);
    check_references((uint32_t)far);
    for (uint64_t at = info->kept_start; at < info->kept_end; at += 4096)
        *(volatile char *)at = 1; /* what is in the way is memory of ours */
    CHECK("memory-there", moved < 0 || info->kept_end - info->kept_start == 65536);
    if (argc > 2)
        printf("FAIL crash: read %d\n", far_read((const volatile int *)0x8000));
    return check_result();
}

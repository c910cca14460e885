/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <string.h>

#include <l4/kip.h>
#include <task/layout.h>
#include <task/slots.h>

#include "../check.h"
#include "l4sys/task.h"
#include "loader/loader.h"
#include "thread/thread.h"

static void check_head(const struct task_infopage *info)
{
    const char *page = (const char *)info;

    CHECK("place", (uint64_t)info == TASK_INFOPAGE);
    CHECK("magic", info->magic == TASK_INFOPAGE_MAGIC && info->version == TASK_INFOPAGE_VERSION);
    CHECK("size", info->size == TASK_INFOPAGE_SIZE);
    CHECK("id", info->id == 1);
    CHECK("verbose", info->verbose == 2);
    CHECK("name", strcmp(page + info->name_at, "t_info") == 0);
    CHECK("libpath", strcmp(page + info->libpath_at, "(nd)/x:(nd)/y") == 0);
    CHECK("argc", info->argc == 3);
    CHECK("args", info->args_size == sizeof "t_info\0one\0two words"
                      && memcmp(page + info->args_at, "t_info\0one\0two words", info->args_size)
                             == 0);
    CHECK("priority", info->priority == 0x12 && info->mcp == 0x40);
    CHECK("stack-size", info->stack_end - info->stack_start == 0x10000);
    CHECK("heap", info->heap_max == 0x200000);
    CHECK("random", info->random[0] != 0 && info->random[0] != info->random[1]);
}

static void check_slots(const struct task_infopage *info)
{
    const struct {
        l4_cap_t is, shall;
    } slots[] = {
        {info->task, TASK_CAP_TASK},           {info->factory, TASK_CAP_FACTORY},
        {info->thread, TASK_CAP_THREAD},       {info->scheduler, TASK_CAP_SCHEDULER},
        {info->pager, TASK_CAP_PAGER},         {info->exception, TASK_CAP_EXCEPTION},
        {info->log, TASK_CAP_LOG},             {info->names, TASK_CAP_NAMES},
        {info->dm, TASK_CAP_DM},               {info->ts, TASK_CAP_TS},
        {info->fprov, TASK_CAP_FPROV},         {info->exec, TASK_CAP_EXEC},
        {info->loader, TASK_CAP_LOADER},       {info->placement, TASK_CAP_PLACEMENT},
        {info->written, TASK_CAP_WRITTEN},     {info->objects, TASK_CAP_OBJECTS},
    };
    unsigned right = 0, valid = 0;

    for (unsigned i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        right += slots[i].is == slots[i].shall;
        valid += l4_cap_valid(slots[i].is);
        if (!l4_cap_valid(slots[i].is))
            printf("slot 0x%lx is empty\n", slots[i].is >> L4_CAP_SHIFT);
    }
    CHECK("slot-numbers", right == sizeof slots / sizeof slots[0]);
    CHECK("slots-filled", valid == sizeof slots / sizeof slots[0]);
    for (uint32_t i = 0; i < task_objects()->objects; i++)
        if (!l4_cap_valid(info->objects + i * L4_CAP_OFFSET))
            CHECK("object-slot-filled", false);
    CHECK("first-free", info->first_free == TASK_CAP_FIRST_FREE);
}

static void check_addresses(const struct task_infopage *info)
{
    const struct l4_kip *kip = (const struct l4_kip *)info->kip;
    struct thread_info self;

    CHECK("kip", info->kip == TASK_KIP && kip->magic == L4_KIP_MAGIC);
    CHECK("utcbs", info->utcbs == TASK_UTCBS && info->utcbs_size == 1ul << TASK_UTCBS_ORDER);
    CHECK("first-utcb", (uint64_t)l4_utcb() == info->utcbs);
    CHECK("placement", info->placement_address == TASK_PLACEMENT);
    CHECK("any-range", info->any_start == TASK_ANY_AREA && info->any_end == TASK_ANY_AREA_END);
    CHECK("kept-range", info->kept_start == 0x310000000000 && info->kept_end == 0x310000010000);
    thread_describe(thread_self(), &self);
    CHECK("stack", self.stack_start == info->stack_start && self.stack_end == info->stack_end);
    CHECK("on-the-stack", (uint64_t)&self - info->stack_start < info->stack_end - info->stack_start);
    CHECK("stack-default", info->stack_default > 0 && info->stack_default % 4096 == 0);
    CHECK("main-priority", self.priority == info->priority && self.cap == info->thread);
}

/** X14: the start-up library with the region manager in it is where the infopage says. */
static void check_startup_library(const struct task_infopage *info)
{
    const struct task_table *table = task_objects();
    uint32_t last = table->objects - 1;
    const struct task_object *library = task_object(table, last);

    CHECK("startup-library", strcmp(library->name, "libloader.so") == 0);
    CHECK("startup-library-fixed", library->flags & TASK_OBJECT_STARTUP);
    CHECK("startup-library-place",
          info->loader_lib == TASK_LOADER_LIB && task_object_base(last) == TASK_LOADER_LIB);
    CHECK("region-manager-place", info->region_manager == info->loader_lib);
    CHECK("startup-code-there",
          (uint64_t)(uintptr_t)task_info - TASK_LOADER_LIB - library->start < library->size);
}

static void check_table(const struct task_infopage *info)
{
    const struct task_table *table = task_objects();
    const struct task_placement *placement = (const void *)info->placement_address;
    unsigned aligned = 0, covered = 0;

    CHECK("table", table->magic == TASK_TABLE_MAGIC && table->version == TASK_INFOPAGE_VERSION);
    CHECK("table-size", table->size <= info->table_size);
    CHECK("objects", table->objects == 3);
    CHECK("placement-table", placement->magic == TASK_PLACEMENT_MAGIC && placement->objects == 3);
    for (uint32_t i = 0; i < table->sections; i++) {
        const struct task_section *section = task_section(table, i);
        aligned += !((section->offset | section->size | section->ds_offset) & 0xfff);
        covered += section->object < table->objects && section->ds_slot;
    }
    CHECK("sections-aligned", aligned == table->sections && table->sections >= 6);
    CHECK("sections-of-objects", covered == table->sections);
    CHECK("main", task_place_address(&table->main) != NULL);
    CHECK("no-multiboot-main", table->multiboot_main.object == TASK_NO_OBJECT);
    CHECK("libc-start", task_place_address(&table->libc_start) != NULL);
    CHECK("nothing-unresolved", table->unresolved == 0);
}

/** S11: every field. */
int main(int argc, char **argv)
{
    const struct task_infopage *info = task_info();

    check_head(info);
    check_slots(info);
    check_addresses(info);
    check_startup_library(info);
    check_table(info);
    CHECK("argv", argc == 3 && strcmp(argv[2], "two words") == 0);
    return check_result();
}

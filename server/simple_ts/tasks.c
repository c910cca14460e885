/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <string.h>
#include <l4/error.h>
#include "kernel.h"
#include "server/rows.h"
#include "tasks.h"

static struct ts_task *free_entry(struct ts_tasks *tasks)
{
    for (unsigned i = 0; i < TASKS_MAX; i++)
        if (tasks->table[i].state == TS_FREE)
            return &tasks->table[i];
    return NULL;
}

static bool id_used(const struct ts_tasks *tasks, uint32_t id)
{
    for (unsigned i = 0; i < TASKS_MAX; i++)
        if (tasks->table[i].state != TS_FREE && tasks->table[i].id == id)
            return true;
    return false;
}

/* Counts up, so that a number comes again as late as possible. */
static uint32_t new_id(struct ts_tasks *tasks)
{
    do
        tasks->last_id++;
    while (tasks->last_id == 0 || id_used(tasks, tasks->last_id));
    return tasks->last_id;
}

/* One word: names stand in the books, too. */
static void copy_name(char *to, const char *name)
{
    unsigned i = 0;

    for (; i < TASK_NAME_MAX && name[i]; i++)
        to[i] = (unsigned char)name[i] <= ' ' || name[i] == 0x7f ? '.' : name[i];
    to[i] = 0;
}

/* The task first: with it goes what its threads could still use; its quota comes back last. */
static void delete_objects(struct ts_task *task)
{
    l4_cap_t *slots[] = {&task->task, &task->thread, &task->factory};

    for (unsigned i = 0; i < 3; i++)
        if (*slots[i]) {
            kernel_delete(*slots[i]);
            kernel_slot_free(*slots[i]);
            *slots[i] = 0;
        }
}

static long make_objects(struct ts_task *task)
{
    long result;

    task->factory = kernel_slot();
    task->task = kernel_slot();
    task->thread = kernel_slot();
    if (!task->factory || !task->task || !task->thread)
        return -L4_ENOMEM;
    result = kernel_factory(task->factory, task->quota);
    if (result >= 0)
        result = kernel_task(task->factory, task->task);
    if (result >= 0)
        result = kernel_thread(task->factory, task->thread);
    if (result >= 0)
        result = kernel_bind(task->thread, task->task);
    return result < 0 ? result : 0;
}

static long check_wish(const struct ts_wish *wish)
{
    return wish->name[0] && wish->quota >= TASK_QUOTA_MIN && wish->mcp > 0 ? 0 : -L4_EINVAL;
}

long task_make(struct ts_tasks *tasks, const struct ts_wish *wish, l4_cap_t exit_irq,
               struct ts_task **task)
{
    struct ts_task *new = free_entry(tasks);
    long result = check_wish(wish);

    if (result == 0 && !new)
        result = -L4_ENOSPC;
    if (result < 0)
        return result;
    *new = (struct ts_task){.mcp = (uint8_t)(wish->mcp < 255 ? wish->mcp : 255),
                            .quota = wish->quota};
    copy_name(new->name, wish->name);
    result = make_objects(new);
    if (result < 0) {
        delete_objects(new);
        return result;
    }
    kernel_name(new->task, new->thread, new->name);
    new->state = TS_RUNNING;
    new->id = new_id(tasks);
    new->exit_irq = exit_irq;
    *task = new;
    return 0;
}

void task_end(struct ts_task *task, enum ts_state state, int32_t code)
{
    assert(task->state != TS_FREE && (state == TS_EXITED || state == TS_KILLED));
    if (task->state != TS_RUNNING)
        return;
    task->state = state;
    task->code = state == TS_EXITED ? code : 0;
    delete_objects(task);
    if (task->exit_irq)
        kernel_trigger(task->exit_irq);
    kernel_release(task->exit_irq);
    task->exit_irq = 0;
}

void task_forget(struct ts_task *task)
{
    task_end(task, TS_KILLED, 0);
    *task = (struct ts_task){.state = TS_FREE};
}

void tasks_books(const struct ts_tasks *tasks, FILE *to)
{
    struct books_row rows[2 * TASKS_MAX];
    char clients[TASKS_MAX][sizeof("/4294967295") + TASK_NAME_MAX];
    unsigned count = 0;

    for (unsigned i = 0; i < TASKS_MAX; i++) {
        const struct ts_task *t = &tasks->table[i];
        if (t->state == TS_FREE)
            continue;
        snprintf(clients[i], sizeof(clients[i]), "%s/%u", t->name, (unsigned)t->id);
        if (t->state == TS_RUNNING)
            rows[count++] = (struct books_row){clients[i], "quota", t->quota, 0};
        rows[count++] = (struct books_row){clients[i],
                                           t->state == TS_RUNNING ? "task" : "ended", 1, 0};
    }
    books_write(to, "simple_ts", rows, count);
}

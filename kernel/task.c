/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>

#include "invocation.h"
#include "io_space.h"
#include "map_item.h"
#include "print.h"
#include "task.h"
#include "thread.h"

enum { KU_MEM_MIN_ORDER = 12, KU_MEM_MAX_ORDER = 17 };
enum { FIRST_FPAGE = 2 }; /* word of a request to unmap */
enum { COST_KU_MEM = 300, COST_FPAGE = 100 };

SLAB(tasks, "task", sizeof(struct task));
SLAB(ku_mems, "ku_mem", sizeof(struct ku_mem));

static struct task *task_of(struct object *object)
{
    return container_of(object, struct task, object);
}

struct task *task_create(struct quota *quota, bool everything)
{
    struct task *task = object_create(&task_type, quota);
    if (!task)
        return NULL;
    task->space.quota = task->caps.dir.quota = quota;
    task->replies.dirs[0].quota = task->replies.dirs[1].quota = quota;
    task->space.everything = everything;
    if (space_init(&task->space) && (!everything || io_init(task, true)))
        return task;
    object_kill(&task->object);
    return NULL;
}

struct cap *task_cap(struct task *task, uint64_t selector)
{
    if (selector & (L4_INVALID_BIT | L4_REPLY_BIT))
        return NULL;
    return cap_lookup(&task->caps, l4_cap_index(selector));
}

/* True if nothing is mapped in [start, end). */
static bool is_unused(struct task *task, uint64_t start, uint64_t end)
{
    struct slot slot;
    for (uint64_t va = start; va < end; va += PAGE_SIZE)
        if (space_slot(&task->space, va, false, &slot) && page_get(&slot).rights)
            return false;
    return true;
}

static bool has_tables(struct task *task, uint64_t start, uint64_t end)
{
    struct slot slot;
    for (uint64_t va = start; va < end; va += PAGE_SIZE)
        if (!space_slot(&task->space, va, true, &slot))
            return false;
    return true;
}

static void map_ku_mem(struct task *task, const struct ku_mem *k)
{
    struct slot slot;
    for (uint64_t offset = 0; offset < 1ull << k->order; offset += PAGE_SIZE) {
        uint64_t va = k->address.raw + offset;
        space_slot(&task->space, va, false, &slot);
        paddr_t frame = heap_to_phys((char *)k->block + offset);
        page_set(&task->space, va, &slot, (struct page){frame, L4_FPAGE_RW, 0});
    }
}

long task_add_ku_mem(struct task *task, l4_fpage_t fpage)
{
    unsigned order = l4_fpage_order(fpage);
    uint64_t start = align_down(l4_fpage_address(fpage), order), end = start + (1ull << order);
    if (l4_fpage_type(fpage) != L4_FPAGE_MEMORY || order < KU_MEM_MIN_ORDER
        || order > KU_MEM_MAX_ORDER || start >= USER_END || end > USER_END || task->object.dead)
        return -L4_EINVAL;
    if (!is_unused(task, start, end))
        return -L4_EEXIST;
    struct quota *quota = task->object.quota;
    if (!has_tables(task, start, end))
        return -L4_ENOMEM;
    struct ku_mem *k = quota_alloc(quota, &ku_mems);
    if (!k)
        return -L4_ENOMEM;
    *k = (struct ku_mem){task->ku_mem, {start}, quota_pages(quota, order - PAGE_SHIFT), order};
    if (!k->block) {
        quota_free(quota, &ku_mems, k);
        return -L4_ENOMEM;
    }
    task->ku_mem = k;
    map_ku_mem(task, k);
    return 0;
}

void *task_ku_address(struct task *task, uaddr_t address, size_t size)
{
    for (struct ku_mem *k = task->ku_mem; k; k = k->next) {
        uint64_t offset = address.raw - k->address.raw, all = 1ull << k->order;
        if (offset < all && size <= all - offset)
            return (char *)k->block + offset;
    }
    return NULL;
}

static void stop(struct object *object)
{
    struct task *task = task_of(object);
    task->caps.dir.closed = true;
    space_close(&task->space);
}

/* Threads may survive; they find an address space and a capability table that stay empty. */
static void destroy(struct object *object)
{
    struct task *task = task_of(object);
    if (!task->space.root)
        return;
    cap_table_clear(&task->caps);
    if (task->end.left.space)
        mapping_unmap_rest(&task->end);
    else
        mapping_unmap(&task->end, &(struct unmap_request){&task->space, 0, USER_END, L4_FPAGE_RWX,
                                                          true});
    io_unmap(task, l4_fpage_io(0, 16, L4_FPAGE_RW), true);
}

static void release(struct object *object)
{
    struct task *task = task_of(object);
    assert(task->threads == 0);
    reply_table_clear(&task->replies);
    io_free(task);
    while (task->ku_mem) {
        struct ku_mem *k = task->ku_mem;
        task->ku_mem = k->next;
        quota_free_pages(task->object.quota, k->block, k->order - PAGE_SHIFT);
        quota_free(task->object.quota, &ku_mems, k);
        work_pause(COST_KU_MEM);
    }
    if (task->space.root)
        space_free(&task->space);
}

static l4_msgtag_t op_map(struct task *task, struct invocation *call)
{
    if (call->words < 3)
        return answer(-L4_EMSGTOOSHORT);
    if (!(call->rights & L4_CAP_W))
        return answer(-L4_EPERM);
    struct argument from = argument_object(call, 0, &task_type, 0);
    if (!from.object)
        return from.error;
    bool source_is_strong = argument_object(call, 0, &task_type, L4_CAP_S).object;
    struct map_item m = {
        .from = task_of(from.object),
        .to = task,
        .word0 = call->mr[1],
        .fpage = {call->mr[2]},
        .window = l4_fpage_all(),
        .strong = source_is_strong && call->rights & L4_CAP_S,
        .work = &call->caller->work,
    };
    thread_begin_work(call->caller, WORK_SYSCALL);
    map_count_t count = map_item(&m);
    thread_end_work(call->caller);
    return count < 0 ? answer_ipc_error(call, L4_IPC_SEMAPFAILED) : answer(0);
}

static l4_msgtag_t op_unmap(struct task *task, struct invocation *call)
{
    if (call->words < 2)
        return answer(-L4_EMSGTOOSHORT);
    struct thread *t = call->caller;
    object_pin(&task->object);
    thread_end_work(t); /* if this was another request when it was interrupted */
    t->work.task = task;
    t->work.item = FIRST_FPAGE;
    thread_begin_work(t, WORK_UNMAP);
    task_unmap_rest(t);
    return answer_words(0, call->words);
}

void task_unmap_rest(struct thread *t)
{
    struct work *work = &t->work;
    struct task *task = work->task;
    uint64_t *mr = t->utcb->mr;
    bool begun = work->unmapping.left.space; /* with memory, which comes last in a flexpage */
    while (work->item < l4_msgtag_words(t->ipc.tag)) {
        if (begun)
            mapping_unmap_rest(&work->unmapping);
        else
            unmap_fpage(task, (l4_fpage_t){mr[work->item]}, mr[1], work);
        begun = false;
        mr[work->item++] &= ~0xfull; /* referenced and dirty are not tracked */
        work->done = 0;
        work_pause(COST_FPAGE);
    }
    thread_end_work(t);
    object_unpin(&task->object);
}

static l4_msgtag_t op_cap_info(struct task *task, struct invocation *call)
{
    if (call->words < 2)
        return answer(-L4_EMSGTOOSHORT);
    struct cap *a = task_cap(task, call->mr[1]);
    if (call->words == 2)
        return answer(a != NULL);
    struct cap *b = task_cap(task, call->mr[2]);
    unsigned compared = L4_CAP_W | L4_CAP_S;
    return answer(a && b && a->object == b->object
                  && (a->rights & compared) == (b->rights & compared));
}

static l4_msgtag_t op_add_ku_mem(struct task *task, struct invocation *call)
{
    unsigned count = call->words - 1;
    struct work *work = &call->caller->work;
    long error = 0;
    thread_begin_work(call->caller, WORK_SYSCALL);
    for (; work->item < count && !error; work->item++) {
        work_pause(0);
        error = task_add_ku_mem(task, (l4_fpage_t){call->mr[work->item + 1]});
    }
    thread_end_work(call->caller);
    if (error)
        return answer(error);
    for (unsigned i = 0; i < count; i++) {
        l4_fpage_t fpage = {call->mr[i + 1]};
        call->mr[i] = align_down(l4_fpage_address(fpage), l4_fpage_order(fpage))
                      | (fpage.raw & 0xfff);
    }
    return answer_words(0, count);
}

static l4_msgtag_t invoke(struct object *object, struct invocation *call)
{
    struct task *task = task_of(object);
    if (call->protocol != L4_PROTO_TASK)
        return answer(-L4_EBADPROTO);
    if (call->words < 1)
        return answer(-L4_EMSGTOOSHORT);
    switch (call->mr[0]) {
    case L4_TASK_MAP:
        return op_map(task, call);
    case L4_TASK_UNMAP:
        return op_unmap(task, call);
    case L4_TASK_CAP_INFO:
        return op_cap_info(task, call);
    case L4_TASK_ADD_KU_MEM:
        return op_add_ku_mem(task, call);
    default:
        return answer(-L4_ENOSYS);
    }
}

const struct object_type task_type = {"task", &tasks, invoke, destroy, release, stop};

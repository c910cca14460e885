/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPU mode (ABI 4.6, 8.5). In host mode a vCPU is a thread like any other, except that messages,
 * page faults and exceptions may bring it to its entry point, where the area's `state` asks for
 * that. In user mode it runs in another task and whatever happens brings it back.
 *
 * The area is the task's own memory: nothing read from it is believed. What the kernel has to know
 * it keeps in t->mode and t->vcpu; `state` of the area decides only about host mode.
 */
#include <l4/error.h>
#include <l4/ops.h>

#include "exception.h"
#include "invocation.h"
#include "map_item.h"
#include "string.h"
#include "thread.h"
#include "vcpu.h"
#include "x86_64/trap.h"

/* fs_base, gs_base, ds, es, fs, gs in a row: of user mode in `regs`, of host mode in `host_`. */
enum { SEGMENTS = sizeof(struct l4_exc_regs) - offsetof(struct l4_exc_regs, fs_base) };
_Static_assert(offsetof(struct l4_vcpu, user_ds32) - offsetof(struct l4_vcpu, host_fs_base)
               == SEGMENTS, "ABI 4.6");

enum { EVENTS = L4_VCPU_F_IRQ | L4_VCPU_F_PAGE_FAULTS | L4_VCPU_F_EXCEPTIONS };

bool vcpu_wants(const struct thread *t, unsigned flag)
{
    return t->mode & MODE_VCPU && (t->mode & MODE_VCPU_USER || t->vcpu.area->state & flag);
}

static void set_user_task(struct thread *t, struct task *task)
{
    struct task *old = t->vcpu.user_task;
    if (task)
        object_pin(&task->object);
    t->vcpu.user_task = task;
    if (old)
        object_unpin(&old->object);
}

l4_msgtag_t vcpu_control(struct thread *t, struct invocation *call)
{
    uaddr_t address = {call->mr[1]};
    if (!t->task || call->words < 2 || !address.raw)
        return answer(-L4_EINVAL);
    if (call->mr[0] & L4_VCPU_CONTROL_EXTENDED)
        return answer(-L4_ENOSYS);
    struct l4_vcpu *area = task_ku_address(t->task, address, sizeof *area);
    if (!area || address.raw % 8)
        return answer(-L4_EINVAL);
    if (t == current)
        regs_set_segments(&t->regs, cpu_get_segments());
    area->version = L4_VCPU_VERSION;
    const uint64_t *host = &t->regs.fs_base;
    if (t->mode & MODE_VCPU_USER)
        host = &t->vcpu.area->host_fs_base;
    memcpy(&area->host_fs_base, host, SEGMENTS);
    area->user_ds32 = SEL_USER_DATA;
    area->user_cs64 = SEL_USER_CODE;
    area->user_cs32 = SEL_USER_CODE32;
    t->vcpu.area = area;
    t->vcpu.address = address.raw;
    thread_set_mode(t, 0, MODE_VCPU);
    return answer(0);
}

/* Where @t goes on in host mode; all other registers may be anything there. */
static void to_entry_point(struct thread *t, uint64_t sp)
{
    struct l4_exc_regs *r = &t->regs;
    r->rdi = t->vcpu.address;
    r->rip = t->vcpu.area->entry_ip;
    r->rsp = sp;
    r->rflags = RFLAGS_RESERVED | RFLAGS_IF;
    r->cs = SEL_USER_CODE;
    r->trap = TRAP_SYSCALL;
}

/* Back from the user task: its segments are kept in the area, those of host mode come back. */
static void leave_user(struct thread *t, struct l4_vcpu *area)
{
    struct l4_exc_regs *r = &t->regs;
    if (t == current)
        regs_set_segments(r, cpu_get_segments());
    memcpy(&area->regs.fs_base, &r->fs_base, SEGMENTS);
    memcpy(&r->fs_base, &area->host_fs_base, SEGMENTS);
    exception_clean_segments(r, 0, 0);
    thread_set_mode(t, MODE_VCPU_USER | MODE_NO_FPU, 0);
    thread_move(t, t->task);
}

void vcpu_enter(struct thread *t)
{
    struct l4_vcpu *area = t->vcpu.area;
    bool from_user = t->mode & MODE_VCPU_USER;
    uint64_t sp = from_user ? area->entry_sp : t->regs.rsp;
    memcpy(&area->regs, &t->regs, offsetof(struct l4_exc_regs, fs_base));
    area->saved_state = area->state;
    area->state &= (uint16_t)~(EVENTS | L4_VCPU_F_USER_MODE);
    if (from_user)
        leave_user(t, area);
    to_entry_point(t, sp);
}

/* From now on what @t receives goes to its area; it is not there any more perhaps when taken. */
static void await_anybody(struct thread *t)
{
    t->ipc.kind = IPC_VCPU;
    t->ipc.flags = L4_SYSF_WAIT;
    t->ipc.tag.raw = 0;
    t->ipc.timeouts = L4_BOTH_ZERO;
    t->ipc.wait_slot = &t->reply;
}

static void enter_for_message(struct thread *t)
{
    t->regs.trap = TRAP_VCPU_MESSAGE;
    t->regs.error = 0;
    vcpu_enter(t);
    await_anybody(t);
}

/* The one that runs is in the middle of something: it takes the message before it goes on. */
bool vcpu_interrupt(struct thread *t)
{
    bool idle = t->state == THREAD_READY && t != current && !(t->todo & ~TODO_TRAPPED);
    if (!idle || !vcpu_wants(t, L4_VCPU_F_IRQ))
        return false;
    enter_for_message(t);
    return true;
}

void vcpu_queued(struct thread *t)
{
    t->vcpu.area->sticky_flags |= L4_VCPU_SF_IRQ_PENDING;
    if (t->state == THREAD_READY && vcpu_wants(t, L4_VCPU_F_IRQ))
        t->todo |= TODO_VCPU_EVENT;
}

void vcpu_unqueued(struct thread *t)
{
    if (list_empty(&t->senders))
        t->vcpu.area->sticky_flags &= (uint16_t)~L4_VCPU_SF_IRQ_PENDING;
}

void vcpu_take_event(struct thread *t)
{
    if (list_empty(&t->senders) || !vcpu_wants(t, L4_VCPU_F_IRQ))
        return;
    enter_for_message(t);
    ipc_receive(t);
}

/* The user task that the area names, if it does so anew. 0 or an error. */
static long find_user_task(struct thread *t)
{
    uint64_t selector = t->vcpu.area->user_task;
    unsigned op = selector & ~L4_CAP_MASK & 0xf;
    if (op == L4_VCPU_TASK_DROP)
        set_user_task(t, NULL);
    if (op || selector & L4_INVALID_BIT)
        return 0;
    struct cap *cap = task_cap(t->task, selector);
    struct task *task = NULL;
    if (cap && cap->object->type == &task_type)
        task = container_of(cap->object, struct task, object);
    if (task && !(cap->rights & L4_CAP_S))
        return -L4_EPERM;
    if (task != t->vcpu.user_task)
        set_user_task(t, task);
    t->vcpu.area->user_task = selector | L4_VCPU_TASK_CACHED;
    return 0;
}

/* Maps the send items of the request into the user task, one to one by their hot spots. */
static l4_msgtag_t map_items(struct thread *t, struct invocation *call)
{
    struct task *to = t->vcpu.user_task;
    for (; to && t->work.item < call->items; t->work.item++) {
        unsigned at = call->words + 2 * t->work.item;
        if (at + 2 > L4_UTCB_MR)
            return answer_ipc_error(call, L4_IPC_SEMSGCUT);
        struct map_item m = {t->task, to, call->mr[at], {call->mr[at + 1]}, l4_fpage_all(), true,
                             &t->work};
        if (!(m.word0 & L4_ITEM_MAP))
            continue;
        if (to->object.dead)
            return answer(-L4_ENOENT);
        if (map_item(&m) < 0)
            return answer_ipc_error(call, L4_IPC_SEMAPFAILED);
    }
    return answer(0);
}

/* Instead of what it wanted to do, @t takes the message that waits. */
static void take_pending(struct thread *t, unsigned state)
{
    struct l4_vcpu *area = t->vcpu.area;
    area->regs.trap = TRAP_VCPU_MESSAGE;
    area->regs.error = 0;
    to_entry_point(t, state & L4_VCPU_F_USER_MODE ? area->entry_sp : area->regs.rsp);
    await_anybody(t);
    ipc_receive(t);
}

static void enter_user(struct thread *t, unsigned state, const struct l4_exc_regs *wanted)
{
    struct l4_exc_regs *r = &t->regs;
    memcpy(&r->fs_base, &wanted->fs_base, SEGMENTS);
    exception_clean_segments(r, 0, 0);
    thread_set_mode(t, 0, MODE_VCPU_USER | (state & L4_VCPU_F_FPU_ENABLED ? 0 : MODE_NO_FPU));
    thread_move(t, t->vcpu.user_task);
}

l4_msgtag_t vcpu_resume(struct thread *t, struct invocation *call)
{
    struct l4_vcpu *area = t->vcpu.area;
    if (t != call->caller || !(t->mode & MODE_VCPU))
        return answer(-L4_EINVAL);
    long error = find_user_task(t);
    if (error)
        return answer(error);
    thread_begin_work(t, WORK_SYSCALL);
    l4_msgtag_t result = map_items(t, call);
    thread_end_work(t);
    if (t->state != THREAD_READY) { /* an item has overwritten the thread itself */
        call->outcome = OUTCOME_TAKEN;
        return answer(0);
    }
    if (result.raw)
        return result;
    unsigned state = area->saved_state;
    bool pending = area->sticky_flags & L4_VCPU_SF_IRQ_PENDING && !list_empty(&t->senders);
    if (state & L4_VCPU_F_USER_MODE && !t->vcpu.user_task)
        return answer(-L4_ENOENT);
    call->outcome = OUTCOME_TAKEN;
    t->ipc.kind = IPC_SYSCALL; /* this one is over, also for an alien */
    if (pending && state & L4_VCPU_F_IRQ) {
        take_pending(t, state);
        return answer(0);
    }
    exception_load_frame(&t->regs, &area->regs);
    if (state & L4_VCPU_F_USER_MODE) {
        state |= EVENTS;
        enter_user(t, state, &area->regs);
    }
    area->state = (uint16_t)state;
    return answer(0);
}

void vcpu_end(struct thread *t)
{
    if (t->vcpu.user_task)
        set_user_task(t, NULL);
    t->here = t->task;
    t->mode = 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start-up. World: interrupts off, bootstrap's segments, our boot page tables (1 GiB one to one
 * and at the top of the address space); no heap until frames_init(), no traps until cpu_init().
 */
#include "debugger.h"
#include "factory.h"
#include "frames.h"
#include "gate.h"
#include "icu.h"
#include "kip.h"
#include "log.h"
#include "print.h"
#include "scheduler.h"
#include "string.h"
#include "thread.h"
#include "x86_64/cpu.h"
#include "x86_64/pic.h"
#include "x86_64/serial.h"
#include "x86_64/timer.h"

void kernel_main(void);

#define FIRST_UTCB 0x7fff000000ull
enum { ROOT_GATE_LABEL = 0x40 }; /* client 4 of sigma0 (ABI 9) */

static struct object log_object, icu_object, scheduler_object, debugger_object;
static struct factory *factory;

static void give(struct task *task, uint64_t selector, struct object *object)
{
    struct cap *cap = cap_slot(&task->caps, l4_cap_index(selector));
    if (!cap)
        panic("no memory for the first capabilities");
    cap_insert(cap, cap_full(object));
}

/* Objects that exist once; sigma0 and the root task hold them all (ABI 2.2). */
static void create_singletons(void)
{
    object_init(&log_object, &log_type, NULL);
    object_init(&icu_object, &icu_type, NULL);
    object_init(&scheduler_object, &scheduler_type, NULL);
    object_init(&debugger_object, &debugger_type, NULL);
    log_init();
    icu_init();
    pic_unmask(SERIAL_PIN);
    factory = factory_init();
}

/* A task with its first thread, UTCB and capabilities; not started (ABI 11.2). */
static struct thread *create_first_task(const char *name, bool is_sigma0)
{
    struct task *task = task_create(factory->own, is_sigma0);
    struct thread *thread = thread_create(factory->own);
    if (!task || !thread || task_add_ku_mem(task, l4_fpage_mem(FIRST_UTCB, 12, L4_FPAGE_RW))
        || !thread_bind(thread, task, (uaddr_t){FIRST_UTCB}))
        panic("no memory for the task %s", name);
    memcpy(task->object.name, name, strlen(name));
    memcpy(thread->object.name, name, strlen(name));
    give(task, L4_BASE_TASK_CAP, &task->object);
    give(task, L4_BASE_FACTORY_CAP, &factory->object);
    give(task, L4_BASE_THREAD_CAP, &thread->object);
    give(task, L4_BASE_LOG_CAP, &log_object);
    give(task, L4_BASE_ICU_CAP, &icu_object);
    give(task, L4_BASE_SCHEDULER_CAP, &scheduler_object);
    give(task, L4_BASE_DEBUGGER_CAP, &debugger_object);
    thread->exc_handler = 0;
    thread->pager = 0;
    thread->scheduled = true;
    return thread;
}

static void start_first_tasks(void)
{
    struct thread *sigma0 = create_first_task("sigma0", true);
    struct thread *root = create_first_task("root", false);
    struct gate *gate = gate_create(factory->own);
    if (!gate)
        panic("no memory for the root task's gate to sigma0");
    gate_bind(gate, sigma0, ROOT_GATE_LABEL);
    give(root->task, L4_BASE_PAGER_CAP, &gate->object);
    root->pager = L4_BASE_PAGER_CAP;
    sigma0->regs.rdi = kip_address();
    thread_start(sigma0, kip_sigma0_entry(), 0);
    thread_start(root, kip_root_entry(), 0);
}

void kernel_main(void)
{
    serial_init();
    kip_check();
    cpu_enable_nx();
    struct physical_range heap = kip_take_heap();
    paging_init(heap.start, heap.end);
    frames_init(heap.start, heap.end);
    cpu_init();
    pic_init();
    timer_init();
    kprintf("kernel: heap %lu KiB at %lx\n", (heap.end.raw - heap.start.raw) >> 10, heap.start.raw);
    scheduler_init();
    create_singletons();
    start_first_tasks();
    if (kip_wants_debugger())
        debugger_enter("before the first task");
}

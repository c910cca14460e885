/* SPDX-License-Identifier: BSD-2-Clause */
#include "counters.h"
#include "exception.h"
#include "fault.h"
#include "icu.h"
#include "kip.h"
#include "log.h"
#include "print.h"
#include "scheduler.h"
#include "thread.h"
#include "x86_64/cpu.h"
#include "x86_64/pic.h"
#include "x86_64/serial.h"
#include "x86_64/timer.h"
#include "x86_64/trap.h"

static void tick(struct thread *interrupted)
{
    uint64_t now = timer_now();
    kip_update_clock(now);
    if (interrupted)
        scheduler_tick(interrupted);
    else
        scheduler_idle_tick();
    timeout_tick(now);
}

/* @interrupted: the thread that was running; NULL: none. */
static void interrupt(unsigned pin, struct thread *interrupted)
{
    if (pic_is_spurious(pin))
        return;
    if (pin == TIMER_PIN) {
        pic_acknowledge(pin);
        tick(interrupted);
    } else if (pin == SERIAL_PIN) {
        pic_acknowledge(pin);
        log_input();
    } else {
        icu_interrupt(pin);
    }
}

void trap_from_user(void)
{
    struct l4_exc_regs *r = &current->regs;
    counters.entries++;
    counters.faults += r->trap == TRAP_PAGE_FAULT;
    if (unlikely(current->mode))
        thread_entered(current);
    if (r->trap >= TRAP_IRQ) {
        interrupt((unsigned)r->trap - TRAP_IRQ, current);
    } else if (r->trap == TRAP_PAGE_FAULT) {
        r->fault_address = cpu_fault_address();
        if (vcpu_wants(current, L4_VCPU_F_PAGE_FAULTS))
            vcpu_enter(current);
        else
            fault_page(current);
    } else if (r->trap == TRAP_NMI || r->trap == TRAP_DOUBLE_FAULT
               || r->trap == TRAP_MACHINE_CHECK) {
        panic("trap %lx in user mode, ip %lx", r->trap, r->rip);
    } else {
        exception_raise(current);
    }
}

void trap_from_kernel(struct l4_exc_regs *frame)
{
    if (frame->trap >= TRAP_IRQ && work_is_paused) {
        work_is_paused = false;
        interrupt((unsigned)frame->trap - TRAP_IRQ, scheduler_running());
    } else if (frame->trap >= TRAP_IRQ) { /* only the idle loop lets them in besides */
        counters.idle += cpu_tsc();
        interrupt((unsigned)frame->trap - TRAP_IRQ, NULL);
    } else {
        panic("trap %lx in the kernel, error %lx, ip %lx, address %lx, sp %lx", frame->trap,
              frame->error, frame->rip, cpu_fault_address(), frame->rsp);
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "invocation.h"
#include "thread.h"
#include "work.h"
#include "x86_64/cpu.h"

long work_budget = WORK_BUDGET;
bool work_is_paused;

__attribute__((noinline))
void work_let_interrupts_in(void)
{
    work_budget = WORK_BUDGET;
    work_is_paused = true;
    cpu_take_interrupts();
    work_is_paused = false;
}

void work_carry_on(struct thread *t)
{
    if (t->work.kind == WORK_UNMAP) {
        task_unmap_rest(t);
        syscall_answer(t, answer_words(0, l4_msgtag_words(t->ipc.tag)));
        return;
    }
    mapping_unmap_rest(&t->work.unmapping);
    t->todo &= (uint8_t)~TODO_WORK;
    if (t->task->object.dead) {
        thread_die(t);
        return;
    }
    thread_load(t);
    if (t->work.kind == WORK_RECEIVE)
        ipc_receive_again(t);
    else if (t->work.kind != WORK_CANCELLED)
        syscall_again(t);
    thread_end_work(t);
}

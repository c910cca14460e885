/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "../check.h"
#include "../opener.h"
#include "../service.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "idl/loader_opening.h"
#include "killer.h"
#include "l4sys/ipc.h"

/*
 * Kills at every step of a start and in every state (K07). After each way the next start works and
 * the books are as before. Runs before everybody else, so that it comes in between.
 */

static unsigned bad;
static bool warm; /* the first round is over: the books count */

bool killer_counts(void)
{
    return warm;
}

void wrong(const char *what, unsigned number)
{
    printf("wrong: %s %u\n", what, number);
    bad++;
}

/** A whole life, the witness of good order. */
static void live(void)
{
    struct opened task;

    if (opened_open(&task, "t_victim", "exit", 0) || !opened_wait(&task, 10)
        || task.state != LOADER_STATE_EXITED || task.code != 5)
        wrong("the next start", task.state);
    opened_close(&task);
}

/** Ends the scenario @name: how it went, the next start, the books. */
void finish(const char *name)
{
    live();
    if (!warm && strcmp(name, "warm") != 0)
        return;
    if (!opened_books(name))
        wrong("books", 0);
    check(bad == 0, name, "killed, and all as before");
    bad = 0;
}

static void kill_and_see(struct opened *task)
{
    if (!opened_kill(task))
        wrong("kill", 0);
    if (opened_kill(task))
        wrong("second kill", 1);
    if (!opened_wait(task, 10) || task->state != LOADER_STATE_KILLED)
        wrong("state", task->state);
}

/** Stopped by the loader at @flags. */
static void kill_stopped(const char *name, const char *what, uint32_t flags)
{
    struct opened task;

    if (opened_open(&task, what, "", flags) || !opened_stopped(&task))
        wrong("not stopped", task.state);
    kill_and_see(&task);
    opened_close(&task);
    finish(name);
}

/** Stopped, and then nobody is there who could let it go on. */
static void forget_stopped(void)
{
    struct opened task;
    struct loader_task seen = {0};

    if (opened_open(&task, "t_victim", "exit", LOADER_STOPPED))
        wrong("not opened", 0);
    uint32_t id = task.id;
    opened_close(&task);
    for (unsigned i = 0; i < 100 && seen.state != LOADER_STATE_KILLED; i++) {
        l4_sleep_us(1000);
        loader_info(opened_loader(), id, &seen);
    }
    if (seen.state != LOADER_STATE_KILLED)
        wrong("still there", seen.state);
    finish("forgotten");
}

/** While it does @way, for a while. */
static void kill_busy(const char *way)
{
    struct opened task;

    if (opened_open(&task, "t_victim", way, 0))
        wrong("not opened", 0);
    l4_sleep_us(100000);
    kill_and_see(&task);
    opened_close(&task);
    finish(way);
}

void come_before_tick(unsigned us)
{
    l4_sleep_us(1);
    uint64_t end = task_clock_us() + TICK_US - us % TICK_US;
    while (task_clock_us() < end)
        ;
}

bool is_busy(l4_cap_t gate)
{
    l4_msgtag_t tag = l4_ipc_send(gate, l4_msgtag(0x7fff, 0, 0, 0), L4_BOTH_ZERO);

    return l4_msgtag_has_error(tag);
}

static void sleep_rest(unsigned us)
{
    l4_sleep_us(us / TICK_US * TICK_US + 1);
}

/** The whole start @us after it has been asked for. True if the start was over before. */
static bool kill_opening(const char *what, unsigned us)
{
    l4_cap_t opening = task_slot();
    int32_t error = 1;
    uint32_t tasks;

    come_before_tick(us);
    if (loader_open(opened_loader(), what, "", 0, opening))
        wrong("not opened", us);
    sleep_rest(us);
    bool over = loader_opening_text(opening, 0, (char[401]){0}) == 0;
    if (loader_opening_kill(opening) || loader_opening_result(opening, &error, &tasks))
        wrong("kill of a start", us);
    else if (error && error != -ERR_EKILLED)
        wrong("error", (unsigned)-error);
    task_slot_release(opening);
    return over;
}

/** When and how often something is killed. */
struct sweep {
    const char *name;
    const char *what;
    unsigned first, step, last; /* microseconds after it has been asked for */
    l4_cap_t server;            /* that must be at work for it now and then; 0: any */
};

/** A start, killed at many moments of its steps 1 to 5. */
static void sweep_opening(const struct sweep *s)
{
    unsigned early = 0, kills = 0;

    for (unsigned us = s->first; us < s->last; us += s->step, kills++)
        early += !kill_opening(s->what, us);
    printf("%s: %u of %u before the end of the start\n", s->name, early, kills);
    if (warm && early < 20)
        wrong("too few", early);
    finish(s->name);
}

/** A task, killed at many moments of its steps 6 to 8. */
static void sweep_running(const struct sweep *s)
{
    unsigned early = 0, kills = 0, at_work = 0;
    struct opened task;

    for (unsigned us = s->first; us < s->last; us += s->step, kills++) {
        if (opened_open(&task, s->what, "exit", LOADER_STOPPED))
            wrong("not opened", us);
        come_before_tick(us);
        loader_control_cont(task.control);
        sleep_rest(us);
        at_work += s->server && is_busy(s->server);
        opened_kill(&task);
        if (!opened_wait(&task, 10))
            wrong("state", task.state);
        early += task.state == LOADER_STATE_KILLED;
        opened_close(&task);
    }
    printf("%s: %u of %u before its end, %u while its server was at work\n", s->name, early, kills,
           at_work);
    if (warm && early < 20)
        wrong("too few", early);
    if (s->server && at_work < 3)
        wrong("too few at work", at_work);
    finish(s->name);
}

static void kill_in_states(void)
{
    kill_stopped("stopped", "t_victim", LOADER_STOPPED);
    kill_stopped("placed", "t_victim", LOADER_STOP_PLACED);
    kill_stopped("linked", "moved.cfg", LOADER_STOP_PLACED);
    kill_stopped("main", "t_victim", LOADER_STOP_MAIN);
    forget_stopped();
    kill_busy("ipc");
    kill_busy("fault");
    kill_busy("names");
    kill_busy("threads");
    kill_busy("open");
}

int main(void)
{
    for (uint32_t i = 0; i < task_objects()->objects; i++)
        printf("%s at 0x%lx\n", task_object(task_objects(), i)->name, task_object_base(i));
    kill_opening("moved.cfg", 100000);
    kill_in_states();
    dying();
    sweep_opening(&(struct sweep){"loading", "t_victim", 20, 29, 1000, 0});
    finish("warm");
    warm = true;
    kill_in_states();
    dying();
    sweep_opening(&(struct sweep){"loading", "t_victim", 20, 7, 1000, 0});
    sweep_running(&(struct sweep){"starting", "t_victim", 5, 3, 400, 0});
    sweep_running(&(struct sweep){"linking", "moved.cfg", 5, 7, 900, service("EXEC")});
    return check_result();
}

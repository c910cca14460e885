/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../opener.h"
#include "../service.h"
#include "idl/loader.h"
#include "idl/loader_control.h"
#include "l4sys/ipc.h"
#include "thread/thread.h"

/* Clients that take all they can get, and others that must be served all the same. */

enum { MANY = 300, WAITS = 140 };

/** Opens what does not exist, and gives nothing back; how many, and what @error ended it. */
static unsigned take_openings(l4_cap_t loader, long *error)
{
    unsigned count = 0;

    while (count < MANY && (*error = loader_open(loader, "none", "", 0, task_slot())) == 0)
        count++;
    return count;
}

/** Takes all it can get at @loader, and keeps it. */
static int hog(const char *name, l4_cap_t loader)
{
    long error = 0;
    unsigned count = take_openings(loader, &error);

    printf("%s: %u openings, then: %s\n", name, count, error_text(error));
    if (error == -ERR_ESHARE)
        l4_sleep_us(100000000);
    return 1;
}

/** One opening, one wait. */
static int be_fresh(void)
{
    struct opened task;

    return opened_open(&task, "t_true", "", 0) || !opened_wait(&task, 10) || task.code != 0;
}

static _Atomic unsigned refused;
static long refusal;
static uint32_t awaited;

static void wait_for_sleeper(void *argument)
{
    uint32_t state;
    int32_t code;
    long error = loader_wait(opened_loader(), awaited, &state, &code);

    (void)argument;
    if (error) {
        refusal = error;
        atomic_fetch_add(&refused, 1);
    }
}

/** Waits for the task number @id with many threads at a time. */
static int be_waiting(uint32_t id)
{
    struct thread_request request = {
        .name = "wait", .entry = wait_for_sleeper, .stack_size = 16384};
    struct thread *thread;
    unsigned made = 0;

    awaited = id;
    while (made < WAITS && thread_create(&request, &thread) == 0)
        made++;
    l4_sleep_us(1000000);
    printf("waits: %u, then: %s\n", made - atomic_load(&refused), error_text(refusal));
    if (made == WAITS && refusal == -ERR_ESHARE)
        l4_sleep_us(100000000);
    return 1;
}

/** Opens this program in a @role, stopped before main. */
static bool open_role(struct opened *task, const char *role)
{
    return opened_open(task, "t_share", role, LOADER_STOP_MAIN) == 0 && opened_stopped(task);
}

/** Lets it go on; true if it has taken all it can get and keeps it. */
static bool settles(const struct opened *task)
{
    struct opened seen = *task;

    loader_control_cont(task->control);
    return !opened_wait(&seen, 5) && seen.state == LOADER_STATE_RUNNING;
}

/** Lets it go on, to its good end. */
static bool succeeds(struct opened *task)
{
    loader_control_cont(task->control);
    return opened_wait(task, 20) && task->state == LOADER_STATE_EXITED && task->code == 0;
}

static void end(struct opened *task)
{
    opened_kill(task);
    opened_close(task);
}

static void openings(void)
{
    struct opened first, second, fresh;
    bool good = open_role(&first, "hog") && open_role(&second, "hog") && open_role(&fresh, "fresh");

    CHECK("half", good && settles(&first));
    CHECK("rest", settles(&second));
    CHECK("quarter-is-left", succeeds(&fresh));
    end(&first);
    end(&second);
    opened_close(&fresh);
}

static void public_gate(void)
{
    struct opened other, fresh;
    bool good = open_role(&other, "public") && open_role(&fresh, "fresh");

    CHECK("own-gate-beside-public", good && settles(&other) && succeeds(&fresh));
    end(&other);
    opened_close(&fresh);
}

static void waits(void)
{
    struct opened sleeper, waiting, fresh;
    char role[32];
    bool good = open_role(&sleeper, "sleep");

    snprintf(role, sizeof role, "wait %u", sleeper.id);
    good = good && open_role(&waiting, role) && open_role(&fresh, "fresh");
    CHECK("waits", good && settles(&waiting));
    CHECK("others-wait", succeeds(&fresh));
    end(&waiting);
    end(&sleeper);
    opened_close(&fresh);
}

int main(int argc, char **argv)
{
    const char *role = argc > 1 ? argv[1] : "";

    if (strcmp(role, "hog") == 0)
        return hog("hog", opened_loader());
    if (strcmp(role, "public") == 0)
        return hog("public", service("LOADER"));
    if (strcmp(role, "fresh") == 0)
        return be_fresh();
    if (strcmp(role, "sleep") == 0)
        l4_sleep_us(100000000);
    if (strcmp(role, "wait") == 0 && argc > 2)
        return be_waiting((uint32_t)strtoul(argv[2], NULL, 10));
    struct opened task;
    for (unsigned i = 0; i < 30; i++) { /* as many tasks end as the loader remembers */
        if (!open_role(&task, "fresh") || !succeeds(&task))
            puts("FAIL warm-up");
        opened_close(&task);
    }
    openings();
    public_gate();
    waits();
    opened_books("before");
    waits();
    openings();
    CHECK("all-given-back", opened_books("after"));
    return check_result();
}

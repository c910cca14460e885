/* SPDX-License-Identifier: BSD-2-Clause */
#include "request.h"

#include <stdio.h>
#include <string.h>

#include <task/slots.h>

#include "account.h"
#include "errors/errors.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"

static struct request requests[REQUESTS];
static uint64_t turns;
static l4_cap_t asked; /* kernel semaphore: a unit a request */

long request_init(void)
{
    asked = slots_alloc();
    return asked ? l4_factory_create_semaphore(TASK_CAP_FACTORY, asked) : -ERR_ENOMEM;
}

static bool in_use(const struct request *r)
{
    return atomic_load(&r->state) != REQUEST_FREE || r->object || r->waiting;
}

long request_alloc(const struct request_wish *wish, struct request **request)
{
    struct account_share share = {.total = REQUESTS};
    struct request *r = NULL;

    for (unsigned i = 0; i < REQUESTS; i++) {
        if (!in_use(&requests[i])) {
            r = r ? r : &requests[i];
            continue;
        }
        share.used++;
        share.own += requests[i].account == wish->account;
    }
    long error = account_check(&share);
    if (error)
        return error;
    memset(r, 0, sizeof *r);
    r->kind = wish->kind;
    r->account = wish->account;
    snprintf(r->command, sizeof r->command, "%s", wish->command);
    *request = r;
    return 0;
}

void request_ask(struct request *request)
{
    request->turn = ++turns;
    atomic_store(&request->state, REQUEST_ASKED);
    l4_semaphore_up(asked);
}

void request_drop_image(struct request *request)
{
    slots_release(request->image.dataspace);
    request->image.dataspace = 0;
}

void request_free(struct request *request)
{
    request_drop_image(request);
    atomic_store(&request->state, REQUEST_FREE);
}

struct request *request_next_done(unsigned *at)
{
    while (*at < REQUESTS) {
        struct request *r = &requests[(*at)++];
        if (atomic_load(&r->state) == REQUEST_DONE)
            return r;
    }
    return NULL;
}

static struct request *first_asked(void)
{
    struct request *first = NULL;

    for (unsigned i = 0; i < REQUESTS; i++)
        if (atomic_load(&requests[i].state) == REQUEST_ASKED
            && (!first || requests[i].turn < first->turn))
            first = &requests[i];
    return first;
}

void request_wait(uint64_t us)
{
    l4_semaphore_down(asked, l4_timeout_us(us));
}

struct request *request_take(void)
{
    struct request *first = first_asked(); /* only who has the turn takes */

    if (first)
        atomic_store(&first->state, REQUEST_TAKEN);
    return first;
}

void request_done(struct request *request)
{
    atomic_store(&request->state, REQUEST_DONE);
}

unsigned request_count(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < REQUESTS; i++)
        count += atomic_load(&requests[i].state) != REQUEST_FREE;
    return count;
}

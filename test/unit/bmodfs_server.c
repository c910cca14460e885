/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>
#include <task/layout.h>
#include "unit.h"

#include "errors/errors.h"
#include "idl/fprov.h"
#include "server/bmodfs/copier.h"
#include "server/bmodfs/files.h"
#include "server/bmodfs/open.h"
#include "server/bmodfs/transfers.h"
#include "test/unit/idl/kernel.h"

/*
 * The file provider by messages, on the pretended kernel, with a pretended copier: rows F01, F06,
 * and dataspace managers that do not answer.
 */

#define CLIENT (&fake_clients[0])
#define OTHER  (&fake_clients[1])
#define BASE l4_cap(5)
#define DM   l4_cap(6)
#define DS   l4_cap(7)

static struct ipc_object objects[4];
static struct ipc_reply_slot replies[4];
static struct ipc_server server = {
    .name = "bmodfs", .objects = objects, .object_count = 4,
    .replies = replies, .reply_count = 4, .tick = bmodfs_tick};
static struct ipc_object *base;
static unsigned free_slots;

/* --- the copier --- */

static enum { FINISH, FAULT, HANG } behaviour;
static struct copy running;
static bool is_running, finished;
static long copy_result;
static unsigned started;
static l4_cap_t fault_gate, done_irq;

long copier_init(l4_cap_t fault, l4_cap_t done)
{
    fault_gate = fault;
    done_irq = done;
    return 0;
}

void copier_start(const struct copy *copy)
{
    running = *copy;
    is_running = true;
    finished = false;
    started++;
    if (behaviour == FINISH) {
        finished = true;
        if (copy_result == 0)
            fake_make(&fake_server, copy->dataspace, L4_CAP_RWSD);
        fake_queue_irq(fake_slot(&fake_server, done_irq)->object->label);
    } else if (behaviour == FAULT) {
        fake_queue_send(OTHER, fake_slot(&fake_server, fault_gate)->object->label | 1,
                        l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0));
    }
}

bool copier_finished(long *result)
{
    *result = copy_result;
    return finished;
}

void copier_stop(void)
{
    is_running = finished = false;
}

/* Two files where the server looks for them. */
static bool modules_at_their_place(void)
{
    static bool done;
    struct l4_mod_info *info = (void *)SERVER_MODULES;
    struct l4_mod *mods = (void *)(SERVER_MODULES + sizeof(*info));

    if (!done && mmap(info, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                      0) != info)
        return false;
    done = true;
    mods[0] = (struct l4_mod){.start = 0x5000, .end = 0x5123, .cmdline = (uintptr_t)"dir/file x"};
    mods[1] = (struct l4_mod){.start = 0x6000, .end = 0x6000, .cmdline = (uintptr_t)"empty"};
    *info = (struct l4_mod_info){.mods = (uintptr_t)mods, .count = 2};
    return true;
}

static bool start(void)
{
    if (!modules_at_their_place())
        return false;
    base = fake_start(&server, &bmodfs_base_kind);
    if (bmodfs_init(&server) < 0)
        return false;
    fake_give(base->gate, CLIENT, BASE, L4_CAP_RW);
    fake_give(base->gate, OTHER, BASE, L4_CAP_RW);
    fake_enter(CLIENT);
    fake_make(CLIENT, DM, L4_CAP_RWS);
    fake_make(OTHER, DM, L4_CAP_RWS);
    free_slots = slots_left();
    behaviour = FINISH;
    copy_result = 0;
    started = 0;
    return true;
}

/* No transfer, no slot in use, no clock running. */
static bool at_rest(void)
{
    return !is_running && slots_left() == free_slots && server.deadline_us == 0;
}

TEST(a_file_by_its_last_component)
{
    uint64_t size = 0;

    CHECK(start());
    CHECK_EQ(fprov_open(BASE, "(nd)/tftpboot/file", DM, &size, DS), 0);
    CHECK_EQ(size, 0x123);
    CHECK_EQ(fake_slot(CLIENT, DS)->rights, L4_CAP_RW);
    CHECK_EQ(fake_slot(CLIENT, DS)->object->counted, 1); /* the client alone holds it */
    CHECK_STR(running.file->name, "file");
    CHECK(at_rest());
}

TEST(empty_file)
{
    uint64_t size = 7;

    CHECK(start());
    CHECK_EQ(fprov_open(BASE, "empty", DM, &size, DS), 0);
    CHECK_EQ(size, 0);
    CHECK(at_rest());
}

TEST(errors_and_the_next_request_works)
{
    uint64_t size;

    CHECK(start());
    CHECK_EQ(fprov_open(BASE, "missing", DM, &size, DS), -ERR_ENOFILE);
    CHECK_EQ(started, 0);
    copy_result = -ERR_ENOMEM;
    CHECK_EQ(fprov_open(BASE, "file", DM, &size, DS), -ERR_ENOMEM);
    copy_result = -ERR_ETRANSFER;
    CHECK_EQ(fprov_open(BASE, "file", DM, &size, DS), -ERR_ETRANSFER);
    CHECK(!fake_slot(CLIENT, DS)->object);
    CHECK(at_rest());
    copy_result = 0;
    CHECK_EQ(fprov_open(BASE, "file", DM, &size, DS), 0);
}

TEST(manager_that_does_not_answer)
{
    uint64_t size, before;

    CHECK(start());
    behaviour = HANG;
    before = fake_clock;
    CHECK_EQ(fprov_open(BASE, "file", DM, &size, DS), -ERR_ETRANSFER);
    CHECK_EQ(fake_clock - before, TRANSFER_BOUND_US);
    CHECK(at_rest());
    behaviour = FINISH;
    CHECK_EQ(fprov_open(BASE, "file", DM, &size, DS), 0);
}

TEST(manager_that_takes_its_pages_away)
{
    uint64_t size;

    CHECK(start());
    behaviour = FAULT;
    CHECK_EQ(fprov_open(BASE, "file", DM, &size, DS), -ERR_ETRANSFER);
    CHECK(at_rest());
}

TEST(own_gate_is_no_manager)
{
    uint64_t size;

    CHECK(start());
    CHECK_EQ(fprov_open(BASE, "file", BASE, &size, DS), -ERR_EINVAL);
    CHECK(at_rest());
    CHECK_EQ(started, 0);
}

TEST(late_interrupt_of_a_stopped_copy)
{
    uint64_t size;

    CHECK(start());
    fake_queue_irq(fake_slot(&fake_server, done_irq)->object->label);
    fake_run();
    CHECK(at_rest());
    behaviour = HANG;
    fake_queue_irq(fake_slot(&fake_server, done_irq)->object->label);
    CHECK_EQ(fprov_open(BASE, "file", DM, &size, DS), -ERR_ETRANSFER);
}

TEST(requests_wait_in_a_row)
{
    struct transfers transfers = {.count = 0};
    struct transfer *last = NULL;

    for (unsigned turn = 0; turn < 3; turn++) {
        for (uint64_t i = 0; i < TRANSFERS_MAX; i++) {
            last = transfers_add(&transfers);
            CHECK(last);
            last->dm = i + 1;
        }
        CHECK(!transfers_add(&transfers));
        transfers_cancel(&transfers);
        for (uint64_t i = 0; i < TRANSFERS_MAX - 1; i++) {
            CHECK_EQ(transfers_first(&transfers)->dm, i + 1);
            transfers_next(&transfers);
        }
        CHECK(!transfers_first(&transfers));
    }
}

UNIT_MAIN(T(a_file_by_its_last_component), T(empty_file), T(errors_and_the_next_request_works),
          T(manager_that_does_not_answer), T(manager_that_takes_its_pages_away),
          T(own_gate_is_no_manager), T(late_interrupt_of_a_stopped_copy), T(requests_wait_in_a_row))

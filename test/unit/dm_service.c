/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dm_phys by messages, on the pretended kernel of lib/ipc's tests: rights (D04, D05), foreign
 * capabilities, clients that vanish (D19), and hostile messages (D23).
 */
#include "unit.h"

#include "dm_machine.h"
#include "errors/errors.h"
#include "idl/dataspace.h"
#include "idl/dm.h"
#include "server/dm_phys/service.h"
#include "test/unit/idl/kernel.h"

#define CLIENT (&fake_clients[0])
#define OTHER  (&fake_clients[1])
#define BASE   l4_cap(5) /* of all clients: with W and S */
#define SLOT(n) l4_cap(100 + (n))
#define NO_LIMIT SESSION_NO_LIMIT

static struct machine *machine;
static struct ipc_server server;
static struct ipc_object objects[64];
static struct ipc_reply_slot replies[1];

uint64_t memory_at_roottask(void)
{
    return 1000;
}

static void start(void)
{
    static bool slots_ready;
    struct session *account;
    struct ipc_object *base;
    if (!slots_ready)
        slots_init(16, 800);
    slots_ready = true;
    for (unsigned i = 16; i < 816; i++)
        slots_free(l4_cap(i));
    memset(objects, 0, sizeof objects);
    machine = machine_new(16ull << 20);
    server = (struct ipc_server){
        .name = "dm", .thread = L4_BASE_THREAD_CAP, .factory = L4_BASE_FACTORY_CAP,
        .objects = objects, .object_count = 64, .replies = replies, .reply_count = 1,
        .data = &machine->manager};
    fake_reset(&server);
    long result = session_open(&machine->manager, "DM_PHYS", NO_LIMIT, &account);
    account->base = true;
    if (result == 0)
        result = ipc_server_init(&server);
    if (result == 0)
        result = ipc_service_create(&server, &session_kind, account, &base);
    assert(result == 0);
    for (unsigned i = 0; i < FAKE_CLIENTS; i++)
        fake_give(base->gate, &fake_clients[i], BASE, L4_CAP_RWS);
    fake_enter(CLIENT);
}

static unsigned live_objects(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < server.object_count; i++)
        count += objects[i].kind != NULL;
    return count;
}

/** A copy of the client's slot @from in slot @to of @task, with @rights. */
static void share(l4_cap_t from, struct fake_task *task, l4_cap_t to, unsigned rights)
{
    struct fake_cap *cap = fake_slot(CLIENT, from), *copy = fake_slot(task, to);
    *copy = (struct fake_cap){cap->object, cap->rights & rights, false};
    cap->object->counted++;
}

static long map(l4_cap_t ds, uint64_t offset, uint64_t size, uint32_t rights, uint64_t *mapped)
{
    struct ipc_window window = {.fpage = l4_fpage_mem(0x100000000000, 30, L4_FPAGE_RWX)};
    return dataspace_map(ds, offset, size, 0x100000000000 + offset, rights, mapped, &window);
}

TEST(open_map_close)
{
    uint64_t size, mapped, used, free, limit, peak, shared;
    uint32_t count;
    char name[33];
    start();
    CHECK_EQ(dm_session(BASE, "client", 1 << 20, SLOT(0)), 0);
    CHECK_EQ(dm_open(SLOT(0), 10000, 0, "data", SLOT(1)), 0);
    CHECK_EQ(dataspace_info(SLOT(1), &size, name), 0);
    CHECK_EQ(size, 12288);
    CHECK_STR(name, "data");
    fake_page_count = 0;
    CHECK_EQ(map(SLOT(1), 0, 12288, L4_FPAGE_RW, &mapped), 0);
    CHECK_EQ(mapped, 12288);
    CHECK_EQ(fake_page_count, 2); /* 8 KiB and 4 KiB */
    CHECK_EQ(l4_fpage_rights(fake_pages[0].fpage), L4_FPAGE_RW);
    CHECK_EQ(dm_info(SLOT(0), &limit, &used, &peak, &shared, &count), 0);
    CHECK(limit == 1 << 20 && used == 12288 && peak == 12288 && shared == 0 && count == 1);
    CHECK_EQ(dm_memory(SLOT(0), &free, &used), 0);
    CHECK_EQ(free, machine->manager.store.frames.free_bytes + 1000);
    CHECK_EQ(dm_check(SLOT(0), SLOT(1), &size), 0);
    CHECK_EQ(size, 12288);
    fake_drop(CLIENT, SLOT(1));
    fake_run();
    CHECK_EQ(dm_info(SLOT(0), &limit, &used, &peak, &shared, &count), 0);
    CHECK(used == 0 && peak == 12288 && count == 0);
    fake_drop(CLIENT, SLOT(0));
    fake_run();
    CHECK_EQ(live_objects(), 1);
    machine_free(machine);
}

TEST(rights_cannot_grow)
{
    uint64_t mapped;
    start();
    CHECK_EQ(dm_session(BASE, "client", NO_LIMIT, SLOT(0)), 0);
    CHECK_EQ(dm_open(SLOT(0), 4096, 0, "data", SLOT(1)), 0);
    CHECK_EQ(fake_slot(CLIENT, SLOT(1))->rights, L4_CAP_RW); /* neither S nor D */
    share(SLOT(1), OTHER, SLOT(2), L4_CAP_R);
    fake_enter(OTHER);
    CHECK_EQ(map(SLOT(2), 0, 4096, L4_FPAGE_RW, &mapped), -L4_EPERM);
    CHECK_EQ(map(SLOT(2), 0, 4096, L4_FPAGE_W, &mapped), -L4_EPERM);
    CHECK_EQ(map(SLOT(2), 0, 4096, L4_FPAGE_RX, &mapped), 0);
    CHECK_EQ(dataspace_clear(SLOT(2), 0, 4096), -L4_EPERM);
    fake_enter(CLIENT);
    machine_free(machine);
}

TEST(who_may_open_sessions_and_device_memory)
{
    uint64_t address, size;
    start();
    CHECK_EQ(dm_session(BASE, "driver", NO_LIMIT, SLOT(0)), 0);
    CHECK_EQ(fake_slot(CLIENT, SLOT(0))->rights, L4_CAP_RWS);
    share(SLOT(0), OTHER, SLOT(0), L4_CAP_RW);
    share(BASE, OTHER, SLOT(1), L4_CAP_RW);
    CHECK_EQ(dm_open(SLOT(0), 8192, DM_CONTIGUOUS | DM_BELOW_16M, "dma", SLOT(3)), 0);
    CHECK_EQ(dataspace_phys(SLOT(3), 4096, &address, &size), 0);
    CHECK(address + size <= FRAME_LOW_END && size == 4096);
    CHECK_EQ(dm_open(SLOT(0), 8192, 16, "flag", SLOT(4)), -L4_EINVAL);
    CHECK_EQ(dm_open(SLOT(0), 8192, DM_SPARSE | DM_CONTIGUOUS, "flags", SLOT(4)), -L4_EINVAL);
    fake_enter(OTHER);
    CHECK_EQ(dm_session(SLOT(0), "mine", NO_LIMIT, SLOT(2)), -L4_EPERM);
    CHECK_EQ(dm_session(SLOT(1), "mine", NO_LIMIT, SLOT(2)), -L4_EPERM);
    CHECK_EQ(dm_open(SLOT(1), 4096, 0, "free", SLOT(2)), -L4_EPERM); /* the base has no limit */
    CHECK_EQ(dm_open(SLOT(0), 4096, DM_CONTIGUOUS, "dma", SLOT(2)), -L4_EPERM);
    CHECK_EQ(dm_open(SLOT(0), 4096, DM_BELOW_16M, "dma", SLOT(2)), -L4_EPERM);
    CHECK_EQ(dm_open(SLOT(0), 4096, DM_NOT_CLEARED, "plain", SLOT(2)), 0);
    struct dataspace *ds = machine->manager.open->next->first; /* after DM_PHYS; newest first */
    CHECK_EQ(peek(machine, ds, 0), 0); /* cleared all the same */
    CHECK_EQ(dataspace_phys(SLOT(2), 0, &address, &size), -L4_EPERM);
    fake_enter(CLIENT);
    machine_free(machine);
}

TEST(sparse_pages_are_paid_when_written)
{
    uint64_t mapped, limit, used, peak, shared;
    uint32_t count;
    start();
    CHECK_EQ(dm_session(BASE, "task", 8192, SLOT(0)), 0);
    CHECK_EQ(dm_open(SLOT(0), 65536, DM_SPARSE, "stack", SLOT(1)), 0);
    CHECK_EQ(dm_info(SLOT(0), &limit, &used, &peak, &shared, &count), 0);
    CHECK_EQ(used, 0);
    CHECK_EQ(map(SLOT(1), 0, 65536, L4_FPAGE_R, &mapped), 0); /* zeros for nothing */
    CHECK_EQ(map(SLOT(1), 61440, 4096, L4_FPAGE_RW, &mapped), 0);
    CHECK_EQ(map(SLOT(1), 0, 4096, L4_FPAGE_RW, &mapped), 0);
    CHECK_EQ(dm_info(SLOT(0), &limit, &used, &peak, &shared, &count), 0);
    CHECK_EQ(used, 8192);
    CHECK_EQ(map(SLOT(1), 4096, 4096, L4_FPAGE_RW, &mapped), -L4_ENOMEM); /* the limit */
    CHECK_EQ(map(SLOT(1), 4096, 4096, L4_FPAGE_R, &mapped), 0);
    machine_free(machine);
}

TEST(foreign_capabilities)
{
    uint64_t size;
    start();
    CHECK_EQ(dm_session(BASE, "client", NO_LIMIT, SLOT(0)), 0);
    fake_make(CLIENT, SLOT(1), L4_CAP_RW);
    CHECK_EQ(dm_copy(SLOT(0), SLOT(1), 0, 4096, "copy", SLOT(2)), -ERR_EFOREIGN);
    CHECK_EQ(dm_copy(SLOT(0), SLOT(0), 0, 4096, "copy", SLOT(2)), -ERR_EFOREIGN); /* a session */
    CHECK_EQ(dm_check(SLOT(0), SLOT(1), &size), -ERR_EFOREIGN);
    CHECK_EQ(dm_check(SLOT(0), SLOT(9), &size), -L4_EMSGMISSARG); /* empty */
    CHECK(fake_receive_slots_empty());
    machine_free(machine);
}

TEST(copies_on_another_session)
{
    uint64_t size, mapped, limit, used, peak, shared;
    uint32_t count;
    start();
    CHECK_EQ(dm_session(BASE, "exec", NO_LIMIT, SLOT(0)), 0);
    CHECK_EQ(dm_session(BASE, "client", 8192, SLOT(1)), 0);
    CHECK_EQ(dm_open(SLOT(0), 65536, 0, "master", SLOT(2)), 0);
    CHECK_EQ(dm_copy(SLOT(1), SLOT(2), 4096, 16384, "copy", SLOT(3)), 0);
    CHECK_EQ(dm_info(SLOT(1), &limit, &used, &peak, &shared, &count), 0);
    CHECK(used == 0 && shared == 16384 && count == 1);
    CHECK_EQ(map(SLOT(3), 0, 16384, L4_FPAGE_RW, &mapped), 0);
    CHECK_EQ(mapped, 8192); /* as far as the limit goes */
    CHECK_EQ(map(SLOT(3), 8192, 4096, L4_FPAGE_RW, &mapped), -L4_ENOMEM);
    CHECK_EQ(map(SLOT(3), 8192, 4096, L4_FPAGE_R, &mapped), 0);
    CHECK_EQ(dm_check(SLOT(0), SLOT(3), &size), 0);
    CHECK_EQ(size, 16384);
    machine_free(machine);
}

/** The only capability was in a reply that nobody got. */
TEST(lost_reply)
{
    start();
    CHECK_EQ(dm_session(BASE, "client", NO_LIMIT, SLOT(0)), 0);
    uint64_t used = machine_used(machine);
    fake_reply_error = L4_IPC_SETIMEOUT;
    CHECK(dm_open(SLOT(0), 65536, 0, "lost", SLOT(1)) < 0);
    fake_run();
    CHECK_EQ(machine_used(machine), used);
    CHECK_EQ(live_objects(), 2);
    machine_free(machine);
}

TEST(map_arguments)
{
    static const struct {
        uint64_t offset, size, spot;
        uint32_t rights;
        long result;
    } cases[] = {
        {0, 4096, 0x1000, 4, 0},
        {0, 0, 0x1000, 4, -L4_EINVAL},
        {0, 4096, 0x1000, 0, -L4_EINVAL},
        {0, 4096, 0x1000, 8, -L4_EINVAL},
        {0, 4096, 0x1000, 0x80000004, -L4_EINVAL},
        {1, 4096, 0x1000, 4, -L4_EINVAL},
        {0, 4095, 0x1000, 4, -L4_EINVAL},
        {0, 4096, 0x1001, 4, -L4_EINVAL},
        {0, 8192, ~0xfffull, 4, -L4_EINVAL},
        {65536, 4096, 0x1000, 4, -L4_ERANGE},
        {61440, 8192, 0x1000, 4, -L4_ERANGE},
        {4096, ~0xfffull, 0x1000, 4, -L4_EINVAL},
        {4096, ~0xfffull, 0, 4, -L4_ERANGE},
        {~0xfffull, 8192, 0, 4, -L4_ERANGE},
        {1ull << 63, 1ull << 63, 0, 4, -L4_ERANGE},
    };
    struct ipc_window window = {.fpage = {L4_WHOLE_SPACE << 6 | L4_FPAGE_MEMORY << 4}};
    uint64_t mapped;
    start();
    CHECK_EQ(dm_session(BASE, "client", NO_LIMIT, SLOT(0)), 0);
    CHECK_EQ(dm_open(SLOT(0), 65536, 0, "ds", SLOT(1)), 0);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_EQ(dataspace_map(SLOT(1), cases[i].offset, cases[i].size, cases[i].spot,
                               cases[i].rights, &mapped, &window), cases[i].result);
    CHECK_EQ(dataspace_clear(SLOT(1), 65535, 2), -L4_ERANGE);
    CHECK_EQ(dataspace_clear(SLOT(1), 1, ~0ull), -L4_ERANGE);
    CHECK_EQ(dataspace_clear(SLOT(1), 0, 0), -L4_EINVAL);
    CHECK_EQ(dataspace_clear(SLOT(1), 65535, 1), 0);
    CHECK_EQ(dm_open(SLOT(0), 0, 0, "ds", SLOT(2)), -L4_EINVAL);
    CHECK_EQ(dm_open(SLOT(0), ~0ull, 0, "ds", SLOT(2)), -L4_ENOMEM);
    CHECK_EQ(dm_copy(SLOT(0), SLOT(1), 69632, 4096, "ds", SLOT(2)), -L4_ERANGE);
    machine_free(machine);
}

/** A number that is likely to hurt. */
static uint64_t nasty(void)
{
    static const uint64_t numbers[] = {0, 1, 4095, 4096, 8192, 65536, 1ull << 20, 1ull << 33,
                                       1ull << 63, ~0ull, ~0xfffull, 0x6162636465666768};
    uint64_t n = numbers[random_below(sizeof numbers / sizeof *numbers)];
    return random_below(4) ? n : n + random_below(8192);
}

/** Random messages to all gates; the machine's and the run-time's own checks watch. */
TEST(random_messages)
{
    start();
    uint64_t used = machine_used(machine);
    CHECK_EQ(dm_session(BASE, "a", 2 << 20, SLOT(0)), 0);
    CHECK_EQ(dm_session(BASE, "b", 1 << 16, SLOT(1)), 0);
    for (unsigned step = 0; step < 20000; step++) {
        unsigned gate = random_below(20), words = random_below(10);
        unsigned items = random_below(8) ? random_below(2) : random_below(8);
        struct fake_cap *cap = fake_slot(CLIENT, SLOT(gate));
        if (!cap->object) {
            dm_open(SLOT(random_below(2)), nasty(), random_below(8), "fuzz", SLOT(gate));
            continue;
        }
        struct l4_utcb *u = &CLIENT->utcb;
        u->mr[0] = random_below(9);
        for (unsigned i = 1; i < L4_UTCB_MR; i++)
            u->mr[i] = nasty();
        for (unsigned i = 0; i < items; i++) {
            u->mr[words + 2 * i] = L4_ITEM_MAP;
            u->mr[words + 2 * i + 1] = l4_fpage_obj(SLOT(random_below(20)), 0, L4_CAP_RW).raw;
        }
        u->bdr = 0;
        u->br[0] = SLOT(20 + random_below(3)) | L4_RCV_SMALL | L4_RCV_MAP;
        u->br[1] = 0;
        long protocol = random_below(16) ? DM_PROTOCOL + (gate > 1) : (long)nasty();
        fake_call(CLIENT, cap->object->label | (cap->rights & 3),
                  l4_msgtag(protocol, words, items, 0));
        if (random_below(4) == 0)
            fake_drop(CLIENT, SLOT(2 + random_below(22)));
        fake_run();
        CHECK(fake_receive_slots_empty());
    }
    manager_check(&machine->manager);
    for (unsigned i = 0; i < 24; i++) {
        fake_drop(CLIENT, SLOT(i));
        fake_run();
    }
    CHECK_EQ(live_objects(), 1);
    CHECK_EQ(machine_used(machine), used);
    machine_free(machine);
}

UNIT_MAIN(T(open_map_close), T(rights_cannot_grow), T(who_may_open_sessions_and_device_memory),
          T(sparse_pages_are_paid_when_written), T(foreign_capabilities),
          T(copies_on_another_session), T(lost_reply), T(map_arguments), T(random_messages))

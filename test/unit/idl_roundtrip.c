/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"
#include "test/unit/idl/server.h"

/* Every type through client stub, message, dispatcher, operation and back (row I02). */

#define SLOT(n) l4_cap(100 + (n))

TEST(scalars)
{
    static const struct {
        uint64_t e;
        int32_t f;
        bool a;
    } cases[] = {{0, 0, false}, {~0ull, -1, true}, {1ull << 63, INT32_MIN, false}, {42, INT32_MAX, true}};

    for (unsigned x = 0; x < 4; x++) {
        uint64_t e = cases[x].e, m, p;
        int32_t f = cases[x].f, n;
        int64_t o;
        uint32_t l;
        uint16_t k;
        uint8_t j;
        bool i;
        sample_start();
        CHECK_EQ(sample_scalars(SERVICE, cases[x].a, (uint8_t)e, (uint16_t)e, (uint32_t)e, e, f, f, e,
                                &i, &j, &k, &l, &m, &n, &o, &p), 0);
        CHECK_EQ(i, !cases[x].a);
        CHECK_EQ(j, (uint8_t)~e);
        CHECK_EQ(k, (uint16_t)~e);
        CHECK_EQ(l, (uint32_t)~e);
        CHECK(m == ~e && p == ~e);
        CHECK_EQ(n, ~f);
        CHECK_EQ(o, ~(int64_t)f);
    }
}

TEST(strings_up_to_the_limit)
{
    char to[8];

    sample_start();
    CHECK_EQ(sample_text(SERVICE, "", to), 0);
    CHECK_STR(to, "<>");
    CHECK_EQ(sample_text(SERVICE, "hello", to), 0);
    CHECK_STR(to, "<hello>");
}

TEST(longer_strings_are_refused_and_not_sent)
{
    char to[8] = "before";

    sample_start();
    CHECK_EQ(sample_text(SERVICE, "hello!", to), -L4_ENAMETOOLONG);
    CHECK_STR(to, "before");
    CHECK_EQ(sample_calls, 0);
    CHECK_EQ(fake_waits, 0);
}

static struct sample_entry entry(void)
{
    return (struct sample_entry){.id = 7, .kind = 3, .name = "five5", .on = true, .list_count = 2,
                                 .list = {-1, 5}, .tag = {"abc", true}};
}

TEST(arrays_and_structs)
{
    const uint16_t list[3] = {1, 2, 0xffff};
    const bool flags[2] = {false, true};
    struct sample_entry one = entry(), entries[2];
    uint32_t many[4], many_count = 9, entries_count = 9;

    sample_start();
    CHECK_EQ(sample_arrays(SERVICE, list, 3, &one, flags, 2, many, &many_count, entries,
                           &entries_count), 0);
    CHECK_EQ(many_count, 3);
    CHECK_EQ(many[2], 0x1fffe);
    CHECK_EQ(entries_count, 2);
    CHECK_EQ(entries[0].on, false);
    CHECK_EQ(entries[1].on, true);
    CHECK_EQ(entries[1].id, 7);
    CHECK_STR(entries[1].name, "five5");
    CHECK_STR(entries[1].tag.text, "abc");
    CHECK_EQ(entries[1].list[1], 5);

    CHECK_EQ(sample_arrays(SERVICE, NULL, 0, &one, NULL, 0, many, &many_count, entries,
                           &entries_count), 0);
    CHECK_EQ(many_count, 0);
    CHECK_EQ(entries_count, 0);
}

TEST(too_many_elements_are_refused)
{
    const uint16_t list[4] = {0};
    const bool flags[2] = {false, true};
    struct sample_entry one = entry(), entries[2];
    uint32_t many[4], many_count = 9, entries_count = 9;

    sample_start();
    CHECK_EQ(sample_arrays(SERVICE, list, 4, &one, flags, 2, many, &many_count, entries,
                           &entries_count), -L4_E2BIG);
    one.list_count = 3;
    CHECK_EQ(sample_arrays(SERVICE, list, 1, &one, flags, 2, many, &many_count, entries,
                           &entries_count), -L4_EINVAL);
    one = entry();
    memset(one.tag.text, 'x', sizeof(one.tag.text));
    CHECK_EQ(sample_arrays(SERVICE, list, 1, &one, flags, 2, many, &many_count, entries,
                           &entries_count), -L4_EINVAL);
    CHECK_EQ(many_count, 9);
    CHECK_EQ(fake_waits, 0);
}

TEST(capabilities_both_ways)
{
    struct fake_object *mine, *other;

    sample_start();
    mine = fake_make(CLIENT, SLOT(0), L4_CAP_RWSD);
    other = fake_make(CLIENT, SLOT(1), L4_CAP_RWSD);
    CHECK_EQ(sample_caps(SERVICE, SLOT(0), SLOT(1), SLOT(2), SLOT(3)), 0);
    CHECK(!sample_cap_a.local && sample_cap_a.receive == 0);
    CHECK(!sample_cap_b.local && sample_cap_b.receive == 1);
    CHECK_EQ(sample_rights, L4_CAP_W | L4_CAP_S);
    CHECK(fake_slot(CLIENT, SLOT(2))->object == fake_slot(CLIENT, SERVICE)->object);
    CHECK_EQ(fake_slot(CLIENT, SLOT(2))->rights, L4_CAP_RW); /* `cap`: no S, no D */
    CHECK(fake_slot(CLIENT, SLOT(3))->object == other);
    CHECK_EQ(fake_slot(CLIENT, SLOT(3))->rights, L4_CAP_RWS); /* `cap!` both ways */
    CHECK_EQ(mine->counted, 1); /* the server kept nothing */
    CHECK_EQ(other->counted, 2);
}

TEST(own_gates_are_recognised)
{
    sample_start();
    fake_make(CLIENT, SLOT(1), L4_CAP_RWSD);
    CHECK_EQ(sample_caps(SERVICE, SERVICE, SLOT(1), SLOT(2), SLOT(3)), 0);
    CHECK(sample_cap_a.local);
    CHECK_EQ(sample_cap_a.slot, 0);
    CHECK_EQ(sample_cap_a.label, ipc_object_label(&sample, sample_base_object) | L4_CAP_W);
    CHECK(ipc_local_object(&sample, &sample_cap_a) == sample_base_object);
    CHECK_EQ(sample_register(SERVICE, SERVICE), 0);
    CHECK_EQ(sample_register(SERVICE, SLOT(1)), -L4_ENOENT);
}

TEST(missing_capabilities)
{
    sample_start();
    CHECK_EQ(sample_register(SERVICE, 0), -L4_EINVAL);
    CHECK_EQ(sample_register(SERVICE, L4_INVALID_CAP), -L4_EINVAL);
    CHECK_EQ(sample_open(SERVICE, 0, 0), -L4_EINVAL);
    CHECK_EQ(sample_register(SERVICE, SLOT(9)), -L4_EMSGMISSARG); /* an empty slot */
    CHECK_EQ(sample_calls, 0);
    CHECK_EQ(sample_nothing(SLOT(9)), -(L4_EIPC + L4_IPC_ENOT_EXISTENT));
}

TEST(bulk)
{
    struct ipc_bulk data = {SLOT(0), 0x1000, 7}, more = {SLOT(1), 0, ~0ull};

    sample_start();
    fake_make(CLIENT, SLOT(0), L4_CAP_RWSD);
    fake_make(CLIENT, SLOT(1), L4_CAP_RWSD);
    CHECK_EQ(sample_bulk(SERVICE, &data, &more), 0);
    more.length = 0;
    CHECK_EQ(sample_bulk(SERVICE, &data, &more), -L4_EINVAL);
    more.dataspace = 0;
    CHECK_EQ(sample_bulk(SERVICE, &data, &more), -L4_EINVAL);
    CHECK_EQ(sample_calls, 2);
}

TEST(sets)
{
    struct ipc_capset given = {l4_cap(128), 2, L4_CAP_RWSD};
    struct ipc_window window = {l4_fpage_obj(l4_cap(256), 4, 0), 0};

    sample_start();
    fake_make(CLIENT, SLOT(0), L4_CAP_RW);
    fake_make(CLIENT, l4_cap(128), L4_CAP_RWS);
    fake_make(CLIENT, l4_cap(131), L4_CAP_RWS);
    CHECK_EQ(sample_sets(SERVICE, SLOT(0), &given, SLOT(1), &window), 0);
    CHECK(fake_slot(CLIENT, l4_cap(256))->object == fake_slot(CLIENT, l4_cap(128))->object);
    CHECK(fake_slot(CLIENT, l4_cap(259))->object == fake_slot(CLIENT, l4_cap(131))->object);
    CHECK(!fake_slot(CLIENT, l4_cap(257))->object && !fake_slot(CLIENT, l4_cap(260))->object);
    CHECK_EQ(fake_slot(CLIENT, l4_cap(256))->rights, L4_CAP_RW); /* `capset` in: S stays here */
    CHECK_EQ(fake_slot(CLIENT, SLOT(1))->rights, L4_CAP_R);

    given.order = 4; /* more than the server's window */
    CHECK_EQ(sample_sets(SERVICE, SLOT(0), &given, SLOT(2), &window), -L4_EMSGMISSARG);
    window.fpage = l4_fpage_mem(0x1000, 12, 0);
    CHECK_EQ(sample_sets(SERVICE, SLOT(0), &given, SLOT(2), &window), -L4_EINVAL);
}

TEST(a_set_larger_than_the_window)
{
    struct ipc_capset given = {l4_cap(128), 2, L4_CAP_RW};
    struct ipc_window window = {l4_fpage_obj(l4_cap(256), 1, 0), 0};

    sample_start();
    fake_make(CLIENT, SLOT(0), L4_CAP_RW);
    fake_make(CLIENT, l4_cap(128), L4_CAP_RW);
    CHECK_EQ(sample_sets(SERVICE, SLOT(0), &given, SLOT(1), &window), -L4_EMSGTOOLONG);
    CHECK(!fake_slot(CLIENT, l4_cap(256))->object); /* nothing is left behind */
    CHECK(!fake_slot(CLIENT, SLOT(1))->object);
}

TEST(pages)
{
    struct ipc_window window = {l4_fpage_mem(0x10000000, 20, 0), 0};
    uint64_t size = 1;

    sample_start();
    CHECK_EQ(sample_pages(SERVICE, 3, &size, &window), 0);
    CHECK_EQ(size, 0x3000);
    CHECK_EQ(fake_page_count, 3);
    for (unsigned i = 0; i < 3; i++) {
        CHECK(fake_pages[i].task == CLIENT);
        CHECK_EQ(fake_pages[i].window, window.fpage.raw);
        CHECK_EQ(fake_pages[i].word0 & L4_PAGE_MASK, i * 0x1000);
        CHECK_EQ(fake_pages[i].word0 & L4_ITEM_CONT, i < 2); /* all into the same window */
        CHECK_EQ(fake_pages[i].word0 & L4_ITEM_ATTR_MASK, i == 0 ? L4_ITEM_UNCACHED : 0);
        CHECK_EQ(l4_fpage_address(fake_pages[i].fpage), 0x400000 + i * 0x5000);
    }
    CHECK_EQ(sample_pages(SERVICE, 0, &size, &window), 0);
    CHECK_EQ(size, 0);
    CHECK_EQ(fake_page_count, 3);
}

TEST(pages_into_another_task)
{
    struct ipc_window window = {l4_fpage_mem(0x10000000, 20, 0), SLOT(7)};
    uint64_t size;

    sample_start();
    CHECK_EQ(sample_pages(SERVICE, 1, &size, &window), 0);
    /* As ABI 5.5 wants it: plain and forwarded, then the window, then the task. */
    unsigned at = CLIENT->utcb.bdr & 0x1f;
    CHECK_EQ(CLIENT->utcb.br[at], L4_RCV_MAP | L4_RCV_FORWARD);
    CHECK_EQ(CLIENT->utcb.br[at + 1], window.fpage.raw);
    CHECK_EQ(CLIENT->utcb.br[at + 2], SLOT(7));
    CHECK_EQ(CLIENT->utcb.br[at + 3], 0);
    CHECK_EQ(CLIENT->utcb.br[CLIENT->utcb.bdr >> 10 & 0x1f], 0);
}

TEST(a_servers_own_mistake_is_caught)
{
    struct ipc_window window = {l4_fpage_mem(0x10000000, 20, 0), 0};
    uint64_t size = 77;

    sample_start();
    CHECK_EQ(sample_pages(SERVICE, 4, &size, &window), -L4_EIO);
    CHECK_EQ(size, 77);
    CHECK_EQ(sample_open(SERVICE, 2, SLOT(0)), -L4_EIO);
}

TEST(base_operations_under_both_protocols)
{
    struct sample_base_tag tag;

    sample_start();
    CHECK_EQ(SAMPLE_OP_DESCRIBE, SAMPLE_BASE_OP_DESCRIBE);
    CHECK_EQ(sample_describe(SERVICE, 123, &tag), 0);
    CHECK_STR(tag.text, "123");
    CHECK_EQ(tag.flag, true);
    CHECK_EQ(sample_base_describe(SERVICE, 44, &tag), 0); /* a client that knows only the base */
    CHECK_STR(tag.text, "44");
    CLIENT->utcb.mr[0] = SAMPLE_OP_NOTHING;
    CHECK_EQ(l4_msgtag_label(fake_call(CLIENT, sample_label(),
                                       l4_msgtag(SAMPLE_BASE_PROTOCOL, 1, 0, 0))), -L4_ENOSYS);
    CHECK_EQ(sample_nothing(SERVICE), 0);
}

TEST(constants_and_bound)
{
    CHECK_EQ(SAMPLE_TEXT_MAX, 5);
    CHECK_EQ(SAMPLE_SHIFTED, 1ull << 40);
    CHECK_EQ(SAMPLE_TIMEOUTS.raw, l4_timeouts(l4_timeout_us(5000000), l4_timeout_us(5000000)).raw);
    CHECK_EQ(SAMPLE_BASE_TIMEOUTS.raw, 0);
}

UNIT_MAIN(T(scalars), T(strings_up_to_the_limit), T(longer_strings_are_refused_and_not_sent),
          T(arrays_and_structs), T(too_many_elements_are_refused), T(capabilities_both_ways),
          T(own_gates_are_recognised), T(missing_capabilities), T(bulk), T(sets),
          T(a_set_larger_than_the_window), T(pages), T(pages_into_another_task),
          T(a_servers_own_mistake_is_caught), T(base_operations_under_both_protocols),
          T(constants_and_bound))

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include "unit.h"
#include "test/unit/idl/server.h"

/* Hostile messages are refused by generated code before any operation sees them (row I04). */

#define SLOT(n) l4_cap(100 + (n))

/* A well-formed request of each operation: words in @mr, its tag. Capabilities are in SLOT(0). */
struct valid {
    unsigned opcode, words, items;
    bool set; /* the last item is a set */
};

static const struct valid requests[] = {
    {SAMPLE_OP_DESCRIBE, sizeof(struct sample_describe_in) / 8, 0, false},
    {SAMPLE_OP_SCALARS, sizeof(struct sample_scalars_in) / 8, 0, false},
    {SAMPLE_OP_TEXT, sizeof(struct sample_text_in) / 8, 0, false},
    {SAMPLE_OP_ARRAYS, sizeof(struct sample_arrays_in) / 8, 0, false},
    {SAMPLE_OP_CAPS, sizeof(struct sample_caps_in) / 8, 2, false},
    {SAMPLE_OP_BULK, sizeof(struct sample_bulk_in) / 8, 2, false},
    {SAMPLE_OP_SETS, sizeof(struct sample_sets_in) / 8, IPC_MAX_IN_CAPS + 1, true},
    {SAMPLE_OP_PAGES, sizeof(struct sample_pages_in) / 8, 0, false},
    {SAMPLE_OP_NOTHING, 1, 0, false},
    {SAMPLE_OP_OPEN, sizeof(struct sample_open_in) / 8, 0, false},
    {SAMPLE_OP_WAIT, sizeof(struct sample_wait_in) / 8, 0, false},
    {SAMPLE_OP_REGISTER, sizeof(struct sample_register_in) / 8, 1, false},
};
#define REQUESTS (sizeof(requests) / sizeof(requests[0]))

/* Zeros are valid values of every type; the items name SLOT(0), and the set SLOT(28..29). */
static void put(const struct valid *v, unsigned words, unsigned items)
{
    uint64_t *mr = CLIENT->utcb.mr;

    memset(mr, 0, sizeof(CLIENT->utcb.mr));
    mr[0] = v->opcode;
    for (unsigned i = 0; i < items && words + 2 * i + 2 <= L4_MAX_WORDS; i++) {
        bool set = v->set && i + 1 == v->items;
        mr[words + 2 * i] = L4_ITEM_MAP;
        mr[words + 2 * i + 1] = l4_fpage_obj(set ? l4_cap(128) : SLOT(0), set, L4_CAP_RW).raw;
    }
}

static void start(void)
{
    sample_start();
    fake_make(CLIENT, SLOT(0), L4_CAP_RW);
    fake_make(CLIENT, l4_cap(128), L4_CAP_RW);
    /* The client takes whatever comes: a large window for capabilities, one for memory. */
    CLIENT->utcb.bdr = l4_bdr(32, 34, 0);
    for (unsigned i = 0; i < 7; i++)
        CLIENT->utcb.br[i] = SLOT(300 + i) | L4_RCV_MAP | L4_RCV_SMALL;
    CLIENT->utcb.br[32] = L4_RCV_MAP;
    CLIENT->utcb.br[33] = l4_fpage_all().raw;
}

static long result(long protocol, unsigned words, unsigned items)
{
    l4_msgtag_t tag = fake_call(CLIENT, sample_label(), l4_msgtag(protocol, words, items, 0));

    for (unsigned i = 0; i < 7; i++)
        fake_drop(CLIENT, SLOT(300 + i));
    return l4_msgtag_has_error(tag) ? -(L4_EIPC + (long)CLIENT->utcb.error) : l4_msgtag_label(tag);
}

TEST(the_valid_ones_are_accepted)
{
    for (unsigned r = 0; r < REQUESTS; r++) {
        const struct valid *v = &requests[r];
        start();
        put(v, v->words, v->items);
        result(SAMPLE_PROTOCOL, v->words, v->items);
        CHECK_EQ(sample_calls, 1);
    }
}

TEST(every_other_word_count_is_refused)
{
    for (unsigned r = 0; r < REQUESTS; r++)
        for (unsigned words = 0; words + 2 * requests[r].items <= L4_MAX_WORDS; words++) {
            const struct valid *v = &requests[r];
            long want = words < v->words ? -L4_EMSGTOOSHORT : -L4_EMSGTOOLONG;
            if (words == v->words)
                continue;
            start();
            put(v, words, v->items);
            if (words == 0 && v->items)
                continue; /* the opcode would be an item */
            CHECK_EQ(result(SAMPLE_PROTOCOL, words, v->items), want);
            CHECK_EQ(sample_calls, 0);
        }
}

TEST(every_other_item_count_is_refused)
{
    for (unsigned r = 0; r < REQUESTS; r++)
        for (unsigned items = 0; items <= IPC_MAX_IN_CAPS; items++) {
            const struct valid *v = &requests[r];
            if (items == v->items || v->words + 2 * items > L4_MAX_WORDS)
                continue;
            start();
            put(v, v->words, items);
            CHECK_EQ(result(SAMPLE_PROTOCOL, v->words, items), -L4_EMSGMISSARG);
            CHECK_EQ(sample_calls, 0);
        }
}

TEST(kinds_of_items)
{
    static const struct {
        uint64_t word0;
        l4_fpage_t fpage;
        long want;
    } cases[] = {
        {0, {0}, -L4_EMSGMISSARG}, /* void */
        {L4_ITEM_MAP | L4_ITEM_CONT, {0x64037}, -L4_EMSGMISSARG}, /* two into one slot */
        {L4_ITEM_MAP, {0x64077}, -L4_EMSGMISSARG},                /* more than one slot */
        {L4_ITEM_MAP, {0x1037}, -L4_EMSGMISSARG},                 /* empty */
        {L4_ITEM_MAP, {0x64030}, -L4_EMSGMISSARG},                /* no right */
        {L4_ITEM_MAP, {0x64317}, -(L4_EIPC + L4_IPC_SEMSGCUT)},   /* memory */
        {L4_ITEM_MAP, {0x64027}, -(L4_EIPC + L4_IPC_SEMSGCUT)},   /* ports */
        {L4_ITEM_MAP, {0x64037}, -L4_ENOENT},                     /* as it should be */
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start();
        CLIENT->utcb.mr[0] = SAMPLE_OP_REGISTER;
        CLIENT->utcb.mr[1] = cases[i].word0;
        CLIENT->utcb.mr[2] = cases[i].fpage.raw;
        CHECK_EQ(result(SAMPLE_PROTOCOL, 1, 1), cases[i].want);
        CHECK_EQ(sample_calls, cases[i].want == -L4_ENOENT);
        CHECK(fake_receive_slots_empty());
    }
}

TEST(unknown_operations_and_protocols)
{
    static const uint64_t opcodes[] = {0, SAMPLE_OP_REGISTER + 1, 0x100000001ull, ~0ull};

    for (unsigned i = 0; i < 4; i++) {
        start();
        CLIENT->utcb.mr[0] = opcodes[i];
        CHECK_EQ(result(SAMPLE_PROTOCOL, 1, 0), -L4_ENOSYS);
    }
    start();
    CLIENT->utcb.mr[0] = SAMPLE_OP_NOTHING;
    CHECK_EQ(result(SAMPLE_PROTOCOL + 1, 1, 0), -L4_EBADPROTO);
    CHECK_EQ(result(1, 1, 0), -L4_EBADPROTO);
    CHECK_EQ(result(0x7fff, 1, 0), -L4_EBADPROTO);
    CHECK_EQ(result(SAMPLE_PROTOCOL, 0, 0), -L4_EMSGTOOSHORT);
    CHECK_EQ(sample_calls, 0);
}

TEST(strings_without_end)
{
    struct sample_text_in in = {.opcode = SAMPLE_OP_TEXT};

    start();
    memset(in.from, 'x', sizeof(in.from));
    memcpy(CLIENT->utcb.mr, &in, sizeof(in));
    CHECK_EQ(result(SAMPLE_PROTOCOL, sizeof(in) / 8, 0), -L4_EMSGERRRANGE);
    in.from[sizeof(in.from) - 1] = 0;
    memcpy(CLIENT->utcb.mr, &in, sizeof(in));
    CHECK_EQ(result(SAMPLE_PROTOCOL, sizeof(in) / 8, 0), 0);
    CHECK_EQ(sample_calls, 1);
}

/* One byte of a valid request made wrong; the byte is @at in the words. */
static long with_byte(const struct valid *v, size_t at, unsigned char value)
{
    start();
    put(v, v->words, 0);
    memcpy((char *)CLIENT->utcb.mr + at, &value, 1);
    return result(SAMPLE_PROTOCOL, v->words, 0);
}

TEST(values_out_of_range)
{
    const struct valid *scalars = &requests[1], *arrays = &requests[3];

#define AT(member) offsetof(struct sample_arrays_in, member)
    CHECK_EQ(with_byte(scalars, offsetof(struct sample_scalars_in, a), 1), 0);
    CHECK_EQ(with_byte(scalars, offsetof(struct sample_scalars_in, a), 2), -L4_EMSGERRRANGE);
    CHECK_EQ(with_byte(arrays, AT(list_count), 3), 0);
    CHECK_EQ(with_byte(arrays, AT(list_count), 4), -L4_EMSGERRRANGE);
    CHECK_EQ(with_byte(arrays, AT(list_count) + 3, 0x80), -L4_EMSGERRRANGE);
    CHECK_EQ(with_byte(arrays, AT(one.on), 0xff), -L4_EMSGERRRANGE);
    CHECK_EQ(with_byte(arrays, AT(one.list_count), 2), 0);
    CHECK_EQ(with_byte(arrays, AT(one.list_count), 3), -L4_EMSGERRRANGE);
    CHECK_EQ(with_byte(arrays, AT(one.tag.flag), 3), -L4_EMSGERRRANGE);
    CHECK_EQ(with_byte(arrays, AT(flags_count), 3), -L4_EMSGERRRANGE);
    CHECK_EQ(with_byte(arrays, AT(flags[1]), 2), 0); /* not counted, so not looked at */
#undef AT
}

/* --- hostile servers: the stub refuses their replies, and leaves the target slots empty --- */

static struct {
    long label;
    unsigned words, items;
    uint64_t mr[8];
} forged;

static long forge(struct ipc_call *call)
{
    memcpy(ipc_utcb()->mr, forged.mr, sizeof(forged.mr));
    call->reply.tag = l4_msgtag(forged.label, forged.words, forged.items, 0);
    return 0;
}

static long forge_dispatch(const void *ops, struct ipc_call *call)
{
    (void)ops;
    return forge(call);
}

static const struct ipc_kind forger = {.name = "forger", .dispatch = forge_dispatch};

static void start_forger(void)
{
    start();
    sample_base_object->kind = &forger;
    memset(&forged, 0, sizeof(forged));
}

TEST(forged_replies)
{
    char to[8] = "before";

    start_forger();
    CHECK_EQ(sample_text(SERVICE, "x", to), -L4_EMSGTOOSHORT);
    forged.words = 2;
    CHECK_EQ(sample_text(SERVICE, "x", to), -L4_EMSGTOOLONG);
    forged.words = 1;
    memset(forged.mr, 'x', sizeof(forged.mr));
    CHECK_EQ(sample_text(SERVICE, "x", to), -L4_EMSGERRRANGE); /* no end */
    forged.label = 5;
    CHECK_EQ(sample_text(SERVICE, "x", to), -L4_EBADPROTO);
    forged.label = 0;
    forged.items = 1;
    memset(forged.mr, 0, sizeof(forged.mr));
    forged.mr[1] = L4_ITEM_MAP;
    forged.mr[2] = l4_fpage_obj(sample_base_object->gate, 0, L4_CAP_RW).raw;
    CHECK_EQ(sample_text(SERVICE, "x", to), -(L4_EIPC + L4_IPC_REMSGCUT));
    CHECK_STR(to, "before");
}

TEST(forged_capabilities)
{
    start_forger();
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(1)), -L4_EMSGMISSARG); /* none */
    forged.items = 1;
    forged.mr[0] = L4_ITEM_MAP;
    forged.mr[1] = l4_fpage_obj(l4_cap(900), 0, L4_CAP_RW).raw;
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(1)), -L4_EMSGMISSARG); /* an empty slot */
    forged.mr[1] = l4_fpage_obj(sample_base_object->gate, 0, L4_CAP_RW).raw;
    forged.label = -L4_EBUSY;
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(1)), -L4_EBUSY); /* an error and a capability */
    CHECK(!fake_slot(CLIENT, SLOT(1))->object);
    forged.label = 0;
    forged.items = 2;
    forged.mr[2] = L4_ITEM_MAP;
    forged.mr[3] = forged.mr[1];
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(1)), -(L4_EIPC + L4_IPC_REMSGCUT)); /* one too many */
    CHECK(!fake_slot(CLIENT, SLOT(1))->object);
    forged.items = 1;
    CHECK_EQ(sample_open(SERVICE, 0, SLOT(1)), 0);
    CHECK(fake_slot(CLIENT, SLOT(1))->object);
}

/* --- random damage, always the same --- */

static uint64_t seed = 20260624;

static unsigned dice(unsigned sides)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(seed >> 33) % sides;
}

/*
 * A handler of foreign messages that takes a capability finds none behind the items of the message.
 */
TEST(what_lies_behind_the_items_is_no_item)
{
    start();
    for (unsigned items = 0; items < 2; items++) {
        struct ipc_server server = {.object_end = 0};
        struct ipc_call call = {.server = &server, .tag = l4_msgtag(-1, 2, items, 0)};
        struct ipc_cap_in cap;
        for (unsigned at = 2; at <= 4; at += 2) {
            ipc_utcb()->mr[at] = L4_ITEM_MAP | L4_RESULT_FPAGE | L4_FPAGE_OBJ << 4;
            ipc_utcb()->mr[at + 1] = l4_fpage_obj(SLOT(7), 0, L4_CAP_RW).raw;
        }
        for (unsigned n = 0; n < items; n++)
            ipc_get_cap(&call, &cap);
        CHECK_EQ(call.error, 0);
        ipc_get_cap(&call, &cap);
        CHECK_EQ(call.error, -L4_EMSGMISSARG);
        CHECK_EQ(cap.slot, 0);
    }
}

TEST(random_damage)
{
    unsigned accepted = 0, refused = 0;

    start();
    for (unsigned round = 0; round < 20000; round++) {
        const struct valid *v = &requests[dice(REQUESTS)];
        unsigned words = v->words, items = v->items, flips = dice(4);
        if (dice(8) == 0)
            words = dice(64 - 2 * items);
        if (dice(8) == 0)
            items = dice((L4_MAX_WORDS - words) / 2 + 1);
        put(v, words, items);
        while (flips-- > 0) {
            unsigned bit = dice(64 * (words + 2 * items + 1));
            CLIENT->utcb.mr[bit / 64 % L4_MAX_WORDS] ^= 1ull << bit % 64;
        }
        sample_calls = 0;
        sample_later_count = 0;
        l4_msgtag_t tag = l4_msgtag(dice(50) ? SAMPLE_PROTOCOL : (long)dice(65536) - 32768, words,
                                    items, 0);
        tag = fake_call(CLIENT, dice(50) ? sample_label() : seed, tag);
        sample_calls ? accepted++ : refused++;
        CHECK(!sample_bad);
        CHECK(l4_msgtag_has_error(tag) || l4_msgtag_label(tag) <= 0);
        CHECK(fake_receive_slots_empty());
        for (unsigned i = 0; i < FAKE_SLOTS; i++) /* what came back is given up again */
            if (CLIENT->slots[i].object && l4_cap(i) != SLOT(0) && l4_cap(i) != SERVICE
                && i != 128)
                fake_drop(CLIENT, l4_cap(i));
        if (sample_later_count) {
            fake_enter(&fake_server);
            ipc_later_fail(&sample, &sample_later[0], -L4_EIO);
            fake_enter(CLIENT);
        }
        start(); /* capabilities may be damaged too: begin anew */
    }
    CHECK(accepted > 3000 && refused > 3000); /* both sides of the check are exercised */
}

UNIT_MAIN(T(the_valid_ones_are_accepted), T(every_other_word_count_is_refused),
          T(every_other_item_count_is_refused), T(kinds_of_items),
          T(unknown_operations_and_protocols), T(strings_without_end), T(values_out_of_range),
          T(forged_replies), T(forged_capabilities),
          T(what_lies_behind_the_items_is_no_item), T(random_damage))

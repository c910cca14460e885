/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/error.h>
#include <l4/ops.h>
#include <stdlib.h>

#include "sigma0/protocol.h"
#include "unit.h"

/* Requests and answers of the Sigma0 protocol (ABI 9), the hostile ones too: rows G09, G14, G15. */

static long decode(long label, unsigned words, uint64_t mr0, uint64_t mr1, struct sigma0_request *r)
{
    uint64_t mr[2] = {mr0, mr1};
    return sigma0_decode(l4_msgtag(label, words, 0, 0), mr, r);
}

static long sigma0(uint64_t mr0, uint64_t fpage, struct sigma0_request *r)
{
    return decode(L4_PROTO_SIGMA0, 2, mr0, fpage, r);
}

TEST(each_request_is_understood)
{
    struct sigma0_request r;
    uint64_t page = l4_fpage_mem(0x40000000, 22, L4_FPAGE_RWX).raw;

    CHECK_EQ(sigma0(0xffffffffffffff60, page, &r), 0);
    CHECK(r.op == SIGMA0_RAM && r.address == 0x40000000 && r.order == 22);
    CHECK_EQ(sigma0(0xffffffffffffff70, page, &r), 0);
    CHECK(r.op == SIGMA0_IOMEM && !r.cached);
    CHECK_EQ(sigma0(0xffffffffffffff80, page, &r), 0);
    CHECK(r.op == SIGMA0_IOMEM && r.cached);
    CHECK_EQ(sigma0(0xffffffffffffff90, page, &r), 0);
    CHECK(r.op == SIGMA0_ANY && r.order == 22);
    CHECK_EQ(decode(L4_PROTO_SIGMA0, 1, 0xffffffffffffffa0, 0, &r), 0);
    CHECK(r.op == SIGMA0_KIP);
    CHECK_EQ(decode(L4_PROTO_SIGMA0, 1, 0xffffffffffffffc0, 0, &r), 0);
    CHECK(r.op == SIGMA0_DUMP);
    CHECK_EQ(decode(L4_PROTO_FACTORY, 1, (uint64_t)-6, 0, &r), 0);
    CHECK(r.op == SIGMA0_CLIENT);
    CHECK_EQ(decode(L4_PROTO_IO_PAGE_FAULT, 2, l4_fpage_io(0xf4, 2, 6).raw, 0, &r), 0);
    CHECK(r.op == SIGMA0_PORTS && r.port == 0xf4 && r.order == 2);
}

TEST(fault_words_say_what_is_needed)
{
    struct sigma0_request r;

    CHECK_EQ(decode(L4_PROTO_PAGE_FAULT, 2, 0x12340 | 2, 0x999, &r), 0);
    CHECK(r.op == SIGMA0_FAULT && r.address == 0x12340 && r.ip == 0x999);
    CHECK_EQ(r.rights, L4_FPAGE_RW);
    CHECK_EQ(decode(L4_PROTO_PAGE_FAULT, 2, 0x12340 | 4, 0, &r), 0);
    CHECK_EQ(r.rights, L4_FPAGE_RX);
    CHECK_EQ(decode(L4_PROTO_PAGE_FAULT, 2, 0x12340 | 1, 0, &r), 0);
    CHECK_EQ(r.rights, L4_FPAGE_R);
    CHECK_EQ(decode(L4_PROTO_PAGE_FAULT, 1, 0, 0, &r), -L4_EINVAL);
}

TEST(wrong_requests_have_an_error_each)
{
    struct sigma0_request r;
    uint64_t good = l4_fpage_mem(0x1000, 12, 7).raw;

    CHECK_EQ(sigma0(L4_SIGMA0_RAM, l4_fpage_mem(0x1000, 11, 7).raw, &r), -L4_EINVAL);
    CHECK_EQ(sigma0(L4_SIGMA0_RAM, l4_fpage_mem(0x1000, 13, 7).raw, &r), -L4_EINVAL);
    CHECK_EQ(sigma0(L4_SIGMA0_RAM, l4_fpage_io(0, 12, 6).raw, &r), -L4_EINVAL);
    CHECK_EQ(sigma0(L4_SIGMA0_RAM, l4_fpage_mem(0, 63, 7).raw, &r), -L4_ENOMEM);
    CHECK_EQ(sigma0(L4_SIGMA0_ANY_RAM, l4_fpage_mem(0x1000, 13, 7).raw, &r), 0);
    CHECK_EQ(sigma0(0xffffffffffffffb0, good, &r), -L4_ENOSYS);
    CHECK_EQ(sigma0(0x60, good, &r), -L4_ENOSYS); /* the upper bits must be set */
    CHECK_EQ(decode(L4_PROTO_SIGMA0, 0, L4_SIGMA0_RAM, good, &r), -L4_EINVAL);
    CHECK_EQ(decode(L4_PROTO_SIGMA0, 1, L4_SIGMA0_RAM, good, &r), -L4_EINVAL);
    CHECK_EQ(decode(L4_PROTO_FACTORY, 1, (uint64_t)-12, 0, &r), -L4_ENODEV);
    CHECK_EQ(decode(L4_PROTO_LOG, 2, 0, 0, &r), -L4_EBADPROTO);
    CHECK_EQ(decode(17, 2, 1, 0, &r), -L4_EBADPROTO);
    CHECK_EQ(decode(L4_PROTO_IO_PAGE_FAULT, 1, l4_fpage_io(1, 1, 6).raw, 0, &r), -L4_EINVAL);
    CHECK_EQ(decode(L4_PROTO_IO_PAGE_FAULT, 1, l4_fpage_io(0x10000, 0, 6).raw, 0, &r), -L4_EINVAL);
    CHECK_EQ(decode(L4_PROTO_IO_PAGE_FAULT, 1, l4_fpage_io(0, 17, 6).raw, 0, &r), -L4_EINVAL);
    CHECK_EQ(decode(L4_PROTO_IO_PAGE_FAULT, 1, good, 0, &r), -L4_EINVAL);
}

TEST(answers_carry_one_item)
{
    uint64_t mr[2];
    struct sigma0_answer a = sigma0_ram(0x40000000, 22, L4_FPAGE_RWX);
    l4_msgtag_t tag = sigma0_encode(&a, mr);

    CHECK(l4_msgtag_label(tag) == 0 && l4_msgtag_items(tag) == 1 && l4_msgtag_words(tag) == 0);
    CHECK_EQ(mr[0], 0x40000000 | 0x38);
    CHECK_EQ(mr[1], l4_fpage_mem(0x40000000, 22, L4_FPAGE_RWX).raw);
    a = sigma0_iomem(0xfee00000, 12, false);
    sigma0_encode(&a, mr);
    CHECK_EQ(mr[0], 0xfee00018);
    CHECK_EQ(mr[1] & 0xf, L4_FPAGE_RW);
    a = sigma0_kip(0x5000);
    sigma0_encode(&a, mr);
    CHECK_EQ(mr[0], 0x5038);
    CHECK_EQ(mr[1] & 0xf, L4_FPAGE_RX);
    a = sigma0_plain(-L4_ENOMEM);
    tag = sigma0_encode(&a, mr);
    CHECK(l4_msgtag_label(tag) == -L4_ENOMEM && l4_msgtag_items(tag) == 0);
}

/* Whatever comes: an error, or a request within the documented limits. */
TEST(random_messages)
{
    srand(1);
    for (unsigned i = 0; i < 200000; i++) {
        struct sigma0_request r;
        uint64_t mr0 = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 12 ^ (unsigned)rand() % 4096;
        uint64_t mr1 = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 12 ^ (unsigned)rand() % 4096;
        if (i % 3)
            mr0 |= ~0xffull;
        long error = decode(-(rand() % 20), (unsigned)rand() % 4, mr0, mr1, &r);
        if (error < 0)
            continue;
        CHECK(error == 0);
        if (r.op == SIGMA0_RAM || r.op == SIGMA0_IOMEM) {
            CHECK(r.order >= 12 && r.order <= SIGMA0_ORDER_MAX);
            CHECK(r.address % (1ull << r.order) == 0);
        }
        if (r.op == SIGMA0_PORTS)
            CHECK(r.port + (1u << r.order) <= 0x10000);
    }
}

UNIT_MAIN(T(each_request_is_understood), T(fault_words_say_what_is_needed),
          T(wrong_requests_have_an_error_each), T(answers_carry_one_item), T(random_messages))

/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/slots.h"
#include "ipc/transport.h"

#define ALL_FREE (~0ull)

static bool replace(unsigned word, uint64_t old, uint64_t new)
{
    return __atomic_compare_exchange_n(&slots_table[word], &old, new, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static uint64_t load(unsigned word)
{
    return __atomic_load_n(&slots_table[word], __ATOMIC_RELAXED);
}

static void give_back(unsigned word, uint64_t bits)
{
    __atomic_fetch_or(&slots_table[word], bits, __ATOMIC_RELEASE);
}

void slots_init(unsigned first, unsigned count)
{
    unsigned end = first + count < 64 * slots_words ? first + count : 64 * slots_words;

    for (unsigned i = first > 0 ? first : 1; i < end;) {
        unsigned at = i % 64, bits = end - i < 64 - at ? end - i : 64 - at;
        give_back(i / 64, ALL_FREE >> (64 - bits) << at);
        i += bits;
    }
}

l4_cap_t slots_alloc(void)
{
    return slots_alloc_range(0);
}

/* A run of 2^order (at most 64) free bits in one word: the mask, or 0. */
static uint64_t find_run(uint64_t word, unsigned order)
{
    unsigned size = 1u << order;
    uint64_t mask = size == 64 ? ALL_FREE : (1ull << size) - 1;

    if (order == 0)
        return word & -word;
    for (unsigned at = 0; at < 64; at += size)
        if ((word & mask << at) == mask << at)
            return mask << at;
    return 0;
}

static l4_cap_t alloc_in_word(unsigned order)
{
    for (unsigned w = 0; w < slots_words; w++) {
        uint64_t old, run;
        while ((run = find_run(old = load(w), order)))
            if (replace(w, old, old & ~run))
                return l4_cap(w * 64 + (unsigned)__builtin_ctzll(run));
    }
    return 0;
}

/* Takes @count whole words from @w on, or none. */
static bool take_words(unsigned w, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!replace(w + i, ALL_FREE, 0)) {
            while (i-- > 0)
                give_back(w + i, ALL_FREE);
            return false;
        }
    return true;
}

l4_cap_t slots_alloc_range(unsigned order)
{
    if (order <= 6)
        return alloc_in_word(order);
    if (order >= 16)
        return 0;
    unsigned count = 1u << (order - 6);
    for (unsigned w = 0; w + count <= slots_words; w += count)
        if (take_words(w, count))
            return l4_cap(w * 64);
    return 0;
}

void slots_free(l4_cap_t slot)
{
    slots_free_range(slot, 0);
}

void slots_free_range(l4_cap_t first, unsigned order)
{
    uint64_t index = l4_cap_index(first);

    if (index == 0 || index + (1ull << order) > 64 * slots_words)
        return;
    if (order <= 6) {
        uint64_t mask = order == 6 ? ALL_FREE : (1ull << (1u << order)) - 1;
        give_back((unsigned)index / 64, mask << index % 64);
        return;
    }
    for (unsigned i = 0; i < 1u << (order - 6); i++)
        give_back((unsigned)index / 64 + i, ALL_FREE);
}

void slots_release(l4_cap_t slot)
{
    if (l4_cap_index(slot) == 0)
        return;
    ipc_kernel_release(&slot, 1);
    slots_free(slot);
}

unsigned slots_left(void)
{
    unsigned left = 0;

    for (unsigned w = 0; w < slots_words; w++)
        for (uint64_t bits = load(w); bits; bits &= bits - 1)
            left++;
    return left;
}

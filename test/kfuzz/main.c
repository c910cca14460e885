/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The referee. Words of its command line: seed=N, seconds=N of guest time, rounds=N at
 * least, steps=N of each child in a round. Each further module is a corpus: lines `seed N round N`,
 * or a sequence of calls (replay.c).
 */
#include "kfuzz.h"

void abi_main(void);
void harness_init(void);
bool harness_claim(uint64_t address);

enum { REPORT = 8, REVIVE = 2, TRIES = 8, ROUND_US = 4000000, PRIORITY = 255 };

static uint64_t total_steps, total_rounds;

void print(const char *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    l4_log_write(L4_BASE_LOG_CAP, text, n);
}

void print_number(long value)
{
    char digits[24], *p = digits + sizeof digits;
    unsigned long v = value < 0 ? -(unsigned long)value : (unsigned long)value;
    *--p = 0;
    do {
        *--p = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    if (value < 0)
        *--p = '-';
    print(p);
}

static void end(unsigned char value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "d"((uint16_t)0xf4));
}

static void fail(uint64_t seed, uint64_t round, const char *what)
{
    print("\nFAIL kernel-fuzz: seed ");
    print_number((long)seed);
    print(" round ");
    print_number((long)round);
    print(": ");
    print(what);
    print("\n");
    if (world_leak() | progress.leak)
        replay_print_hex(world_leak() | progress.leak);
    print("\n");
    for (unsigned i = 0; i < THREADS; i++)
        replay_print(world_fuzzer(i));
    end(0x11);
}

/* The largest limit a factory made from the root factory can have: what is free, to the byte. */
static uint64_t free_memory(void)
{
    l4_cap_t probe = cap_new();
    uint64_t low = 0, high = 1ull << 40;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        if (l4_factory_create_factory(L4_BASE_FACTORY_CAP, probe, middle)) {
            high = middle;
        } else {
            l4_cap_delete(probe);
            low = middle;
        }
    }
    return low;
}

/* Until the children are through, or do not move any more. */
static const char *watch(void)
{
    uint64_t start = l4_clock_us(test_kip());
    unsigned still = 0;
    for (unsigned i = 1; world_steps() < TASKS * progress.limit && still < TRIES; i++) {
        l4_sleep_us(200 + dice_below(&world.dice, 1500));
        world_disturb();
        if (dice_rarely(&world.dice, 150) && !kernel_audit())
            return "audit while they run";
        if (i % REVIVE == 0)
            still = world_revive() ? 0 : still + 1;
        if (l4_clock_us(test_kip()) - start > ROUND_US)
            break;
    }
    return NULL;
}

/* Log input of theirs must not go on changing what we print. */
static void reset_log(void)
{
    const uint64_t attributes[] = {L4_LOG_SET_ATTR, 0400, 04, 0};
    __builtin_memcpy(l4_utcb()->mr, attributes, sizeof attributes);
    l4_ipc_call(L4_BASE_LOG_CAP, l4_msgtag(L4_PROTO_LOG, 4, 0, 0), L4_NEVER);
}

static const char *play(uint64_t seed, unsigned steps)
{
    if (!world_make(seed, steps))
        return "cannot make the children";
    const char *wrong = watch();
    total_steps += world_steps();
    reset_log();
    if (!wrong)
        wrong = sealed_check();
    if (!wrong)
        wrong = witness_check();
    if (!wrong && !kernel_audit())
        wrong = "audit with all the debris";
    if (wrong)
        return wrong;
    world_end();
    harness_reset();
    return kernel_audit() ? NULL : "audit after the end";
}

/* One round, its memory given back to the byte. The first of all is not measured. */
static void round_of(uint64_t seed, uint64_t round, unsigned steps)
{
    uint64_t before = free_memory();
    const char *wrong = play(seed * 1000003 + round, steps);
    if (!wrong && total_rounds++ > 0 && free_memory() != before)
        wrong = "kernel memory is not as before";
    harness_reset();
    if (wrong)
        fail(seed, round, wrong);
    if (total_rounds % REPORT)
        return;
    print("\nkfuzz: seed ");
    print_number((long)seed);
    print(" round ");
    print_number((long)round);
    print(", ");
    print_number((long)total_steps);
    print(" steps, ");
    print_number((long)l4_clock_us(test_kip()) / 1000);
    print(" ms\n");
}

/* --- corpus --- */

static uint64_t number_after(const char *text, const char *word, uint64_t otherwise)
{
    for (; *text; text++) {
        const char *a = text, *b = word;
        while (*b && *a == *b)
            a++, b++;
        if (*b)
            continue;
        for (otherwise = 0; *a >= '0' && *a <= '9'; a++)
            otherwise = otherwise * 10 + (uint64_t)(*a - '0');
        break;
    }
    return otherwise;
}

static bool is_corpus(const struct l4_mod *mod)
{
    return (mod->flags & L4_MOD_MASK) == L4_MOD_PLAIN;
}

/* The modules and what they contain, from sigma0. */
static const struct l4_mod_info *module_info(void)
{
    const struct l4_mod_info *info = (const struct l4_mod_info *)test_kip()->user_pointer;
    if (!harness_claim((uint64_t)info & L4_PAGE_MASK))
        return NULL;
    const struct l4_mod *mods = (const struct l4_mod *)info->mods;
    for (unsigned i = 0; i < info->count; i++)
        for (uint64_t page = mods[i].start; is_corpus(&mods[i]) && page < mods[i].end;
             page += L4_PAGE_SIZE)
            if (!harness_claim(page))
                return NULL;
    return info;
}

static void corpus_seeds(const char *text, const char *file_end, unsigned steps)
{
    while (text < file_end && *text) {
        char line[80] = "";
        for (unsigned i = 0; text < file_end && *text && *text++ != '\n'; i++)
            if (i + 1 < sizeof line)
                line[i] = text[-1];
        uint64_t seed = number_after(line, "seed ", 0);
        if (line[0] == '#' || seed == 0)
            continue;
        round_of(seed, number_after(line, "round ", 1), steps);
    }
}

static void corpus(const struct l4_mod *mod, unsigned steps)
{
    uint64_t rounds = total_rounds;
    const char *text = (const char *)mod->start, *file_end = (const char *)mod->end;
    if (replay_read(text, (size_t)(file_end - text)))
        round_of(1, 0, steps);
    else
        corpus_seeds(text, file_end, steps);
    replay_forget();
    print("kfuzz: module ");
    print((const char *)mod->cmdline);
    print(": ");
    print_number((long)(total_rounds - rounds));
    print(" rounds\n");
}

static void books(const char *name)
{
    print("\nbooks begin ");
    print(name);
    print("\n");
    l4_debugger_books(L4_BASE_DEBUGGER_CAP);
    print("books end ");
    print(name);
    print("\n");
}

void abi_main(void)
{
    harness_init();
    l4_scheduler_run(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, PRIORITY);
    const struct l4_mod_info *info = module_info();
    if (!world_init() || !info)
        fail(0, 0, "no memory, ports or modules from sigma0");
    const struct l4_mod *mods = (const struct l4_mod *)info->mods;
    const char *words = "";
    for (unsigned i = 0; i < info->count; i++)
        if ((mods[i].flags & L4_MOD_MASK) == L4_MOD_ROOT)
            words = (const char *)mods[i].cmdline;
    uint64_t seed = number_after(words, "seed=", 1), rounds = number_after(words, "rounds=", 0);
    uint64_t seconds = number_after(words, "seconds=", 0);
    unsigned steps = (unsigned)number_after(words, "steps=", 3000);
    round_of(seed, 0, 300); /* all that is made once is made now */
    books("before");
    for (unsigned i = 0; i < info->count; i++)
        if (is_corpus(&mods[i]))
            corpus(&mods[i], steps);
    for (uint64_t i = 1; i <= rounds || l4_clock_us(test_kip()) < seconds * 1000000; i++)
        round_of(seed, i, steps);
    books("after");
    print("kfuzz: ");
    print_number((long)total_steps);
    print(" steps in ");
    print_number((long)total_rounds);
    print(" rounds, seed ");
    print_number((long)seed);
    print("\nok kernel-fuzz\n");
    end(0x10);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The debugger object (ABI 7.10). A kernel may be built without it or without parts of it, which
 * then answer -38 or -39: such parts are named in a line and not checked. The tests never enter the
 * debugger, where a machine without a human would stay; those that do are on a list of their own.
 */
#include "abi.h"

enum { NAME_SIZE = 16, RECORDS = 4, TEXT_WORDS = 8, PATIENCE_US = 300 };
#define BUFFER 0x7fff300000ull /* of ku_mem */

static struct abi_task child;
static struct worker w;

/* The label of the answer to a request with @words words in the MRs; @object: no item if 0. */
static long ask_with(l4_cap_t debugger, unsigned words, l4_cap_t object)
{
    if (object)
        l4_put_cap(words, object);
    l4_msgtag_t tag = l4_msgtag(L4_PROTO_DEBUGGER, words, object != 0, 0);
    return l4_result(l4_ipc_call(debugger, tag, L4_NEVER));
}

static long ask(uint64_t op, unsigned words, l4_cap_t object)
{
    l4_utcb()->mr[0] = op;
    return ask_with(L4_BASE_DEBUGGER_CAP, words, object);
}

/* True if @result says that the kernel has no such operation. */
static bool absent(long result, const char *what)
{
    if (result != -L4_ENOSYS && result != -L4_EBADPROTO)
        return false;
    print("skip debugger: no ");
    print(what);
    print("\n");
    return true;
}

/* Text into MR[@at]..; how many words the request has then. */
static unsigned put_text(unsigned at, const char *text)
{
    uint64_t size = 0;
    while (text[size])
        size++;
    __builtin_memset(&l4_utcb()->mr[at], 0, TEXT_WORDS * 8);
    __builtin_memcpy(&l4_utcb()->mr[at], text, size);
    return at + (unsigned)(size + 7) / 8;
}

static unsigned put_counted(unsigned at, const char *text)
{
    uint64_t size = 0;
    while (text[size])
        size++;
    l4_utcb()->mr[at] = size;
    return put_text(at + 1, text);
}

static long set_name(l4_cap_t object, const char *name)
{
    return ask(L4_DBG_SET_NAME, put_text(1, name), object);
}

static bool is_name(const char *name)
{
    char expected[NAME_SIZE] = {0};
    for (unsigned i = 0; i < NAME_SIZE && name[i]; i++)
        expected[i] = name[i];
    return !__builtin_memcmp(l4_utcb()->mr, expected, NAME_SIZE);
}

static l4_cap_t new_semaphore(void)
{
    l4_cap_t s = cap_new();
    return l4_factory_create_semaphore(L4_BASE_FACTORY_CAP, s) ? 0 : s;
}

static void test_names(void)
{
    l4_cap_t s = new_semaphore();
    CHECK(s);
    long result = ask(L4_DBG_GET_NAME, 1, s);
    if (absent(result, "names"))
        return;
    CHECK_EQ(result, -L4_ENOENT);
    CHECK_EQ(set_name(s, "short"), 0);
    CHECK_EQ(ask(L4_DBG_GET_NAME, 1, s), 0);
    CHECK(is_name("short"));
    CHECK_EQ(set_name(s, "twenty bytes of name"), 0); /* 16 are kept, without a terminator */
    CHECK_EQ(ask(L4_DBG_GET_NAME, 1, s), 0);
    CHECK(is_name("twenty bytes of "));
    CHECK_EQ(set_name(s, "short"), 0);
    CHECK_EQ(ask(L4_DBG_GET_NAME, 1, s), 0);
    CHECK(is_name("short"));
}

static uint64_t id_of(l4_cap_t object)
{
    return ask(L4_DBG_GLOBAL_ID, 1, object) ? 0 : l4_utcb()->mr[0];
}

static void test_ids(void)
{
    l4_cap_t s = new_semaphore(), other = new_semaphore(), again = cap_new();
    long result = ask(L4_DBG_GLOBAL_ID, 1, s);
    if (absent(result, "ids"))
        return;
    CHECK_EQ(result, 0);
    CHECK(id_of(s) && id_of(s) != id_of(other));
    CHECK_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, s, again, L4_CAP_R), 0);
    CHECK_EQ(id_of(s), id_of(again));
    CHECK(ask(L4_DBG_GLOBAL_ID, 1, 0) < 0);         /* no item */
    CHECK(ask(L4_DBG_GLOBAL_ID, 1, cap_new()) < 0); /* nothing in that slot */
    l4_utcb()->mr[1] = 0x1234; /* no kernel object's address */
    result = ask(L4_DBG_POINTER_ID, 2, s);
    CHECK(absent(result, "ids of kernel pointers") || result < 0 || l4_utcb()->mr[0] == ~0ull);
}

static void test_name_by_id(void)
{
    l4_cap_t s = new_semaphore();
    uint64_t id = id_of(s);
    set_name(s, "by-id");
    l4_utcb()->mr[1] = id;
    long result = ask(L4_DBG_NAME_BY_ID, 2, s);
    if (absent(result, "names by id"))
        return;
    CHECK_EQ(result, 0);
    CHECK(is_name("by-id"));
    l4_utcb()->mr[1] = ~0ull >> 8;
    CHECK(ask(L4_DBG_NAME_BY_ID, 2, s) < 0);
}

static void test_logs(void)
{
    static const char none[] = "no-such-log";
    l4_utcb()->mr[1] = 0;
    long result = ask(L4_DBG_LOG_TYPE, put_text(2, none), L4_BASE_THREAD_CAP);
    if (absent(result, "logs"))
        return;
    CHECK_EQ(result, 0);
    CHECK_EQ(l4_utcb()->mr[0], ~0ull);
    l4_utcb()->mr[1] = 1;
    CHECK_EQ(ask(L4_DBG_LOG_SWITCH, put_text(2, none), L4_BASE_THREAD_CAP), -L4_ENOENT);
    l4_utcb()->mr[1] = 100000;
    CHECK(ask(L4_DBG_LOG_NAME, 2, L4_BASE_THREAD_CAP) < 0);
}

static void test_image_info(void)
{
    l4_utcb()->mr[1] = 0x1400000;
    long result = ask(L4_DBG_IMAGE_INFO, put_text(2, "image-name-with-more"), L4_BASE_TASK_CAP);
    if (absent(result, "image information"))
        return;
    CHECK_EQ(result, 0);
    l4_utcb()->mr[1] = 0;
    CHECK(ask(L4_DBG_IMAGE_INFO, put_text(2, "x"), L4_BASE_THREAD_CAP) < 0);
}

/* Asks for up to @count records behind the first @skip. */
static long list(unsigned count, uint64_t skip)
{
    uint64_t *mr = l4_utcb()->mr;
    mr[1] = BUFFER;
    mr[2] = count * L4_DBG_OBJECT_SIZE;
    mr[3] = skip;
    return ask(L4_DBG_OBJECTS, 4, L4_BASE_TASK_CAP);
}

static void test_object_list(void)
{
    uint64_t *mr = l4_utcb()->mr, *record = (uint64_t *)BUFFER, all = 0, found = 0;
    l4_cap_t s = new_semaphore();
    uint64_t id = id_of(s);
    l4_task_add_ku_mem(L4_BASE_TASK_CAP, l4_fpage_mem(BUFFER, 12, L4_FPAGE_RW));
    long result = list(RECORDS, 0);
    if (absent(result, "object list"))
        return;
    CHECK_EQ(result, 0);
    CHECK_EQ(mr[0], RECORDS);
    CHECK(mr[1] > RECORDS);
    all = mr[1];
    for (uint64_t skip = 0; skip < all; skip += RECORDS) {
        CHECK_EQ(list(RECORDS, skip), 0);
        CHECK_EQ(mr[0], all - skip < RECORDS ? all - skip : RECORDS);
        for (uint64_t i = 0; i < mr[0]; i++)
            found += record[i * 8] >> 5 == id;
    }
    CHECK_EQ(found, 1);
    CHECK_EQ(list(RECORDS, all), 0);
    CHECK_EQ(mr[0], 0);
    mr[1] = 0x1400000; /* not ku_mem */
    mr[2] = L4_DBG_OBJECT_SIZE;
    mr[3] = 0;
    CHECK(ask(L4_DBG_OBJECTS, 4, L4_BASE_TASK_CAP) < 0);
}

static void test_trace(void)
{
    long result = ask(L4_DBG_TRACE_TEXT, put_counted(1, "noted"), 0);
    if (absent(result, "trace buffer"))
        return;
    CHECK_EQ(result, 0);
    l4_utcb()->mr[1] = 0x11;
    l4_utcb()->mr[2] = 0x22;
    l4_utcb()->mr[3] = 0x33;
    CHECK_EQ(ask(L4_DBG_TRACE_VALUES, put_counted(4, "noted with values"), 0), 0);
    CHECK_EQ(ask(L4_DBG_TRACE_CLEAR, 1, 0), 0);
    l4_utcb()->mr[1] = 0;
    CHECK(ask(L4_DBG_TRACE_SLOTS, 2, 0) < 0); /* no flexpage */
    CHECK(ask(0x2ff, 1, 0) < 0);
}

static void test_console(void)
{
    uint64_t *mr = l4_utcb()->mr;
    mr[1] = '.';
    long result = ask(L4_DBG_PUTC, 2, 0);
    if (absent(result, "console"))
        return;
    CHECK_EQ(result, 0);
    for (uint64_t op = L4_DBG_HEX32; op <= L4_DBG_DECIMAL; op++) {
        mr[1] = op;
        CHECK_EQ(ask(op, 2, 0), 0);
    }
    CHECK_EQ(ask(L4_DBG_PUTS, put_counted(1, "\n"), 0), 0);
    mr[1] = 1000; /* more than there is: cut to the message */
    mr[2] = '\n';
    CHECK_EQ(ask(L4_DBG_PUTS, 3, 0), 0);
    CHECK(ask(L4_DBG_PUTC, 1, 0) < 0); /* w >= 2 */
}

static void test_unknown(void)
{
    absent(ask(L4_DBG_MEMORY, 1, 0), "memory statistics");
    CHECK_EQ(ask(0x6ff, 1, 0), -L4_ENOSYS);
    CHECK_EQ(ask(0x17f, 1, L4_BASE_TASK_CAP), -L4_ENOSYS);
    l4_utcb()->mr[0] = 0;
    l4_msgtag_t tag = l4_msgtag(77, 1, 0, 0);
    CHECK_EQ(l4_result(l4_ipc_call(L4_BASE_DEBUGGER_CAP, tag, L4_NEVER)), -L4_EBADPROTO);
}

const struct test debugger_tests[] = {
    {"debugger-names", test_names},
    {"debugger-ids", test_ids},
    {"debugger-name-by-id", test_name_by_id},
    {"debugger-logs", test_logs},
    {"debugger-image-info", test_image_info},
    {"debugger-object-list", test_object_list},
    {"debugger-trace", test_trace},
    {"debugger-console", test_console},
    {"debugger-unknown", test_unknown},
    {NULL, NULL},
};

/* From here on somebody answers at the serial line: test/system/kernel-debugger. */

static long enter(const char *text)
{
    return l4_debugger_enter(L4_BASE_DEBUGGER_CAP, text);
}

static void say(const char *text, long value)
{
    print(text);
    print_number(value);
    print("\n");
}

static void stop_console(void)
{
    static const uint64_t value = 0x123456789abcdef;
    say("put string: ", ask(L4_DBG_PUTS, put_counted(1, "printed: "), 0));
    for (uint64_t op = L4_DBG_HEX32; op <= L4_DBG_DECIMAL; op++) {
        l4_utcb()->mr[1] = op == L4_DBG_DECIMAL ? (uint64_t)-42 : value;
        ask(op, 2, 0);
        l4_utcb()->mr[1] = op == L4_DBG_DECIMAL ? '\n' : ' ';
        ask(L4_DBG_PUTC, 2, 0);
    }
}

/* It must get its message, whatever time the human takes. */
static void receive_soon(struct worker *self)
{
    l4_timeouts_t timeouts = l4_timeouts(0, l4_timeout_us(PATIENCE_US));
    l4_msgtag_t tag = l4_ipc_wait(L4_INVALID_CAP, NULL, timeouts);
    self->result = l4_msgtag_has_error(tag) ? -l4_ipc_code() : 1;
}

static void stop_clock(void)
{
    if (!worker_start(&w, &own_task, receive_soon, MAIN_PRIORITY + 1))
        return;
    set_name(w.cap, "stopper-worker");
    uint64_t clock = l4_clock_us(test_kip()), cycles = l4_cycles();
    say("entered: ", enter("first stop"));
    cycles = l4_cycles() - cycles;
    clock = l4_clock_us(test_kip()) - clock;
    say("longer than the time-out by cycles: ",
        cycles > test_kip()->cpu_khz * PATIENCE_US / 1000);
    say("longer than the time-out by the clock: ", clock > PATIENCE_US);
    send_words(w.cap, 0);
    say("message in time: ", w.result);
}

static void touch(struct worker *self)
{
    self->result = *(volatile char *)0x77777000;
}

/* A gate, memory with a tree of mappings, and a task with a name and an image: to look at. */
static void stop_picture(void)
{
    l4_cap_t gate = cap_new();
    task_new(&child);
    set_name(child.cap, "child");
    l4_factory_create_gate(L4_BASE_FACTORY_CAP, gate, L4_BASE_THREAD_CAP, 0xabc0);
    set_name(gate, "seen-gate");
    l4_task_map_cap(child.cap, gate, l4_cap(0x77), L4_CAP_RW);
    l4_task_map(child.cap, L4_BASE_TASK_CAP,
                l4_fpage_mem((uint64_t)test_memory(), 13, L4_FPAGE_RW), 0x50000000);
    l4_utcb()->mr[1] = 0x1400000;
    ask(L4_DBG_IMAGE_INFO, put_text(2, "abi"), child.cap);
    say("child is task ", (long)id_of(child.cap));
    say("main is thread ", (long)id_of(L4_BASE_THREAD_CAP));
    ask(L4_DBG_TRACE_CLEAR, 1, 0);
    ask(L4_DBG_TRACE_TEXT, put_counted(1, "a note"), 0);
    l4_utcb()->mr[1] = 0x11;
    l4_utcb()->mr[2] = 0x22;
    l4_utcb()->mr[3] = 0x33;
    ask(L4_DBG_TRACE_VALUES, put_counted(4, "a note with values"), 0);
    ask(0, 0, 0); /* no words: just enter */
    l4_utcb()->mr[0] = 0x4711;
    l4_ipc_call(gate, l4_msgtag(0x123, 1, 0, 0), l4_timeouts(L4_TIMEOUT_ZERO, L4_TIMEOUT_ZERO));
    l4_task_map_cap(child.cap, gate, TASK_PAGER, L4_CAP_RWS);
    worker_start(&w, &child, touch, MAIN_PRIORITY + 1);
    print("sent\n");
}

static void stop_sequence(void)
{
    say("sequence: ", enter("*#ol;n"));
    say("empty sequence: ", enter("*#"));
    say("memory: ", ask(L4_DBG_MEMORY, 1, 0));
    say("dump: ", ask(L4_DBG_TRACE_DUMP, 1, 0));
}

static void stop_without_rights(void)
{
    static const uint64_t ops[] = {L4_DBG_ENTER, L4_DBG_PUTC, L4_DBG_LOG_TYPE, L4_DBG_LOG_SWITCH,
                                   L4_DBG_NAME_BY_ID, L4_DBG_LOG_NAME, L4_DBG_OBJECTS,
                                   L4_DBG_TRACE_TEXT, L4_DBG_TRACE_CLEAR, L4_DBG_TRACE_DUMP,
                                   L4_DBG_TRACE_VALUES, L4_DBG_MEMORY};
    l4_cap_t weak = cap_new();
    long refused = 0;
    l4_task_map_cap(L4_BASE_TASK_CAP, L4_BASE_DEBUGGER_CAP, weak, L4_CAP_R);
    for (unsigned i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        put_counted(4, "not seen");
        l4_utcb()->mr[0] = ops[i];
        l4_utcb()->mr[1] = l4_utcb()->mr[2] = l4_utcb()->mr[3] = 0;
        refused += ask_with(weak, 6, L4_BASE_THREAD_CAP) == -L4_EPERM;
    }
    say("requests allowed without W: ", (long)(sizeof ops / sizeof ops[0]) - refused);
    say("entered without W: ", ask_with(weak, 0, 0));
    l4_utcb()->mr[0] = L4_DBG_GLOBAL_ID;
    say("id without W: ", ask_with(weak, 1, L4_BASE_THREAD_CAP));
}

const struct test stop_tests[] = {
    {"stop-console", stop_console},
    {"stop-clock", stop_clock},
    {"stop-picture", stop_picture},
    {"stop-sequence", stop_sequence},
    {"stop-without-rights", stop_without_rights},
    {NULL, NULL},
};

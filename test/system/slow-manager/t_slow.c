/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../service.h"
#include "idl/dm.h"
#include "l4sys/factory.h"
#include "l4sys/ipc.h"
#include "rm/region.h"
#include "thread/thread.h"

/* Threads that touch pages of slow managers, and others that must not notice (R11). */

enum { PAGE = 4096, SOON_US = 100000 };

static l4_cap_t sluggish;

/** A thread that reads a byte. */
struct reader {
    const volatile unsigned char *address;
    struct thread *thread;
    _Atomic bool done;
    unsigned char value;
};

static void read_byte(void *argument)
{
    struct reader *reader = argument;

    reader->value = *reader->address;
    atomic_store(&reader->done, true);
}

static void start(struct reader *reader, const void *address)
{
    struct thread_request request = {.name = "reader", .entry = read_byte, .argument = reader};

    reader->address = address;
    atomic_store(&reader->done, false);
    if (thread_create(&request, &reader->thread))
        puts("FAIL thread: cannot create");
}

/** The first @pages pages of @dataspace, attached anywhere; or null. */
static char *attach(l4_cap_t dataspace, unsigned pages)
{
    struct region_attachment a = {.size = pages * PAGE, .dataspace = dataspace,
                                  .rights = L4_FPAGE_R, .flags = REGION_ANYWHERE};

    return region_attach(&a) ? NULL : (char *)a.start;
}

/** New memory can be used at once. */
static bool memory_comes(void)
{
    uint64_t begin = task_clock_us();
    char *memory = region_alloc(64 * PAGE);

    if (!memory)
        return false;
    memset(memory, 1, 64 * PAGE);
    return !region_free(memory) && task_clock_us() - begin < SOON_US;
}

static void one(char *slow)
{
    struct reader reader;

    start(&reader, slow + 20 * PAGE);
    l4_sleep_us(10000);
    CHECK("others-go-on", memory_comes() && !atomic_load(&reader.done));
    uint64_t begin = task_clock_us();
    char *again = attach(sluggish, 4);
    CHECK("attach-and-detach-beside", again && !region_detach(again, NULL)
                                          && task_clock_us() - begin < SOON_US
                                          && !atomic_load(&reader.done));
    thread_join(reader.thread);
    CHECK("page-came", reader.value == 20);
}

/** Three helpers: three pages take as long as one. */
static void several(char *slow)
{
    struct reader readers[3];
    uint64_t begin = task_clock_us();
    bool good = true;

    for (unsigned i = 0; i < 3; i++)
        start(&readers[i], slow + (1 + 16 * i) * PAGE);
    for (unsigned i = 0; i < 3; i++) {
        thread_join(readers[i].thread);
        good &= readers[i].value == 1 + 16 * i;
    }
    CHECK("several-at-a-time", good && task_clock_us() - begin < 5000000);
}

/** Maps eight pages, which takes a while. */
static void map_eight(void *argument)
{
    struct reader *reader = argument;

    reader->value = region_map((const void *)reader->address, 8 * PAGE, L4_FPAGE_R) == -ERR_ENOENT;
    atomic_store(&reader->done, true);
}

/** A region that goes while it is mapped leaves no page: what comes there next is seen. */
static void gone_while_mapped(void)
{
    char *slow = attach(sluggish, 16);
    struct reader reader = {.address = (unsigned char *)slow};
    struct thread_request request = {.name = "mapper", .entry = map_eight, .argument = &reader};
    struct region_attachment next = {.start = (uint64_t)slow, .size = 16 * PAGE,
                                     .dataspace = task_slot(), .rights = L4_FPAGE_RW};
    bool zero = true;

    CHECK("mapper", slow && thread_create(&request, &reader.thread) == 0);
    l4_sleep_us(500000);
    CHECK("gone-while-mapped", region_detach(slow, NULL) == 0 && !atomic_load(&reader.done));
    thread_join(reader.thread);
    CHECK("gone-is-said", reader.value == 1);
    CHECK("next-there", dm_open(TASK_CAP_DM, 16 * PAGE, 0, "next", next.dataspace) == 0
                            && region_attach(&next) == 0);
    for (unsigned i = 0; i < 16; i++)
        zero &= ((volatile char *)slow)[i * PAGE] == 0;
    CHECK("next-is-seen", zero);
    CHECK("next-given-back", region_free(slow) == 0);
}

static void map_now(void *argument)
{
    struct region_attachment a = {.size = PAGE, .dataspace = sluggish, .offset = 7 * PAGE,
                                  .rights = L4_FPAGE_R,
                                  .flags = REGION_ANYWHERE | REGION_MAP_NOW};

    if (region_attach(&a) == 0 && *(volatile unsigned char *)a.start == 7)
        atomic_store((_Atomic bool *)argument, true);
}

/** To have all mapped at once keeps who wants it. */
static void map_beside(void)
{
    _Atomic bool good = false;
    struct thread_request request = {.name = "map now", .entry = map_now, .argument = &good};
    struct thread *thread;

    if (thread_create(&request, &thread))
        puts("FAIL thread: cannot create");
    l4_sleep_us(10000);
    bool beside = memory_comes() && !atomic_load(&good);
    thread_join(thread);
    CHECK("map-now-beside", beside && atomic_load(&good));
}

/** More faults at a time than there is room for. */
static void many(void)
{
    enum { READERS = 40 };
    static struct reader readers[READERS];
    unsigned good = 0;

    for (unsigned i = 0; i < READERS; i++) {
        char *page = attach(sluggish, 1);
        start(&readers[i], page);
    }
    bool beside = memory_comes();
    for (unsigned i = 0; i < READERS; i++) {
        thread_join(readers[i].thread);
        good += readers[i].value == 0;
    }
    CHECK("many-faults", beside && good == READERS);
}

/** A dataspace whose manager never answers. */
static char *attach_hanging(void)
{
    l4_cap_t gate = task_slot();

    l4_factory_create_gate(TASK_CAP_FACTORY, gate, TASK_CAP_THREAD, 0x100);
    return attach(gate, 4);
}

/** Ends in a fault: the reader's address means nothing any more. */
static int detach(void)
{
    struct reader reader;
    char *hanging = attach_hanging();

    start(&reader, hanging);
    l4_sleep_us(10000);
    uint64_t begin = task_clock_us();
    CHECK("detached-at-once",
          hanging && !region_detach(hanging, NULL) && task_clock_us() - begin < SOON_US);
    CHECK("place-is-free", region_lookup(hanging, &(struct region_attachment){0}) != 0);
    thread_join(reader.thread);
    return 1;
}

static int hang(void)
{
    static struct reader readers[5];

    for (unsigned i = 0; i < 5; i++)
        start(&readers[i], attach_hanging());
    l4_sleep_us(10000);
    CHECK("own-memory-beside-hanging", memory_comes() && memory_comes());
    return check_result();
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "detach") == 0)
        return detach();
    if (argc > 1 && strcmp(argv[1], "hang") == 0)
        return hang();
    sluggish = service("SLUGGISH");
    char *slow = attach(sluggish, 64);
    CHECK("attached", slow != NULL);
    one(slow);
    several(slow);
    map_beside();
    gone_while_mapped();
    many();
    return check_result();
}

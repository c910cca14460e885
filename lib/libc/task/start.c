/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Step 8 of a start (paper 2.2), the part that only libc.so can do: thread-local storage of all
 * objects, constructors in dependency order, main, destructors. Compiled against musl's internal
 * headers. World at __l4_libc_start(): all objects are placed and linked, the region manager runs;
 * no fs base, no stdio, no malloc.
 */
#include "pthread_impl.h"

#include <elf.h>
#include <stdlib.h>

#include "libc.h"

#include "libc/task/task.h"
#include "loader/loader.h"
#include "rm/region.h"
#include "thread/thread.h"

enum { AUX_WORDS = 20, TLS_ALIGN_MIN = 16 };

/* What most programs need, so that their start asks nobody for memory; others get a region. */
enum { SMALL_TLS = 1024, SMALL_VECTOR = 64 };
static _Alignas(64) unsigned char small_tls[SMALL_TLS];
static char *small_vector[SMALL_VECTOR];

void __init_libc(char **environment, char *name);
void __init_tls(size_t *aux);
void __libc_exit_fini(void);

static const struct task_object *object_in_order(uint32_t order, uint32_t *index)
{
    const struct task_table *table = task_objects();
    for (uint32_t i = 0; i < table->objects; i++)
        if (task_object(table, i)->init_order == order) {
            *index = i;
            return task_object(table, i);
        }
    return NULL;
}

static void call_array(uint64_t array, uint64_t size, int backwards)
{
    void (**function)(void) = (void (**)(void))array;
    uint64_t count = size / sizeof(*function);
    for (uint64_t i = 0; i < count; i++)
        function[backwards ? count - 1 - i : i]();
}

static void construct_all(void)
{
    const struct task_table *table = task_objects();
    const struct task_object *program = task_object(table, 0);
    call_array(task_object_base(0) + program->preinit_array, program->preinit_array_size, 0);
    for (uint32_t order = 0; order < table->objects; order++) {
        uint32_t i;
        const struct task_object *o = object_in_order(order, &i);
        if (!o)
            continue;
        if (o->init)
            ((void (*)(void))(task_object_base(i) + o->init))();
        call_array(task_object_base(i) + o->init_array, o->init_array_size, 0);
    }
}

/* musl's exit() calls this: destructors of all objects, in the opposite order. */
void __libc_exit_fini(void)
{
    for (uint32_t order = task_objects()->objects; order-- > 0;) {
        uint32_t i;
        const struct task_object *o = object_in_order(order, &i);
        if (!o)
            continue;
        call_array(task_object_base(i) + o->fini_array, o->fini_array_size, 1);
        if (o->fini)
            ((void (*)(void))(task_object_base(i) + o->fini))();
    }
}

/* The module list that musl copies from for each thread; exec has chosen the offsets. */
static void list_tls_modules(const struct task_table *table)
{
    static struct tls_module modules[TASK_OBJECTS_MAX];
    struct tls_module **link = &libc.tls_head;
    for (uint32_t i = 0; i < table->objects; i++) {
        const struct task_object *o = task_object(table, i);
        if (!o->tls_size || libc.tls_cnt == TASK_OBJECTS_MAX)
            continue;
        struct tls_module *m = &modules[libc.tls_cnt++];
        *m = (struct tls_module){
            .image = (void *)(task_object_base(i) + o->tls_image),
            .len = o->tls_image_size,
            .size = o->tls_size,
            .align = o->tls_align,
            .offset = o->tls_offset,
        };
        *link = m;
        link = &m->next;
    }
}

/* In place of musl's: called from __init_libc. */
void __init_tls(size_t *aux)
{
    static const char failed[] = "libc: step 8: no memory for thread-local storage\n";
    const struct task_table *table = task_objects();
    (void)aux;
    list_tls_modules(table);
    libc.tls_align = table->tls_align > TLS_ALIGN_MIN ? table->tls_align : TLS_ALIGN_MIN;
    libc.tls_size = (1 + libc.tls_cnt) * sizeof(void *) + table->tls_size + sizeof(struct pthread)
                    + libc.tls_align + sizeof(void *);
    void *memory = libc.tls_size <= sizeof(small_tls) ? small_tls : region_alloc(libc.tls_size);
    if (!memory || __init_tp(__copy_tls(memory)) < 0) {
        task_write(failed, sizeof(failed) - 1);
        task_exit(127);
    }
}

/* Threads of lib/thread get their part of each object's storage, and an errno. */
static void offer_tls_to_threads(void)
{
    static struct thread_tls tls = { .init = libc_tls_init };
    tls.size = libc_tls_size();
    thread_set_tls(&tls);
}

/* argv, an empty environment and the auxiliary vector, as musl wants them: in a row. */
static char **make_vectors(const struct task_infopage *info)
{
    const struct task_object *program = task_object(task_objects(), 0);
    size_t size = (info->argc + 2 + AUX_WORDS) * sizeof(char *);
    char **vector = size <= sizeof(small_vector) ? small_vector : region_alloc(size);
    if (!vector)
        return NULL;
    task_arguments(vector);
    const size_t aux[] = {
        AT_PHDR,   task_object_base(0) + program->phdr,
        AT_PHENT,  sizeof(Elf64_Phdr),
        AT_PHNUM,  program->phdr_count,
        AT_PAGESZ, L4_PAGE_SIZE,
        AT_RANDOM, (size_t)info->random,
        AT_NULL,   0,
    };
    memcpy(vector + info->argc + 2, aux, sizeof(aux));
    return vector;
}

__attribute__((visibility("default"))) void __l4_libc_start(const struct task_infopage *info,
                                                            void (*running)(void))
{
    static const char failed[] = "libc: step 8: no memory for the arguments\n";
    const struct task_table *table = task_objects();
    int (*multiboot_main)(int, char **) = task_place_address(&table->multiboot_main);
    int (*program_main)(int, char **, char **) = task_place_address(&table->main);
    int argc = (int)info->argc;
    char **argv = make_vectors(info);

    if (!argv) {
        task_write(failed, sizeof(failed) - 1);
        task_exit(127);
    }
    __init_libc(argv + argc + 1, argv[0] ? argv[0] : "");
    offer_tls_to_threads();
    construct_all();
    running();
    if (multiboot_main)
        exit(multiboot_main(argc, argv));
    if (program_main)
        exit(program_main(argc, argv, argv + argc + 1));
    task_exit(127);
}

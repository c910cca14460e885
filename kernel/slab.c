/* SPDX-License-Identifier: BSD-2-Clause */
#include "frames.h"
#include "print.h"
#include "slab.h"
#include "string.h"

/** Head of a page of objects; the objects follow. Free ones are linked through their first word. */
struct slab_page {
    struct list node;
    void *free;
    size_t used;
    char pad[32]; /* objects start 64-byte aligned */
};

_Static_assert(sizeof(struct slab_page) == 64, "objects start 64-byte aligned");

static struct slab *all;

static size_t per_page(const struct slab *slab)
{
    return (PAGE_SIZE - sizeof(struct slab_page)) / slab->size;
}

static struct slab_page *grow(struct slab *slab)
{
    struct slab_page *page = frames_alloc(0);
    if (!page)
        return NULL;
    slab->pages++;
    if (!slab->listed) {
        slab->listed = true;
        slab->next = all;
        all = slab;
    }
    char *object = (char *)(page + 1);
    for (size_t i = 0; i < per_page(slab); i++, object += slab->size) {
        *(void **)object = page->free;
        page->free = object;
    }
    list_append(&slab->partial, &page->node);
    return page;
}

void *slab_alloc(struct slab *slab)
{
    struct slab_page *page = list_empty(&slab->partial)
                                 ? grow(slab)
                                 : list_first(&slab->partial, struct slab_page, node);
    if (!page)
        return NULL;
    void *object = page->free;
    page->free = *(void **)object;
    page->used++;
    slab->objects++;
    if (!page->free)
        list_remove(&page->node);
    return memset(object, 0, slab->size);
}

void slab_free(struct slab *slab, void *object)
{
    struct slab_page *page = (struct slab_page *)((uintptr_t)object & ~(PAGE_SIZE - 1));
    assert(page->used > 0);
    if (!page->free)
        list_append(&slab->partial, &page->node);
    *(void **)object = page->free;
    page->free = object;
    slab->objects--;
    if (--page->used == 0) {
        list_remove(&page->node);
        slab->pages--;
        frames_free(page, 0);
    }
}

struct slab *slab_first(void)
{
    return all;
}

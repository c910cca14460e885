/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "quota.h"

#define PAGE_DIR_ENTRIES 512

/**
 * A sparse array: one page of pointers to pages, all allocated on demand. Pages stay where they
 * are until the whole directory is freed, so pointers into them are stable.
 */
struct page_dir {
    struct quota *quota;
    void **pages; /* NULL: no page yet */
    bool closed;  /* nothing is allocated any more */
};

/** Page @index < PAGE_DIR_ENTRIES; a new one is zeroed. NULL: not there, or no memory. */
static inline void *page_dir_get(struct page_dir *dir, uint64_t index, bool allocate)
{
    if (dir->pages && dir->pages[index])
        return dir->pages[index];
    if (!allocate || dir->closed)
        return NULL;
    if (!dir->pages)
        dir->pages = quota_pages(dir->quota, 0);
    if (dir->pages)
        dir->pages[index] = quota_pages(dir->quota, 0);
    return dir->pages ? dir->pages[index] : NULL;
}

/** First page at or behind @index; PAGE_DIR_ENTRIES: there is none. */
static inline uint64_t page_dir_next(const struct page_dir *dir, uint64_t index)
{
    while (index < PAGE_DIR_ENTRIES && !(dir->pages && dir->pages[index]))
        index++;
    return index;
}

/** Frees page @index. */
static inline void page_dir_drop(struct page_dir *dir, uint64_t index)
{
    quota_free_pages(dir->quota, dir->pages[index], 0);
    dir->pages[index] = NULL;
}

/** Frees the directory, whose pages are all dropped. */
static inline void page_dir_free(struct page_dir *dir)
{
    if (dir->pages)
        quota_free_pages(dir->quota, dir->pages, 0);
    dir->pages = NULL;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

/** Circular doubly linked list; a head and its members have the same type. */
struct list {
    struct list *next, *prev;
};

static inline void list_init(struct list *head)
{
    head->next = head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
    return head->next == head;
}

/** Inserts @node before @position; with the head as position that is at the end. */
static inline void list_insert(struct list *position, struct list *node)
{
    node->next = position;
    node->prev = position->prev;
    position->prev->next = node;
    position->prev = node;
}

static inline void list_append(struct list *head, struct list *node)
{
    list_insert(head, node);
}

static inline void list_prepend(struct list *head, struct list *node)
{
    list_insert(head->next, node);
}

/** Takes @node out and leaves it as an empty list of its own, so removing twice is harmless. */
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/** Moves all members of @from to the end of @head. */
static inline void list_move_all(struct list *head, struct list *from)
{
    if (list_empty(from))
        return;
    from->next->prev = head->prev;
    head->prev->next = from->next;
    from->prev->next = head;
    head->prev = from->prev;
    list_init(from);
}

#define list_first(head, type, member) container_of((head)->next, type, member)

#define list_for_each(it, head, member)                                         \
    for ((it) = container_of((head)->next, __typeof__(*(it)), member);          \
         &(it)->member != (head);                                               \
         (it) = container_of((it)->member.next, __typeof__(*(it)), member))

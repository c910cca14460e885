/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <l4/fpage.h>
#include <l4/msgtag.h>

/*
 * The Sigma0 protocol (ABI 9) from the answering side: words of a message to a request and back.
 * sigma0, roottask and the loader answer it, each with its own memory; no message is taken apart
 * elsewhere. Nothing here calls the kernel.
 */

enum sigma0_op {
    SIGMA0_FAULT,    /* page fault at address, needs rights; ip */
    SIGMA0_RAM,      /* RAM at address, order */
    SIGMA0_IOMEM,    /* I/O memory at address, order; cached */
    SIGMA0_ANY,      /* any free RAM, order */
    SIGMA0_KIP,      /* the kernel info page */
    SIGMA0_PORTS,    /* I/O ports [port, port + 2^order) */
    SIGMA0_CLIENT,   /* a gate for a new client */
    SIGMA0_DUMP,     /* print who owns what */
    SIGMA0_COVERAGE, /* test coverage of the answering program */
};

#define SIGMA0_ORDER_MAX 47 /* of memory: larger than any address */

/** A request whose words have been checked. Addresses are physical. */
struct sigma0_request {
    enum sigma0_op op;
    uint64_t address; /* RAM, IOMEM: aligned to the size; FAULT: without its low three bits */
    uint64_t ip;
    unsigned order;  /* 12..SIGMA0_ORDER_MAX; ports: 0..16 */
    unsigned port;   /* aligned to the size */
    unsigned rights; /* L4_FPAGE_* that a fault needs */
    bool cached;
};

/** What goes back: a negative error, or 0 with at most one item. */
struct sigma0_answer {
    long label;
    uint64_t item;    /* word 0 of the send item; 0: none */
    l4_fpage_t fpage;
};

/**
 * Takes apart the message @tag with its words at @mr. Returns 0, or the error to answer with:
 * -L4_EINVAL misaligned, too small or too short; -L4_ENOMEM larger than any address;
 * -L4_ENOSYS unknown request; -L4_ENODEV unknown type to create; -L4_EBADPROTO another protocol.
 */
long sigma0_decode(l4_msgtag_t tag, const uint64_t *mr, struct sigma0_request *request);

/** A negative error, or success without an item. */
struct sigma0_answer sigma0_plain(long label);

/**
 * 2^@order bytes of RAM at @address; @rights L4_FPAGE_*. The client reads the address from the hot
 * spot.
 */
struct sigma0_answer sigma0_ram(uint64_t address, unsigned order, unsigned rights);

/** 2^@order bytes of I/O memory at @address. */
struct sigma0_answer sigma0_iomem(uint64_t address, unsigned order, bool cached);

/** The kernel info page at @address. */
struct sigma0_answer sigma0_kip(uint64_t address);

/** The ports [@port, @port + 2^@order). */
struct sigma0_answer sigma0_ports(unsigned port, unsigned order);

/** The gate @cap with read, write and S right. */
struct sigma0_answer sigma0_client(l4_cap_t cap);

/** Writes @answer to @mr (two words); returns the tag to send. */
l4_msgtag_t sigma0_encode(const struct sigma0_answer *answer, uint64_t *mr);

/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "irq.h"
#include "object.h"

extern const struct object_type icu_type;

/** A set of pins that IRQ objects can be bound to: the PIC's, or a kernel object's one pin. */
struct icu {
    struct pin_link *pins;
    unsigned count;
};

/** Requests of protocol IRQ to an interrupt controller. */
l4_msgtag_t icu_protocol(const struct icu *icu, struct invocation *call);

void icu_init(void);

/** Hardware interrupt @pin, for whoever is bound to it. */
void icu_interrupt(unsigned pin);

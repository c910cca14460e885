/* SPDX-License-Identifier: BSD-2-Clause */
#include <x86/port.h>

#include "x86_64/pic.h"
#include "x86_64/trap.h"

enum { MASTER = 0x20, MASTER_MASK = 0x21, SLAVE = 0xa0, SLAVE_MASK = 0xa1 };
enum { EOI = 0x20, READ_ISR = 0x0b };

static uint16_t masked = 0xffff;

static void write_masks(void)
{
    out8(MASTER_MASK, (uint8_t)masked);
    out8(SLAVE_MASK, (uint8_t)(masked >> 8));
}

void pic_init(void)
{
    out8(MASTER, 0x11);
    out8(SLAVE, 0x11);
    out8(MASTER_MASK, TRAP_IRQ);
    out8(SLAVE_MASK, TRAP_IRQ + 8);
    out8(MASTER_MASK, 1 << PIC_CASCADE_PIN);
    out8(SLAVE_MASK, PIC_CASCADE_PIN);
    out8(MASTER_MASK, 0x01);
    out8(SLAVE_MASK, 0x01);
    masked = 0xffff & ~(1u << PIC_CASCADE_PIN);
    write_masks();
}

void pic_mask(unsigned pin)
{
    masked |= (uint16_t)(1u << pin);
    write_masks();
}

void pic_unmask(unsigned pin)
{
    masked &= (uint16_t) ~(1u << pin);
    write_masks();
}

void pic_acknowledge(unsigned pin)
{
    if (pin >= 8)
        out8(SLAVE, EOI);
    out8(MASTER, EOI);
}

bool pic_is_spurious(unsigned pin)
{
    if (pin != 7 && pin != 15)
        return false;
    uint16_t port = pin == 7 ? MASTER : SLAVE;
    out8(port, READ_ISR);
    bool spurious = !(in8(port) & 0x80);
    if (spurious && pin == 15)
        out8(MASTER, EOI); /* the cascade was real */
    return spurious;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86_64/io.h"
#include "x86_64/pic.h"
#include "x86_64/trap.h"

enum { MASTER = 0x20, MASTER_MASK = 0x21, SLAVE = 0xa0, SLAVE_MASK = 0xa1 };
enum { EOI = 0x20, READ_ISR = 0x0b };

static uint16_t masked = 0xffff;

static void write_masks(void)
{
    outb(MASTER_MASK, (uint8_t)masked);
    outb(SLAVE_MASK, (uint8_t)(masked >> 8));
}

void pic_init(void)
{
    outb(MASTER, 0x11);
    outb(SLAVE, 0x11);
    outb(MASTER_MASK, TRAP_IRQ);
    outb(SLAVE_MASK, TRAP_IRQ + 8);
    outb(MASTER_MASK, 1 << PIC_CASCADE_PIN);
    outb(SLAVE_MASK, PIC_CASCADE_PIN);
    outb(MASTER_MASK, 0x01);
    outb(SLAVE_MASK, 0x01);
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
        outb(SLAVE, EOI);
    outb(MASTER, EOI);
}

bool pic_is_spurious(unsigned pin)
{
    if (pin != 7 && pin != 15)
        return false;
    uint16_t port = pin == 7 ? MASTER : SLAVE;
    outb(port, READ_ISR);
    bool spurious = !(inb(port) & 0x80);
    if (spurious && pin == 15)
        outb(MASTER, EOI); /* the cascade was real */
    return spurious;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>

/** Write one byte to an I/O port. */
static inline void port_out(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

/** Read one byte from an I/O port. */
static inline uint8_t port_in(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

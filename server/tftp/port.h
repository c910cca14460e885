/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* I/O ports. World: the ports have been mapped (sigma0_get_ports()). */

static inline void out8(unsigned port, uint8_t value)
{
    __asm__ volatile("outb %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void out16(unsigned port, uint16_t value)
{
    __asm__ volatile("outw %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void out32(unsigned port, uint32_t value)
{
    __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint8_t in8(unsigned port)
{
    uint8_t value;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline uint16_t in16(unsigned port)
{
    uint16_t value;
    __asm__ volatile("inw %w1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline uint32_t in32(unsigned port)
{
    uint32_t value;
    __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

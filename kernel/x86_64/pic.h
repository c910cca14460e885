/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "types.h"

#define PIC_PINS 16
#define PIC_CASCADE_PIN 2

/** Both controllers, pins 0..15 at vectors TRAP_IRQ.., all masked. */
void pic_init(void);
void pic_mask(unsigned pin);
void pic_unmask(unsigned pin);
/** End of interrupt. */
void pic_acknowledge(unsigned pin);
/** True if the interrupt on pin 7 or 15 is none: the line was gone before it was taken. */
bool pic_is_spurious(unsigned pin);

/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* The PCI configuration space, by the two ports of the PC. */

/** One function of a device. */
struct pci_function {
    uint32_t address; /* of its registers, for the address port */
    uint16_t vendor, device;
    unsigned pin;     /* interrupt line of the PIC, as the firmware has set it up */
    unsigned io_base; /* I/O ports of its first base address register */
};

/** Gets the ports. Errors of the Sigma0 protocol: somebody else has them. */
long pci_init(void);

/**
 * The first function with @vendor and @device, on any bus. -ERR_ENXIO: there is none;
 * -ERR_EUNSUPPORTED: it has no I/O ports or no interrupt.
 */
long pci_find(uint16_t vendor, uint16_t device, struct pci_function *function);

/** Switches on its I/O ports and that it may access memory. */
void pci_enable(const struct pci_function *function);

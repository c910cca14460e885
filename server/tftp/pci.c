/* SPDX-License-Identifier: BSD-2-Clause */
#include "pci.h"

#include <stdbool.h>
#include <task/slots.h>
#include <x86/port.h>

#include "errors/errors.h"
#include "sigma0/client.h"

enum { ADDRESS = 0xcf8, DATA = 0xcfc, PORTS_ORDER = 3 };
enum { BUSES = 256, DEVICES = 32, FUNCTIONS = 8, ENABLE = 1u << 31 };
enum { REG_ID = 0x00, REG_COMMAND = 0x04, REG_HEADER = 0x0c, REG_BASE0 = 0x10, REG_PIN = 0x3c };
enum { COMMAND_IO = 0x1, COMMAND_MASTER = 0x4, COMMAND_NO_INTX = 0x400 };
enum { BASE_IO = 0x1, HEADER_MANY = 0x800000, PIN_NONE = 0xff, PIC_PINS = 16 };

static uint32_t read32(uint32_t address, unsigned reg)
{
    out32(ADDRESS, address | reg);
    return in32(DATA);
}

static void write32(uint32_t address, unsigned reg, uint32_t value)
{
    out32(ADDRESS, address | reg);
    out32(DATA, value);
}

long pci_init(void)
{
    return sigma0_get_ports(TASK_CAP_PAGER, ADDRESS, PORTS_ORDER);
}

static uint32_t address_of(unsigned bus, unsigned device, unsigned function)
{
    return ENABLE | bus << 16 | device << 11 | function << 8;
}

static long take(uint32_t address, uint32_t id, struct pci_function *f)
{
    uint32_t base = read32(address, REG_BASE0);

    *f = (struct pci_function){.address = address, .vendor = (uint16_t)id,
                               .device = (uint16_t)(id >> 16), .io_base = base & 0xfffc,
                               .pin = read32(address, REG_PIN) & 0xff};
    return base & BASE_IO && f->io_base && f->pin < PIC_PINS ? 0 : -ERR_EUNSUPPORTED;
}

long pci_find(uint16_t vendor, uint16_t device, struct pci_function *function)
{
    uint32_t want = vendor | (uint32_t)device << 16;

    for (unsigned i = 0; i < BUSES * DEVICES; i++) {
        uint32_t first = address_of(i / DEVICES, i % DEVICES, 0);
        bool many = read32(first, REG_HEADER) & HEADER_MANY;
        for (unsigned k = 0; k < (many ? FUNCTIONS : 1); k++) {
            uint32_t address = address_of(i / DEVICES, i % DEVICES, k);
            if (read32(address, REG_ID) == want)
                return take(address, want, function);
        }
    }
    return -ERR_ENXIO;
}

void pci_enable(const struct pci_function *function)
{
    uint32_t command = read32(function->address, REG_COMMAND) & 0xffff; /* status: writing 1 clears */

    command |= COMMAND_IO | COMMAND_MASTER;
    write32(function->address, REG_COMMAND, command & ~(uint32_t)COMMAND_NO_INTX);
}

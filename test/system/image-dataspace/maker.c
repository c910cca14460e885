/* SPDX-License-Identifier: BSD-2-Clause */
#include "maker.h"

#include <elf.h>
#include <string.h>

#include "../service.h"
#include "idl/fprov.h"
#include "rm/region.h"

/** Room for @size bytes at @offset of new memory. */
static int make_room(struct made *made, uint64_t offset, uint64_t size)
{
    struct region_attachment a;

    *made = (struct made){.memory = region_alloc(offset + size), .offset = offset, .size = size};
    if (!made->memory || region_lookup(made->memory, &a))
        return 0;
    made->dataspace = a.dataspace;
    return 1;
}

/** Overwrites what follows the mark. */
static int patch(char *file, uint64_t size)
{
    const uint64_t length = sizeof MAKER_MARK - 1;
    int found = 0;

    for (uint64_t i = 0; i + length + 4 <= size; i++)
        if (memcmp(file + i, MAKER_MARK "file", length + 4) == 0) {
            memcpy(file + i + length, "mine", 4);
            found++;
        }
    return found == 1;
}

int make_copy(struct made *made, uint64_t offset)
{
    l4_cap_t file = task_slot(), bmodfs = service("BMODFS");
    struct region_attachment a = {
        .rights = L4_FPAGE_R, .flags = REGION_ANYWHERE, .dataspace = file};
    uint64_t size;

    if (fprov_open(bmodfs, "t_made", TASK_CAP_DM, &size, file))
        return 0;
    a.size = (size + 4095) & ~4095ull;
    int good = !region_attach(&a) && make_room(made, offset, size);
    if (good) {
        memcpy(made->memory + offset, (const void *)a.start, size);
        good = patch(made->memory + offset, size);
    }
    region_detach((const void *)a.start, NULL);
    task_slot_release(file);
    task_slot_release(bmodfs);
    return good;
}

int make_by_hand(struct made *made)
{
    const Elf64_Ehdr head = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT, .e_entry = 0x400100,
        .e_phoff = sizeof head, .e_ehsize = sizeof head, .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 1};
    const Elf64_Phdr load = {.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x400000,
                             .p_filesz = 0x102, .p_memsz = 0x102, .p_align = 4096};

    if (!make_room(made, 0, 0x102))
        return 0;
    memcpy(made->memory, &head, sizeof head);
    memcpy(made->memory + sizeof head, &load, sizeof load);
    memcpy(made->memory + 0x100, "\x0f\x0b", 2);
    return 1;
}

void made_free(struct made *made)
{
    if (made->memory)
        region_free(made->memory);
    *made = (struct made){0};
}

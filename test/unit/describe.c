/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "idl/dataspace.h"
#include "idl/names.h"
#include "ipc/describe.h"
#include "unit.h"

/* The tables that `idl --describe` makes of idl/: against the structs that it makes of them. */

static const struct ipc_operation *operation(const char *interface, const char *name)
{
    for (unsigned i = 0; i < ipc_interface_count; i++)
        for (unsigned j = 0; j < ipc_interfaces[i].operation_count; j++)
            if (strcmp(ipc_interfaces[i].name, interface) == 0
                && strcmp(ipc_interfaces[i].operations[j].name, name) == 0)
                return &ipc_interfaces[i].operations[j];
    return NULL;
}

TEST(all_are_there)
{
    CHECK(ipc_interface_count >= 18);
    for (unsigned i = 0; i < ipc_interface_count; i++) {
        CHECK(ipc_interfaces[i].operation_count > 0);
        CHECK(ipc_interfaces[i].protocol >= 16);
    }
    CHECK(!operation("names", "nothing"));
}

TEST(words_lie_where_the_struct_has_them)
{
    const struct ipc_operation *map = operation("dataspace", "map");

    CHECK(map);
    CHECK_EQ(map->request_size, sizeof(struct dataspace_map_in));
    CHECK_EQ(map->field_count, 6);
    CHECK_STR(map->fields[3].name, "rights");
    CHECK_EQ(map->fields[3].offset, offsetof(struct dataspace_map_in, rights));
    CHECK_EQ(map->fields[3].size, 4);
    CHECK_EQ(map->fields[5].kind, IPC_FIELD_PAGES);
    CHECK_EQ(map->fields[5].bound, 24);
    CHECK(map->fields[5].out);
}

TEST(arrays_and_capabilities)
{
    const struct ipc_operation *list = operation("names", "list");
    const struct ipc_operation *enter = operation("names", "register");

    CHECK_EQ(list->fields[2].kind, IPC_FIELD_COUNT);
    CHECK_EQ(list->fields[2].bound, 4);
    CHECK_EQ(list->fields[3].kind, IPC_FIELD_STRUCT);
    CHECK_EQ(list->fields[3].size, 4 * sizeof(struct names_entry));
    CHECK_EQ(enter->fields[0].kind, IPC_FIELD_STRING);
    CHECK_EQ(enter->fields[0].size, 33);
    CHECK_EQ(enter->fields[1].kind, IPC_FIELD_CAP);
    CHECK(enter->fields[1].strong && !enter->fields[1].out);
}

UNIT_MAIN(T(all_are_there), T(words_lie_where_the_struct_has_them), T(arrays_and_capabilities))

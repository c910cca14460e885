/* SPDX-License-Identifier: BSD-2-Clause */
#include "function.h"

#include "errors/errors.h"

long function_find(const struct object *object, uint64_t offset, struct function *function)
{
    struct elf_function found;
    int error = elf_function(object->elf, offset, &found);

    if (error < 0)
        return error;
    function->start = found.start;
    for (size_t i = 0; i < found.length; i++) /* it comes from a file and goes to the log */
        function->name[i] = found.name[i] > ' ' && found.name[i] <= '~' ? found.name[i] : '?';
    function->name[found.length] = 0;
    return 0;
}

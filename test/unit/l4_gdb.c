/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `./l4 gdb` without a human: gdb has the kernel's symbols and stops in kernel_main and a server's
 * main.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

enum { SKIP = 77 };

static char output[65536];

/* Runs a command into `output`; its status. */
static int run(const char *command)
{
    FILE *pipe = popen(command, "r");
    size_t size = pipe ? fread(output, 1, sizeof output - 1, pipe) : 0;
    output[size] = 0;
    return pipe ? pclose(pipe) : -1;
}

/* Servers lie at the same addresses: the kernel says who runs. */
TEST(kernel_and_server)
{
    run("./l4 gdb -batch -nx -ex 'hbreak kernel_main' -ex continue -ex 'print current'"
        " -ex delete -ex 'hbreak server/names/main.c:main if current->task->object.name[0] == 110'"
        " -ex continue -ex 'printf \"task %s\\n\", current->task->object.name' -ex kill 2>&1 </dev/null");
    if (!strstr(output, "task names"))
        printf("%s\n", output);
    CHECK(strstr(output, "kernel_main () at kernel/main.c:"));
    CHECK(strstr(output, "(struct thread *) 0x0"));
    CHECK(strstr(output, "at server/names/main.c:"));
    CHECK(strstr(output, "task names"));
}

int main(void)
{
    char out[4096];
    ssize_t size = readlink("/proc/self/exe", out, sizeof out - 1);
    if (size < 0 || system("command -v gdb qemu-system-x86_64 >/dev/null")) {
        printf("no gdb\n");
        return SKIP;
    }
    out[size] = 0; /* O/host/NAME */
    for (unsigned i = 0; i < 2; i++)
        *strrchr(out, '/') = 0;
    setenv("O", out, 1);
    static const struct unit_test test = T(kernel_and_server);
    return unit_run(&test, 1) != 0;
}

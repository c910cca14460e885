/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Standard input: a line behind a prompt, the next one in parts, then to its end. */
int main(void)
{
    char text[64];
    int c, count = 0;

    fputs("who? ", stdout);
    fflush(stdout);
    if (!fgets(text, sizeof text, stdin))
        return 1;
    text[strcspn(text, "\n")] = 0;
    printf("hello %s\n", text);
    for (unsigned i = 0; i < 2; i++) {
        ssize_t n = read(0, text, 4);
        printf("%zd bytes\n", n);
    }
    while ((c = getchar()) != EOF)
        count++;
    printf("%d characters to the end\n", count);
    return ferror(stdin) != 0;
}

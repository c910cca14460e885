/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include "tftp/tftp.h"

#define NET_DEVICE "(nd)"

static bool is_end(char c)
{
    return c == 0 || c == '/';
}

static bool climbs(const char *path)
{
    for (const char *at = path; *at; at++)
        if ((at == path || at[-1] == '/') && at[0] == '.' && at[1] == '.' && is_end(at[2]))
            return true;
    return false;
}

const char *tftp_path(const char *name)
{
    if (strncmp(name, NET_DEVICE, strlen(NET_DEVICE)) == 0)
        name += strlen(NET_DEVICE);
    while (*name == '/')
        name++;
    return *name && !climbs(name) ? name : NULL;
}

static const char *const texts[] = {
    [TFTP_FINE] = "no failure",
    [TFTP_NO_FILE] = "no such file",
    [TFTP_REFUSED] = "the server refused",
    [TFTP_BAD_SIZE] = "size differs from what was announced",
    [TFTP_BAD_REPLY] = "the server's options make no sense",
    [TFTP_SILENT] = "the server is silent",
    [TFTP_TOO_LONG] = "it took too long",
    [TFTP_ABORTED] = "given up by the client",
};

const char *tftp_failure_text(enum tftp_failure failure)
{
    return (unsigned)failure < sizeof texts / sizeof texts[0] ? texts[failure] : "?";
}

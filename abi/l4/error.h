/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * Error numbers of the kernel (ABI 3.4); they appear negated in reply labels.
 * The project's own numbers start at 3000: lib/errors/errors.def has all of them, each with a
 * sentence.
 */
enum {
    L4_EOK = 0,
    L4_EPERM = 1,
    L4_ENOENT = 2,
    L4_EIO = 5,
    L4_ENXIO = 6,
    L4_E2BIG = 7,
    L4_EAGAIN = 11,
    L4_ENOMEM = 12,
    L4_EACCESS = 13,
    L4_EFAULT = 14,
    L4_EBUSY = 16,
    L4_EEXIST = 17,
    L4_ENODEV = 19,
    L4_ENOTDIR = 20,
    L4_EINVAL = 22,
    L4_ENOSPC = 28,
    L4_ERANGE = 34,
    L4_ENAMETOOLONG = 36,
    L4_ENOSYS = 38,
    L4_EBADPROTO = 39,
    L4_EADDRNOTAVAIL = 99,
    L4_ENOREPLY = 1000,
    L4_EMSGTOOSHORT = 1001,
    L4_EMSGTOOLONG = 1002,
    L4_EMSGMISSARG = 1003,
    L4_EMSGERRRANGE = 1004,
    L4_EDROPREPLY = 1005,
    L4_EIPC = 2000, /* IPC error code c becomes L4_EIPC + c */
};

/* IPC error codes: low five bits of the UTCB error word (ABI 1.4); bit 0 = receive phase. */
enum {
    L4_IPC_OK = 0,
    L4_IPC_SETIMEOUT = 0x02,
    L4_IPC_RETIMEOUT = 0x03,
    L4_IPC_ENOT_EXISTENT = 0x04,
    L4_IPC_SECANCELED = 0x06,
    L4_IPC_RECANCELED = 0x07,
    L4_IPC_SEMSGCUT = 0x08,
    L4_IPC_REMSGCUT = 0x09,
    L4_IPC_SEMAPFAILED = 0x10,
    L4_IPC_REMAPFAILED = 0x11,
    L4_IPC_NO_REPLY_CAP = 0x13,
};

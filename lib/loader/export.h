/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/** Marks what libloader.so offers to libc.so and programs; all else in it is hidden. */
#define EXPORT __attribute__((visibility("default")))

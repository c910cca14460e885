/* SPDX-License-Identifier: BSD-2-Clause */
/* What scripts mean: rows C01, C02, C06 to C08, C10 to C16, C29, C31, C32, C34. */
#include "unit.h"

#include "script/support.h"

/* Do two scripts have the same canonical form? */
static bool same(const char *one, const char *other)
{
    struct script *a = parse_text(one), *b = parse_text(other);
    char *a_text = a ? printed(a) : NULL, *b_text = b ? printed(b) : NULL;
    bool equal = a && b && strcmp(a_text, b_text) == 0;
    if (!equal)
        printf("one:\n%s\nother:\n%s\n", a_text ? a_text : "refused", b_text ? b_text : "refused");
    free(a_text);
    free(b_text);
    script_free(a);
    script_free(b);
    return equal;
}

/* Is the script refused, at this place and with this text in its first error? */
static bool refused(const char *text, unsigned line, unsigned column, const char *part)
{
    struct script *script = parse_text(text);
    const struct script_error *error = &test_errors.error[0];
    bool right = !script && test_errors.count == 1 && error->place.line == line
              && error->place.column == column && strstr(error->text, part);
    if (!right)
        printf("%s: %u errors\n%s", text, test_errors.count, error->text);
    script_free(script);
    return right;
}

TEST(c01_comments_strings_white_space)
{
    CHECK(same("task \"a\" \"b 'c d'\" priority 3 memory 4KB",
               "# all of it\r\n\ttask\f'a' # not \"this\n  \"b 'c d'\"#\n\n\r\n"
               "priority\n3 memory\n4KB\n\032"));
    CHECK(same("task 'a\"b' 'x\ny'", "task 'a\"b'\n'x\ny'"));
    CHECK(same("task 'a' 'one two three'", "task 'a' 'one \\\n   two\\\r\n\tthree'"));
    CHECK(same("task 'a' 'one \\two\\'", "task 'a' 'one   \\\n \\\n  \\two\\'"));
    CHECK(same("", " # nothing"));
}

TEST(c02_sizes_and_times)
{
    static const char *const mega[] = { "2MB", "2 MB", "2mb", "2Mb", "2mB", "2048KB", "2048 kb",
                                        "2048Kb", "2048kB", "2097152", "0x200000", "0x800 KB",
                                        "2\n# two\nMB", "0x2MB" };
    for (size_t i = 0; i < sizeof(mega) / sizeof(mega[0]); i++) {
        char text[80];
        snprintf(text, sizeof(text), "task 'a' memory %s", mega[i]);
        CHECK(same(text, "task 'a' memory 2MB"));
    }
    CHECK(same("task 'a' memory 1GB memory 1gB memory 1Gb memory 1gb",
               "task 'a' memory 1024MB memory 1024MB memory 1024MB memory 1024MB"));
    CHECK(same("task 'a' memory 1", "task 'a' memory 4096"));
    CHECK(same("task 'a' memory 0x1001 in [1MB, 1GB] memory 8KB at 64 KB",
               "task 'a' memory 8KB in [0x100000, 0x40000000] memory 8KB at 0x10000"));
    CHECK(same("sleep 500ms sleep 500 ms sleep 2 sleep 2s sleep 3 min sleep 1h",
               "sleep 500ms sleep 500ms sleep 2000ms sleep 2000ms sleep 180000ms sleep 60min"));
    CHECK(refused("task 'a' memory 2XB", 1, 18, "unknown unit \"XB\""));
    CHECK(refused("task 'a' memory 2ms", 1, 18, "unknown unit"));
    CHECK(refused("sleep 2MB", 1, 8, "unknown unit"));
    CHECK(refused("task 'a' priority 1KB", 1, 20, "has no unit"));
    CHECK(refused("sleep 010", 1, 7, "leading zero"));
    CHECK(refused("sleep 0x", 1, 7, "hexadecimal digits"));
    CHECK(refused("sleep 18446744073709551616ms", 1, 7, "64 bits"));
    CHECK(refused("sleep 18446744073709551615s", 1, 7, "64 bits"));
    CHECK(refused("task 'a' memory 0x400000GB", 1, 17, "larger than an address space"));
    CHECK(refused("task 'a' memory 0x4000000000GB", 1, 17, "64 bits"));
    CHECK(same("sleep 1125899906842624ms sleep 0", "sleep 1125899906842624ms sleep 0ms"));
    CHECK(refused("sleep 1125899906842625ms", 1, 7, "at most 312749974 hours"));
}

TEST(c06_ambiguous_words_by_line)
{
    struct script *script = parse_text("verbose 1 task 'a' memory 1MB at 1MB direct_mapped");
    CHECK(script);
    CHECK_EQ(script->jobs->task->regions->flags, SCRIPT_MEMORY_DIRECT_MAPPED);
    CHECK_EQ(script->jobs->task->flags, 0);
    CHECK_STR(script->notes->text, "test.cfg:1:38: note: \"direct_mapped\" is read as a flag of "
                                   "the memory on its line");
    script_free(script);

    script = parse_text("verbose 1 task 'a' memory 1MB\ndirect_mapped");
    CHECK(script);
    CHECK_EQ(script->jobs->task->regions->flags, 0);
    CHECK_EQ(script->jobs->task->flags, SCRIPT_TASK_DIRECT_MAPPED);
    CHECK_STR(script->notes->text, "test.cfg:2:1: note: \"direct_mapped\" is read as a flag of "
                                   "the task: the size of the memory is on another line");
    script_free(script);

    script = parse_text("task 'a' memory 1MB is [contiguous] nosuperpages");
    CHECK(script);
    CHECK_EQ(script->jobs->task->regions->flags, SCRIPT_MEMORY_CONTIGUOUS);
    CHECK_EQ(script->jobs->task->flags, SCRIPT_TASK_NOSUPERPAGES);
    CHECK(!script->notes);
    script_free(script);
    /* Words that are not ambiguous may stand on the next line; then direct_mapped does as well. */
    CHECK(same("task 'a' memory 1MB\ncontiguous direct_mapped",
               "task 'a' direct_mapped memory 1MB is [contiguous]"));
    CHECK(same("task 'a' memory 1MB contiguous direct_mapped nosuperpages",
               "task 'a' memory 1MB is [nosuperpages direct_mapped contiguous]"));
}

TEST(c07_arguments)
{
    struct script *script = parse_text("task 'plain' task '/bin/it' \" -v  'two words' it's \"\n"
                                       "task 'x' '\"\" a=\"b c\"'");
    CHECK(script);
    const struct script_task *plain = script->jobs->task;
    CHECK_EQ(plain->argc, 1);
    CHECK_STR(plain->argv[0], "plain");
    CHECK(!plain->argv[1]);
    CHECK_STR(plain->arguments, "");
    const struct script_task *it = script->jobs->next->task;
    CHECK_EQ(it->argc, 4);
    CHECK_STR(it->argv[0], "/bin/it");
    CHECK_STR(it->argv[1], "-v");
    CHECK_STR(it->argv[2], "two words");
    CHECK_STR(it->argv[3], "it's");
    CHECK(!it->argv[4]);
    CHECK_STR(it->arguments, " -v  'two words' it's ");
    const struct script_task *x = script->jobs->next->next->task;
    CHECK_EQ(x->argc, 4);
    CHECK_STR(x->argv[1], "");
    CHECK_STR(x->argv[2], "a=\"b");
    CHECK_STR(x->argv[3], "c\"");
    script_free(script);
    CHECK(refused("task 'x' 'a \"b'", 1, 10, "word 2 of the arguments: its quote is never"));
    CHECK(refused("task 'x' '\"b\"c'", 1, 10, "word 1 of the arguments: a blank must follow"));
}

TEST(c08_template)
{
    CHECK(same("task template priority 7 mcp 9 nosuperpages allow_vga ioport 1\n"
               "  file_provider 'F' ds_manager 'D' stack_size 8KB heap_size 1MB\n"
               "task 'a' module 'm' memory 4KB ioport 2 ioport 3\n"
               "task template priority 8 ioport [4, 5]\n"
               "task 'b' no_vga file_provider 'G'",
               "task 'a' priority 7 mcp 9 nosuperpages allow_vga ioport 2 ioport 3 ioport 1\n"
               "  file_provider 'F' ds_manager 'D' stack_size 8KB heap_size 1MB\n"
               "  module 'm' memory 4KB\n"
               "task 'b' priority 8 mcp 9 nosuperpages ioport [4, 5] ioport 1\n"
               "  file_provider 'G' ds_manager 'D' stack_size 8KB heap_size 1MB"));
    CHECK(refused("task template module 'm'", 1, 15, "\"module\" cannot be a default"));
    CHECK(refused("task template memory 4KB", 1, 15, "\"memory\" cannot be a default"));
    CHECK(refused("task template mcp 9 task 'a' priority 10", 1, 39, "above its mcp 9"));
}

TEST(c11_to_c14_modules_and_memory)
{
    struct script *script = parse_text("task 'a' module 'm' 'size=16' in [16MB, 32MB]\n"
                                       "module 'n' at 0x2000000\nmodule 'o' 'x y'\n"
                                       "memory 64KB\nmemory 1MB in [1MB, 2MB] is [contiguous]\n"
                                       "memory 4KB at 1MB is [dmaable]\nmemory 4KB is [pool 3]");
    CHECK(script);
    const struct script_task *task = script->jobs->task;
    const struct script_module *m = task->modules;
    CHECK_EQ(task->module_count, 3);
    CHECK_STR(m->name, "m");
    CHECK_STR(m->arguments, "size=16");
    CHECK(m->range.kind == SCRIPT_IN && m->range.start == 16 << 20 && m->range.end == 32 << 20);
    CHECK(m->next->range.kind == SCRIPT_AT && m->next->range.start == 0x2000000);
    CHECK(m->next->next->range.kind == SCRIPT_ANYWHERE);
    CHECK_EQ(m->next->place.line, 2);
    CHECK_EQ(task->region_count, 4);
    const struct script_region *dma = task->regions->next->next;
    CHECK_EQ(dma->pool, SCRIPT_POOL_DMA);
    CHECK_EQ(dma->flags, SCRIPT_MEMORY_DMA_ABLE | SCRIPT_MEMORY_CONTIGUOUS
                             | SCRIPT_MEMORY_DIRECT_MAPPED);
    CHECK_EQ(dma->next->pool, 3);
    script_free(script);
    /* Impossible places. */
    CHECK(refused("task 'a' memory 2MB in [8MB, 9MB]", 1, 17, "2048 KB of memory do not fit into"));
    CHECK(refused("task 'a' memory 4KB in [0x1001, 0x2fff]", 1, 17, "do not fit into the range"));
    CHECK(refused("task 'a' memory 2MB in [9MB, 8MB]", 1, 25, "low end of the range"));
    CHECK(refused("task 'a' memory 2MB in [9MB, 9MB]", 1, 25, "low end of the range"));
    CHECK(refused("task 'a' memory 4KB at 0x800", 1, 24, "not a multiple of 4096"));
    CHECK(refused("task 'a' memory 8KB at 0x7ffffffff000", 1, 17, "below the end of the address"));
    CHECK(refused("task 'a' memory 4KB at 0x800000000000", 1, 24, "outside the address space"));
    CHECK(refused("task 'a' memory 4KB in [0, 0x800000001000]", 1, 25, "outside the address"));
    CHECK(refused("task 'a' memory 4KB at 16MB dma_able", 1, 17, "below 16 MB"));
    CHECK(refused("task 'a' memory 17MB dma_able", 1, 17, "below 16 MB"));
    CHECK(refused("task 'a' memory 4KB is [dma_able pool 6]", 1, 17, "comes from pool 7, not"));
    CHECK(refused("task 'a' memory 0", 1, 17, "is 0"));
    CHECK(same("task 'a' memory 4KB at 0x7ffffffff000 memory 16MB dma_able",
               "task 'a' memory 4KB at 0x7ffffffff000 memory 16MB is [dma_able pool 7]"));
}

TEST(c15_c16_c20_numbers_of_a_task)
{
    struct script *script = parse_text("task 'a' task 'b' priority 255 mcp 255 taskno 0x20 "
                                       "ioport [0, 65535] ioport 0x60");
    CHECK(script);
    const struct script_task *a = script->jobs->task, *b = script->jobs->next->task;
    CHECK_EQ(a->priority, 0x10);
    CHECK_EQ(a->mcp, SCRIPT_MCP);
    CHECK_EQ(a->number, 0);
    CHECK_EQ(b->priority, 255);
    CHECK_EQ(b->number, 0x20);
    CHECK(b->ports->start == 0 && b->ports->end == 0x10000);
    CHECK(b->ports->next->start == 0x60 && b->ports->next->end == 0x61);
    script_free(script);
    CHECK(refused("task 'a' priority 0", 1, 19, "1 to 255, not 0"));
    CHECK(refused("task 'a' priority 0x100", 1, 19, "1 to 255, not 0x100"));
    CHECK(refused("task 'a' taskno 0", 1, 17, "1 to 65535"));
    CHECK(refused("task 'a' ioport 65536", 1, 17, "0 to 65535"));
    CHECK(refused("task 'a' ioport [1, 0x10000]", 1, 21, "0 to 65535"));
    CHECK(refused("task 'a' mcp 5 priority 6", 1, 25, "priority 6 of task \"a\" is above"));
    CHECK(refused("task 'a' priority 6 priority 6", 1, 21, "twice for one task, first in line 1"));
    CHECK(refused("task 'a' reboot_able rebootable", 1, 22, "given twice"));
    CHECK(refused("task 'a' no_vga allow_vga", 1, 17, "exclude each other"));
}

TEST(c29_verbose)
{
    struct script *script = parse_text("task 'q' modpath 'p' verbose 1 task 'a' memory 4KB\n"
                                       "verbose 2 task 'b' module 'm' sleep 1 verbose 0 task 'c'");
    CHECK(script);
    const struct script_job *job = script->jobs;
    unsigned levels = 0;
    for (; job; job = job->next)
        levels = levels * 10 + job->verbose;
    CHECK_EQ(levels, 1220);
    char *text = described(script);
    CHECK_STR(text, "task \"a\"\n  memory 4KB\nmodpath \"p\"\nbinpath \"p\"\nlibpath \"p\"\n"
                    "task \"b\"\n  module \"m\"\n");
    free(text);
    script_free(script);
    script = parse_text("task 'a' no_vga verbose 1 task 'b' no_vga");
    CHECK(script && script->notes && !script->notes->next);
    CHECK_STR(script->notes->text, "test.cfg:1:36: note: \"no_vga\" is the default");
    script_free(script);
}

TEST(c30_c31_jobs_and_switches)
{
    struct script *script = parse_text("memdump fiasco_symbols 1 task 'a' fiasco_symbols 0\n"
                                       "fiasco_lines 1 sleep 5ms task 'b'");
    CHECK(script);
    const struct script_job *job = script->jobs;
    CHECK_EQ(script->job_count, 4);
    CHECK_EQ(script->task_count, 2);
    CHECK(job->kind == SCRIPT_MEMDUMP && !job->task);
    job = job->next;
    CHECK(job->kind == SCRIPT_TASK && job->task->symbols && !job->task->lines);
    CHECK(job->place.line == 1 && job->place.column == 26);
    job = job->next;
    CHECK(job->kind == SCRIPT_SLEEP && job->milliseconds == 5);
    job = job->next;
    CHECK(job->kind == SCRIPT_TASK && !job->task->symbols && job->task->lines);
    script_free(script);
    CHECK(refused("fiasco_lines 2", 1, 14, "0 to 1"));
}

TEST(c32_settings_by_position_and_reset)
{
    struct script *script = parse_text("task 'a' binpath 'x' verbose 3 task 'b'\n"
                                       "task template mcp 50 modpath 'y' libpath 'z' task 'c'");
    CHECK(script);
    const struct script_job *job = script->jobs;
    CHECK_STR(job->task->path[SCRIPT_BINPATH], "");
    job = job->next;
    CHECK_STR(job->task->path[SCRIPT_MODPATH], "");
    CHECK_STR(job->task->path[SCRIPT_BINPATH], "x");
    CHECK_STR(job->task->path[SCRIPT_LIBPATH], "x");
    job = job->next;
    CHECK_STR(job->task->path[SCRIPT_MODPATH], "y");
    CHECK_STR(job->task->path[SCRIPT_BINPATH], "x");
    CHECK_STR(job->task->path[SCRIPT_LIBPATH], "z");
    CHECK_EQ(job->task->mcp, 50);
    script_free(script);

    script = parse_text("task 'a'");
    CHECK(script);
    CHECK_STR(script->jobs->task->path[SCRIPT_LIBPATH], "");
    CHECK_EQ(script->jobs->task->mcp, 100);
    script_free(script);

    script = parse_text("task 'a' priority 0xfa");
    CHECK(script);
    CHECK_EQ(script->jobs->task->mcp, 0xfa);
    CHECK_EQ(script->jobs->verbose, 0);
    script_free(script);
}

TEST(quotas_and_rights)
{
    CHECK(same("kernel_quota 'q' 1MB task 'a' use_quota 'q' cap_handler 'c' allow_ipc 'x'\n"
               "deny_ipc 'y' allow_ipc 'z' integrity_service 's'\n"
               "integrity_id 'ExIREA8ODQwLCgkIBwYFBAMCAQA=' hash_modules",
               "kernel_quota 'q' 0x100000 task 'a' hash_modules cap_handler 'c' allow_ipc 'x'\n"
               "integrity_service 's' integrity_id 'ExIREA8ODQwLCgkIBwYFBAMCAQA='\n"
               "deny_ipc 'y' use_quota 'q' allow_ipc 'z'"));
    CHECK(refused("kernel_quota 'q' 1 kernel_quota 'q' 2", 1, 33, "declared twice, first in line"));
    CHECK(refused("kernel_quota 'guests' 1 task 'a' use_quota 'guest'", 1, 44, "mean \"guests\"?"));
    CHECK(refused("kernel_quota 'BIG' 1 task 'a' use_quota 'bGI'", 1, 41, "mean \"BIG\"?"));
    CHECK(refused("kernel_quota 'q' 0", 1, 18, "is 0"));
    CHECK(refused("task 'a' integrity_id 'ExIREA8='", 1, 23, "28 base64 characters"));
    CHECK(refused("task 'a' file_provider ''", 1, 24, "the name for file_provider is empty"));
    CHECK(refused("task ''", 1, 6, "the file name of the task is empty"));
}

static struct script *program(const char *command, size_t length)
{
    struct script_source source = { "command", command, length };
    return script_program(&source, &test_source_memory, &test_errors);
}

TEST(s02_program_without_script)
{
    struct script *script = program("(nd)/l4/hello -v 'a b'", 22);
    CHECK(script);
    const struct script_task *task = script->jobs->task;
    CHECK_EQ(script->task_count, 1);
    CHECK_STR(task->name, "(nd)/l4/hello");
    CHECK_STR(task->path[SCRIPT_LIBPATH], "(nd)/l4");
    CHECK_STR(task->path[SCRIPT_BINPATH], "");
    CHECK_EQ(task->argc, 3);
    CHECK_STR(task->argv[2], "a b");
    CHECK_EQ(task->mcp, SCRIPT_MCP);
    script_free(script);

    script = program("/hello", 6);
    CHECK(script);
    CHECK_STR(script->jobs->task->path[SCRIPT_LIBPATH], "/");
    script_free(script);
    script = program("hello", 5);
    CHECK(script);
    CHECK_EQ(script->jobs->task->argc, 1);
    CHECK_STR(script->jobs->task->path[SCRIPT_LIBPATH], "");
    script_free(script);
    CHECK(!program(" hello", 6) && strstr(test_errors.error[0].text, "file name of the program"));
    CHECK(!program("hel\0o", 5) && strstr(test_errors.error[0].text, "NUL byte"));
    CHECK(!program("hello 'a", 8) && strstr(test_errors.error[0].text, "never closed"));
    CHECK_EQ(test_memory.blocks, 0);
}

TEST(c34_no_limits)
{
    struct growing text = { 0 };
    char line[80];
    for (int i = 0; i < 3000; i++) {
        int length = snprintf(line, sizeof(line), "task 't%d' 'a%d' memory 4KB\n", i, i);
        grow(&text, line, (size_t)length);
        for (int j = 0; j < (i == 7 ? 2000 : 1); j++) {
            length = snprintf(line, sizeof(line), "module 'm%d' memory %dKB\n", j, j + 1);
            grow(&text, line, (size_t)length);
        }
    }
    grow(&text, "task 'long' '", 13);
    for (int i = 0; i < 70000; i++)
        grow(&text, "ab ", 3);
    grow(&text, "'", 1);
    struct script *script = parse_bytes("many.cfg", text.bytes, text.used);
    free(text.bytes);
    CHECK(script);
    CHECK_EQ(script->task_count, 3001);
    const struct script_job *job = script->jobs;
    for (int i = 0; i < 7; i++)
        job = job->next;
    CHECK_EQ(job->task->module_count, 2000);
    CHECK_EQ(job->task->region_count, 2001);
    while (job->next)
        job = job->next;
    CHECK_EQ(job->task->argc, 70001);
    CHECK_STR(job->task->argv[70000], "ab");
    script_free(script);
    CHECK_EQ(test_memory.blocks, 0);
}

UNIT_MAIN(T(c01_comments_strings_white_space), T(c02_sizes_and_times),
          T(c06_ambiguous_words_by_line), T(c07_arguments), T(c08_template),
          T(c11_to_c14_modules_and_memory), T(c15_c16_c20_numbers_of_a_task), T(c29_verbose),
          T(c30_c31_jobs_and_switches), T(c32_settings_by_position_and_reset),
          T(quotas_and_rights), T(s02_program_without_script), T(c34_no_limits))

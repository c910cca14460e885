/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "unit.h"

/* Wrong contracts: the compiler says where and what, and writes nothing. */

static char folder[64];

static const char *path(const char *name)
{
    static char text[2][128];
    static unsigned turn;
    char *to = text[turn++ % 2];

    snprintf(to, sizeof(text[0]), "%s/%s", folder, name);
    return to;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path(name), "w");

    fputs(text, file);
    fclose(file);
}

/* Runs the compiler on file @name; its messages without the folder go to @message. */
static int compile(const char *name, char *message, size_t size)
{
    char command[512], line[512];
    FILE *pipe;
    size_t used = 0;

    snprintf(command, sizeof(command), "%s %s %s 2>&1", IDL_COMPILER, path(name), folder);
    pipe = popen(command, "r");
    message[0] = 0;
    while (fgets(line, sizeof(line), pipe) && used < size) {
        const char *text = strncmp(line, folder, strlen(folder)) ? line : line + strlen(folder) + 1;
        used += (size_t)snprintf(message + used, size - used, "%s", text);
    }
    return WEXITSTATUS(pclose(pipe));
}

static const struct {
    const char *text, *message;
} cases[] = {
    {"interface t = 16 {\n  a(in uint32 x)\n  b();\n};\n", "t.idl:3:3: expected ';' before a name\n"},
    {"interface t = 16 {\n  a(in uint3 x);\n};\n", "t.idl:2:8: unknown type 'uint3'\n"},
    {"interface t = 16 {\n  a(uint32 x);\n};\n", "t.idl:2:5: expected in or out or ')' before a name\n"},
    {"interface t = 15 { a(); };\n", "t.idl:1:11: protocol number 15 is not in 16..32767\n"},
    {"interface t = 32768 { a(); };\n", "t.idl:1:11: protocol number 32768 is not in 16..32767\n"},
    {"interface t = 99 { a(); };\n", "t.idl:1:11: protocol number 99 is that of base.idl already\n"},
    {"interface u = 16 { a(); };\n", "t.idl:1:11: interface 'u' belongs into u.idl\n"},
    {"interface t = 16 {\n\ta();\n\tb();\n\ta();\n};\n", "t.idl:4:2: operation 'a' is there already, in line 2\n"},
    {"interface t = 16 { a(in bool x, out bool x); };\n", "t.idl:1:42: parameter 'x' is there already, in line 1\n"},
    {"interface t = 16 {\n  a(in string<505> x);\n};\n", "t.idl:2:15: a limit is between 1 and 504\n"},
    {"interface t = 16 {\n  a(in string<504> x);\n};\n", "t.idl:2:3: request of 'a' has 65 words, the limit is 63\n"},
    {"interface t = 16 {\n  a(in string<496> x);\n  b(in string<495> x);\n};\n",
     "t.idl:2:3: request of 'a' has 64 words, the limit is 63\n"},
    {"interface t = 16 {\n  a(out uint64 x<63>);\n};\n", "t.idl:2:3: reply of 'a' has 64 words, the limit is 63\n"},
    {"interface t = 16 {\n  a(out uint64 x, out pages<32> p);\n};\n", "t.idl:2:3: reply of 'a' has 65 words, the limit is 63\n"},
    {"interface t = 16 {\n  a(in cap a, in cap b, in cap c, in cap d, in cap e, in cap f, in bulk g);\n};\n",
     "t.idl:2:3: request of 'a' has 7 capabilities, the limit is 6\n"},
    {"interface t = 16 { a(in string x); };\n", "t.idl:1:25: string needs a limit: string<N>\n"},
    {"interface t = 16 { a(in uint32<3> x); };\n", "t.idl:1:25: uint32 takes no limit\n"},
    {"interface t = 16 { a(in pages<3> x); };\n", "t.idl:1:25: pages are out only\n"},
    {"interface t = 16 { a(out bulk x); };\n", "t.idl:1:26: bulk is in only\n"},
    {"interface t = 16 { a(in uint32! x); };\n", "t.idl:1:25: '!' is for capabilities\n"},
    {"interface t = 16 { a(in cap x<2>); };\n", "t.idl:1:29: no arrays of cap\n"},
    {"interface t = 16 { a(in string<2> x<2>); };\n", "t.idl:1:35: no arrays of strings: put the string into a struct\n"},
    {"interface t = 16 { struct s { cap c; }; a(); };\n", "t.idl:1:31: cap can only be a parameter\n"},
    {"interface t = 16 { struct s { s next; }; a(); };\n", "t.idl:1:31: unknown type 's'\n"},
    {"interface t = 16 { a(in uint8 register); };\n", "t.idl:1:31: 'register' is a word of C or of generated code\n"},
    {"interface t = 16 { a(in uint8 server); };\n", "t.idl:1:31: 'server' is a word of C or of generated code\n"},
    {"interface t = 16 { a(in string<size> x); };\n", "t.idl:1:32: unknown constant 'size'\n"},
    {"interface t = 16 { bound 5h; a(); };\n", "t.idl:1:27: unknown unit 'h' (us, ms or s)\n"},
    {"interface t = 16 { bound 5s; bound 6s; a(); };\n", "t.idl:1:37: a second bound\n"},
    {"interface t = 16 { };\n", "t.idl:1:11: 't' has no operations\n"},
    {"interface t : none = 16 { a(); };\n", "none.idl: No such file or directory\nt.idl:1:15: no base interface 'none'\n"},
    {"interface t : t = 16 { a(); };\n", "t.idl:1:15: more than 8 bases: 't' is its own base?\n"},
    {"interface t : base = 17 { b(); a(); };\n", "t.idl:1:32: operation 'a' is inherited from 'base' already\n"},
    {"interface t = 16 { a(); } /* no end\n", "t.idl:1:27: comment does not end\n"},
    {"interface t = 16 { a(in uint8 $x); };\n", "t.idl:1:31: stray character '$'\n"},
    {"interface t = 16 { const x = 99999999999999999999; a(); };\n", "t.idl:1:30: number 99999999999999999999 is too large\n"},
    {"interface t = 16 { const x = 1 << 64; a(); };\n", "t.idl:1:35: shift by 64\n"},
    {"", "t.idl:1:1: expected interface before end of file\n"},
    /* Several errors: all of them. */
    {"interface t = 16 {\n  a(in x y);\n  b(in z y);\n};\n",
     "t.idl:2:8: unknown type 'x'\nt.idl:3:8: unknown type 'z'\n"},
};

TEST(each_error_has_its_place)
{
    char message[400];

    write_text("base.idl", "interface base = 99 { a(); };\n");
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_text("t.idl", cases[i].text);
        CHECK_EQ(compile("t.idl", message, sizeof(message)), 1);
        CHECK_STR(message, cases[i].message);
        CHECK_EQ(access(path("t.h"), F_OK), -1);
    }
}

TEST(largest_messages)
{
    char message[1024];

    write_text("t.idl", "interface t = 16 {\n  a(in string<495> x, out uint64 y<62>);\n"
                        "  b(out uint64 n, out pages<31> p);\n};\n");
    CHECK_EQ(compile("t.idl", message, sizeof(message)), 0);
    CHECK_EQ(message[0], 0);
    CHECK_EQ(access(path("t.h"), F_OK), 0);
    CHECK_EQ(access(path("t_client.c"), F_OK), 0);
    CHECK_EQ(access(path("t_server.c"), F_OK), 0);
}

TEST(random_text_does_not_crash)
{
    static const char *const words[] = {"interface", "t", "=", "16", "{", "}", "(", ")", ";", "<", ">",
                                        "in", "out", "struct", "uint8", "cap", "!", ",", ":", "const",
                                        "/** x */", "bound", "5", "s", "string", "<<", "\n"};
    char message[4096], text[512];
    unsigned seed = 7;

    for (unsigned i = 0; i < 100; i++) {
        size_t used = (size_t)snprintf(text, sizeof(text), "interface t = 16 { a(");
        for (unsigned k = 0; k < 20; k++) {
            seed = seed * 1103515245 + 12345;
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ",
                                     words[(seed >> 16) % (sizeof(words) / sizeof(words[0]))]);
        }
        write_text("t.idl", text);
        int status = compile("t.idl", message, sizeof(message));
        CHECK(status == 0 || status == 1);
        CHECK(status == 0 || strncmp(message, "t.idl:", 6) == 0);
    }
}

TEST(wrong_use)
{
    CHECK_EQ(WEXITSTATUS(system(IDL_COMPILER " 2>/dev/null")), 2);
    CHECK_EQ(WEXITSTATUS(system(IDL_COMPILER " /none.idl /tmp 2>/dev/null")), 1);
}

static int remove_folder(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static const struct unit_test tests[] = {T(each_error_has_its_place), T(largest_messages),
                                         T(random_text_does_not_crash), T(wrong_use)};

int main(void)
{
    int failed;

    snprintf(folder, sizeof(folder), "/tmp/idl_errors.XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    failed = unit_run(tests, sizeof(tests) / sizeof(tests[0]));
    return remove_folder() || failed;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Row C35: whatever comes in, the parser stays whole. The long run is test/fuzz/script.c. */
#include "unit.h"

#include "script/support.h"

#include <dirent.h>

enum { FILES_MAX = 100, MUTATIONS = 15000, MUTANT_MAX = 4096 };

struct corpus_file {
    char *text;
    size_t length;
};

static struct corpus_file corpus[FILES_MAX];
static size_t corpus_count;

static void corpus_read(void)
{
    DIR *directory = corpus_count ? NULL : opendir(CORPUS);
    struct dirent *entry;
    char path[600];
    while (directory && (entry = readdir(directory)) != NULL) {
        /* Companions too: canonical forms are scripts, error texts are good rubbish. */
        snprintf(path, sizeof(path), "%s%s", CORPUS, entry->d_name);
        struct corpus_file *file = &corpus[corpus_count];
        if (entry->d_name[0] != '.' && corpus_count < FILES_MAX)
            file->text = read_file(path, &file->length);
        corpus_count += file->text != NULL;
    }
    if (directory)
        closedir(directory);
}

static bool sound(const char *text, size_t length)
{
    const char *problem = exercise(text, length);
    if (problem)
        printf("%s for:\n%.*s\n", problem, (int)length, text);
    return !problem;
}

TEST(every_prefix_of_every_file)
{
    corpus_read();
    CHECK(corpus_count > 20);
    for (size_t i = 0; i < corpus_count; i++) {
        for (size_t length = 0; length <= corpus[i].length; length++)
            CHECK(sound(corpus[i].text, length));
    }
}

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % limit;
}

/* A piece of another file, which keeps words whole often enough to get deep. */
static size_t splice(char *text, size_t length)
{
    const struct corpus_file *other = &corpus[random_below((uint32_t)corpus_count)];
    if (!other->length)
        return length;
    size_t from = random_below((uint32_t)other->length);
    size_t size = random_below(60);
    size_t to = random_below((uint32_t)length + 1);
    if (size > other->length - from)
        size = other->length - from;
    if (length + size > MUTANT_MAX)
        return length;
    memmove(text + to + size, text + to, length - to);
    memcpy(text + to, other->text + from, size);
    return length + size;
}

static size_t mutate(char *text, size_t length)
{
    static const char signs[] = "[],'\"#\\\n 0x9\t\0\xff\x80-_";
    size_t at = random_below((uint32_t)length + 1);
    size_t size = random_below(12);
    switch (random_below(4)) {
    case 0:
        if (at < length)
            text[at] = signs[random_below(sizeof(signs) - 1)];
        return length;
    case 1:
        if (at < length)
            text[at] = (char)random_below(256);
        return length;
    case 2:
        if (size > length - at)
            size = length - at;
        memmove(text + at, text + at + size, length - at - size);
        return length - size;
    default:
        return splice(text, length);
    }
}

TEST(seeded_mutations)
{
    char text[MUTANT_MAX];
    corpus_read();
    random_state = 20010917;
    for (int i = 0; i < MUTATIONS; i++) {
        const struct corpus_file *file = &corpus[random_below((uint32_t)corpus_count)];
        size_t length = file->length < MUTANT_MAX ? file->length : MUTANT_MAX;
        memcpy(text, file->text, length);
        for (uint32_t n = 1 + random_below(6); n; n--)
            length = mutate(text, length);
        CHECK(sound(text, length));
    }
}

/* Each request for memory fails once: a clear error, and nothing stays behind. */
TEST(memory_runs_out)
{
    size_t finished = 0;
    corpus_read();
    for (size_t i = 0; i < corpus_count; i++) {
        struct script *script = NULL;
        for (long n = 1; !script && n < 100; n++) {
            test_memory = (struct test_memory){ .fail_at = n };
            script = parse_bytes("any.cfg", corpus[i].text, corpus[i].length);
            if (test_memory.requests < n)
                break;
            CHECK(!script && test_errors.no_memory);
            CHECK(strstr(test_errors.error[test_errors.count - 1].text, "out of memory"));
            CHECK_EQ(test_memory.blocks, 0);
        }
        finished += script != NULL;
        script_free(script);
        CHECK_EQ(test_memory.blocks, 0);
    }
    test_memory = (struct test_memory){ 0 };
    CHECK(finished > 10);
}

TEST(memory_runs_out_late)
{
    struct growing text = { 0 };
    for (int i = 0; i < 1000; i++)
        grow(&text, "verbose 1 task 'a' 'b c' no_vga module 'm' memory 4KB\n", 54);
    struct script *script = NULL;
    long n;
    for (n = 1; n < 1000; n++) {
        test_memory = (struct test_memory){ .fail_at = n };
        script = parse_bytes("any.cfg", text.bytes, text.used);
        if (script)
            break;
        CHECK(test_errors.no_memory && test_memory.blocks == 0);
    }
    test_memory.fail_at = 0;
    script_free(script);
    free(text.bytes);
    CHECK(script && n > 20);
    CHECK_EQ(test_memory.blocks, 0);
}

/* Many of one thing must not cost time or stack out of proportion, nor flood the reader. */
TEST(many_of_one_byte)
{
    enum { MANY = 200000 };
    static const char *const bytes[] = { "[", "]", "\"", "'", "#", "\n", "a", "0", "\\", "\xff",
                                         ",", "-", "a\n", "''", "[\n", "task", "task ", "9 " };
    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        struct growing text = { 0 };
        for (int n = 0; n < MANY; n++)
            grow(&text, bytes[i], strlen(bytes[i]));
        bool right = sound(text.bytes, text.used);
        free(text.bytes);
        CHECK(right);
    }
}

TEST(nul_and_other_bytes)
{
    static const struct {
        const char *text;
        size_t length;
        unsigned column;
        const char *sentence;
    } cases[] = {
        { "task 'a'\0", 9, 9, "NUL byte\n" },
        { "task 'a\0b' task", 10, 8, "NUL byte in a string\n" },
        { "task 'a' # x\0y", 14, 13, "NUL byte in a comment\n" },
        { "task \xc3\xa4", 7, 6, "character outside ASCII" },
        { "task 'a' \x01", 10, 10, "control character\n" },
        { "task 'a' $", 10, 10, "no word, string or number begins with this character\n" },
        { "task '\xc3\xa4' ;", 11, 10, "no word, string or number begins" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(!parse_bytes("any.cfg", cases[i].text, cases[i].length));
        CHECK_EQ(test_errors.count, 1);
        CHECK_EQ(test_errors.error[0].place.column, cases[i].column);
        CHECK(strstr(test_errors.error[0].text, cases[i].sentence));
    }
    CHECK(!exercise("task '\xc3\xa4' # \xff", 13));
    /* Messages carry no control characters to the terminal. */
    CHECK(!parse_bytes("a\033.cfg", "task '\033[2J' x\033", 14));
    CHECK(!strchr(test_errors.error[0].text, 033));
}

TEST(long_lines_are_cut)
{
    struct growing text = { 0 };
    for (int i = 0; i < 100; i++)
        grow(&text, "task 'a'  ", 10);
    memcpy(text.bytes + 505, "?", 1);
    CHECK(!parse_bytes("any.cfg", text.bytes, text.used));
    const char *error = test_errors.error[0].text;
    const char *line = strchr(error, '\n') + 1, *caret = strchr(line, '\n') + 1;
    CHECK(strncmp(line, "...", 3) == 0 && strncmp(caret - 4, "...", 3) == 0);
    CHECK_EQ(line[strlen(caret) - 2], '?');
    free(text.bytes);
}

UNIT_MAIN(T(every_prefix_of_every_file), T(seeded_mutations), T(memory_runs_out),
          T(memory_runs_out_late), T(many_of_one_byte), T(nul_and_other_bytes),
          T(long_lines_are_cut))

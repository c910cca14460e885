/* SPDX-License-Identifier: BSD-2-Clause */
/* Where files are looked for: rows C09 and C10. */
#include "unit.h"

#include "script/support.h"

/* All candidates, each followed by a blank; "!" for one that is too long. */
static const char *candidates(const char *path, const char *name)
{
    static char all[512];
    char one[24];
    struct script_candidates walk;
    long got;
    size_t used = 0;
    all[0] = 0;
    script_candidates_begin(&walk, path, name);
    while ((got = script_candidates_next(&walk, one, sizeof(one))) != 0) {
        if (got > 0 && (size_t)got != strlen(one))
            return "wrong length";
        used += (size_t)snprintf(all + used, sizeof(all) - used, "%s ", got < 0 ? "!" : one);
    }
    return all;
}

/* The only candidate for each kind of file: "MODULE PROGRAM LIBRARY ". */
static const char *found(const char *settings)
{
    static char all[256];
    char text[256];
    snprintf(text, sizeof(text), "%s task 'p' module 'm'", settings);
    struct script *script = parse_text(text);
    if (!script)
        return "refused";
    const struct script_task *task = script->jobs->task;
    int used = snprintf(all, sizeof(all), "%s", candidates(task->modules->path, "m"));
    used += snprintf(all + used, sizeof(all) - (size_t)used, "%s",
                     candidates(task->path[SCRIPT_BINPATH], task->name));
    snprintf(all + used, sizeof(all) - (size_t)used, "%s",
             candidates(task->path[SCRIPT_LIBPATH], "l"));
    script_free(script);
    return all;
}

TEST(c09_inheritance)
{
    CHECK_STR(found(""), "m p l ");
    CHECK_STR(found("modpath '/M'"), "/M/m /M/p /M/l ");
    CHECK_STR(found("binpath '/B'"), "m /B/p /B/l ");
    CHECK_STR(found("libpath '/L'"), "m p /L/l ");
    CHECK_STR(found("modpath '/M' binpath '/B'"), "/M/m /B/p /B/l ");
    CHECK_STR(found("modpath '/M' libpath '/L'"), "/M/m /M/p /L/l ");
    CHECK_STR(found("binpath '/B' libpath '/L'"), "m /B/p /L/l ");
    CHECK_STR(found("modpath '/M' binpath '/B' libpath '/L'"), "/M/m /B/p /L/l ");
    CHECK_STR(found("libpath '/L' binpath '/B' modpath '/M'"), "/M/m /B/p /L/l ");
    CHECK_STR(found("modpath '/M' binpath ''"), "/M/m p l ");
}

TEST(c09_module_path_by_position)
{
    struct script *script = parse_text("modpath 'x' task 'a' module 'm' modpath 'y' module 'n'");
    CHECK(script);
    const struct script_task *task = script->jobs->task;
    CHECK_STR(task->path[SCRIPT_BINPATH], "x");
    CHECK_STR(task->modules->path, "x");
    CHECK_STR(task->modules->next->path, "y");
    char *text = printed(script);
    CHECK_STR(text, "modpath \"x\"\nbinpath \"x\"\nlibpath \"x\"\ntask \"a\"\n  module \"m\"\n"
                    "modpath \"y\"\n  module \"n\"\n");
    free(text);
    script_free(script);
}

TEST(c09_lists)
{
    CHECK_STR(candidates("(nd)/a:(nd)/b", "f"), "(nd)/a/f (nd)/b/f ");
    CHECK_STR(candidates("a/:b", "f"), "a/f b/f ");
    CHECK_STR(candidates("(nd)", "d/f"), "(nd)/d/f ");
    CHECK_STR(candidates("", "f"), "f ");
    CHECK_STR(candidates("a::b:", "f"), "a/f f b/f f ");
    CHECK_STR(candidates("/", "f"), "/f ");
}

TEST(c09_long_names_are_skipped)
{
    CHECK_STR(candidates("123456789012345678901:b", "f"), "123456789012345678901/f b/f ");
    CHECK_STR(candidates("1234567890123456789012:b", "f"), "! b/f ");
    CHECK_STR(candidates("a", "123456789012345678901234"), "! ");
}

TEST(c10_complete_names)
{
    CHECK_STR(candidates("a:b", "(nd)/l4/f"), "(nd)/l4/f ");
    CHECK_STR(candidates("a:b", "/l4/f"), "/l4/f ");
    CHECK_STR(candidates("a:b", "(hd0,0)/f:g"), "(hd0,0)/f:g ");
    CHECK_STR(candidates("a:b", "l4/(f)"), "a/l4/(f) b/l4/(f) ");
    CHECK(script_name_complete("(x") && script_name_complete("/"));
    CHECK(!script_name_complete("") && !script_name_complete("x/("));
}

UNIT_MAIN(T(c09_inheritance), T(c09_module_path_by_position), T(c09_lists),
          T(c09_long_names_are_skipped), T(c10_complete_names))

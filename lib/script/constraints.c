/* SPDX-License-Identifier: BSD-2-Clause */
/* Constraints of a task that are more than a keyword and a value; memory has its own file. */
#include "script/parser.h"

#include <string.h>

/* "in" "[" SIZE "," SIZE "]" */
static bool take_interval(struct parser *parser, struct script_range *range)
{
    range->kind = SCRIPT_IN;
    if (!take_sign(parser, "[", "before a range"))
        return false;
    struct spot spot = parser->token.spot;
    if (!take_size(parser, "the low end of a range", &range->start)
        || !take_sign(parser, ",", "between the ends of a range")
        || !take_size(parser, "the high end of a range", &range->end)
        || !take_sign(parser, "]", "behind a range"))
        return false;
    if (range->start >= range->end)
        return report(parser, &spot, "the low end of the range is not below its high end");
    if (range->end > SCRIPT_ADDRESS_END)
        return report(parser, &spot, "the range ends outside the address space");
    return true;
}

/* "at" SIZE */
static bool take_address(struct parser *parser, struct script_range *range)
{
    struct spot spot = parser->token.spot;
    range->kind = SCRIPT_AT;
    if (!take_size(parser, "an address", &range->start))
        return false;
    if (range->start % SCRIPT_PAGE)
        return report(parser, &spot, "the address is not a multiple of %u", SCRIPT_PAGE);
    if (range->start >= SCRIPT_ADDRESS_END)
        return report(parser, &spot, "the address is outside the address space");
    return true;
}

/* [ interval | address ] */
bool take_range(struct parser *parser, struct script_range *range)
{
    if (take_if(parser, "in"))
        return take_interval(parser, range);
    if (take_if(parser, "at"))
        return take_address(parser, range);
    range->kind = SCRIPT_ANYWHERE;
    return true;
}

/* "module" STRING [ STRING ] [ range ] */
bool parse_module(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    struct section *section = &parser->section;
    struct script_module *module = parser_alloc(parser, sizeof(*module));
    if (!module)
        return false;
    module->place = parser->keyword.place;
    module->arguments = "";
    module->path = parser->settings.path[SCRIPT_MODPATH] ? parser->settings.path[SCRIPT_MODPATH]
                                                         : "";
    if (!take_name(parser, "the file name of the module", &module->name))
        return false;
    if (parser->token.kind == TOKEN_STRING
        && !take_string(parser, "arguments", &module->arguments))
        return false;
    if (!take_range(parser, &module->range))
        return false;
    *section->modules = module;
    section->modules = &module->next;
    section->task->module_count++;
    return true;
}

/* Own ports come first and in order; the template's, shared by many tasks, hang behind them. */
static void ports_add(struct section *section, struct script_ports *ports)
{
    struct script_ports **at = section->kind == SECTION_TEMPLATE ? &section->task->ports
                                                                 : section->ports;
    ports->next = *at;
    *at = ports;
    section->ports = &ports->next;
}

/* "ioport" ( NUMBER | "[" NUMBER "," NUMBER "]" ), both ends included */
bool parse_ioport(struct parser *parser, const struct statement *statement)
{
    (void)statement;
    const struct bounds bounds = { 0, 0xffff };
    struct spot spot = parser->token.spot;
    struct script_ports *ports = parser_alloc(parser, sizeof(*ports));
    uint64_t low, high;
    if (!ports)
        return false;
    if (take_if(parser, "[")) {
        if (!take_bounded(parser, "an I/O port", bounds, &low)
            || !take_sign(parser, ",", "between two I/O ports")
            || !take_bounded(parser, "an I/O port", bounds, &high)
            || !take_sign(parser, "]", "behind two I/O ports"))
            return false;
        if (low > high)
            return report(parser, &spot, "the low I/O port is above the high one");
    } else {
        if (!take_bounded(parser, "an I/O port", bounds, &low))
            return false;
        high = low;
    }
    ports->start = (uint32_t)low;
    ports->end = (uint32_t)high + 1;
    ports_add(&parser->section, ports);
    return true;
}

/* allow_ipc, deny_ipc: detail says which */
bool parse_partner(struct parser *parser, const struct statement *statement)
{
    struct section *section = &parser->section;
    struct script_partner *partner = parser_alloc(parser, sizeof(*partner));
    if (!partner || !take_name(parser, "the name of a partner", &partner->name))
        return false;
    partner->allow = statement->detail;
    *section->partners = partner;
    section->partners = &partner->next;
    return true;
}

bool parse_use_quota(struct parser *parser, const struct statement *statement)
{
    struct spot spot = parser->token.spot;
    const char *name;
    (void)statement;
    if (!take_name(parser, "the name of a quota", &name))
        return false;
    struct nearest nearest;
    nearest_init(&nearest, name, strlen(name));
    for (const struct script_quota *quota = parser->script->quotas; quota; quota = quota->next) {
        if (strcmp(quota->name, name) == 0) {
            parser->section.task->quota = quota;
            return true;
        }
        nearest_offer(&nearest, quota->name);
    }
    if (nearest.best)
        return report(parser, &spot, "no quota \"%s\" is declared above; did you mean \"%s\"?",
                      show_string(name).text, show_string(nearest.best).text);
    return report(parser, &spot, "no quota \"%s\" is declared above (kernel_quota NAME SIZE)",
                  show_string(name).text);
}

static bool is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+'
        || c == '/';
}

/* 20 bytes are 27 characters and one to fill up. */
static bool is_identity(const char *text)
{
    size_t length = 0;
    while (is_base64(text[length]))
        length++;
    return length == 27 && strcmp(text + 27, "=") == 0;
}

/* integrity_id, integrity_parent_id: detail is the place of a string */
bool parse_integrity(struct parser *parser, const struct statement *statement)
{
    struct spot spot = parser->token.spot;
    const char *identity;
    if (!take_name(parser, "the identity", &identity))
        return false;
    if (!is_identity(identity))
        return report(parser, &spot, "%s is 28 base64 characters for 20 bytes, the last a \"=\"",
                      statement->word);
    *(const char **)((char *)parser->section.task + statement->detail) = identity;
    return true;
}

%{
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include "tool/idl/idl.h"

int yylex(void);
void lexer_start(FILE *file, const char *name);
const char *lexer_file(void);
static void yyerror(const char *text);

static struct interface *current;

#define PLACE(at) ((struct place){lexer_file(), (at).first_line, (at).first_column})

/* Appends @new to a linked list whose links are called next. */
#define APPEND(head, new)                        \
    do {                                         \
        __typeof__(&(head)) link_ = &(head);     \
        while (*link_)                           \
            link_ = &(*link_)->next;             \
        *link_ = (new);                          \
    } while (0)

static uint64_t constant_value(struct word name)
{
    for (struct constant *c = current->constants; c; c = c->next)
        if (strcmp(c->name.text, name.text) == 0)
            return c->value;
    error_at(name.at, "unknown constant '%s'", name.text);
    return 1;
}

static uint64_t shifted(uint64_t value, uint64_t by, struct place at)
{
    if (by > 63)
        error_at(at, "shift by %llu", (unsigned long long)by);
    return by > 63 ? 0 : value << by;
}

static void set_bound(uint64_t value, struct word unit)
{
    uint64_t factor = strcmp(unit.text, "s") == 0    ? 1000000
                      : strcmp(unit.text, "ms") == 0 ? 1000
                      : strcmp(unit.text, "us") == 0 ? 1
                                                     : 0;

    if (!factor)
        error_at(unit.at, "unknown unit '%s' (us, ms or s)", unit.text);
    else if (value == 0 || value > 1000000)
        error_at(unit.at, "a bound is between 1 and 1000000 units");
    else if (current->bound_us)
        error_at(unit.at, "a second bound");
    else
        current->bound_us = value * factor;
}

/* A limit in angle brackets: 0 would mean "none given". */
static uint64_t limit(uint64_t value, struct place at)
{
    if (value > 0 && value <= 8 * MAX_MESSAGE_WORDS)
        return value;
    error_at(at, "a limit is between 1 and %d", 8 * MAX_MESSAGE_WORDS);
    return 1;
}

static struct field *new_field(struct field parts)
{
    struct field *field = make(sizeof(*field));

    *field = parts;
    return field;
}
%}

%locations
%define parse.error custom
%define parse.lac full

%code requires {
#include "tool/idl/idl.h"
struct type {
    struct word name;
    uint64_t bound;
};
}

%union {
    struct word word;
    struct type type;
    uint64_t number;
    bool flag;
    struct field *field;
}

%token <word> INTERFACE "interface" CONST "const" STRUCT "struct" BOUND "bound" IN "in" OUT "out"
%token <word> IDENTIFIER "a name"
%token <number> NUMBER "a number"
%token SHIFT "<<"
%type <number> value array
%type <type> type
%type <flag> strong direction
%type <field> fields field params param_list param

%%

file: INTERFACE IDENTIFIER base '=' NUMBER
      {
          current->name = $2;
          current->doc = $1.doc;
          current->protocol = $5;
          if ($5 < MIN_PROTOCOL || $5 > MAX_PROTOCOL)
              error_at($2.at, "protocol number %llu is not in %d..%d", (unsigned long long)$5,
                       MIN_PROTOCOL, MAX_PROTOCOL);
      }
      '{' items '}' semicolon

base: %empty
    | ':' IDENTIFIER            { current->base_name = $2; }

semicolon: %empty | ';'

items: %empty | items item

item: BOUND NUMBER IDENTIFIER ';'       { set_bound($2, $3); }
    | CONST IDENTIFIER '=' value ';'
      {
          struct constant *constant = make(sizeof(*constant));
          *constant = (struct constant){.name = $2, .value = $4};
          constant->name.doc = $1.doc;
          APPEND(current->constants, constant);
      }
    | STRUCT IDENTIFIER '{' fields '}' ';'
      {
          struct structure *structure = make(sizeof(*structure));
          *structure = (struct structure){.name = $2, .fields = $4, .owner = current};
          structure->name.doc = $1.doc;
          APPEND(current->structures, structure);
      }
    | IDENTIFIER '(' params ')' ';'
      {
          struct operation *operation = make(sizeof(*operation));
          *operation = (struct operation){.name = $1, .params = $3, .owner = current};
          APPEND(current->operations, operation);
      }

value: NUMBER
     | NUMBER SHIFT NUMBER      { $$ = shifted($1, $3, PLACE(@3)); }
     | IDENTIFIER               { $$ = constant_value($1); }

fields: field
      | fields field            { APPEND($1, $2); $$ = $1; }

field: type IDENTIFIER array ';'
       { $$ = new_field((struct field){.type = $1.name, .bound = $1.bound, .name = $2, .max = $3}); }

type: IDENTIFIER                { $$ = (struct type){$1, 0}; }
    | IDENTIFIER '<' value '>'  { $$ = (struct type){$1, limit($3, PLACE(@3))}; }

array: %empty                   { $$ = 0; }
     | '<' value '>'            { $$ = limit($2, PLACE(@2)); }

params: %empty                  { $$ = NULL; }
      | param_list

param_list: param
          | param_list ',' param        { APPEND($1, $3); $$ = $1; }

param: direction type strong IDENTIFIER array
       {
           $$ = new_field((struct field){.out = $1, .type = $2.name, .bound = $2.bound,
                                         .strong = $3, .name = $4, .max = $5});
       }

direction: IN                   { $$ = false; }
         | OUT                  { $$ = true; }

strong: %empty                  { $$ = false; }
      | '!'                     { $$ = true; }

%%

static void yyerror(const char *text)
{
    error_at(PLACE(yylloc), "%s", text);
}

/* "expected ';' or '<' before a name" */
static int yyreport_syntax_error(const yypcontext_t *context)
{
    yysymbol_kind_t expected[4];
    int count = yypcontext_expected_tokens(context, expected, 4);
    char text[160] = "syntax error";
    size_t at = 0;

    if (yypcontext_token(context) == YYSYMBOL_YYUNDEF)
        return 0; /* the lexer has spoken */
    for (int i = 0; i < count && at < sizeof(text); i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i ? " or " : "expected ",
                               yysymbol_name(expected[i]));
    if (at < sizeof(text))
        snprintf(text + at, sizeof(text) - at, " before %s",
                 yysymbol_name(yypcontext_token(context)));
    yyerror(text);
    return 0;
}

struct interface *parse_file(const char *path)
{
    FILE *file = fopen(path, "r");
    struct interface *interface = make(sizeof(*interface));
    int failed;

    if (!file) {
        error_at((struct place){path, 0, 0}, "%s", strerror(errno));
        return NULL;
    }
    current = interface;
    lexer_start(file, path);
    failed = yyparse();
    fclose(file);
    return failed ? NULL : interface;
}

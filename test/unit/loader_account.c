/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/loader/account.h"

#include "errors/errors.h"
#include "server/loader/entry.h"
#include "unit.h"

/* Who may have one more of what the loader keeps for its clients. */

const struct task *entry_task(const struct ipc_object *object)
{
    return object->data;
}

static long check(unsigned total, unsigned used, unsigned own)
{
    return account_check(&(struct account_share){.total = total, .used = used, .own = own});
}

TEST(half)
{
    CHECK_EQ(check(256, 0, 0), 0);
    CHECK_EQ(check(256, 127, 127), 0);
    CHECK_EQ(check(256, 128, 128), -ERR_ESHARE);
}

TEST(a_quarter_is_left)
{
    CHECK_EQ(check(256, 191, 63), 0);
    CHECK_EQ(check(256, 192, 64), -ERR_ESHARE);
    CHECK_EQ(check(256, 192, 1), -ERR_ESHARE);
    CHECK_EQ(check(256, 192, 0), 0);
    CHECK_EQ(check(256, 255, 0), 0);
}

TEST(full)
{
    CHECK_EQ(check(256, 256, 0), -ERR_EAGAIN);
    CHECK_EQ(check(256, 256, 5), -ERR_EAGAIN);
}

/** However many greedy clients there are, 64 others get one each. */
TEST(greedy_clients)
{
    unsigned own[10] = {0}, used = 0, late = 0;

    for (unsigned more = 1; more;) {
        more = 0;
        for (unsigned i = 0; i < 10; i++)
            if (check(256, used, own[i]) == 0) {
                own[i]++;
                used++;
                more = 1;
            }
    }
    CHECK_EQ(used, 192);
    for (; check(256, used, 0) == 0; used++)
        late++;
    CHECK_EQ(late, 64);
}

TEST(who_asks)
{
    struct task task = {.id = 7};
    struct ipc_object own = {.data = &task}, registered = {0};
    struct ipc_call call = {.object = &own};

    CHECK_EQ(account_of(&call), 7);
    call.object = &registered;
    CHECK_EQ(account_of(&call), ACCOUNT_PUBLIC);
    call.rights = L4_CAP_S;
    CHECK_EQ(account_of(&call), ACCOUNT_TRUSTED);
}

UNIT_MAIN(T(half), T(a_quarter_is_left), T(full), T(greedy_clients), T(who_asks))

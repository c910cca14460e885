/* SPDX-License-Identifier: BSD-2-Clause */
/* vCPU mode: control, user mode, traps from it (ABI 4.6, 7.3 op 4 and 7, 8.5). */
#include "vcpu.h"

enum { CALL = 0xfd, UNDEFINED = 6, PAGE_FAULT = 14 };
#define WINDOW 0x60000000ull /* nothing is there in the user task */

static long resume(l4_cap_t thread)
{
    l4_utcb()->mr[0] = L4_THREAD_VCPU_RESUME;
    return l4_result(l4_ipc_call(thread, l4_msgtag(L4_PROTO_THREAD, 1, 0, 0), L4_NEVER));
}

static void test_control_errors(void)
{
    static struct worker w;
    struct l4_utcb *u = l4_utcb();
    l4_cap_t unbound = cap_new();
    CHECK_EQ(l4_factory_create_thread(L4_BASE_FACTORY_CAP, unbound), 0);
    CHECK(worker_create(&w, &own_task));
    uint64_t place = (w.utcb & ~0xffffull) + 0x8000;
    CHECK_EQ(l4_vcpu_control(unbound, place), -L4_EINVAL);
    u->mr[0] = L4_THREAD_VCPU_CONTROL;
    CHECK_EQ(l4_result(l4_ipc_call(w.cap, l4_msgtag(L4_PROTO_THREAD, 1, 0, 0), L4_NEVER)),
             -L4_EINVAL);
    CHECK_EQ(l4_vcpu_control(w.cap, 0), -L4_EINVAL);
    CHECK_EQ(l4_vcpu_control(w.cap, (uint64_t)test_memory()), -L4_EINVAL); /* no ku_mem */
    CHECK_EQ(l4_vcpu_control(w.cap, place | 1), -L4_EINVAL);
    CHECK_EQ(l4_vcpu_control(w.cap, (w.utcb & ~0xffffull) + 0xff00), -L4_EINVAL); /* its end */
    CHECK_EQ(resume(L4_INVALID_CAP), -L4_EINVAL); /* we are no vCPU */
    CHECK_EQ(l4_vcpu_control(w.cap, place), 0);
    CHECK_EQ(l4_vcpu_control(w.cap, place), 0);
    CHECK_EQ(((struct l4_vcpu *)place)->version, L4_VCPU_VERSION);
    CHECK_EQ(((struct l4_vcpu *)place)->host_gs_base, w.utcb + L4_UTCB_GS_OFFSET);
    CHECK_EQ(resume(w.cap), -L4_EINVAL); /* only by itself */
}

static void test_control_extended(void)
{
    static struct worker w;
    CHECK(worker_create(&w, &own_task));
    l4_utcb()->mr[0] = L4_THREAD_VCPU_CONTROL | L4_VCPU_CONTROL_EXTENDED;
    l4_utcb()->mr[1] = (w.utcb & ~0xffffull) + 0x8000;
    l4_msgtag_t tag = l4_ipc_call(w.cap, l4_msgtag(L4_PROTO_THREAD, 2, 0, 0), L4_NEVER);
    CHECK(l4_result(tag) == -L4_ENOSYS || l4_result(tag) == 0);
    print(l4_result(tag) ? "" : "(extended vCPUs are there) ");
}

static void in_area(struct worker *self)
{
    EXPECT_EQ(host.area->user_ds32, 0x23);
    EXPECT_EQ(host.area->user_cs64, 0x2b);
    EXPECT_EQ(host.area->user_cs32, 0x1b);
    EXPECT_EQ(host.area->host_fs_base, 0);
    EXPECT_EQ(host.area->host_gs_base, self->utcb + L4_UTCB_GS_OFFSET);
}

static void test_area(void)
{
    HOST(in_area);
}

/* Each register with a value of its own. */
static void fill(struct l4_exc_regs *r)
{
    uint64_t *word = (uint64_t *)r;
    for (unsigned i = 0; i < 16; i++)
        word[i] = 0x1111000000000000 | i;
}

static void in_call(struct worker *self)
{
    struct l4_exc_regs *r = &host.area->regs;
    fill(r);
    EXPECT_EQ(user_run(user_call), CALL);
    EXPECT_EQ(r->rip, (uint64_t)user_call);
    EXPECT_EQ(r->error, 0);
    EXPECT_EQ(r->cs & 0x7f, 0x2b);
    EXPECT_EQ(r->rflags & ~0x10000ul, 0x202);
    for (unsigned i = 0; i < 16; i++) /* all but r11 and rcx, and no fault address */
        if (i != 4 && i != 14 && i != 11)
            EXPECT_EQ(((uint64_t *)r)[i], 0x1111000000000000 | i);
    EXPECT_EQ(host.area->saved_state, USER_STATE | 7);
    EXPECT_EQ(host.area->state, L4_VCPU_F_FPU_ENABLED);
    EXPECT(l4_utcb()->self == self->utcb); /* gs is that of host mode */
}

static void test_call(void)
{
    HOST(in_call);
}

/* rcx and r11 come through, whether they suit sysret or not. */
static void in_return(struct worker *self)
{
    struct l4_exc_regs *r = &host.area->regs;
    EXPECT_EQ(user_run(user_call), CALL);
    r->rip += 2;
    r->rcx = r->rip;
    r->r11 = r->rflags;
    r->rax = 77;
    EXPECT_EQ(user_go(), CALL);
    EXPECT_EQ(r->rip, (uint64_t)user_call_end);
    EXPECT_EQ(r->rax, 77);
    r->rip = (uint64_t)user_undefined;
    r->rcx = 5;
    r->r11 = 6;
    EXPECT_EQ(user_go(), UNDEFINED);
    EXPECT_EQ(r->rcx, 5);
    EXPECT_EQ(r->r11, 6);
    EXPECT_EQ(r->rax, 77);
    r->rcx = r->rip;
    r->r11 = r->rflags;
    r->r8 = 8;
    EXPECT_EQ(user_go(), UNDEFINED); /* by sysret perhaps */
    EXPECT_EQ(r->r8, 8);
    EXPECT_EQ(r->rip, (uint64_t)user_undefined);
}

static void test_return(void)
{
    HOST(in_return);
}

static void in_faults(struct worker *self)
{
    struct l4_exc_regs *r = &host.area->regs;
    uint64_t *memory = (uint64_t *)test_memory();
    memory[0] = 0x5a5a;
    r->rbx = WINDOW + 1;
    r->rax = 1;
    EXPECT_EQ(user_run(user_read), PAGE_FAULT);
    EXPECT_EQ(r->fault_address, WINDOW + 1);
    EXPECT_EQ(r->error, 4);
    EXPECT_EQ(r->rip, (uint64_t)user_read);
    r->rbx = WINDOW;
    l4_put_item(1, WINDOW, l4_fpage_mem((uint64_t)memory, 12, L4_FPAGE_R));
    EXPECT_EQ(l4_vcpu_run(host.area, 1), 0);
    EXPECT_EQ(r->trap, CALL);
    EXPECT_EQ(r->rax, 0x5a5a);
    EXPECT_EQ(user_run(user_write), PAGE_FAULT);
    EXPECT_EQ(r->error, 7);
    r->rip = WINDOW;
    EXPECT_EQ(user_go(), PAGE_FAULT); /* no right to execute */
    EXPECT_EQ(r->error, 0x15);
    EXPECT_EQ(r->fault_address, WINDOW);
}

static void test_faults(void)
{
    HOST(in_faults);
}

static void in_items(struct worker *self)
{
    struct l4_exc_regs *r = &host.area->regs;
    uint64_t memory = (uint64_t)test_memory();
    *(uint64_t *)(memory + 0x1000) = 0x1234;
    user_at(user_read);
    r->rbx = WINDOW + 0x1000;
    l4_put_item(1, WINDOW, l4_fpage_mem(memory, 12, L4_FPAGE_RW));
    l4_utcb()->mr[3] = l4_utcb()->mr[4] = 0; /* void */
    l4_put_item(5, WINDOW + 0x1000, l4_fpage_mem(memory + 0x1000, 12, L4_FPAGE_RW));
    EXPECT_EQ(l4_vcpu_run(host.area, 3), 0);
    EXPECT_EQ(r->trap, CALL);
    EXPECT_EQ(r->rax, 0x1234);
    l4_put_item(1, TASK_SLOT, l4_fpage_obj(L4_BASE_LOG_CAP, 0, L4_CAP_RWS));
    EXPECT_EQ(l4_vcpu_run(host.area, 1), 0); /* a capability, with S: it lies in the table now */
    l4_cap_t back = cap_new();
    EXPECT_EQ(l4_task_map(L4_BASE_TASK_CAP, host.user.cap, l4_fpage_obj(TASK_SLOT, 0, L4_CAP_RWS),
                          back), 0);
    EXPECT(l4_cap_equal(back, L4_BASE_LOG_CAP));
}

/* More than there is room for; without a user task they are ignored. */
static void in_item_errors(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    user_at(user_call);
    for (unsigned i = 1; i < 63; i += 2)
        l4_put_item(i, WINDOW, l4_fpage_mem((uint64_t)test_memory(), 12, L4_FPAGE_R));
    EXPECT_EQ(l4_vcpu_run(area, 32), -(L4_EIPC + L4_IPC_SEMSGCUT));
    area->user_task = L4_VCPU_TASK_DROP;
    EXPECT_EQ(l4_vcpu_run(area, 2), -L4_ENOENT);
    area->user_task = host.user.cap;
    area->regs.rbx = WINDOW;
    EXPECT_EQ(user_run(user_read), CALL); /* those that fitted are there */
}

static void test_item_errors(void)
{
    HOST(in_item_errors);
}

static void test_items(void)
{
    HOST(in_items);
}

static void in_exceptions(struct worker *self)
{
    struct l4_exc_regs *r = &host.area->regs;
    static const struct {
        char *ip;
        uint64_t trap, error, length;
    } traps[] = {{user_undefined, 6, 0, 0}, {user_divide, 0, 0, 2}, {user_break, 3, 0, 1},
                 {user_port, 13, 0, 0}};
    for (unsigned i = 0; i < 4; i++) {
        EXPECT_EQ(user_run(traps[i].ip), (long)traps[i].trap);
        EXPECT_EQ(r->error, traps[i].error);
        EXPECT_EQ(r->rip, (uint64_t)traps[i].ip + traps[i].length);
        EXPECT_EQ(host.area->saved_state, USER_STATE | 7);
    }
    user_at(user_nops);
    r->rflags = 0x7302; /* TF; IOPL and NT are not for user mode, IF is always set */
    EXPECT_EQ(user_go(), 1);
    EXPECT_EQ(r->rip, (uint64_t)user_nops + 1);
    EXPECT_EQ(r->rflags & 0x7300, 0x300);
    EXPECT_EQ(user_go(), 1);
    EXPECT_EQ(r->rip, (uint64_t)user_nops + 2);
    user_at(user_nops);
    r->rflags = 0;
    EXPECT_EQ(user_go(), CALL);
    EXPECT_EQ(r->rflags & 0x200, 0x200);
}

static void test_exceptions(void)
{
    HOST(in_exceptions);
}

static void in_wild_ip(struct worker *self)
{
    EXPECT_EQ(user_run((void *)0x900000000000), 13);
    EXPECT_EQ(user_run((void *)0xffffffff80400000), PAGE_FAULT);
    EXPECT_EQ(user_run(user_call), CALL);
}

static void test_wild_ip(void)
{
    HOST(in_wild_ip);
}

static void in_segments(struct worker *self)
{
    static uint64_t places[2] = {0xf5, 0x65};
    struct l4_exc_regs *r = &host.area->regs;
    r->fs_base = (uint64_t)&places[0];
    r->gs_base = (uint64_t)&places[1];
    r->ds = r->es = 0x23;
    r->fs = r->gs = 0;
    EXPECT_EQ(user_run(user_segments), CALL);
    EXPECT_EQ(r->rax, 0xf5);
    EXPECT_EQ(r->rbx, 0x65);
    EXPECT_EQ(r->rcx & 0xffff, r->r8 & 0xffff); /* a copy of r8, as for aliens */
    EXPECT_EQ(r->fs_base, (uint64_t)&places[0]);
    EXPECT_EQ(user_run(user_load_selectors), CALL);
    EXPECT_EQ(r->ds, 0x2b);
    EXPECT_EQ(r->es, 0x2b);
    uint16_t ds;
    __asm__ volatile("mov %%ds, %0" : "=r"(ds));
    EXPECT_EQ(ds, host.area->host_ds);
    r->ds = 0x10; /* the kernel's: not for us */
    r->fs_base = 0x8000000000000000;
    EXPECT_EQ(user_run(user_call), CALL);
    EXPECT(r->ds != 0x10 && r->fs_base != 0x8000000000000000);
    host.area->host_fs_base = (uint64_t)&places[1];
    EXPECT_EQ(user_run(user_call), CALL);
    uint64_t value;
    __asm__ volatile("movq %%fs:0, %0" : "=r"(value));
    EXPECT_EQ(value, 0x65);
}

static void test_segments(void)
{
    HOST(in_segments);
}

/* 32-bit code, whose own kinds of system calls are exceptions. */
__asm__("user_32:\t.code32\n\tmovl $0x12345678, %ebx\n\tpushl %ebx\n\tpopl %edx\n\tint3\n\t"
        "syscall\n\t.code64\n");
extern char user_32[];

static void in_32_bit(struct worker *self)
{
    struct l4_exc_regs *r = &host.area->regs;
    user_at(user_32);
    r->cs = host.area->user_cs32;
    EXPECT_EQ(user_go(), 3);
    EXPECT_EQ(r->cs, host.area->user_cs32);
    EXPECT_EQ(r->rbx, 0x12345678);
    EXPECT_EQ(r->rdx, 0x12345678);
    EXPECT_EQ(user_go(), UNDEFINED);
    r->cs = 0x10; /* not a code segment of user mode */
    EXPECT_EQ(user_run(user_call), CALL);
}

static void test_32_bit(void)
{
    HOST(in_32_bit);
}

static void in_task_field(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    l4_cap_t weak = cap_new(), other_slot = cap_new();
    static struct abi_task other;
    EXPECT_EQ(user_run(user_call), CALL);
    EXPECT_EQ(area->user_task, host.user.cap | L4_VCPU_TASK_CACHED);
    area->user_task = L4_INVALID_CAP; /* nothing new */
    EXPECT_EQ(user_run(user_call), CALL);
    area->user_task = other_slot; /* empty */
    EXPECT_EQ(user_run(user_call), -L4_ENOENT);
    area->user_task = L4_BASE_LOG_CAP; /* not a task */
    EXPECT_EQ(user_run(user_call), -L4_ENOENT);
    EXPECT_EQ(l4_task_map_cap(L4_BASE_TASK_CAP, host.user.cap, weak, L4_CAP_RW), 0);
    area->user_task = weak;
    EXPECT_EQ(user_run(user_call), -L4_EPERM);
    EXPECT(task_new(&other));
    area->user_task = host.user.cap;
    EXPECT_EQ(user_run(user_call), CALL);
    l4_put_item(1, WINDOW, l4_fpage_mem((uint64_t)test_memory(), 12, L4_FPAGE_RW));
    EXPECT_EQ(l4_vcpu_run(area, 1), 0);
    area->user_task = other.cap;
    area->regs.rbx = WINDOW;
    EXPECT_EQ(user_run(user_read), PAGE_FAULT); /* it is in the first one */
    area->user_task = host.user.cap;
    EXPECT_EQ(user_run(user_read), CALL);
    area->user_task = L4_VCPU_TASK_DROP;
    EXPECT_EQ(user_run(user_call), -L4_ENOENT);
    area->user_task = L4_BASE_TASK_CAP; /* in our own task, as a user */
    EXPECT_EQ(user_run(user_call), CALL);
}

static void test_task_field(void)
{
    HOST(in_task_field);
}

/* The flag says whether user mode may use the FPU; its registers are shared with host mode. */
static void in_fpu(struct worker *self)
{
    struct l4_exc_regs *r = &host.area->regs;
    uint64_t in = 0x1234567, out;
    r->rbx = 0x7654321;
    user_at(user_sse);
    host.area->saved_state = L4_VCPU_F_USER_MODE;
    EXPECT_EQ(user_go(), 7);
    EXPECT_EQ(r->rip, (uint64_t)user_sse);
    EXPECT_EQ(host.area->saved_state, L4_VCPU_F_USER_MODE | 7);
    __asm__ volatile("movq %0, %%xmm5" : : "r"(in)); /* host mode may */
    l4_sleep_us(2000);
    host.area->saved_state = L4_VCPU_F_USER_MODE;
    EXPECT_EQ(user_go(), 7);
    __asm__ volatile("movq %%xmm5, %0" : "=r"(out));
    EXPECT_EQ(out, in);
    host.area->saved_state = USER_STATE;
    __asm__ volatile("movq %0, %%xmm5" : : "r"(in));
    EXPECT_EQ(user_go(), CALL);
    __asm__ volatile("movq %%xmm5, %0" : "=r"(out));
    EXPECT_EQ(r->rax, in);
    EXPECT_EQ(out, 0x7654321);
}

static void test_fpu(void)
{
    HOST(in_fpu);
}

static void in_deleted_task(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    EXPECT_EQ(user_run(user_call), CALL);
    l4_cap_delete(host.user.cap);
    EXPECT_EQ(user_run(user_call), PAGE_FAULT); /* it is empty now */
    l4_put_item(1, WINDOW, l4_fpage_mem((uint64_t)test_memory(), 12, L4_FPAGE_RW));
    EXPECT_EQ(l4_vcpu_run(area, 1), -L4_ENOENT);
    EXPECT_EQ(user_run(user_call), PAGE_FAULT);
    area->user_task = L4_VCPU_TASK_DROP;
    EXPECT_EQ(user_run(user_call), -L4_ENOENT);
}

static void test_deleted_task(void)
{
    HOST(in_deleted_task);
    CHECK(kernel_audit());
}

static bool can_reserve(l4_cap_t factory, uint64_t bytes)
{
    l4_cap_t probe = l4_cap(0xfff1);
    bool ok = l4_factory_create_factory(factory, probe, bytes) == 0;
    if (ok)
        l4_cap_delete(probe);
    return ok;
}

/* The memory of a deleted user task comes back when it is dropped. */
static void in_dropped(struct worker *self)
{
    struct l4_vcpu *area = host.area;
    l4_cap_t factory = cap_new(), task = cap_new();
    uint64_t free = 200000;
    EXPECT_EQ(l4_factory_create_factory(L4_BASE_FACTORY_CAP, factory, free), 0);
    while (!can_reserve(factory, free))
        free -= 8;
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_EQ(l4_factory_create_task(factory, task, (l4_fpage_t){0}), 0);
        area->user_task = task;
        EXPECT_EQ(user_run(user_call), PAGE_FAULT);
        l4_cap_delete(task);
        EXPECT(!can_reserve(factory, free));
        area->user_task = i ? host.user.cap : L4_VCPU_TASK_DROP;
        EXPECT_EQ(user_run(user_call), i ? CALL : -L4_ENOENT);
        EXPECT(can_reserve(factory, free));
    }
}

static void test_dropped(void)
{
    HOST(in_dropped);
}

const struct test vcpu_tests[] = {
    {"vcpu-control-errors", test_control_errors},
    {"vcpu-control-extended", test_control_extended},
    {"vcpu-area", test_area},
    {"vcpu-call", test_call},
    {"vcpu-return", test_return},
    {"vcpu-faults", test_faults},
    {"vcpu-items", test_items},
    {"vcpu-item-errors", test_item_errors},
    {"vcpu-exceptions", test_exceptions},
    {"vcpu-wild-ip", test_wild_ip},
    {"vcpu-segments", test_segments},
    {"vcpu-32-bit", test_32_bit},
    {"vcpu-task-field", test_task_field},
    {"vcpu-fpu", test_fpu},
    {"vcpu-deleted-task", test_deleted_task},
    {"vcpu-dropped-task", test_dropped},
    {NULL, NULL},
};

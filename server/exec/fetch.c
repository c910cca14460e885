/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch.h"

#include <stdio.h>
#include <string.h>

#include <task/layout.h>
#include <task/slots.h>

#include "copy.h"
#include "errors/errors.h"
#include "idl/dm.h"
#include "idl/fprov.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "l4sys/task.h"
#include "server/area.h"
#include "server/server.h"
#include "server/thread.h"

#define WINDOW_ORDER 20
#define TICK_US      1000000 /* how late a copy may be stopped */
#define FILE_LIMIT   (256ull << 20) /* bytes a provider can take on our account for one file */

static struct fetch jobs[FETCH_JOBS];
static l4_cap_t work; /* kernel semaphore: one unit a job that was asked for */
static struct ipc_object *finished;
static void (*job_done)(struct fetch *job);
static struct ipc_server *fetch_server;

/** A worker. While it copies from a dataspace of whomever, it may be stopped at any point. */
static struct worker {
    struct server_thread thread;
    struct ipc_object *faults;
    struct fetch *job;
    l4_cap_t session; /* slot of the session for the job's file */
    bool opened;      /* there is one in it */
    volatile bool copying;
    uint64_t deadline; /* of the copy, kernel clock */
    struct copy copy;
} workers[FETCH_WORKERS];

/*
 * World of a worker: no libc (it has no thread-local storage), only IPC stubs and the job.
 */

/**
 * Providers get a session of their own for each file, so that none can use up what exec may have.
 * The account stays until the last page of the file is free.
 */
static long open_file(struct worker *w, struct fetch *job, const char *name)
{
    long error = w->opened ? 0 : dm_session(TASK_CAP_DM, "exec", FILE_LIMIT, w->session);

    if (error < 0)
        return error;
    w->opened = true;
    return fprov_open(job->provider, name, w->session, &job->size, job->dataspace);
}

static void close_session(struct worker *w)
{
    if (w->opened)
        l4_cap_release(w->session);
    w->opened = false;
}

/** One of the candidates: whether it is what is known already, else the file. */
static long get(struct worker *w, struct fetch *job, const char *name)
{
    long error = fprov_version(job->provider, name, &job->version);

    if (error < 0 && error != -L4_ENOSYS)
        return error;
    job->versioned = error >= 0;
    job->unchanged = job->versioned && job->known[job->found]
                     && job->version == job->known_version[job->found];
    if (job->unchanged)
        return 0;
    return open_file(w, job, name);
}

static void run_job(struct worker *w, struct fetch *job)
{
    job->result = -ERR_ENOFILE;
    for (job->found = 0; job->found < job->name_count; job->found++) {
        job->result = get(w, job, job->names[job->found]);
        if (job->result != -ERR_ENOFILE)
            return;
    }
}

/**
 * 0 if all that is said to be in a dataspace of @size bytes is there, and not too much. What providers give reads as
 * zero behind its end.
 */
static long fits(const struct fetch *job, uint64_t size)
{
    if (job->size > COPY_MAX)
        return -ERR_E2BIG;
    return job->given && (job->offset > size || job->size > size - job->offset) ? -ERR_ERANGE : 0;
}

/** A dataspace that is not DM_PHYS's is copied; the copy takes its place. */
static long own(struct worker *w, struct fetch *job)
{
    uint64_t size;
    long error = dm_check(TASK_CAP_DM, job->dataspace, &size);

    if (error >= 0)
        return fits(job, size);
    if (error != -ERR_EFOREIGN)
        return error;
    w->copy.from = job->dataspace;
    w->copy.offset = job->offset;
    w->copy.to = job->copy;
    w->copy.size = job->size;
    w->deadline = server_clock_us() + COPY_BOUND_US;
    w->copying = true;
    error = copy_file(&w->copy);
    w->copying = false;
    copy_clean(&w->copy);
    l4_cap_t foreign = job->dataspace;
    job->dataspace = job->copy;
    job->copy = foreign;
    job->offset = 0;
    return error;
}

static struct fetch *take_job(void)
{
    for (unsigned i = 0; i < FETCH_JOBS; i++) {
        int asked = FETCH_ASKED;
        if (atomic_compare_exchange_strong(&jobs[i].state, &asked, FETCH_RUNNING))
            return &jobs[i];
    }
    return NULL;
}

/** The worker that asks, by its UTCB. */
static struct worker *self(void)
{
    return &workers[((uint64_t)l4_utcb() - TASK_UTCBS) / L4_UTCB_SIZE - 1];
}

static void worker(void)
{
    struct worker *w = self();

    for (;;) {
        l4_semaphore_down(work, L4_TIMEOUT_NEVER);
        struct fetch *job = w->job = take_job();
        if (!job)
            continue;
        if (job->given)
            job->result = 0;
        else
            run_job(w, job);
        close_session(w);
        if (job->result >= 0 && !job->unchanged)
            job->result = own(w, job);
        w->job = NULL;
        atomic_store(&job->state, FETCH_DONE);
        l4_irq_trigger(finished->gate);
    }
}

/* World of the linking thread from here on. */

/** Ends the copy that @w is at: the job has failed. */
static void stop(struct worker *w)
{
    struct fetch *job = w->job;

    server_thread_restart(&w->thread, worker);
    copy_clean(&w->copy);
    w->copying = false;
    w->job = NULL;
    if (!job)
        return;
    job->result = -ERR_ETRANSFER;
    atomic_store(&job->state, FETCH_DONE);
    l4_irq_trigger(finished->gate);
}

/** Page fault or exception of a worker: pages were promised and are not there. */
static long fault(struct ipc_call *call)
{
    struct worker *w = call->object->data;

    if (!w->copying)
        puts("a fetch worker has faulted");
    stop(w);
    return 0; /* the fault was cancelled: the answer finds nobody */
}

void fetch_tick(struct ipc_server *server)
{
    uint64_t now = server_clock_us();

    server->deadline_us = 0;
    for (unsigned i = 0; i < FETCH_WORKERS; i++)
        if (workers[i].copying && now >= workers[i].deadline)
            stop(&workers[i]);
    for (unsigned i = 0; i < FETCH_JOBS; i++)
        if (atomic_load(&jobs[i].state) != FETCH_IDLE)
            server->deadline_us = now + TICK_US;
}

/** Some jobs are done. */
static void interrupt(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    (void)object;
    for (unsigned i = 0; i < FETCH_JOBS; i++) {
        if (atomic_load(&jobs[i].state) != FETCH_DONE)
            continue;
        job_done(&jobs[i]);
        slots_release(jobs[i].dataspace);
        slots_release(jobs[i].copy);
        atomic_store(&jobs[i].state, FETCH_IDLE);
    }
}

static const struct ipc_kind fault_kind = {.name = "fault", .foreign = fault};
static const struct ipc_kind finished_kind = {.name = "fetched", .interrupt = interrupt};

static long make_window(struct piece_window *window)
{
    window->order = WINDOW_ORDER;
    window->start = area_alloc(1ull << WINDOW_ORDER);
    return window->start ? 0 : -ERR_ENOMEM;
}

static long start_worker(unsigned number)
{
    struct worker *w = &workers[number];
    struct server_thread *thread = &w->thread;

    thread->name = "exec fetch";
    thread->number = 1 + number;
    thread->priority = 148; /* below the linking thread, above all tasks */
    thread->entry = worker;
    w->session = slots_alloc();
    long error = w->session ? make_window(&w->copy.source) : -ERR_ENOMEM;
    if (!error)
        error = make_window(&w->copy.target);
    if (!error)
        error = server_thread_make(thread);
    if (!error)
        error = ipc_service_create(fetch_server, &fault_kind, w, &w->faults);
    if (!error)
        error = server_thread_faults_to(thread, w->faults->gate);
    return error ? error : server_thread_run(thread);
}

long fetch_init(struct ipc_server *server, void (*done)(struct fetch *job))
{
    job_done = done;
    fetch_server = server;
    work = slots_alloc();
    if (!work)
        return -ERR_ENOMEM;
    long error = l4_factory_create_semaphore(TASK_CAP_FACTORY, work);
    if (error >= 0)
        error = ipc_irq_create(server, &finished_kind, NULL, &finished);
    for (unsigned i = 0; error >= 0 && i < FETCH_WORKERS; i++)
        error = start_worker(i);
    return error < 0 ? error : 0;
}

struct fetch *fetch_alloc(void)
{
    for (unsigned i = 0; i < FETCH_JOBS; i++) {
        if (atomic_load(&jobs[i].state) != FETCH_IDLE)
            continue;
        jobs[i].dataspace = slots_alloc();
        jobs[i].copy = slots_alloc();
        jobs[i].name_count = 0;
        jobs[i].offset = 0;
        jobs[i].given = false;
        memset(jobs[i].known, 0, sizeof jobs[i].known);
        jobs[i].unchanged = jobs[i].versioned = false;
        if (jobs[i].dataspace && jobs[i].copy)
            return &jobs[i];
        slots_free(jobs[i].dataspace);
        slots_free(jobs[i].copy);
        return NULL;
    }
    return NULL;
}

void fetch_drop(struct fetch *job)
{
    if (!job)
        return;
    slots_free(job->dataspace);
    slots_free(job->copy);
}

void fetch_ask(struct fetch *job)
{
    if (!fetch_server->deadline_us)
        fetch_server->deadline_us = server_clock_us() + TICK_US;
    atomic_store(&job->state, FETCH_ASKED);
    l4_semaphore_up(work);
}

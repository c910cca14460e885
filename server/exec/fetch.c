/* SPDX-License-Identifier: BSD-2-Clause */
#include "fetch.h"

#include <task/slots.h>

#include "errors/errors.h"
#include "idl/fprov.h"
#include "l4sys/factory.h"
#include "l4sys/irq.h"
#include "server/thread.h"

static struct fetch jobs[FETCH_JOBS];
static l4_cap_t work; /* kernel semaphore: one unit a job that was asked for */
static struct ipc_object *finished;
static void (*job_done)(struct fetch *job);
static struct server_thread workers[FETCH_WORKERS];

/*
 * World of a worker: no libc (it has no thread-local storage), only IPC stubs and the job.
 */

/** One of the candidates: whether it is what is known already, else the file. */
static long get(struct fetch *job, const char *name)
{
    long error = fprov_version(job->provider, name, &job->version);

    if (error < 0 && error != -L4_ENOSYS)
        return error;
    job->versioned = error >= 0;
    job->unchanged = job->versioned && job->known && job->found == job->known_name
                     && job->version == job->known_version;
    if (job->unchanged)
        return 0;
    return fprov_open(job->provider, name, TASK_CAP_DM, &job->size, job->dataspace);
}

static void run_job(struct fetch *job)
{
    job->result = -ERR_ENOFILE;
    for (job->found = 0; job->found < job->name_count; job->found++) {
        job->result = get(job, job->names[job->found]);
        if (job->result != -ERR_ENOFILE)
            return;
    }
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

static void worker(void)
{
    for (;;) {
        l4_semaphore_down(work, L4_TIMEOUT_NEVER);
        struct fetch *job = take_job();
        if (!job)
            continue;
        run_job(job);
        atomic_store(&job->state, FETCH_DONE);
        l4_irq_trigger(finished->gate);
    }
}

/** On the linking thread: some jobs are done. */
static void interrupt(struct ipc_server *server, struct ipc_object *object)
{
    (void)server;
    (void)object;
    for (unsigned i = 0; i < FETCH_JOBS; i++) {
        if (atomic_load(&jobs[i].state) != FETCH_DONE)
            continue;
        job_done(&jobs[i]);
        slots_release(jobs[i].dataspace);
        atomic_store(&jobs[i].state, FETCH_IDLE);
    }
}

static const struct ipc_kind finished_kind = {.name = "fetched", .interrupt = interrupt};

static long start_worker(unsigned number)
{
    struct server_thread *thread = &workers[number];

    thread->name = "exec fetch";
    thread->number = 1 + number;
    thread->priority = 148; /* below the linking thread, above all tasks */
    thread->entry = worker;
    long error = server_thread_make(thread);
    return error ? error : server_thread_run(thread);
}

long fetch_init(struct ipc_server *server, void (*done)(struct fetch *job))
{
    job_done = done;
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
        jobs[i].name_count = 0;
        jobs[i].known_name = 0;
        jobs[i].known = jobs[i].unchanged = jobs[i].versioned = false;
        return jobs[i].dataspace ? &jobs[i] : NULL;
    }
    return NULL;
}

void fetch_ask(struct fetch *job)
{
    atomic_store(&job->state, FETCH_ASKED);
    l4_semaphore_up(work);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start, second link and end of three tasks, one of which is the file provider of the other two.
 * README.md says what is modelled and which rule of the design each check stands for. Each of these
 * macros, defined with -D, breaks one rule; spin must find that:
 *
 *   LINKER_FETCHES  exec's linking thread calls the file provider itself
 *   CALL_UP         the task server calls the loader when a task has ended, instead of an interrupt
 *   REPLY_WAITS     answers wait for their receiver
 *   NO_BOUND        calls to what can be killed have no bound
 *   NO_UNDO         an answer that was not delivered is not undone
 *   NO_SCAN         exec does not look for entries that nobody holds any more
 *   OLD_LABEL       a late answer is taken for the one to the caller's next call
 */

#define TASKS 3
#ifndef DEATHS
#define DEATHS 2 /* servers that die or fall silent */
#endif
#ifndef EARLY
#define EARLY 1 /* bounds that run out although the server was only slow */
#endif
#ifndef KILLS
#define KILLS 1 /* tasks that are killed at any time; in the end all are */
#endif
#ifndef FAILS
#define FAILS 1 /* refusals by dataspace manager or task server: no memory, no quota */
#endif

/* Serving threads, by number of their gate. */
#define TS       0 /* simple_ts */
#define BUILTIN  1 /* built-in file provider */
#define EXEC     2 /* exec, linking thread */
#define SERVICE  3 /* loader, service thread */
#define PAGER    4 /* loader, pager thread */
#define PROVIDER 5 /* file provider: task 0 */
#define GATES    6

/* Threads that call, by number of their reply slot. */
#define T_SERVICE 0
#define T_WORKER  1
#define T_LINKER  2
#define T_FETCH   3
#define T_TS      4
#define T_USER    5
#define T_TASK    6 /* and 7, 8 */
#define THREADS   9

mtype = { create, kill, status, exit, fetch, open, link, add, remove, placed, fault, exception, ended };

/* ---- IPC: a call is a rendezvous, then the caller waits in its reply slot ---- */

#define IDLE    0
#define WAITS   1
#define OK      2
#define FAILED  3
#define EXPIRED 4

chan gate[GATES] = [0] of { mtype, byte, byte }; /* operation, calling thread, task */
byte slot[THREADS];                               /* IDLE, WAITS or the answer */
bool turn[THREADS];                               /* flips when a caller gives up */

hidden byte sent; /* the last answer has arrived: used at once */
byte early = EARLY, deaths = DEATHS, kills = KILLS, fails = FAILS;
bool exec_dead, builtin_dead, hung; /* hung: the provider runs, but answers no more */

#define never_answers(g) \
    ((g) == EXEC && exec_dead || (g) == BUILTIN && builtin_dead || (g) == PROVIDER && (over[0] || hung))

/* Without a bound; @result is OK or FAILED. */
inline call(g, op, me, i, result)
{
    atomic { gate[g]!op(me, i); slot[me] > WAITS -> result = slot[me]; slot[me] = IDLE }
}

#ifdef NO_BOUND
#define call_bounded call
#else
#ifdef OLD_LABEL
#define give_up(me) result = EXPIRED; slot[me] = IDLE
#else
#define give_up(me) result = EXPIRED; slot[me] = IDLE; turn[me] = !turn[me]
#endif
/* A bound is there for the dead and the silent; it may also run out early. */
inline call_bounded(g, op, me, i, result)
{
    if
    :: gate[g]!op(me, i);
       if
       :: atomic { slot[me] > WAITS -> result = slot[me]; slot[me] = IDLE }
       :: atomic { slot[me] <= WAITS && never_answers(g) -> give_up(me) }
       :: atomic { slot[me] == WAITS && early > 0 -> early--; give_up(me) }
       fi
    :: atomic { never_answers(g) -> result = EXPIRED }
    fi
}
#endif

#define receive(g, op) gate[g]?op(c, i) -> slot[c] = WAITS; t = turn[c]

/* The request is done with: equal states shall look equal. */
#define next_request c = 0; i = 0; t = 0

/* Time-out zero: whoever does not wait any more gets nothing. */
#ifdef REPLY_WAITS
#define answer(c, t, value) slot[c] == WAITS && turn[c] == t -> slot[c] = value; sent = true
#else
#define answer(c, t, value) \
    if \
    :: slot[c] == WAITS && turn[c] == t -> slot[c] = value; sent = true \
    :: else -> sent = false \
    fi
#endif

/* ---- capabilities: who holds what there is for each task ---- */

#define LOADER 1
#define LINKER 2
#define TASK   4

byte session[TASKS], memory[TASKS]; /* at the dataspace manager: session, infopage and stack */
byte written[TASKS];                /* written sections */
byte entry[TASKS];                  /* exec_task gate, exec's own not counted */
bool control[TASKS];                /* ts_control gate, held by the loader */
bool file[TASKS];                   /* file dataspace, held by exec */
bool entry_made[TASKS], entry_held[TASKS], pager_gate[TASKS], loader_gate[TASKS];

bool exec_notice, ts_notice;        /* one of its gates has lost its last holder */
bool service_irq, exec_irq;

inline drop_entry(i, who)
{
    if
    :: entry[i] & who -> entry[i] = entry[i] & ~who;
       if
       :: entry[i] == 0 -> exec_notice = !exec_dead
       :: else
       fi
    :: else
    fi
}

/* ---- tasks ---- */

#define NONE     0
#define STARTING 1
#define STARTED  2
#define OVER     3 /* ended, or could not be started */

byte state[TASKS]; /* the loader's record */
bool known[TASKS]; /* the task server's */
bool runs[TASKS], over[TASKS], faulted[TASKS];
bool registered, all_started;

/* The kernel deletes the task: thread, capabilities. */
inline end_task(i)
{
    if
    :: !over[i] ->
       over[i] = true; runs[i] = false;
       slot[T_TASK + i] = IDLE; faulted[i] = false;
       session[i] = session[i] & ~TASK; memory[i] = memory[i] & ~TASK;
       written[i] = written[i] & ~TASK; drop_entry(i, TASK);
       if
       :: i == 0 -> registered = false
       :: else
       fi;
#ifndef CALL_UP
       service_irq = true
#endif
    :: else
    fi
}

/* ---- task server ---- */

active proctype simple_ts()
{
    byte c, i, k; bool t;
end:
    do
    :: atomic { receive(TS, create);
           if
           :: known[i] = true; control[i] = true; answer(c, t, OK)
           :: fails > 0 -> fails--; answer(c, t, FAILED)
           fi;
           next_request }
    :: atomic { receive(TS, kill); end_task(i); answer(c, t, OK); next_request }
    :: atomic { receive(TS, status);
           if
           :: over[i] -> answer(c, t, OK)
           :: else -> answer(c, t, FAILED)
           fi;
           next_request }
#ifdef CALL_UP
    :: atomic { receive(TS, exit); end_task(i) };
       call(SERVICE, ended, T_TS, i, k); atomic { k = 0; next_request }
#else
    :: atomic { receive(TS, exit); end_task(i); next_request } /* nobody is left to answer */
#endif
    :: atomic { ts_notice -> ts_notice = false;
           do
           :: k < TASKS ->
              if
              :: known[k] && !control[k] -> end_task(k); known[k] = false
              :: else
              fi;
              k++
           :: else -> break
           od;
           k = 0 }
    od
}

/* ---- file providers: a dataspace made on exec's session is exec's when it has the answer ---- */

inline deliver(c, t, i)
{
    answer(c, t, OK);
    if
    :: sent -> file[i] = true
    :: else
    fi
}

active proctype builtin()
{
    byte c, i; bool t;
end:
    {
        if
        :: atomic { receive(BUILTIN, fetch) }; atomic { deliver(c, t, i); next_request }
        fi;
        goto end
    } unless { builtin_dead }
}

/* ---- exec ---- */

#define ASKED   1
#define RUNNING 2
#define DONE    3
#define BROKEN  4

byte job[TASKS];
byte opener[TASKS]; bool opener_turn[TASKS]; /* the deferred caller of open */

#define provider_of(i) (i == 0 -> BUILTIN : PROVIDER)

inline forget(i)
{
    entry_made[i] = false; entry_held[i] = false; written[i] = written[i] & ~LINKER; session[i] = session[i] & ~LINKER
}

/*
 * Steps 3 and 4 when the file has come: snapshot, copy of the written sections on the task's session,
 * answer with both capabilities.
 */
inline hand_out(i)
{
    file[i] = false;
    written[i] = written[i] | LINKER; entry_made[i] = true; entry_held[i] = false;
    answer(opener[i], opener_turn[i], OK);
    if
    :: sent -> written[i] = written[i] | LOADER; entry[i] = entry[i] | LOADER; entry_held[i] = true
    :: else ->
#ifdef NO_UNDO
       skip
#else
       forget(i)
#endif
    fi;
    opener[i] = 0; opener_turn[i] = 0
}

inline refuse(i)
{
    session[i] = session[i] & ~LINKER; answer(opener[i], opener_turn[i], FAILED);
    opener[i] = 0; opener_turn[i] = 0
}

active proctype linker()
{
    byte c, i, k; bool t;
end:
    {
        if
        :: atomic { receive(EXEC, open);
               opener[i] = c; opener_turn[i] = t; session[i] = session[i] | LINKER;
#ifndef LINKER_FETCHES
               job[i] = ASKED; next_request }
#else
           };
           call_bounded(provider_of(i), fetch, T_LINKER, i, k);
           atomic {
               if
               :: k == OK -> hand_out(i)
               :: else -> refuse(i)
               fi;
               k = 0; next_request }
#endif
        :: atomic { receive(EXEC, link); answer(c, t, OK); next_request }
        :: atomic { exec_irq -> exec_irq = false;
               do
               :: k < TASKS && job[k] == DONE -> job[k] = 0; hand_out(k); k++
               :: k < TASKS && job[k] == BROKEN -> job[k] = 0; refuse(k); k++
               :: k < TASKS && job[k] != DONE && job[k] != BROKEN -> k++
               :: k == TASKS -> break
               od;
               k = 0 }
#ifndef NO_SCAN
        :: atomic { exec_notice -> exec_notice = false;
               do
               :: k < TASKS ->
                  if
                  :: entry_made[k] && entry_held[k] && entry[k] == 0 -> forget(k)
                  :: else
                  fi;
                  k++
               :: else -> break
               od;
               k = 0 }
#endif
        fi;
        goto end
    } unless { exec_dead }
}

/* One of exec's fetch workers: the start worker asks for one program after the other. */
active proctype fetch_worker()
{
    byte i, got;
end:
    {
        if
        :: atomic {
               if
               :: job[0] == ASKED -> i = 0
               :: job[1] == ASKED -> i = 1
               :: job[2] == ASKED -> i = 2
               fi;
               job[i] = RUNNING };
           call_bounded(provider_of(i), fetch, T_FETCH, i, got);
           atomic { job[i] = (got == OK -> DONE : BROKEN); exec_irq = true; i = 0; got = 0 }
        fi;
        goto end
    } unless { exec_dead }
}

/* ---- loader ---- */

inline release(i)
{
    session[i] = session[i] & ~LOADER; memory[i] = memory[i] & ~LOADER;
    written[i] = written[i] & ~LOADER; drop_entry(i, LOADER);
    if
    :: control[i] -> control[i] = false; ts_notice = true
    :: else
    fi;
    state[i] = OVER
}

/* The service thread looks after a task that has ended or faulted; of others it would learn nothing. */
inline check(k)
{
    if
    :: state[k] == STARTED && (over[k] || faulted[k]) ->
       if
       :: atomic { faulted[k] -> faulted[k] = false }; call(TS, kill, T_SERVICE, k, got)
       :: else
       fi;
       call(TS, status, T_SERVICE, k, got);
       if
       :: got == OK -> call(PAGER, remove, T_SERVICE, k, got);
          atomic { loader_gate[k] = false; got = 0; release(k) }
       :: else -> got = 0
       fi
    :: else
    fi
}

active proctype service()
{
    byte c, i, k, got; bool t;
end:
    do
    :: atomic { receive(SERVICE, add); loader_gate[i] = true; answer(c, t, OK); next_request }
    :: atomic { receive(SERVICE, remove); loader_gate[i] = false; answer(c, t, OK); next_request }
    :: atomic { receive(SERVICE, placed); answer(c, t, OK); next_request }
    :: atomic { receive(SERVICE, kill) };
       if
       :: atomic { state[i] == STARTED -> call(TS, kill, T_SERVICE, i, got); got = 0; check(i) }
       :: else
       fi;
       atomic { answer(c, t, OK); next_request }
#ifdef CALL_UP
    :: atomic { receive(SERVICE, ended); answer(c, t, OK); service_irq = true; next_request }
#endif
    :: atomic { service_irq -> service_irq = false;
           do
           :: k < TASKS -> check(k); k++
           :: else -> break
           od;
           k = 0 }
    od
}

active proctype pager()
{
    byte c, i; bool t;
end:
    do
    :: atomic { receive(PAGER, add); pager_gate[i] = true; answer(c, t, OK); next_request }
    :: atomic { receive(PAGER, remove); pager_gate[i] = false; answer(c, t, OK); next_request }
    :: atomic { receive(PAGER, fault); answer(c, t, OK); next_request } /* page mapped */
    :: atomic { receive(PAGER, exception); faulted[i] = true; service_irq = true; next_request }
       /* never answered: the service thread ends the task */
    od
}

/* Steps 1 to 5 of the start of task @i. */
inline launch(i)
{
    atomic {
        state[i] = STARTING; session[i] = session[i] | LOADER;
        if
        :: memory[i] = memory[i] | LOADER; got = OK
        :: fails > 0 -> fails--; got = FAILED
        fi };
    if
    :: got == OK && i > 0 -> /* names: wait for the provider, unless it cannot come */
       if
       :: registered
       :: atomic { !registered && (state[0] == OVER || over[0] || faulted[0]) -> got = FAILED }
       fi
    :: else
    fi;
    if
    :: got == OK -> call_bounded(EXEC, open, T_WORKER, i, got)
    :: else
    fi;
    if
    :: got == OK -> call(TS, create, T_WORKER, i, got)
    :: else
    fi;
    if
    :: got == OK ->
       call(PAGER, add, T_WORKER, i, got);
       call(SERVICE, add, T_WORKER, i, got);
       atomic {
           session[i] = session[i] | TASK; memory[i] = memory[i] | TASK;
           written[i] = written[i] | TASK;
           if
           :: entry_made[i] -> entry[i] = entry[i] | TASK /* else exec has died */
           :: else
           fi;
           drop_entry(i, LOADER); runs[i] = true; state[i] = STARTED; service_irq = true
       }
    :: else -> atomic { release(i) }
    fi;
    got = 0
}

active proctype worker()
{
    byte n, got;
    do
    :: n < TASKS -> launch(n); n++
    :: else -> break
    od;
    all_started = true
}

/* ---- the tasks ---- */

/* Steps 6 to 8; if the second link step fails the task ends. */
inline begin(i)
{
    runs[i];
    call(PAGER, fault, T_TASK + i, i, got);
    call_bounded(EXEC, link, T_TASK + i, i, got);
    if
    :: got != OK -> gate[TS]!exit(T_TASK + i, i); false
    :: else
    fi;
    call(SERVICE, placed, T_TASK + i, i, got); got = 0
}

active proctype provider()
{
    byte c, i, got; bool t;
end:
    {
        begin(0);
        registered = true;
        do
        :: atomic { receive(PROVIDER, fetch) };
           if
           :: call_bounded(EXEC, link, T_TASK, 0, got) /* a plug-in of its own */
           :: atomic { deaths > 0 -> deaths--; hung = true }; false
           fi;
           atomic { deliver(c, t, i); got = 0; next_request }
        :: atomic { deaths > 0 -> deaths-- }; gate[PAGER]!exception(T_TASK, 0); false
        od
    } unless { over[0] }
}

active proctype task_1()
{
    byte got;
end:
    {
        begin(1);
        if
        :: gate[TS]!exit(T_TASK + 1, 1)
        :: gate[PAGER]!exception(T_TASK + 1, 1)
        fi;
        false
    } unless { over[1] }
}

active proctype task_2()
{
    byte got;
end:
    { begin(2); false /* until it is killed */ } unless { over[2] }
}

/* ---- who kills, what dies ---- */

active proctype user()
{
    byte n, got;
    do
    :: atomic { kills > 0 -> kills--; n = 0 }; call(SERVICE, kill, T_USER, n, got); got = 0
    :: atomic { kills > 0 -> kills--; n = 1 }; call(SERVICE, kill, T_USER, n, got); got = 0
    :: atomic { all_started -> n = 0; got = 0; kills = 0; break }
    od;
    do
    :: n < TASKS -> call(SERVICE, kill, T_USER, n, got); n++; got = 0
    :: else -> break
    od
}

/* exec's capabilities and gates go with it. */
inline exec_dies()
{
    atomic {
        deaths > 0 && !exec_dead -> deaths--; exec_dead = true; exec_notice = false; exec_irq = false;
        slot[T_FETCH] = IDLE; slot[T_LINKER] = IDLE; /* its threads do not wait any more */
        do
        :: n < TASKS ->
           session[n] = session[n] & ~LINKER; written[n] = written[n] & ~LINKER; file[n] = false;
           entry[n] = 0; entry_made[n] = false; entry_held[n] = false; job[n] = 0; opener[n] = 0; opener_turn[n] = 0; n++
        :: else -> break
        od;
        n = 0
    }
}

active proctype fate()
{
    byte n;
end:
    do
    :: exec_dies()
    :: atomic { deaths > 0 && !builtin_dead && state[0] <= STARTING -> deaths--; builtin_dead = true }
       /* later it would not be missed */
    od
}

/* ---- when nothing happens any more, nothing is left of the tasks ---- */

active proctype auditor()
{
    byte n;
    timeout;
    assert(all_started);
    do
    :: n < TASKS ->
       assert(state[n] == OVER && !known[n] && !runs[n]);
       assert(session[n] == 0 && memory[n] == 0 && written[n] == 0 && !file[n]);
       assert(entry[n] == 0 && !control[n]);
       assert(!entry_made[n] && !pager_gate[n] && !loader_gate[n]);
       n++
    :: else -> break
    od
}

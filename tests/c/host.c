#include "host.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

// ---- Marks ------------------------------------------------------------------

// One lock for all, which outlives every host: the thread that calls `release`
// may still be about to unlock it when the test goes on.
static pthread_mutex_t monitor = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void lock(void) {
    REQUIRE(pthread_mutex_lock(&monitor) == 0);
}

static void unlock(void) {
    REQUIRE(pthread_mutex_unlock(&monitor) == 0);
}

static void raise_locked(struct mark *mark) {
    mark->count++;
    pthread_cond_broadcast(&changed);
}

void mark_raise(struct mark *mark) {
    lock();
    raise_locked(mark);
    unlock();
}

void mark_await(struct mark *mark, unsigned count) {
    lock();
    while (mark->count < count) {
        pthread_cond_wait(&changed, &monitor);
    }
    unlock();
}

unsigned mark_count(struct mark *mark) {
    lock();
    unsigned count = mark->count;
    unlock();
    return count;
}

// ---- Work -------------------------------------------------------------------

uint32_t succeed(const struct call *call) {
    (void)call;
    return OE_OUTCOME_SUCCEEDED;
}

uint32_t wait_for_go(const struct call *call) {
    mark_raise(&call->host->started);
    mark_await(&call->host->go, 1);
    return OE_OUTCOME_SUCCEEDED;
}

uint32_t wait_for_stop(const struct call *call) {
    mark_raise(&call->host->started);
    mark_await(call->stop, 1);
    return OE_OUTCOME_FAILED;
}

// ---- The functions of a pool ------------------------------------------------

// The seat of a worker; that of worker 0 is a free one. Locked by the caller.
static struct seat *find_seat(struct host *host, uint32_t worker) {
    for (size_t index = 0; index < SEATS; index++) {
        if (host->seats[index].worker == worker) {
            return &host->seats[index];
        }
    }
    return NULL;
}

static struct seat *take_seat(struct host *host, uint32_t worker, uint64_t attachment) {
    lock();
    struct seat *seat = find_seat(host, 0);
    REQUIRE(seat != NULL);
    *seat = (struct seat){.worker = worker, .attachment = attachment};
    unlock();
    return seat;
}

static void leave_seat(struct seat *seat) {
    lock();
    seat->worker = 0;
    unlock();
}

static void work_off(struct call *call) {
    uint64_t items[64];
    size_t count = 0;
    size_t batch = call->host->batch > 0 ? call->host->batch : 16;
    while (oe_worker_next(call->worker, items, batch, &count, OE_NO_LIMIT) == OE_STATUS_OK) {
        CHECK(count >= 1 && count <= batch);
        for (size_t index = 0; index < count; index++) {
            call->item = items[index];
            uint32_t outcome = call->host->work(call);
            oe_status status = oe_worker_end(call->worker, call->item, outcome);
            if (status != OE_STATUS_OK) {
                CHECK_STATUS(status, OE_STATUS_ABANDONED);
                mark_raise(&call->host->refused);
            }
        }
    }
}

void work_off_queues(void *context, const oe_worker *worker) {
    struct host *host = context;
    uint32_t id = 0;
    oe_attachment attachment;
    CHECK_STATUS(oe_worker_get_id(worker, &id), OE_STATUS_OK);
    CHECK(id > 0);
    while (oe_worker_attach(worker, &attachment) == OE_STATUS_OK) {
        struct seat *seat = take_seat(host, id, attachment.attachment);
        struct call call = {host, worker, attachment.tag, 0, &seat->stop};
        work_off(&call);
        leave_seat(seat);
        CHECK_STATUS(oe_worker_detach(worker), OE_STATUS_OK);
    }
    mark_raise(&host->worker_returns);
}

void carry_out_stops(void *context, const oe_control *control) {
    struct host *host = context;
    oe_stop stop;
    while (oe_control_next(control, &stop) == OE_STATUS_OK) {
        lock();
        host->last_stop = stop;
        struct seat *seat = find_seat(host, stop.worker);
        if (seat != NULL && seat->attachment == stop.attachment) {
            raise_locked(&seat->stop);
        }
        raise_locked(&host->stops);
        unlock();
    }
    mark_raise(&host->control_returns);
}

static void released(void *context) {
    struct host *host = context;
    mark_raise(&host->releases);
}

// ---- Hosts ------------------------------------------------------------------

void host_open_with(struct host *host, const oe_pool_options *options) {
    oe_pool_host functions = {
        .context = host,
        .worker_main = host->worker_main != NULL ? host->worker_main : work_off_queues,
        .control_main = host->control_main != NULL ? host->control_main : carry_out_stops,
        .release = released,
    };
    CHECK_STATUS(oe_pool_new(&functions, options, &host->pool), OE_STATUS_OK);
    REQUIRE(host->pool != NULL);
}

void host_open(struct host *host) {
    host_open_with(host, NULL);
}

void host_close(struct host *host) {
    oe_pool_free(host->pool);
    host->pool = NULL;
    mark_await(&host->releases, 1);
    CHECK_EQUAL(mark_count(&host->releases), 1);
}

void host_await_workers(const struct host *host, uint64_t count) {
    oe_pool_counters counters;
    do {
        // A thread goes without telling anybody.
        sched_yield();
        CHECK_STATUS(oe_pool_get_counters(host->pool, &counters), OE_STATUS_OK);
    } while (counters.workers != count);
}

// ---- Queues -----------------------------------------------------------------

struct ends ends_new(uint64_t limit) {
    struct ends ends = {.limit = limit};
    ends.items = calloc((size_t)limit + 1, sizeof *ends.items);
    REQUIRE(ends.items != NULL);
    return ends;
}

void ends_free(struct ends *ends) {
    free(ends->items);
    ends->items = NULL;
}

oe_queue_options usual_options(void) {
    return (oe_queue_options){
        .tag = TAG,
        .stop_grace_milliseconds = 60 * 1000,
        .worker_limit = 4,
        .input_capacity = 1024,
        .output_capacity = 1024,
    };
}

oe_queue *open_queue(const struct host *host, oe_queue_options options) {
    oe_queue *queue = NULL;
    CHECK_STATUS(oe_queue_new(host->pool, &options, &queue), OE_STATUS_OK);
    REQUIRE(queue != NULL);
    return queue;
}

void submit(oe_queue *queue, uint64_t first, size_t count) {
    uint64_t items[256];
    REQUIRE(count <= sizeof items / sizeof *items);
    for (size_t index = 0; index < count; index++) {
        items[index] = first + index;
    }
    size_t accepted = 0;
    CHECK_STATUS(oe_queue_submit(queue, items, count, &accepted), OE_STATUS_OK);
    CHECK_EQUAL(accepted, count);
}

static void note(struct ends *ends, const oe_event *event) {
    REQUIRE(event->item < ends->limit);
    struct item *item = &ends->items[event->item];
    CHECK(!item->has_ended);
    if (event->kind != OE_EVENT_ENDED) {
        CHECK_EQUAL(event->kind, item->last_kind + 1);
        CHECK(event->worker > 0 && event->outcome == 0 && event->duration_nanoseconds == 0);
        item->last_kind = event->kind;
        ends->outputs++;
        return;
    }
    item->has_ended = true;
    item->end = *event;
    ends->count++;
    REQUIRE(event->outcome <= OE_OUTCOME_STOPPED);
    ends->outcomes[event->outcome]++;
}

void take(oe_queue *queue, struct ends *ends) {
    oe_event events[256];
    size_t count = 0;
    CHECK_STATUS(oe_queue_take(queue, events, sizeof events / sizeof *events, &count),
                 OE_STATUS_OK);
    if (count > ends->most_at_once) {
        ends->most_at_once = count;
    }
    for (size_t index = 0; index < count; index++) {
        note(ends, &events[index]);
    }
}

void drain(oe_queue *queue, struct ends *ends) {
    oe_status status;
    while ((status = oe_queue_wait(queue, false, OE_NO_LIMIT)) == OE_STATUS_OK) {
        take(queue, ends);
    }
    CHECK_STATUS(status, OE_STATUS_ENDED);
}

void feed(oe_queue *queue, struct ends *ends) {
    uint64_t items[256];
    uint64_t sent = 0;
    while (sent < ends->limit) {
        size_t count = 0;
        size_t accepted = 0;
        while (count < sizeof items / sizeof *items && sent + count < ends->limit) {
            items[count] = sent + count;
            count++;
        }
        CHECK_STATUS(oe_queue_submit(queue, items, count, &accepted), OE_STATUS_OK);
        sent += accepted;
        CHECK_STATUS(oe_queue_wait(queue, true, OE_NO_LIMIT), OE_STATUS_OK);
        take(queue, ends);
    }
    CHECK_STATUS(oe_queue_close(queue), OE_STATUS_OK);
    drain(queue, ends);
    CHECK_EQUAL(ends->count, ends->limit);
}

oe_item_counters counters_of(const oe_queue *queue) {
    oe_item_counters counters;
    memset(&counters, 0xA5, sizeof counters);
    CHECK_STATUS(oe_queue_get_counters(queue, &counters), OE_STATUS_OK);
    return counters;
}

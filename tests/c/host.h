// A host as the tests need it: what an item does is a function, and a stop is
// carried out by a condition variable that the item may wait for.

#ifndef OE_TEST_HOST_H
#define OE_TEST_HOST_H

#include "check.h"

#define TAG 42
#define SEATS 64

// Something that happens, and how often; any thread may wait for it.
struct mark {
    unsigned count;
};

void mark_raise(struct mark *mark);
void mark_await(struct mark *mark, unsigned count);
unsigned mark_count(struct mark *mark);

// A worker that is attached.
struct seat {
    uint32_t worker;
    uint64_t attachment;
    struct mark stop;
};

struct host;

// An item as its work sees it.
struct call {
    struct host *host;
    const oe_worker *worker;
    uint64_t tag;
    uint64_t item;
    // Raised when the item is to be stopped.
    struct mark *stop;
};

struct host {
    // What an item does; returns an oe_outcome.
    uint32_t (*work)(const struct call *call);
    // Instead of the usual ones.
    void (*worker_main)(void *context, const oe_worker *worker);
    void (*control_main)(void *context, const oe_control *control);
    // How many items a worker asks for at once; 0 means 16.
    size_t batch;
    oe_pool *pool;
    struct seat seats[SEATS];
    oe_stop last_stop;
    struct mark started, progress, go, refused, stops, worker_returns, control_returns, releases;
};

// Work.
uint32_t succeed(const struct call *call);
uint32_t wait_for_go(const struct call *call);
uint32_t wait_for_stop(const struct call *call);

// The usual functions of a pool.
void work_off_queues(void *context, const oe_worker *worker);
void carry_out_stops(void *context, const oe_control *control);

void host_open(struct host *host);
void host_open_with(struct host *host, const oe_pool_options *options);
// Frees the pool if it is still there, and waits until it has called `release`.
void host_close(struct host *host);
// Waits until the pool has as many workers.
void host_await_workers(const struct host *host, uint64_t count);

// What is known of an item.
struct item {
    bool has_ended;
    uint16_t last_kind;
    oe_event end;
};

// What came of the items 0 to `limit` - 1.
struct ends {
    struct item *items;
    uint64_t limit;
    uint64_t count;
    uint64_t outcomes[4];
    uint64_t outputs;
    size_t most_at_once;
};

struct ends ends_new(uint64_t limit);
void ends_free(struct ends *ends);

// With 4 workers and room for 1,024 items and events, without limits.
oe_queue_options usual_options(void);
oe_queue *open_queue(const struct host *host, oe_queue_options options);
// Submits the items `first` to `first + count - 1`, which must all be taken.
void submit(oe_queue *queue, uint64_t first, size_t count);
// Takes what is there. No item may end twice, say something after its end, or
// put out other kinds than 1, 2, 3 … in this order.
void take(oe_queue *queue, struct ends *ends);
// Takes until nothing will ever come again.
void drain(oe_queue *queue, struct ends *ends);
// Feeds all items and takes until all have ended, as a host does.
void feed(oe_queue *queue, struct ends *ends);
oe_item_counters counters_of(const oe_queue *queue);

#endif

/* OrchestrationEngine: the C ABI. Made by cbindgen from src/ffi; do not edit. */

#ifndef ORCHESTRATION_ENGINE_H
#define ORCHESTRATION_ENGINE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// The version of this interface. It changes with every change that an older
// caller would notice; a caller compares it with the number it was written
// for before it calls anything else.
#define OE_ABI_VERSION 1

// How many workers all pools of a process may have at work together.
#define OE_WORKER_LIMIT 1024

// A time limit without end, for every `limit_milliseconds`.
#define OE_NO_LIMIT 4294967295

// The kind of an event that says how an item ended; every other kind is the
// host's own.
#define OE_EVENT_ENDED 0

// In an item of a run, the bits from here on are the number of the attempt
// (30 bits); those below are the number of the task.
#define OE_RUN_ATTEMPT_SHIFT 32

// In an item of a run, the bits from here on say what is asked.
#define OE_RUN_ASK_SHIFT 62

// Asked of a worker: to run a task.
#define OE_RUN_ASK_RUN 0

// Asked of a worker: whether a conditional task runs.
#define OE_RUN_ASK_DECIDE 1

// Asked of a worker: what is inside a for-each.
#define OE_RUN_ASK_EXPAND 2

// Why work is stopped. A later reason replaces an earlier one.
typedef enum {
  // It is not cancelled.
  OE_CANCEL_NONE = 0,
  // An item failed, and the caller asked to stop at the first failure.
  OE_CANCEL_FIRST_FAILURE = 1,
  // The queue took longer than its limit.
  OE_CANCEL_TIMEOUT = 2,
  // The caller wants no more.
  OE_CANCEL_REQUESTED = 3,
  // The queue or its pool was freed.
  OE_CANCEL_HOST_GONE = 4,
} oe_cancel_reason;

// How an item ended.
typedef enum {
  // It ran to its end.
  OE_OUTCOME_SUCCEEDED = 0,
  // It ended with an error.
  OE_OUTCOME_FAILED = 1,
  // It was stopped because a time limit had passed.
  OE_OUTCOME_TIMED_OUT = 2,
  // It was stopped for another reason, or never started.
  OE_OUTCOME_STOPPED = 3,
} oe_outcome;

// What a call came to. A number, once given a meaning, never gets another.
//
// `OE_STATUS_OK` is 0. 1 to 19 are ordinary outcomes that a caller handles in
// its normal flow; 20 and above are errors of the call, with a text to be
// fetched by `oe_last_error`.
typedef enum {
  // The call did what it says.
  OE_STATUS_OK = 0,
  // The time limit ended before there was anything to return.
  OE_STATUS_TIMEOUT = 1,
  // There is nothing more to come.
  OE_STATUS_ENDED = 2,
  // The queue was cancelled, or the worker's item was stopped: detach, then
  // attach again.
  OE_STATUS_STOPPED = 3,
  // The worker was given up after it had ignored a stop. What it reports is
  // counted and dropped; its thread should return.
  OE_STATUS_ABANDONED = 4,
  // A pointer that must not be NULL was NULL.
  OE_STATUS_NULL_ARGUMENT = 20,
  // An argument is outside its documented range.
  OE_STATUS_INVALID_ARGUMENT = 21,
  // A text is not valid UTF-8.
  OE_STATUS_INVALID_UTF8 = 22,
  // A text is not JSON, or not the JSON that the call documents; the error
  // text names line and column.
  OE_STATUS_INVALID_JSON = 23,
  // The call does not fit the state of its object, such as taking items for
  // a worker that is not attached, or comes from the wrong thread.
  OE_STATUS_INVALID_STATE = 24,
  // The pool or the queue was closed before.
  OE_STATUS_CLOSED = 25,
  // The process has as many workers at work as it may (`OE_WORKER_LIMIT`).
  OE_STATUS_WORKER_LIMIT = 26,
  // The operating system refused a thread or another resource.
  OE_STATUS_SYSTEM = 27,
  // A defect of the engine: it panicked, and the error text has the message.
  // The process goes on; the object of the call should be freed.
  OE_STATUS_PANIC = 28,
  // The tasks are no graph that could be run: they wait for each other, for
  // one that is not there, or need more than there is; the error text names
  // them.
  OE_STATUS_INVALID_GRAPH = 29,
  // The store of a folder refused: it cannot be used, or the run in it cannot
  // go on; the error text says why and what to do.
  OE_STATUS_STORE = 30,
  // A playbook, or what it is told, cannot be used; the error text has a line
  // for each reason, with file, line and column, and what to do.
  OE_STATUS_PLAYBOOK = 31,
} oe_status;

// A batch of tasks that runs in the background. Owned by the caller until
// `oe_batch_free`; may be used from any thread, several at once.
typedef struct oe_batch oe_batch;

// The control thread of a pool, as its `control_main` sees it. Belongs to the
// pool; valid on that thread only, until `control_main` returns.
typedef struct oe_control oe_control;

// A pool of threads that run a host's items. Owned by the caller until
// `oe_pool_free`; may be used from any thread.
typedef struct oe_pool oe_pool;

// The items of one call: ids in, events out. Owned by the caller until
// `oe_queue_free`; may be used from any thread, though waiting and taking are
// meant for one thread at a time.
typedef struct oe_queue oe_queue;

// A run of a graph in the background. Owned by the caller until
// `oe_run_free`; may be used from any thread, several at once.
typedef struct oe_run oe_run;

// A text of the engine's, owned by the caller until `oe_text_free`.
typedef struct oe_text oe_text;

// A thread of a pool, as its `worker_main` sees it. Belongs to the pool; valid
// on that thread only, until `worker_main` returns.
typedef struct oe_worker oe_worker;

// A playbook that runs in the background. Owned by the caller until
// `oe_workflow_free`; may be used from any thread, several at once.
typedef struct oe_workflow oe_workflow;

// What a pool calls. Each function is called on a thread that the pool owns;
// none of them may unwind (throw) into the engine.
typedef struct {
  // Passed to each function; the engine never looks at it. It must allow
  // use from several threads at once.
  void *context;
  // Called once on each worker thread. Works until `oe_worker_attach` says
  // `OE_STATUS_ENDED` or `OE_STATUS_ABANDONED`, then returns. `worker` is
  // valid until then, on that thread only. Must not be NULL.
  void (*worker_main)(void *context, const oe_worker *worker);
  // Called once on the control thread, which the first limit or cancel
  // starts. Carries out stops until `oe_control_next` says
  // `OE_STATUS_ENDED`, then returns. `control` is valid until then, on that
  // thread only. Must not be NULL.
  void (*control_main)(void *context, const oe_control *control);
  // Called exactly once, when the pool is freed and its last thread has
  // ended, on whichever thread that was: the context may be released. May
  // be NULL.
  void (*release)(void *context);
} oe_pool_host;

// How a pool behaves. All zero means the defaults.
typedef struct {
  // How long a worker without work is kept, in milliseconds; 0 means 60,000.
  uint32_t idle_timeout_milliseconds;
  // How many threads may be on their way at once; 0 means the number of
  // processors.
  uint32_t start_limit;
} oe_pool_options;

// What a queue, or all queues of a pool, did so far; numbers of items.
typedef struct {
  // Accepted, or started by a worker itself.
  uint64_t submitted;
  // Waiting for a worker now.
  uint64_t queued;
  // Running now.
  uint64_t running;
  // Ended as succeeded.
  uint64_t succeeded;
  // Ended as failed.
  uint64_t failed;
  // Ended as timed out.
  uint64_t timed_out;
  // Ended as stopped, or never started.
  uint64_t stopped;
  // Reports of abandoned workers that came too late and were dropped.
  uint64_t late;
  // How often a worker had to wait for an item.
  uint64_t waits;
} oe_item_counters;

// What a pool is doing and did.
typedef struct {
  // Threads that live and were not given up.
  uint64_t workers;
  // Of these, the ones that wait for a queue.
  uint64_t idle;
  // Threads that were ever started.
  uint64_t threads_started;
  // Threads that were given up.
  uint64_t abandoned;
  // Queues in which something is still to be done.
  uint64_t open_queues;
  // The items of all queues, those of the past included.
  oe_item_counters items;
} oe_pool_counters;

// One worker of a pool.
typedef struct {
  // How long it has lived, in milliseconds.
  uint64_t age_milliseconds;
  // Its present attachment; 0 while it waits or starts.
  uint64_t attachment;
  // Its number, unique in the process, from 1.
  uint32_t id;
} oe_worker_info;

// How a queue behaves.
typedef struct {
  // The host's name for the queue; workers that attach get it.
  uint64_t tag;
  // How long one item may run, from its start, in milliseconds; 0: no limit.
  uint64_t item_timeout_milliseconds;
  // How long the whole queue may take, from now, in milliseconds; 0: no
  // limit. At its end the queue is cancelled for `OE_CANCEL_TIMEOUT`.
  uint64_t timeout_milliseconds;
  // How long a worker may go on after a stop before it is abandoned, in
  // milliseconds.
  uint32_t stop_grace_milliseconds;
  // How many workers may work on it at once, 1 to `OE_WORKER_LIMIT`.
  uint32_t worker_limit;
  // How many items may wait for a worker, at least 1.
  uint32_t input_capacity;
  // How many events may wait to be taken, at least 1.
  uint32_t output_capacity;
} oe_queue_options;

// One entry of a queue's output. Events of one item come in order, and none
// after its end.
typedef struct {
  // The item.
  uint64_t item;
  // How long it ran, in nanoseconds, if this is its end; else 0.
  uint64_t duration_nanoseconds;
  // The worker that ran it; 0 if none did.
  uint32_t worker;
  // `OE_EVENT_ENDED`, or the kind that the host gave to `oe_worker_emit`.
  uint16_t kind;
  // An `oe_outcome`, if this is its end; else 0.
  uint16_t outcome;
} oe_event;

// What a worker attached to.
typedef struct {
  // The tag of the queue, as its options have it.
  uint64_t tag;
  // The number of the attachment, unique in its pool, from 1.
  uint64_t attachment;
} oe_attachment;

// A request to stop what a worker does.
typedef struct {
  // The attachment whose work is to be stopped. If the worker has a later
  // one by now, the request is void and must be ignored.
  uint64_t attachment;
  // The worker.
  uint32_t worker;
} oe_stop;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Returns `OE_ABI_VERSION` as the library was built with.
//
// Never fails; may be called from any thread at any time.
uint32_t oe_abi_version(void);

// Submits a batch; its tasks begin to run at once.
//
// The JSON looks like this, with further keys as in the documentation of the
// crate's `engine::batch`:
// `{"maxConcurrency": 4, "tasks": [{"name": "a", "kind": "program",
// "argv": ["make", "-j2"], "timeoutSeconds": 1.5}]}`
//
// # Parameters
// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
// - `batch`: receives the batch.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
// `OE_STATUS_INVALID_JSON`, with task, key, line and column in the error text;
// `OE_STATUS_SYSTEM`. A program that cannot be started is no error of this
// call but of its task.
//
// # Safety
// `json` must be valid for reads of `length` bytes, `batch` NULL or valid for
// a write.
oe_status oe_batch_submit(const uint8_t *json, size_t length, oe_batch **batch);

// Tells what is new in a batch, and waits for it.
//
// # Parameters
// - `batch`: the batch.
// - `cursor`: 0 at first, then the `cursor` of the last report. The events
//   after it are told; asking again with the same cursor tells them again.
// - `limit_milliseconds`: how long to wait at most for an event, unless the
//   batch has ended; 0 only looks, `OE_NO_LIMIT` waits without end.
// - `report`: receives the report, a JSON object with the keys `status`,
//   `reason`, `elapsedSeconds`, `counts`, `tasks`, `events`, `cursor` and
//   `more`, as in the documentation of the crate's `engine::batch`. The caller
//   frees it with `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`, also if there is nothing new: the report then has no
// events; `OE_STATUS_NULL_ARGUMENT`. The end is reached when `status` is not
// `Running` and `more` is false.
//
// # Safety
// `batch` must be NULL or a batch that is not freed during the call, `report`
// NULL or valid for a write.
oe_status oe_batch_poll(const oe_batch *batch,
                        uint64_t cursor,
                        uint32_t limit_milliseconds,
                        oe_text **report);

// Ends a batch before its time: programs that run are asked to end and are
// killed when their grace is over, tasks that wait never start. Returns at
// once; polls tell the end. Has no effect on a batch that has ended.
//
// # Parameters
// - `batch`: the batch.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `batch` must be NULL or a batch that is not freed during the call.
oe_status oe_batch_cancel(const oe_batch *batch);

// Frees a batch. What still runs is killed at once, without grace, before
// this returns; what waits never starts. Calling with NULL is fine. Must not
// be called twice with the same value.
//
// # Safety
// `batch` must be NULL or a batch that was not freed and that no other thread
// uses any more.
void oe_batch_free(oe_batch *batch);

// Tells the environment variables of the host, where those are not the ones that
// native code finds in the process: .NET on Unix keeps what is set in it to itself.
// From then on they are what playbooks ask for (`$env:NAME`, `OE_HOME`,
// `OE_PLAYBOOK_PATH` and the like), and what programs are started with, in place
// of those of the process; whoever tells them again says all of them. What runs keeps
// what it was started with.
//
// # Parameters
// - `json`, `length`: a JSON object of names and texts, in UTF-8, and how many bytes
//   it has. Not kept.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
// `OE_STATUS_INVALID_JSON` if it is no such object, or a name is empty or has a `=`
// or a NUL in it, or a text a NUL.
//
// # Safety
// `json` must be valid for reads of `length` bytes.
oe_status oe_environment_set(const uint8_t *json, size_t length);

// Copies the text of the calling thread's last error into `buffer`.
//
// # Parameters
// - `buffer`, `capacity`: where to, and how many bytes fit. NULL with 0 only
//   asks for the length.
// - `length`: receives the length of the whole text in bytes, of which the
//   first `capacity` are copied. The text is UTF-8 and not NUL-terminated.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT` if `length` is NULL or
// `buffer` is NULL with a capacity above 0. The text itself stays until the
// next error on this thread; a call that succeeds leaves it alone.
//
// # Safety
// `buffer` must be valid for writes of `capacity` bytes, `length` for one
// `size_t`.
oe_status oe_last_error(uint8_t *buffer, size_t capacity, size_t *length);

// Asks about playbooks without running anything: lists those of a project, reads
// one, says what is wrong with it, plans and draws what it would do, and writes it
// as psd1, JSON or YAML.
//
// The JSON is one of these, with further keys and the answers as in the
// documentation of the crate's `app::playbook::ask`:
// `{"ask": "list", "directory": "/project"}`,
// `{"ask": "read", "directory": "/project", "playbook": "release"}`,
// `{"ask": "validate", "directory": "/project", "playbook": "deploy.psd1"}`,
// `{"ask": "plan", "directory": "/project", "definition": {"steps": […]}, "parameters": {…}}`.
// `directory` is the folder of whoever asks; relative names begin there, whatever
// the folder of the process is.
//
// # Parameters
// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
// - `answer`: receives the answer, a JSON object, such as `{"playbooks": […]}` or
//   `{"isValid": …, "diagnostics": […]}`. The caller frees it with
//   `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`, also if something is wrong with the playbook: that is in the
// answer; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
// `OE_STATUS_INVALID_JSON`; `OE_STATUS_INVALID_ARGUMENT` if there is no playbook
// of that name or a key cannot be used, with what to do in the error text.
//
// # Safety
// `json` must be valid for reads of `length` bytes, `answer` NULL or valid for
// a write.
oe_status oe_playbook_ask(const uint8_t *json, size_t length, oe_text **answer);

// Makes a pool. It has no thread until there is work.
//
// # Parameters
// - `host`: what the pool calls; copied.
// - `options`: how it behaves; copied. NULL means the defaults.
// - `pool`: receives the pool.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT` if `host`, one of its two main
// functions or `pool` is NULL; then `release` is not called.
//
// # Safety
// `host` and `options` must be NULL or valid for a read, `pool` NULL or valid
// for a write, and the functions of `host` as `oe_pool_host` says.
oe_status oe_pool_new(const oe_pool_host *host, const oe_pool_options *options, oe_pool **pool);

// Closes and frees a pool. Its queues are cancelled, its idle threads end, the
// others end when their work does; nobody waits for them. Calling with NULL
// is fine. Must not be called twice with the same value.
//
// # Safety
// `pool` must be NULL or a pool that was not freed and that no other thread
// uses any more. Its queues are freed by themselves, before or after.
void oe_pool_free(oe_pool *pool);

// Says what a pool is doing and did.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `pool` must be NULL or a pool that was not freed, `counters` NULL or valid
// for a write.
oe_status oe_pool_get_counters(const oe_pool *pool, oe_pool_counters *counters);

// Lists the workers of a pool that live and were not given up, by number.
//
// # Parameters
// - `workers`, `capacity`: where to, and how many fit. NULL with 0 only asks
//   for the number.
// - `count`: receives how many there are, of which the first `capacity` are
//   written.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `pool` must be NULL or a pool that was not freed; `workers` must be valid
// for writes of `capacity` values, `count` for one.
oe_status oe_pool_get_workers(const oe_pool *pool,
                              oe_worker_info *workers,
                              size_t capacity,
                              size_t *count);

// Lets every worker of a pool go that has nothing to do now.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`. The threads end soon after.
//
// # Safety
// `pool` must be NULL or a pool that was not freed.
oe_status oe_pool_trim(const oe_pool *pool);

// Opens a queue.
//
// # Parameters
// - `pool`: whose workers run its items.
// - `options`: how it behaves; copied.
// - `queue`: receives the queue.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_ARGUMENT` for
// a limit or capacity out of range; `OE_STATUS_WORKER_LIMIT` if the process
// has no worker left that the queue could be sure of; `OE_STATUS_SYSTEM`.
//
// # Safety
// `pool` must be NULL or a pool that was not freed; `options` NULL or valid
// for a read, `queue` NULL or valid for a write.
oe_status oe_queue_new(const oe_pool *pool, const oe_queue_options *options, oe_queue **queue);

// Frees a queue; what is not done is cancelled. Calling with NULL is fine.
// Must not be called twice with the same value.
//
// # Safety
// `queue` must be NULL or a queue that was not freed and that no other thread
// uses any more. Workers that are still in it are not meant.
void oe_queue_free(oe_queue *queue);

// Gives items to a queue, as many as there is room for.
//
// # Parameters
// - `queue`: the queue.
// - `items`, `count`: the ids; they are the host's own and should be distinct
//   among the items that have not ended.
// - `accepted`: receives how many of them, from the first on, were taken.
//   When not all were, take output, wait for room, and try again.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_CLOSED` if the queue
// was closed or cancelled.
//
// # Safety
// `queue` must be NULL or a queue that was not freed; `items` must be valid
// for reads of `count` values, `accepted` NULL or valid for a write.
oe_status oe_queue_submit(const oe_queue *queue,
                          const uint64_t *items,
                          size_t count,
                          size_t *accepted);

// Says that no more items come. Closing twice is fine.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `queue` must be NULL or a queue that was not freed.
oe_status oe_queue_close(const oe_queue *queue);

// Cancels a queue: items that wait end as stopped at once, items that run are
// stopped by the host's control thread, and no more are taken. Each item
// still ends by an event. Returns without waiting.
//
// # Parameters
// - `queue`: the queue.
// - `reason`: an `oe_cancel_reason` other than `OE_CANCEL_NONE`. It decides
//   whether running items end as timed out or as stopped.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_ARGUMENT`.
//
// # Safety
// `queue` must be NULL or a queue that was not freed.
oe_status oe_queue_cancel(const oe_queue *queue, uint32_t reason);

// Changes how many workers may work on a queue at once. Raising the limit may
// bring workers at once. Lowering it takes nobody away: a worker that is one
// too many is let go by `OE_STATUS_ENDED` when it next asks for items, and
// then finds the queue only when there is room for it again.
//
// # Parameters
// - `queue`: the queue.
// - `limit`: how many, 1 to `OE_WORKER_LIMIT`.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_ARGUMENT`.
//
// # Safety
// `queue` must be NULL or a queue that was not freed.
oe_status oe_queue_set_worker_limit(const oe_queue *queue, uint32_t limit);

// Says why a queue was cancelled, if it was.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`. `reason` receives an
// `oe_cancel_reason`.
//
// # Safety
// `queue` must be NULL or a queue that was not freed, `reason` NULL or valid
// for a write.
oe_status oe_queue_get_cancel_reason(const oe_queue *queue, uint32_t *reason);

// Waits until there is output to take, or room for input if `want_room`.
//
// After a thread took output it is woken again only by a fair amount, by the
// last of it, or after a millisecond; so small items do not cost a wake-up
// each.
//
// # Parameters
// - `queue`: the queue.
// - `want_room`: whether room for input ends the wait too. There is room once
//   half of the input capacity is free.
// - `limit_milliseconds`: how long to wait at most; 0 only looks,
//   `OE_NO_LIMIT` waits without end.
//
// # Returns
// `OE_STATUS_OK` if there is; `OE_STATUS_TIMEOUT`; `OE_STATUS_ENDED` if
// nothing will ever come again; `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `queue` must be NULL or a queue that is not freed during the call.
oe_status oe_queue_wait(const oe_queue *queue, bool want_room, uint32_t limit_milliseconds);

// Takes events, as many as there are and fit, without waiting.
//
// # Parameters
// - `queue`: the queue.
// - `events`, `capacity`: where to, and how many fit.
// - `count`: receives how many were written; 0 is fine.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `queue` must be NULL or a queue that was not freed; `events` must be valid
// for writes of `capacity` values, `count` NULL or valid for one.
oe_status oe_queue_take(const oe_queue *queue, oe_event *events, size_t capacity, size_t *count);

// Says what a queue did so far.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `queue` must be NULL or a queue that was not freed, `counters` NULL or
// valid for a write.
oe_status oe_queue_get_counters(const oe_queue *queue, oe_item_counters *counters);

// Draws a run: as a chart for a terminal, a picture (SVG), a page (HTML),
// Mermaid's text, or a trace that browsers show.
//
// The JSON looks like this, with further keys as in the documentation of the
// crate's `app::drawing`:
// `{"as": "Text", "width": 100, "run": {"title": "build", "tasks": [{"name":
// "a", "state": "Succeeded", "startSeconds": 0, "durationSeconds": 1.5}]}}`
//
// # Parameters
// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
// - `drawing`: receives the drawing. Names in it are escaped as its form needs
//   it. The caller frees it with `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
// `OE_STATUS_INVALID_JSON`, with line and column in the error text.
//
// # Safety
// `json` must be valid for reads of `length` bytes, `drawing` NULL or valid for
// a write.
oe_status oe_report_draw(const uint8_t *json, size_t length, oe_text **drawing);

// Begins a run. Tasks of the kind `host`, conditions and for-eaches become
// items of a queue of the pool, with this tag; its workers pull, report and
// end them as those of any other queue. They may begin before this returns.
//
// The JSON looks like this, with further keys as in the documentation of the
// crate's `app::run`:
// `{"maxConcurrency": 4, "tasks": [{"name": "a"}, {"name": "b", "kind":
// "program", "argv": ["make"], "dependsOn": ["a"], "retry": {"count": 2}}]}`
//
// # Parameters
// - `pool`: whose workers do what is the host's; NULL if nothing is.
// - `tag`: the host's name for the run; workers that attach get it.
// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
// - `run`: receives the run.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
// `OE_STATUS_INVALID_JSON`, with line and column in the error text;
// `OE_STATUS_INVALID_GRAPH` for a circle, an unknown name and the like;
// `OE_STATUS_INVALID_ARGUMENT` if something is the host's and there is no
// pool; `OE_STATUS_STORE` if the run cannot be kept or cannot go on;
// `OE_STATUS_WORKER_LIMIT`; `OE_STATUS_CLOSED`; `OE_STATUS_SYSTEM`.
//
// # Safety
// `pool` must be NULL or a pool that was not freed; `json` must be valid for
// reads of `length` bytes, `run` NULL or valid for a write.
oe_status oe_run_start(const oe_pool *pool,
                       uint64_t tag,
                       const uint8_t *json,
                       size_t length,
                       oe_run **run);

// Tells what is new in a run, and waits for it.
//
// # Parameters
// - `run`: the run.
// - `cursor`: 0 at first, then the `cursor` of the last report. The events
//   after it are told; asking again with the same cursor tells them again.
//   A cursor that is never reached, such as `UINT64_MAX`, waits for the end.
// - `limit_milliseconds`: how long to wait at most for an event, unless the
//   run has ended; 0 only looks, `OE_NO_LIMIT` waits without end.
// - `report`: receives the report, a JSON object with the keys `status`,
//   `reason`, `error`, `elapsedSeconds`, `counts`, `tasks`, `events`, `cursor`,
//   `more` and others, as in the documentation of the crate's `app::run`. The
//   caller frees it with `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`, also if there is nothing new: the report then has no
// events; `OE_STATUS_NULL_ARGUMENT`. The end is reached when `status` is not
// `Running` and `more` is false.
//
// # Safety
// `run` must be NULL or a run that is not freed during the call, `report` NULL
// or valid for a write.
oe_status oe_run_poll(const oe_run *run,
                      uint64_t cursor,
                      uint32_t limit_milliseconds,
                      oe_text **report);

// Tells how a task of a run ended. What a task waits for has ended when it
// starts, so its worker can read here what came of that.
//
// # Parameters
// - `run`: the run.
// - `task`: the number of the task, as an item or a report has it.
// - `end`: receives the event of its end, a JSON object as in a report. The
//   caller frees it with `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_TIMEOUT` if the task has not ended, or there is
// none with this number; `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `run` must be NULL or a run that is not freed during the call, `end` NULL or
// valid for a write.
oe_status oe_run_get_end(const oe_run *run, uint32_t task, oe_text **end);

// Ends a run before its time: what runs is stopped, what waits never starts,
// except tasks that run at the end in any case. Returns at once; polls tell
// the end. Has no effect on a run that has ended.
//
// # Parameters
// - `run`: the run.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `run` must be NULL or a run that is not freed during the call.
oe_status oe_run_cancel(const oe_run *run);

// Frees a run. Programs that still run are killed at once, before this
// returns; what workers do is stopped; what waits never starts. Calling with
// NULL is fine. Must not be called twice with the same value.
//
// # Safety
// `run` must be NULL or a run that was not freed and that no other thread
// uses any more. Workers that are still at work on it are not meant.
void oe_run_free(oe_run *run);

// Returns a short English text for a status code, NUL-terminated and valid
// for the life of the library. Any number may be given; an unknown one has a
// text too. Never fails; may be called from any thread.
const char *oe_status_text(uint32_t status);

// Asks the store of a state folder: lists the runs that are kept there, tells
// what became of one, asks whichever process executes one to stop it, and
// deletes runs or what tasks gave out.
//
// The JSON is one of these, with further keys and the answers as in the
// documentation of the crate's `app::store`:
// `{"folder": "…", "ask": "runs", "limit": 10}`,
// `{"folder": "…", "ask": "run", "run": "ID"}`,
// `{"folder": "…", "ask": "stop", "run": "ID"}`,
// `{"folder": "…", "ask": "cache"}`,
// `{"folder": "…", "ask": "clearCache"}`,
// `{"folder": "…", "ask": "prune", "keepRuns": 100}`.
//
// # Parameters
// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
// - `answer`: receives the answer, a JSON object, such as `{"runs": […]}` or
//   `{"run": …, "tasks": […], "events": […]}`. The caller frees it with
//   `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`, also if nobody has run anything in the folder and nothing
// there is needed; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
// `OE_STATUS_INVALID_JSON`; `OE_STATUS_STORE` if the folder cannot be used or
// there is no such run, with what to do in the error text.
//
// # Safety
// `json` must be valid for reads of `length` bytes, `answer` NULL or valid for
// a write.
oe_status oe_store_ask(const uint8_t *json, size_t length, oe_text **answer);

// Looks at the bytes of a text.
//
// # Parameters
// - `text`: the text.
// - `bytes`, `length`: receive where it starts and how many bytes it has. It
//   is UTF-8, not NUL-terminated, and stays until the text is freed.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `text` must be NULL or a text that was not freed; `bytes` and `length` must
// be NULL or valid for a write.
oe_status oe_text_view(const oe_text *text, const uint8_t **bytes, size_t *length);

// Frees a text. Calling with NULL is fine. Must not be called twice with the
// same value.
//
// # Safety
// `text` must be NULL or a text that was not freed, and nobody may look at
// its bytes any more.
void oe_text_free(oe_text *text);

// Says the number of a worker, unique in the process, from 1.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says, `id` NULL or valid for
// a write.
oe_status oe_worker_get_id(const oe_worker *worker, uint32_t *id);

// Waits until a queue has work for one more worker, and joins it.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ENDED` if the pool is closed or nothing came for
// as long as it keeps a worker, or `OE_STATUS_ABANDONED`: then `worker_main`
// must return. `OE_STATUS_INVALID_STATE` if the worker is attached already or
// this is not its thread; `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says, `attachment` NULL or
// valid for a write.
oe_status oe_worker_attach(const oe_worker *worker, oe_attachment *attachment);

// Waits for items. What comes counts as started now.
//
// # Parameters
// - `worker`: the worker, attached.
// - `items`, `capacity`: where the ids go, and how many fit; at least 1. More
//   than one comes only while items of this queue take less than a
//   millisecond and have no time limit of their own.
// - `count`: receives how many were written, 1 or more.
// - `limit_milliseconds`: how long to wait at most; 0 only looks,
//   `OE_NO_LIMIT` waits without end.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_TIMEOUT`; `OE_STATUS_ENDED` if none will come
// for this worker, `OE_STATUS_STOPPED` or `OE_STATUS_ABANDONED`: then detach;
// `OE_STATUS_INVALID_STATE`, `OE_STATUS_INVALID_ARGUMENT`,
// `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says; `items` must be valid
// for writes of `capacity` values, `count` NULL or valid for one.
oe_status oe_worker_next(const oe_worker *worker,
                         uint64_t *items,
                         size_t capacity,
                         size_t *count,
                         uint32_t limit_milliseconds);

// Starts an item of the worker's own making, which was never submitted. It
// counts as submitted and running from now on, so the queue does not end
// before it; it may put things out, and it ends by `oe_worker_end`.
//
// The worker may pull and end any number of items meanwhile. The time limit
// of one item does not apply to an own one. A cancel or the time limit of the
// queue stops it, and its worker is given up after the grace, as for any
// item. If an item that the worker pulled is stopped at its own limit, the
// attachment is at its end: the own item may still be ended within the grace,
// or else ends as stopped when the worker leaves or is given up.
//
// A worker that joined a queue is counted on to ask for an item: it should do
// so soon, or before it starts a long item of its own.
//
// # Parameters
// - `worker`: the worker, attached.
// - `item`: the id; the host's own, and distinct among the items that have
//   not ended.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ENDED` if all items have ended and the queue is
// closed, `OE_STATUS_STOPPED` or `OE_STATUS_ABANDONED`: then detach;
// `OE_STATUS_INVALID_STATE`, also if the worker runs an item with this id;
// `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says.
oe_status oe_worker_start(const oe_worker *worker, uint64_t item);

// Puts out one output of a running item; waits while the output is full.
//
// # Parameters
// - `worker`: the worker, attached.
// - `item`: the item.
// - `kind`: the host's word for what it is, 1 to 65,535.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ABANDONED`; `OE_STATUS_INVALID_STATE`,
// `OE_STATUS_INVALID_ARGUMENT`, `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says.
oe_status oe_worker_emit(const oe_worker *worker, uint64_t item, uint16_t kind);

// Says what came of a running item of a run, before `oe_worker_end`: for a
// task `{"output": value}`, or `{"error": {"message": "why", "kind": 7}}`; for
// a condition `{"runs": true}`; for a for-each `{"tasks": […]}`, with tasks as
// `oe_run_start` takes them. A later report replaces an earlier one.
//
// # Parameters
// - `worker`: the worker, attached.
// - `item`: the item.
// - `json`, `length`: the report, in UTF-8, and how many bytes it has. Not
//   kept.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ABANDONED` if the item is over;
// `OE_STATUS_INVALID_JSON`, with line and column in the error text;
// `OE_STATUS_INVALID_STATE`, also if the queue is not that of a run;
// `OE_STATUS_INVALID_UTF8`, `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says; `json` must be valid
// for reads of `length` bytes.
oe_status oe_worker_report(const oe_worker *worker,
                           uint64_t item,
                           const uint8_t *json,
                           size_t length);

// Ends a running item; waits while the output is full.
//
// # Parameters
// - `worker`: the worker, attached.
// - `item`: the item.
// - `outcome`: an `oe_outcome`. If the item was to be stopped, anything but
//   `OE_OUTCOME_SUCCEEDED` becomes what the stop says.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ABANDONED` if the worker was given up or does
// not run such an item; `OE_STATUS_INVALID_STATE`,
// `OE_STATUS_INVALID_ARGUMENT`, `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says.
oe_status oe_worker_end(const oe_worker *worker, uint64_t item, uint32_t outcome);

// Ends items that were handed out together, all in the same way; waits while
// the output is full. For items of microseconds this costs far less than one
// call each. Each counts as having run for an equal part of the time.
//
// # Parameters
// - `worker`: the worker, attached.
// - `items`, `count`: the items.
// - `outcome`: an `oe_outcome`, as for `oe_worker_end`.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ABANDONED` if the worker was given up or does
// not run all of these items; `OE_STATUS_INVALID_STATE`,
// `OE_STATUS_INVALID_ARGUMENT`, `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says; `items` must be valid
// for reads of `count` values.
oe_status oe_worker_end_all(const oe_worker *worker,
                            const uint64_t *items,
                            size_t count,
                            uint32_t outcome);

// Puts items that were handed out but not started back to the head of the
// queue.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ABANDONED`; `OE_STATUS_INVALID_STATE`,
// `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says; `items` must be valid
// for reads of `count` values.
oe_status oe_worker_give_back(const oe_worker *worker, const uint64_t *items, size_t count);

// Leaves the queue. An item that still runs ends as failed, or as its stop
// says.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_INVALID_STATE`, `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `worker` must be NULL or valid as `oe_worker` says.
oe_status oe_worker_detach(const oe_worker *worker);

// Waits for the next stop that the host has to carry out. It must not wait
// for the stopped work to end.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ENDED` once the pool is closed and nothing is
// left to stop: then `control_main` must return; `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `control` must be NULL or valid as `oe_control` says, `stop` NULL or valid
// for a write.
oe_status oe_control_next(const oe_control *control, oe_stop *stop);

// Starts a playbook. What is PowerShell's to do becomes items of a queue of the
// pool, with this tag and the bits of an item of a run (`OE_RUN_ASK_SHIFT` and the
// like); its workers pull them, ask `oe_workflow_order` what to do, report and end
// them as those of a run. They may begin before this returns.
//
// The JSON looks like this, with further keys as in the documentation of the
// crate's `app::playbook::background`:
// `{"playbook": "deploy", "directory": "/srv/app", "parameters": {"region": "eu"}}`,
// `{"definition": {"name": "Quick", "steps": […]}, "directory": "/srv/app"}`
//
// # Parameters
// - `pool`: whose workers do what is PowerShell's; NULL if there are none.
// - `tag`: the host's name for the workflow; workers that attach get it.
// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
// - `workflow`: receives the workflow.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
// `OE_STATUS_INVALID_JSON`; `OE_STATUS_INVALID_ARGUMENT` if there is no such
// playbook or run; `OE_STATUS_PLAYBOOK` if the playbook or what it is told cannot
// be used, with a line for each reason: file, line, column and what to do;
// `OE_STATUS_STORE` if the workflow cannot be kept or cannot go on;
// `OE_STATUS_WORKER_LIMIT`; `OE_STATUS_CLOSED`; `OE_STATUS_SYSTEM`. Nothing was
// started then.
//
// # Safety
// `pool` must be NULL or a pool that was not freed; `json` must be valid for
// reads of `length` bytes, `workflow` NULL or valid for a write.
oe_status oe_workflow_start(const oe_pool *pool,
                            uint64_t tag,
                            const uint8_t *json,
                            size_t length,
                            oe_workflow **workflow);

// Tells what is new in a workflow, once, and waits for it. One thread follows a
// workflow; a second that polls waits for the first.
//
// # Parameters
// - `workflow`: the workflow.
// - `limit_milliseconds`: how long to wait at most for something to happen, unless
//   all was told; 0 only looks, `OE_NO_LIMIT` waits without end.
// - `report`: receives the report, a JSON object with the keys `id`, `name`,
//   `status`, `currentStep`, `totalSteps`, `news` and `outcome`, as in the
//   documentation of the crate's `app::playbook::background`. Values of secrets are
//   masked in it. The caller frees it with `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`, also if there is nothing new: the report then has no news;
// `OE_STATUS_NULL_ARGUMENT`. The last report is the one with an `outcome`.
//
// # Safety
// `workflow` must be NULL or a workflow that is not freed during the call, `report`
// NULL or valid for a write.
oe_status oe_workflow_poll(const oe_workflow *workflow,
                           uint32_t limit_milliseconds,
                           oe_text **report);

// Tells what a worker is to do for an item of a workflow that it has pulled.
//
// # Parameters
// - `workflow`: the workflow.
// - `item`: the item.
// - `order`: receives the order, a JSON object as `src/powershell/step.ps1` carries
//   it out. It holds the values of the step, secrets too. The caller frees it with
//   `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`; `OE_STATUS_ENDED` if the item is over, or never was;
// `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `workflow` must be NULL or a workflow that is not freed during the call, `order`
// NULL or valid for a write.
oe_status oe_workflow_order(const oe_workflow *workflow, uint64_t item, oe_text **order);

// Masks the values of a workflow's secrets in a text, in all forms that the engine
// masks them in itself.
//
// # Parameters
// - `workflow`: the workflow.
// - `text`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
// - `masked`: receives the text without secrets. The caller frees it with
//   `oe_text_free`.
//
// # Returns
// `OE_STATUS_OK`, also if there is nothing to mask; `OE_STATUS_NULL_ARGUMENT`;
// `OE_STATUS_INVALID_UTF8`.
//
// # Safety
// `workflow` must be NULL or a workflow that is not freed during the call; `text`
// must be valid for reads of `length` bytes, `masked` NULL or valid for a write.
oe_status oe_workflow_mask(const oe_workflow *workflow,
                           const uint8_t *text,
                           size_t length,
                           oe_text **masked);

// Ends a workflow before its time: what runs is stopped, what waits never starts,
// except what is done at the end in any case and what undoes steps. Returns at
// once; polls tell the end. Has no effect on a workflow that has ended.
//
// # Parameters
// - `workflow`: the workflow.
//
// # Returns
// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
//
// # Safety
// `workflow` must be NULL or a workflow that is not freed during the call.
oe_status oe_workflow_cancel(const oe_workflow *workflow);

// Frees a workflow. Programs that still run are killed at once, before this
// returns; what workers do is stopped; what waits never starts. Calling with NULL
// is fine. Must not be called twice with the same value.
//
// # Safety
// `workflow` must be NULL or a workflow that was not freed and that no other thread
// uses any more. Workers that are still at work on it are not meant.
void oe_workflow_free(oe_workflow *workflow);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ORCHESTRATION_ENGINE_H */

//! Workflows: playbooks that run in the background, whose PowerShell steps the host's
//! workers do.

use crate::app::playbook::{Background, StartError};
use crate::app::run::Workers;

use super::error::Failure;
use super::pointer::{self, Handle, OutValue};
use super::queue::limit;
use super::{guard, oe_pool, oe_status, oe_text};

/// A playbook that runs in the background. Owned by the caller until
/// `oe_workflow_free`; may be used from any thread, several at once.
pub struct oe_workflow {
    _private: [u8; 0],
}

impl Handle for oe_workflow {
    type Inner = Background;
}

/// Starts a playbook. What is PowerShell's to do becomes items of a queue of the
/// pool, with this tag and the bits of an item of a run (`OE_RUN_ASK_SHIFT` and the
/// like); its workers pull them, ask `oe_workflow_order` what to do, report and end
/// them as those of a run. They may begin before this returns.
///
/// The JSON looks like this, with further keys as in the documentation of the
/// crate's `app::playbook::background`:
/// `{"playbook": "deploy", "directory": "/srv/app", "parameters": {"region": "eu"}}`,
/// `{"definition": {"name": "Quick", "steps": […]}, "directory": "/srv/app"}`
///
/// # Parameters
/// - `pool`: whose workers do what is PowerShell's; NULL if there are none.
/// - `tag`: the host's name for the workflow; workers that attach get it.
/// - `json`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
/// - `workflow`: receives the workflow.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
/// `OE_STATUS_INVALID_JSON`; `OE_STATUS_INVALID_ARGUMENT` if there is no such
/// playbook or run; `OE_STATUS_PLAYBOOK` if the playbook or what it is told cannot
/// be used, with a line for each reason: file, line, column and what to do;
/// `OE_STATUS_STORE` if the workflow cannot be kept or cannot go on;
/// `OE_STATUS_WORKER_LIMIT`; `OE_STATUS_CLOSED`; `OE_STATUS_SYSTEM`. Nothing was
/// started then.
///
/// # Safety
/// `pool` must be NULL or a pool that was not freed; `json` must be valid for
/// reads of `length` bytes, `workflow` NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_workflow_start(
    pool: *const oe_pool,
    tag: u64,
    json: *const u8,
    length: usize,
    workflow: *mut *mut oe_workflow,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (pool, json, workflow) = unsafe {
            (
                pointer::borrow(pool, "pool").ok(),
                pointer::text(json, length, "json")?,
                OutValue::new(workflow, "workflow")?,
            )
        };
        let workers = pool.map(|pool| Workers { pool, tag });
        workflow.set(pointer::give(Background::start(json, workers)?));
        Ok(())
    })
}

/// Tells what is new in a workflow, once, and waits for it. One thread follows a
/// workflow; a second that polls waits for the first.
///
/// # Parameters
/// - `workflow`: the workflow.
/// - `limit_milliseconds`: how long to wait at most for something to happen, unless
///   all was told; 0 only looks, `OE_NO_LIMIT` waits without end.
/// - `report`: receives the report, a JSON object with the keys `id`, `name`,
///   `status`, `currentStep`, `totalSteps`, `news` and `outcome`, as in the
///   documentation of the crate's `app::playbook::background`. Values of secrets are
///   masked in it. The caller frees it with `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`, also if there is nothing new: the report then has no news;
/// `OE_STATUS_NULL_ARGUMENT`. The last report is the one with an `outcome`.
///
/// # Safety
/// `workflow` must be NULL or a workflow that is not freed during the call, `report`
/// NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_workflow_poll(
    workflow: *const oe_workflow,
    limit_milliseconds: u32,
    report: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (workflow, report) = unsafe {
            (
                pointer::borrow(workflow, "workflow")?,
                OutValue::new(report, "report")?,
            )
        };
        report.set(pointer::give(workflow.poll(limit(limit_milliseconds))));
        Ok(())
    })
}

/// Tells what a worker is to do for an item of a workflow that it has pulled.
///
/// # Parameters
/// - `workflow`: the workflow.
/// - `item`: the item.
/// - `order`: receives the order, a JSON object as `src/powershell/step.ps1` carries
///   it out. It holds the values of the step, secrets too. The caller frees it with
///   `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_ENDED` if the item is over, or never was;
/// `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `workflow` must be NULL or a workflow that is not freed during the call, `order`
/// NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_workflow_order(
    workflow: *const oe_workflow,
    item: u64,
    order: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (workflow, order) = unsafe {
            (
                pointer::borrow(workflow, "workflow")?,
                OutValue::new(order, "order")?,
            )
        };
        let found = workflow.remote().order(item);
        let found = found.ok_or_else(|| Failure::outcome(oe_status::OE_STATUS_ENDED))?;
        order.set(pointer::give(found.to_string()));
        Ok(())
    })
}

/// Masks the values of a workflow's secrets in a text, in all forms that the engine
/// masks them in itself.
///
/// # Parameters
/// - `workflow`: the workflow.
/// - `text`, `length`: the text, in UTF-8, and how many bytes it has. Not kept.
/// - `masked`: receives the text without secrets. The caller frees it with
///   `oe_text_free`.
///
/// # Returns
/// `OE_STATUS_OK`, also if there is nothing to mask; `OE_STATUS_NULL_ARGUMENT`;
/// `OE_STATUS_INVALID_UTF8`.
///
/// # Safety
/// `workflow` must be NULL or a workflow that is not freed during the call; `text`
/// must be valid for reads of `length` bytes, `masked` NULL or valid for a write.
#[no_mangle]
pub unsafe extern "C" fn oe_workflow_mask(
    workflow: *const oe_workflow,
    text: *const u8,
    length: usize,
    masked: *mut *mut oe_text,
) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let (workflow, text, masked) = unsafe {
            (
                pointer::borrow(workflow, "workflow")?,
                pointer::text(text, length, "text")?,
                OutValue::new(masked, "masked")?,
            )
        };
        masked.set(pointer::give(workflow.remote().masked(text.to_owned())));
        Ok(())
    })
}

/// Ends a workflow before its time: what runs is stopped, what waits never starts,
/// except what is done at the end in any case and what undoes steps. Returns at
/// once; polls tell the end. Has no effect on a workflow that has ended.
///
/// # Parameters
/// - `workflow`: the workflow.
///
/// # Returns
/// `OE_STATUS_OK`, or `OE_STATUS_NULL_ARGUMENT`.
///
/// # Safety
/// `workflow` must be NULL or a workflow that is not freed during the call.
#[no_mangle]
pub unsafe extern "C" fn oe_workflow_cancel(workflow: *const oe_workflow) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let workflow = unsafe { pointer::borrow(workflow, "workflow")? };
        workflow.remote().cancel();
        Ok(())
    })
}

/// Frees a workflow. Programs that still run are killed at once, before this
/// returns; what workers do is stopped; what waits never starts. Calling with NULL
/// is fine. Must not be called twice with the same value.
///
/// # Safety
/// `workflow` must be NULL or a workflow that was not freed and that no other thread
/// uses any more. Workers that are still at work on it are not meant.
#[no_mangle]
pub unsafe extern "C" fn oe_workflow_free(workflow: *mut oe_workflow) {
    guard::value((), || {
        // SAFETY: this function's own contract.
        unsafe { pointer::free(workflow) };
    });
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let text = error.to_string();
        let status = match error {
            StartError::Run(error) => return error.into(),
            StartError::Json(_) => oe_status::OE_STATUS_INVALID_JSON,
            StartError::Argument(_) => oe_status::OE_STATUS_INVALID_ARGUMENT,
            StartError::Playbook(_) => oe_status::OE_STATUS_PLAYBOOK,
        };
        Self::new(status, text)
    }
}

//! What the engine asks of its host.

use super::pool::Control;
use super::worker::Worker;

/// The host of a pool: whoever knows what an item means.
///
/// Both functions are called on threads that the pool owns, once a thread, and
/// *pull* what there is to do; the engine never calls into the host from
/// inside a queue and holds no lock while it is in there. The host value is
/// dropped by whichever thread of the pool ends last.
pub trait Host: Send + Sync + 'static {
    /// Works until [`Worker::attach`] says that there is nothing more to do.
    fn worker_main(&self, worker: &Worker);

    /// Carries out stop requests until [`Control::next`] returns `None`. Must
    /// not wait for the stopped work to end.
    fn control_main(&self, control: &Control);
}

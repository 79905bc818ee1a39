//! The trees of processes that live now.

use std::any::Any;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::task::Poll;

use tokio::process::{Child, Command};

use super::platform;

/// Locks, also after a panic of another holder: what these locks hold is valid
/// between any two statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program and what it started.
///
/// A process id may be given to a stranger as soon as its process was
/// collected, so signals go out only while the leader was not: collecting and
/// signalling exclude each other by the lock.
#[derive(Debug)]
pub(super) struct Tree {
    /// The leader's process id, until it is collected.
    leader: Mutex<Option<u32>>,
    /// Whether the leader waits for work: what it has started for work that is
    /// over is nothing that anybody answers for.
    rests: AtomicBool,
    /// What is of no use once it is gone.
    belongings: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Tree {
    /// The leader waits for work from now on.
    pub(super) fn rest(&self) {
        self.rests.store(true, Ordering::SeqCst);
    }

    /// The leader works from now on.
    pub(super) fn work(&self) {
        self.rests.store(false, Ordering::SeqCst);
    }

    pub(super) fn ask_to_end(&self) {
        if let Some(leader) = *lock(&self.leader) {
            platform::ask_to_end(leader);
        }
    }

    /// Drops something when it is killed, or else with it.
    pub(super) fn keep(&self, belongings: impl Any + Send) {
        *lock(&self.belongings) = Some(Box::new(belongings));
    }

    /// Kills it; of a tree that rests, the leader alone.
    pub(super) fn kill(&self) {
        match *lock(&self.leader) {
            Some(leader) if self.rests.load(Ordering::SeqCst) => platform::kill_alone(leader),
            Some(leader) => platform::kill(leader),
            None => {}
        }
        drop(lock(&self.belongings).take());
    }

    /// Polls for the end of the leader, which collects it. What it leaves of
    /// its tree is killed if `with_rest`, in the same breath, since afterwards
    /// there is no safe name for it any more.
    pub(super) fn collect<T>(
        &self,
        with_rest: bool,
        poll: impl FnOnce() -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let mut leader = lock(&self.leader);
        let polled = poll();
        if let Poll::Ready(collected) = &polled {
            // An error means that somebody else collected it, some time ago.
            let rest_of = leader.take().filter(|_| with_rest && collected.is_ok());
            if let Some(leader) = rest_of {
                platform::kill_rest(leader);
            }
        }
        polled
    }
}

/// The trees that somebody answers for: all of them can be killed at once.
#[derive(Debug, Default)]
pub struct Trees {
    /// Set once nothing may be started any more. Held shared while a program
    /// is started, so that no start can slip past [`Self::kill_all`].
    is_closed: RwLock<bool>,
    live: Mutex<Vec<Weak<Tree>>>,
}

impl Trees {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Kills every tree that lives, and lets nothing start from now on. When
    /// it returns, the kernel has been told; who runs the programs still
    /// collects them. Leaders that rest end by themselves, with whoever they
    /// wait for.
    pub fn kill_all(&self) {
        *self
            .is_closed
            .write()
            .unwrap_or_else(PoisonError::into_inner) = true;
        let live: Vec<_> = lock(&self.live).iter().filter_map(Weak::upgrade).collect();
        for tree in live
            .iter()
            .filter(|tree| !tree.rests.load(Ordering::SeqCst))
        {
            tree.kill();
        }
    }

    /// Whether nothing may be started any more. To be asked once more after a
    /// leader has begun to work.
    pub(super) fn is_closed(&self) -> bool {
        *self
            .is_closed
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a program as the leader of a tree; `None` if nothing may be
    /// started any more.
    pub(super) fn start(&self, command: &mut Command) -> io::Result<Option<(Child, Arc<Tree>)>> {
        let is_closed = self
            .is_closed
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if *is_closed {
            return Ok(None);
        }
        platform::isolate(command);
        let child = command.spawn()?;
        let tree = Arc::new(Tree {
            leader: Mutex::new(child.id()),
            rests: AtomicBool::new(false),
            belongings: Mutex::new(None),
        });
        let mut live = lock(&self.live);
        live.retain(|tree| tree.strong_count() > 0);
        live.push(Arc::downgrade(&tree));
        Ok(Some((child, tree)))
    }
}

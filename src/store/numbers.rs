//! How the tasks of a run are numbered in the database.

use std::collections::HashMap;

use super::entry::Place;
use super::record::Outcome;

/// Tasks keep their numbers when a run is resumed, while the schedule may number
/// them otherwise; their attempts are counted on.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    next_event: i64,
    /// Of a run that was resumed.
    earlier: Option<Earlier>,
}

#[derive(Debug, Default)]
struct Earlier {
    by_path: HashMap<String, Base>,
    by_task: HashMap<u32, Base>,
    next: i64,
}

/// What was on record of a task before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base {
    /// Its number in the database.
    pub(super) task: i64,
    /// How many attempts it had.
    pub(super) attempts: i64,
    /// How it had ended for good.
    pub(super) end: Option<Outcome>,
}

impl Base {
    fn place(self, attempt: u32) -> Place {
        Place {
            task: self.task,
            attempt: self.attempts + i64::from(attempt),
        }
    }
}

impl Numbers {
    /// Those of a run that was resumed.
    pub(super) fn resumed(next_event: i64) -> Self {
        Self {
            next_event,
            earlier: Some(Earlier::default()),
        }
    }

    /// Takes in a task of a run that was resumed.
    pub(super) fn know(&mut self, path: &str, base: Base) {
        let earlier = self.earlier.get_or_insert_with(Earlier::default);
        earlier.by_path.insert(path.to_owned(), base);
        earlier.next = earlier.next.max(base.task + 1);
    }

    /// Whether a task had ended like this before.
    pub(super) fn had_ended(&self, path: &str, outcome: Outcome) -> bool {
        let earlier = self.earlier.as_ref();
        let base = earlier.and_then(|earlier| earlier.by_path.get(path));
        base.is_some_and(|base| base.end == Some(outcome))
    }

    /// The number of the next event.
    pub(super) fn next_event(&mut self) -> i64 {
        self.next_event += 1;
        self.next_event
    }

    /// The place of an attempt of the schedule's task of this path.
    pub(super) fn place(&mut self, task: u32, path: &str, attempt: u32) -> Place {
        let Some(earlier) = &mut self.earlier else {
            return same(task, attempt);
        };
        let Earlier {
            by_path,
            by_task,
            next,
        } = earlier;
        let base = *by_task.entry(task).or_insert_with(|| {
            by_path.get(path).copied().unwrap_or_else(|| {
                *next += 1;
                Base {
                    task: *next - 1,
                    attempts: 0,
                    end: None,
                }
            })
        });
        base.place(attempt)
    }

    /// The same for a task that has had a place.
    pub(super) fn known_place(&self, task: u32, attempt: u32) -> Place {
        let earlier = self.earlier.as_ref();
        match earlier.and_then(|earlier| earlier.by_task.get(&task)) {
            Some(base) => base.place(attempt),
            None => same(task, attempt),
        }
    }
}

fn same(task: u32, attempt: u32) -> Place {
    Place {
        task: task.into(),
        attempt: attempt.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(place: Place) -> (i64, i64) {
        (place.task, place.attempt)
    }

    #[test]
    fn a_new_run_is_numbered_as_its_schedule() {
        let mut numbers = Numbers::default();
        assert_eq!(pair(numbers.place(7, "a", 2)), (7, 2));
        assert_eq!(pair(numbers.known_place(7, 3)), (7, 3));
        assert_eq!((numbers.next_event(), numbers.next_event()), (1, 2));
    }

    #[test]
    fn a_resumed_run_goes_on_where_it_was() {
        let mut numbers = Numbers::resumed(5);
        let base = |task, attempts, end| Base {
            task,
            attempts,
            end,
        };
        numbers.know("a", base(0, 3, None));
        numbers.know("b", base(4, 1, Some(Outcome::Failed)));
        assert_eq!(pair(numbers.place(9, "b", 1)), (4, 2));
        assert_eq!(pair(numbers.known_place(9, 2)), (4, 3));
        assert_eq!(pair(numbers.place(0, "new", 1)), (5, 1));
        assert_eq!(pair(numbers.place(1, "newer", 1)), (6, 1));
        assert_eq!(numbers.next_event(), 6);
        let had_failed = ["a", "b", "new"].map(|path| numbers.had_ended(path, Outcome::Failed));
        assert_eq!(had_failed, [false, true, false]);
    }
}

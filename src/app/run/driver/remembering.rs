//! Tasks that may not have to run: what is asked before they start, and what is
//! put in after they have succeeded.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::app::run::course::Left;
use crate::app::run::memo::{self, Answer, MemoSpec, Needed};
use crate::app::run::programs;
use crate::engine::ports::Attempt;
use crate::engine::schedule::{Ending, Input, TaskEnd};
use crate::store::Replay;

use super::item::Item;
use super::Driver;

impl Driver {
    /// Takes over what the result of a task depends on. `beside` are the tasks
    /// beside it, itself included.
    pub(super) fn learn_memo(&mut self, task: u32, spec: MemoSpec, beside: &HashMap<String, u32>) {
        let needs = spec.needs.iter().filter_map(|name| beside.get(name));
        let needs = needs.copied().collect();
        self.memos.learn(task, spec, needs);
    }

    /// Starts an attempt, unless it is to be asked first whether it has to be
    /// made. Its end, if it need not, or if there is nobody who could do it.
    pub(super) fn start(&mut self, attempt: Attempt) -> Option<Item> {
        let Some(needs) = self.memos.needs_of(attempt.task) else {
            return self.start_now(attempt);
        };
        let needed = needs.iter().map(|&task| self.needed(task)).collect();
        let replay = self.memos.ask(attempt, needed)?;
        Some(self.hit(attempt, replay))
    }

    /// What a task gave out that another needs.
    fn needed(&self, task: u32) -> (String, Needed) {
        let mut blob = String::new();
        let name = self.schedule.graph().name(task).to_owned();
        if !self.add_blobs(task, &mut blob) {
            return (name, Needed::Partial);
        }
        let value = match self.schedule.end_of(task) {
            Some(TaskEnd::Succeeded) => memo::text_of(self.schedule.output_of(task)),
            end => format!("{end:?}"),
        };
        (name, Needed::Whole(value, blob))
    }

    /// Adds what only the host reads of the output of a task and of those inside
    /// it. False if something of it is stored nowhere.
    fn add_blobs(&self, task: u32, blobs: &mut String) -> bool {
        if let Some(rest) = self.rests.get(&task) {
            blobs.push_str(rest.blob.as_deref().unwrap_or_default());
            blobs.push('\0');
            if rest.is_partial {
                return false;
            }
        }
        let mut inside = self.schedule.graph().children(task);
        inside.all(|task| self.add_blobs(task, blobs))
    }

    /// What an item comes to once what is remembered has been seen to. `None` if
    /// it is not for the schedule, or not yet.
    pub(super) fn see_to_memory(&mut self, item: Item) -> Option<Item> {
        match item {
            Item::Answered(attempt, answer) => self.answered(attempt, answer),
            Item::Landed(attempt, why) => {
                self.note_not_memoized(attempt.task, why);
                self.held.remove(&attempt)
            }
            Item::Over {
                input:
                    Input::Ended {
                        task,
                        attempt: number,
                        ..
                    },
                ..
            } if self.memos.flies(Attempt { task, number }) => {
                self.land(Attempt { task, number }, item)
            }
            item => Some(item),
        }
    }

    fn answered(&mut self, attempt: Attempt, answer: Answer) -> Option<Item> {
        if !self.memos.is_asked(attempt) {
            // It was stopped meanwhile.
            self.memos.dismiss(answer);
            return None;
        }
        match answer {
            Answer::Hit(replay) => return Some(self.hit(attempt, replay)),
            Answer::Compute(flight) => self.memos.fly(attempt, flight),
            Answer::Not(why) => self.note_not_memoized(attempt.task, Some(why)),
        }
        self.start_now(attempt)
    }

    fn hit(&self, attempt: Attempt, replay: Replay) -> Item {
        let Attempt { task, number } = attempt;
        let blob = replay.blob.and_then(|blob| String::from_utf8(blob).ok());
        let is_program = self.places.programs.has(task);
        let program = blob.as_deref().filter(|_| is_program);
        let program = program.and_then(programs::read_back);
        let output = replay.value.and_then(|it| serde_json::from_str(&it).ok());
        Item::Over {
            input: Input::Ended {
                task,
                attempt: number,
                ending: Ending::Succeeded { output },
            },
            duration: Duration::ZERO,
            left: Left {
                exit_code: replay.exit_code,
                program: program.map(Arc::new),
                blob: blob.filter(|_| !is_program).map(Arc::from),
                streams: replay.streams.into(),
                is_cached: true,
                ..Left::default()
            },
            works: Vec::new(),
        }
    }

    /// Puts in what came of an attempt, which holds its end back until that is
    /// done: whoever sees the end finds the result remembered.
    fn land(&mut self, attempt: Attempt, item: Item) -> Option<Item> {
        let Item::Over { input, left, .. } = &item else {
            return Some(item);
        };
        let Input::Ended {
            ending: Ending::Succeeded { output },
            ..
        } = input
        else {
            self.memos.give_up(attempt);
            return Some(item);
        };
        if left.is_partial {
            self.memos.give_up(attempt);
            let why = "its output cannot be stored as a whole".to_owned();
            self.note_not_memoized(attempt.task, Some(why));
            return Some(item);
        }
        let of_program = left.program.as_deref().map(programs::written);
        let blob = of_program.or_else(|| left.blob.as_deref().map(str::to_owned));
        let replay = Replay {
            value: output.as_ref().map(|it| memo::text_of(Some(it))),
            blob: blob.map(String::into_bytes),
            streams: left.streams.to_vec(),
            exit_code: left.exit_code,
        };
        let path = self.schedule.graph().path(attempt.task);
        self.memos.keep(attempt, &path, replay);
        self.held.insert(attempt, item);
        None
    }

    fn note_not_memoized(&mut self, task: u32, why: Option<String>) {
        if let Some(why) = why {
            self.notes.entry(task).or_default().not_memoized = Some(why.into());
        }
    }

    /// Lets nobody look any more whether an attempt has to be made. Its end, if
    /// somebody did.
    pub(super) fn stop_asking(&mut self, task: u32) -> Option<Item> {
        let number = self.schedule.attempts_of(task);
        self.memos.forget(Attempt { task, number }).then(|| {
            Item::Input(Input::Ended {
                task,
                attempt: number,
                ending: Ending::Stopped,
            })
        })
    }
}

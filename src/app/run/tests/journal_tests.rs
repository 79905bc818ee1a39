//! Runs whose course is kept.

use super::*;
use crate::engine::schedule::What;

type MayKeep = dyn Fn(&str) -> Result<(), JournalError> + Send;

/// Writes down what it is given, as text, and asks before it does so.
struct TestJournal {
    steps: Arc<Mutex<Vec<String>>>,
    may_keep: Box<MayKeep>,
}

impl Journal for TestJournal {
    fn keep(&mut self, step: Step<'_>) -> Result<(), JournalError> {
        let path = |task| step.run.graph().path(task);
        let events = step.events.iter().filter_map(|event| match event.what {
            What::Ended(_) => Some(format!("-{}", path(event.task))),
            _ => None,
        });
        let starts = step
            .starts
            .iter()
            .map(|it| format!("+{}{}", path(it.task), it.number));
        let parts: Vec<_> = events.chain(starts).collect();
        let text = parts.join(" ");
        (self.may_keep)(&text)?;
        self.steps.lock().unwrap().push(text);
        Ok(())
    }
}

fn memory(
    may_keep: impl Fn(&str) -> Result<(), JournalError> + Send + 'static,
) -> (Memory, Arc<Mutex<Vec<String>>>) {
    let steps = Arc::default();
    let journal = TestJournal {
        steps: Arc::clone(&steps),
        may_keep: Box::new(may_keep),
    };
    let memory = Memory {
        journal: Some(Box::new(journal)),
        ..Memory::default()
    };
    (memory, steps)
}

fn chain() -> Json {
    json!({"maxConcurrency": 1, "tasks": [
        {"name": "a", "retry": {"count": 1}},
        {"name": "b", "dependsOn": ["a"]},
        {"name": "c", "dependsOn": ["b"]},
    ]})
}

#[test]
fn the_end_of_a_task_is_kept_with_the_starts_that_it_allows() {
    guarded(|| {
        let (memory, steps) = memory(|_| Ok(()));
        let bench = start_with(chain(), memory, |call| {
            match (task_of(&call), attempt_of(&call)) {
                (0, 1) => fail(&call, "not yet"),
                _ => Outcome::Succeeded,
            }
        });
        assert_eq!(bench.told().status(), "Completed");
        let steps = steps.lock().unwrap();
        let steps: Vec<_> = steps.iter().filter(|step| !step.is_empty()).collect();
        assert_eq!(steps, ["+a1", "+a2", "-a +b1", "-b +c1", "-c"]);
    });
}

#[test]
fn nothing_starts_and_nothing_is_told_before_it_is_kept() {
    guarded(|| {
        let (permit, permits): (Sender<()>, Receiver<()>) = channel();
        let (asked, asks) = channel();
        let (memory, _) = memory(move |step| {
            asked.send(step.to_owned()).expect("the test listens");
            permits.recv().expect("the test permits");
            Ok(())
        });
        let ran = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&ran);
        let bench = start_with(chain(), memory, move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Outcome::Succeeded
        });
        assert_eq!(asks.recv().expect("a step"), "+a1");
        assert_eq!(ran.load(Ordering::SeqCst), 0);
        permit.send(()).expect("it waits");
        loop {
            let step = asks.recv().expect("a step");
            if step.starts_with("-a") {
                break;
            }
            permit.send(()).expect("it waits");
        }
        let report: Json = serde_json::from_str(&bench.run.poll(0, Duration::ZERO)).expect("JSON");
        let events = report["events"].as_array().expect("events");
        assert!(events.iter().all(|it| it["kind"] != "Ended"), "{report}");
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        permit.send(()).expect("it waits");
        while asks.recv().is_ok() {
            let _ = permit.send(());
        }
        assert_eq!(bench.told().status(), "Completed");
    });
}

#[test]
fn what_cannot_be_kept_does_not_start_and_the_run_says_so() {
    guarded(|| {
        let (memory, steps) = memory(|step| match step.contains("-a") {
            true => Err(JournalError::Failed {
                message: "the disk is full".to_owned(),
            }),
            false => Ok(()),
        });
        let bench = start_with(chain(), memory, |call| {
            assert_eq!(task_of(&call), 0);
            Outcome::Succeeded
        });
        let told = bench.told();
        assert_eq!(told.ends(), ["a Succeeded", "c Stopped", "b Stopped"]);
        assert_eq!(
            (told.status(), &told.last["reason"]),
            ("Failed", &json!("NotKept"))
        );
        let error = "the run could not be recorded: the disk is full";
        assert_eq!(told.last["error"], error);
        assert!(steps
            .lock()
            .unwrap()
            .iter()
            .all(|step| !step.contains("-b")));
    });
}

use super::*;
use crate::store::{Pruned, Retention};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn run(store: &Store, id: &str) {
    let tasks = vec![TaskSpec::new("a"), TaskSpec::new("b")];
    Driver::new(tasks, begin(store, id)).run(|_, _| Ending::Succeeded {
        output: Some(crate::engine::value::Value::Bool(true)),
    });
}

fn ids(store: &Store) -> Vec<String> {
    let runs = store.reader().runs().expect("the runs");
    runs.into_iter().map(|run| run.id).collect()
}

fn rows(folder: &Folder, table: &str) -> u32 {
    let query = format!("SELECT count(*) FROM {table}");
    folder
        .raw()
        .query_row(&query, [], |row| row.get(0))
        .expect("a count")
}

#[test]
fn the_latest_runs_are_kept() {
    let folder = Folder::new();
    let store = folder.open();
    for id in ["a", "b", "c"] {
        run(&store, id);
    }
    assert_eq!(ids(&store), ["c", "b", "a"]);
    let retention = Retention {
        keep_runs: Some(2),
        max_age: None,
    };
    let pruned = store.prune(retention).expect("a count");
    assert_eq!(pruned, Pruned { runs: 1, memos: 0 });
    assert_eq!(ids(&store), ["c", "b"]);
    // Nothing of it stays behind.
    assert_eq!((rows(&folder, "attempt"), rows(&folder, "output")), (4, 4));
}

#[test]
fn what_is_too_old_goes() {
    let (folder, clock) = (Folder::new(), HandClock::default());
    let store = folder.open_with(clock.options());
    run(&store, "old");
    store
        .remember_durations(vec![("old".to_owned(), DAY)])
        .expect("kept");
    clock.advance(3 * DAY);
    run(&store, "new");
    store
        .remember_durations(vec![("new".to_owned(), DAY)])
        .expect("kept");
    let retention = Retention {
        keep_runs: None,
        max_age: Some(2 * DAY),
    };
    assert_eq!(store.prune(retention).expect("a count").runs, 1);
    assert_eq!(ids(&store), ["new"]);
    let durations = store.reader().durations(["old", "new"]).expect("durations");
    assert_eq!(
        durations.into_iter().collect::<Vec<_>>(),
        [("new".to_owned(), DAY)]
    );
}

#[test]
fn what_goes_on_stays_in_any_case() {
    let folder = Folder::new();
    let store = folder.open();
    let _running = begin(&store, "running");
    drop(begin(&store, "interrupted"));
    let retention = Retention {
        keep_runs: Some(0),
        max_age: None,
    };
    assert_eq!(store.prune(retention).expect("a count").runs, 1);
    assert_eq!(ids(&store), ["running"]);
}

#[test]
fn space_is_given_back() {
    let folder = Folder::new();
    let store = folder.open();
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "large"));
    let text = crate::engine::value::Value::Text("x".repeat(1 << 20).into());
    driver.run(|_, _| Ending::Succeeded {
        output: Some(text.clone()),
    });
    drop(driver);
    let retention = Retention {
        keep_runs: Some(0),
        max_age: None,
    };
    store.prune(retention).expect("a count");
    drop(store);
    let length = fs::metadata(folder.database()).expect("the database").len();
    assert!(length < 1 << 18, "{length} bytes are left");
}

#[test]
fn a_duration_follows_the_task() {
    let folder = Folder::new();
    let store = folder.open();
    let remember = |seconds| {
        let time = Duration::from_secs(seconds);
        store
            .remember_durations(vec![("a".to_owned(), time)])
            .expect("kept");
        let durations = store.reader().durations(["a", "b"]).expect("durations");
        assert!(!durations.contains_key("b"));
        durations["a"].as_secs_f64()
    };
    assert_eq!(remember(10), 10.0);
    assert_eq!(remember(20), 15.0);
    let after_many = (0..40).fold(0.0, |_, _| remember(60));
    assert!(after_many > 59.0 && after_many <= 60.0, "{after_many}");
}

use std::sync::mpsc::channel;
use std::time::Instant;

use super::*;
use crate::store::session::LEASE;
use crate::store::{News, Resume, RunRecord};

fn record(store: &Store, run: &str) -> RunRecord {
    store.reader().run(run).expect("the run")
}

/// What is left when a process dies: its rows, and a lock that is free.
fn kill(folder: &Folder, driver: Driver) {
    let raw = folder.raw();
    let read = |column: &str| -> String {
        let query = format!("SELECT {column} FROM session");
        raw.query_row(&query, [], |row| row.get(0))
            .expect("a session")
    };
    let (id, machine) = (read("id"), read("machine"));
    drop(driver);
    let restore = "UPDATE run SET session = ?1, status = 0";
    raw.execute(restore, [&id]).expect("the run");
    let lease = Timestamp::now().after(LEASE).nanoseconds();
    raw.execute(
        "INSERT OR REPLACE INTO session (id, machine, process, lease_until) VALUES (?, ?, 1, ?)",
        rusqlite::params![id, machine, lease],
    )
    .expect("the session");
    let lock = folder.path().join(format!("session-{id}.lock"));
    fs::write(lock, "").expect("the lock's file");
}

fn interrupted(folder: &Folder) {
    let store = folder.open();
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    driver.begin().expect("a step");
    drop(store);
    kill(folder, driver);
}

#[test]
fn a_run_that_goes_on_shows_its_owner() {
    let folder = Folder::new();
    let store = folder.open();
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    driver.begin().expect("a step");
    let run = record(&store, "r");
    assert_eq!(run.status, RunStatus::Running);
    assert_eq!(run.owner.map(|owner| owner.process), Some(process::id()));
}

#[test]
fn a_run_that_goes_on_is_not_resumed_beside_it() {
    let folder = Folder::new();
    let (store, other) = (folder.open(), folder.open());
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    driver.begin().expect("a step");
    for store in [&store, &other] {
        let refused = store.resume("r", plan(), Resume::default(), |_| {});
        let error = refused.expect_err("two owners");
        let expected = format!(
            "the run r is being executed by this process ({})",
            process::id()
        );
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(lines(&store, "r"), ["a 1 under way"]);
}

#[test]
fn who_goes_late_leaves_who_took_the_run_over_alone() {
    let folder = Folder::new();
    let store = folder.open();
    let tasks = || vec![TaskSpec::new("a")];
    let mut early = Driver::new(tasks(), begin(&store, "r"));
    assert_eq!(early.run(|_, _| Ending::Stopped), RunStatus::Completed);
    let resumed = store.resume("r", plan(), Resume::default(), |news| panic!("{news:?}"));
    let (journal, _) = resumed.expect("it has ended");
    let mut late = Driver::new(tasks(), journal);
    late.begin().expect("a step");
    // Its journal is dropped only now.
    drop(early);
    let attempt = late.start().expect("a step");
    late.end(attempt, success()).expect("a step");
    assert_eq!(record(&store, "r").status, RunStatus::Completed);
}

#[test]
fn an_id_is_given_once() {
    let folder = Folder::new();
    let store = folder.open();
    let _first = begin(&store, "r");
    let error = store.begin("r", plan(), |_| {}).expect_err("twice");
    assert_eq!(error.to_string(), "there is a run r already");
}

#[test]
fn a_dead_owner_leaves_the_run_interrupted() {
    let folder = Folder::new();
    interrupted(&folder);
    let store = folder.open();
    let run = record(&store, "r");
    assert_eq!(run.status, RunStatus::Failed);
    assert_eq!(run.reason.as_deref(), Some("Interrupted"));
    let resumed = store.resume("r", plan(), Resume::default(), |_| {});
    resumed.expect("nobody has it");
    assert_eq!(lines(&store, "r"), ["a 1 Interrupted"]);
}

#[test]
fn an_owner_that_goes_without_finishing_leaves_it_too() {
    let folder = Folder::new();
    let store = folder.open();
    drop(begin(&store, "r"));
    let resumed = store.resume("r", plan(), Resume::default(), |_| {});
    resumed.expect("nobody has it");
}

#[test]
fn an_owner_that_cannot_be_asked_is_alive_as_long_as_its_lease() {
    let folder = Folder::new();
    interrupted(&folder);
    let elsewhere = "UPDATE session SET machine = 'elsewhere'";
    folder.raw().execute(elsewhere, []).expect("the session");
    let clock = HandClock::default();
    clock.advance(Duration::from_nanos(
        Timestamp::now()
            .nanoseconds()
            .try_into()
            .expect("after 1970"),
    ));
    let store = folder.open_with(clock.options());
    let refused = store.resume("r", plan(), Resume::default(), |_| {});
    let error = refused.expect_err("it may be alive");
    let expected = "the run r is being executed by process 1 of another machine";
    assert_eq!(error.to_string(), expected);
    clock.advance(LEASE + LEASE);
    let resumed = store.resume("r", plan(), Resume::default(), |_| {});
    resumed.expect("its lease is over");
}

#[test]
fn who_was_overtaken_writes_nothing_any_more() {
    let folder = Folder::new();
    let store = folder.open();
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "r"));
    driver.begin().expect("a step");
    let overtake = "UPDATE run SET token = token + 1";
    folder.raw().execute(overtake, []).expect("the run");
    let attempt = driver.starts[0];
    driver.start().expect("nothing to write");
    let error = driver.end(attempt, success()).expect_err("another's run");
    assert_eq!(
        error.to_string(),
        "another process has taken over the run r"
    );
    assert_eq!(lines(&store, "r"), ["a 1 under way"]);
}

#[test]
fn who_was_overtaken_is_told_though_it_writes_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    let (send, told) = channel();
    let run = store.begin("r", plan(), move |news| {
        let _ = send.send(news);
    });
    let _run = run.expect("a run");
    let overtake = "UPDATE run SET token = token + 1";
    folder.raw().execute(overtake, []).expect("the run");
    let lost = News::Lost(StoreError::TakenOver {
        run: "r".to_owned(),
    });
    assert_eq!(told.recv_timeout(LIMIT), Ok(lost));
}

#[test]
fn a_stop_reaches_the_owner_from_another_process() {
    let folder = Folder::new();
    let (store, other) = (folder.open(), folder.open());
    let (send, told) = channel();
    let run = store.begin("r", plan(), move |news| {
        let _ = send.send(news);
    });
    let _run = run.expect("a run");
    other.request_stop("r").expect("a run");
    assert_eq!(told.recv_timeout(LIMIT), Ok(News::StopRequested));
    let unknown = other.request_stop("x").expect_err("no run");
    assert_eq!(unknown.to_string(), "there is no run x");
}

#[test]
fn another_process_reads_while_one_writes() {
    let folder = Folder::new();
    let store = folder.open();
    let reader = crate::store::StoreReader::open(&folder.path()).expect("a reader");
    let tasks = (0..500).map(|task| TaskSpec::new(format!("t{task}")));
    let mut driver = Driver::new(tasks.collect(), begin(&store, "r"));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let begun = Instant::now();
            let mut before = 0;
            // It sees more and more, and never less.
            while before < 500 {
                let now = reader.attempts("r").expect("the attempts").len();
                assert!(now >= before && begun.elapsed() < LIMIT);
                before = now;
            }
        });
        assert_eq!(driver.run(|_, _| success()), RunStatus::Completed);
    });
}

#[test]
fn who_fails_to_open_the_store_forgets_nobody() {
    let folder = Folder::new();
    interrupted(&folder);
    let raw = folder.raw();
    let id: String = raw
        .query_row("SELECT id FROM session", [], |row| row.get(0))
        .expect("a session");
    // There is no place for a session of this process.
    raw.execute_batch(&format!(
        "INSERT INTO session (id, machine, process, lease_until)
             VALUES ('other', 'elsewhere', {}, {});
         CREATE UNIQUE INDEX one ON session (process)",
        process::id(),
        i64::MAX
    ))
    .expect("a session");
    let opened = Store::open(&folder.path(), StoreOptions::default());
    assert!(
        matches!(opened, Err(StoreError::Sqlite { .. })),
        "{opened:?}"
    );
    let lock = folder.path().join(format!("session-{id}.lock"));
    assert!(lock.exists());
    raw.execute_batch("DROP INDEX one").expect("a place");
    let store = folder.open();
    let resumed = store.resume("r", plan(), Resume::default(), |_| {});
    resumed.expect("nobody has it");
    assert!(!lock.exists());
}

#[test]
fn a_session_leaves_no_lock_behind() {
    let folder = Folder::new();
    drop(folder.open());
    interrupted(&folder);
    drop(folder.open());
    let entries = fs::read_dir(folder.path()).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let locks = names.filter(|name| name.to_string_lossy().ends_with(".lock"));
    assert_eq!(locks.count(), 0);
}

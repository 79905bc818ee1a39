use super::schema_tests::make_private;
use super::*;
use crate::engine::ports::{Journal, JournalError};
use crate::engine::value::Value;
use crate::store::{Again, Resume, StoreReader};

/// Fills the database until nothing fits any more.
fn fill(driver: &mut Driver) -> StoreError {
    driver.begin().expect("a step");
    loop {
        let attempt = driver.starts[0];
        let started = driver.start().map(|_| ());
        let output = Some(Value::Text("x".repeat(50_000).into()));
        let ended = started.and_then(|()| driver.end(attempt, Ending::Succeeded { output }));
        if let Err(error) = ended {
            return error;
        }
    }
}

#[test]
fn a_full_disk_ends_the_run_and_loses_nothing() {
    let folder = Folder::new();
    let tight = StoreOptions {
        page_limit: Some(100),
        ..StoreOptions::default()
    };
    let names: Vec<_> = (0..20).map(|number| format!("t{number}")).collect();
    let tasks = |kept: &[String]| {
        let left = names.iter().filter(|name| !kept.contains(name));
        left.map(TaskSpec::new).collect::<Vec<_>>()
    };
    let store = folder.open_with(tight);
    let mut driver = Driver::new(tasks(&[]), begin(&store, "r"));
    let error = fill(&mut driver);
    let path = folder.database();
    assert_eq!(error, StoreError::Full { path: path.clone() });
    let text = format!("there is no space left for {}", path.display());
    assert_eq!(error.to_string(), text);
    // The one who drives it is told what to do.
    let step = Step {
        run: &driver.schedule,
        events: &[],
        starts: &[Attempt {
            task: 19,
            number: 9,
        }],
    };
    let Err(JournalError::Failed { message }) = driver.journal.keep(step) else {
        panic!("it goes on");
    };
    assert_eq!(message, format!("{text}. {}", error.advice()));
    drop(driver);
    assert_eq!(store.reader().check(), Ok(Vec::new()));
    drop(store);

    let store = folder.open();
    let done = lines(&store, "r");
    let done = done.iter().filter(|line| line.contains("Succeeded"));
    let done = done.count();
    let resumed = store.resume("r", plan(), Resume::default(), |_| {});
    let (journal, resumed) = resumed.expect("a run");
    let kept: Vec<_> = resumed.kept.into_iter().map(|task| task.path).collect();
    assert!(!kept.is_empty() && kept.len() == done && done < names.len());
    let mut driver = Driver::new(tasks(&kept), journal);
    assert_eq!(driver.run(|_, _| success()), RunStatus::Completed);
    let lines = lines(&store, "r");
    let successes = lines.iter().filter(|line| line.contains("Succeeded"));
    assert_eq!(successes.count(), names.len());
}

#[test]
fn a_full_disk_is_survived_by_runs_that_begin_later() {
    let folder = Folder::new();
    let store = folder.open_with(StoreOptions {
        page_limit: Some(100),
        ..StoreOptions::default()
    });
    let tasks = (0..20).map(|number| TaskSpec::new(format!("t{number}")));
    let mut driver = Driver::new(tasks.collect(), begin(&store, "large"));
    fill(&mut driver);
    drop(driver);
    let retention = crate::store::Retention {
        keep_runs: Some(0),
        max_age: None,
    };
    store.prune(retention).expect("space");
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&store, "small"));
    assert_eq!(driver.run(|_, _| success()), RunStatus::Completed);
}

#[test]
fn a_file_that_is_no_database_is_said_to_be_damaged() {
    let folder = Folder::new();
    drop(folder.open());
    fs::write(
        folder.database(),
        "no database, but long enough to be looked at".repeat(50),
    )
    .expect("a file");
    let error = Store::open(&folder.path(), StoreOptions::default());
    let error = error.expect_err("it must be refused");
    let expected = format!("the database {} is damaged: ", folder.database().display());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(error.advice().contains("Rename the file"));
    // Nobody has thrown it away.
    assert!(fs::read(folder.database())
        .expect("the file")
        .starts_with(b"no database"));
}

#[test]
fn a_damaged_page_is_found() {
    let folder = Folder::new();
    let store = folder.open();
    let tasks = (0..2000).map(|number| TaskSpec::new(format!("t{number}")));
    let mut driver = Driver::new(tasks.collect(), begin(&store, "r"));
    driver.run(|_, _| success());
    drop((driver, store));
    let mut content = fs::read(folder.database()).expect("the database");
    let (from, page) = (20 * 4096, 4096);
    content[from..from + 4 * page].fill(0xA5);
    fs::write(folder.database(), content).expect("the database");
    make_private(&folder.database());
    let reader = StoreReader::open(&folder.path()).expect("a reader");
    let error = reader.attempts("r").expect_err("it must be found");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert_ne!(
        reader.check().unwrap_or(vec!["damaged".to_owned()]),
        Vec::<String>::new()
    );
    // A run of it is not resumed from half of its journal.
    let store = Store::open(&folder.path(), StoreOptions::default());
    let how = Resume {
        again: Again::Unsuccessful,
        ..Resume::default()
    };
    let resumed = store.and_then(|store| store.resume("r", plan(), how, |_| {}).map(|_| ()));
    assert!(
        matches!(resumed, Err(StoreError::Corrupt { .. })),
        "{resumed:?}"
    );
}

#[cfg(unix)]
mod read_only {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;

    /// Names the folder to a copy of this test without the rights of root, for
    /// whom nothing is read-only.
    const VARIABLE: &str = "OE_TEST_READ_ONLY_FOLDER";
    const NAME: &str = "store::tests::bad_state_tests::read_only::a_read_only_folder_is_refused";
    const NOBODY: u32 = 65534;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the rights");
    }

    fn refuse(path: &Path) {
        for (folder, file) in [(0o500, 0o600), (0o700, 0o400), (0o500, 0o400)] {
            let database = path.join("orchestration.db");
            drop(Store::open(path, StoreOptions::default()).expect("a store"));
            set_mode(&database, file);
            set_mode(path, folder);
            let error = Store::open(path, StoreOptions::default());
            let error = error.expect_err("it must be refused");
            set_mode(path, 0o700);
            set_mode(&database, 0o600);
            let text = error.to_string();
            assert!(text.contains(&path.display().to_string()), "{text}");
            assert!(
                text.contains("denied") || text.contains("cannot be written"),
                "{text}"
            );
            assert!(error.advice().contains("OE_STATE"), "{error:?}");
        }
        drop(Store::open(path, StoreOptions::default()).expect("nothing is lost"));
    }

    #[test]
    fn a_read_only_folder_is_refused() {
        if let Some(path) = env::var_os(VARIABLE) {
            return refuse(Path::new(&path));
        }
        let folder = Folder::new();
        if !nix::unistd::geteuid().is_root() {
            return refuse(&folder.path());
        }
        fs::create_dir_all(&folder.0).expect("a folder");
        set_mode(&folder.0, 0o777);
        // Where nobody can read it.
        let program = folder.0.join("test");
        fs::copy(env::current_exe().expect("this test"), &program).expect("a copy");
        set_mode(&program, 0o755);
        let output = Command::new(&program)
            .args(["--exact", NAME])
            .env(VARIABLE, folder.path())
            .current_dir("/")
            .gid(NOBODY)
            .uid(NOBODY)
            .output()
            .expect("the copy");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}"
        );
    }
}

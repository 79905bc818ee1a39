//! A folder of its own with a playbook in it, and the program run in there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Only so that a hang ends; nothing is measured by it.
pub(super) const HANG: Duration = Duration::from_secs(120);

/// A folder that is removed at the end.
pub(super) struct Scene {
    pub(super) folder: PathBuf,
}

/// What the program said, and what it ended with.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Said {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Each step that did something, as `name status`.
    pub(super) fn ends(&self) -> Vec<String> {
        let json = self.json();
        let results = json["results"].as_array().expect("results");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let line = |it: &Value| format!("{} {}", text(&it["stepName"]), text(&it["status"]));
        results.iter().map(line).collect()
    }
}

impl Scene {
    /// A folder with the playbook `play.yaml`.
    #[must_use]
    pub(super) fn new(playbook: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("orchestrate-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("play.yaml"), playbook).expect("a playbook");
        Self { folder }
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    pub(super) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.spawn().expect("orchestrate")
    }

    /// Runs the program where no program is on `PATH`.
    pub(super) fn say_alone(&self, arguments: &[&str]) -> Said {
        let mut command = self.command(arguments);
        end_of(command.env("PATH", "").spawn().expect("orchestrate"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrate"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("OE_HOME", &self.folder)
            .env_remove("OE_STATE")
            .env_remove("OE_PLAYBOOK_PATH")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(super) fn say(&self, arguments: &[&str]) -> Said {
        end_of(self.start(arguments))
    }

    /// Runs the playbook, with what machines are told.
    pub(super) fn run(&self, arguments: &[&str]) -> Said {
        let all: Vec<_> = ["run", "play.yaml", "--json"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        self.say(&all)
    }

    /// Waits until a file has something in it; that.
    pub(super) fn wait_for(&self, name: &str) -> String {
        until(|| Some(self.read(name)).filter(|text| text.ends_with('\n')))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Reads the streams of a program beside each other, so that neither fills up.
pub(super) fn end_of(child: Child) -> Said {
    let id = child.id();
    let waiting = thread::spawn(move || child.wait_with_output());
    let begun = Instant::now();
    while !waiting.is_finished() {
        if begun.elapsed() > HANG {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            panic!("orchestrate did not end");
        }
        thread::sleep(Duration::from_millis(2));
    }
    let output = waiting.join().expect("a thread").expect("an end");
    Said {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Waits until there is something.
#[track_caller]
pub(super) fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < HANG, "nothing came");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Whether a process lives; one that ended and was not collected does not.
pub(super) fn lives(process: &str) -> bool {
    let state = fs::read_to_string(Path::new("/proc").join(process.trim()).join("stat"));
    state.is_ok_and(|state| !state.contains(") Z "))
}

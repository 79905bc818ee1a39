//! From the JSON of a batch to a [`BatchSpec`], with an error that says where.
//!
//! serde_json knows line and column of whatever it refuses, so every check is
//! made while it reads. Which task and key it was reading is kept beside it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::read_values::{Argv, Environment, KnownKey, Optional, Seconds, Text, Whole};
use super::spec::{
    BatchSpec, ProgramSpec, TaskSpec, Work, CONCURRENCY_LIMIT, DEFAULT_GRACE, DEFAULT_OUTPUT_BYTES,
    GRACE_LIMIT_SECONDS, OUTPUT_BYTES_LIMIT, TIMEOUT_LIMIT_SECONDS,
};
use crate::engine::suggest::nearest;

const BATCH_KEYS: &[&str] = &["maxConcurrency", "tasks"];
const TASK_KEYS: &[&str] = &[
    "name",
    "kind",
    "argv",
    "env",
    "cwd",
    "timeoutSeconds",
    "graceSeconds",
    "maxOutputBytes",
];
const KINDS: &[&str] = &["program"];

/// Reads and checks a batch.
pub fn read(json: &str) -> Result<BatchSpec, SpecError> {
    let place = RefCell::default();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    BatchReader { place: &place }
        .deserialize(&mut deserializer)
        .and_then(|spec| deserializer.end().map(|()| spec))
        .map_err(|error| SpecError::new(&error, place.borrow().clone()))
}

/// Why a batch was not accepted. Its text is a fragment such as
/// ``tasks[1] "build": unknown key `args`, did you mean `argv`? (line 4, column 9)``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    /// The index of the task it is in, if it is in one.
    pub task: Option<usize>,
    /// The name of that task, if it was read before the error.
    pub name: Option<String>,
    /// The key whose value is wrong, if it is a value.
    pub key: Option<&'static str>,
    /// What is wrong.
    pub problem: String,
    /// The line where reading ended, from 1.
    pub line: usize,
    /// The column in that line, from 1, in bytes.
    pub column: usize,
}

impl SpecError {
    fn new(error: &serde_json::Error, place: Place) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let position = format!(" at line {line} column {column}");
        Self {
            task: place.task,
            name: place.name,
            key: place.key,
            problem: text.strip_suffix(&position).unwrap_or(&text).to_owned(),
            line,
            column,
        }
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(task) = self.task {
            write!(f, "tasks[{task}]")?;
            if let Some(name) = &self.name {
                write!(f, " {name:?}")?;
            }
            f.write_str(": ")?;
        }
        if let Some(key) = self.key {
            write!(f, "{key}: ")?;
        }
        let (line, column) = (self.line, self.column);
        write!(f, "{} (line {line}, column {column})", self.problem)
    }
}

impl std::error::Error for SpecError {}

/// What is wrong with JSON that is well formed.
#[derive(Debug)]
enum Problem<'a> {
    MissingKey { key: &'static str },
    RepeatedKey { key: &'static str },
    UnknownKind { kind: &'a str },
    RepeatedName { name: &'a str, first: usize },
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingKey { key } => write!(f, "the key `{key}` is missing"),
            Self::RepeatedKey { key } => write!(f, "the key `{key}` is there twice"),
            Self::UnknownKind { kind } => match nearest(kind, KINDS) {
                Some(near) => write!(f, "unknown kind {kind:?}, did you mean {near:?}?"),
                None => write!(f, "unknown kind {kind:?}; the kinds are {KINDS:?}"),
            },
            Self::RepeatedName { name, first } => {
                write!(f, "the name {name:?} is already that of tasks[{first}]")
            }
        }
    }
}

/// Where the reader is.
#[derive(Debug, Clone, Default)]
struct Place {
    task: Option<usize>,
    name: Option<String>,
    key: Option<&'static str>,
}

/// Reads the keys of an object one by one and leaves the values to `value`,
/// which is told the key; returns the keys that were there.
fn read_keys<'de, A: MapAccess<'de>>(
    map: &mut A,
    known: &'static [&'static str],
    place: &RefCell<Place>,
    mut value: impl FnMut(&'static str, &mut A) -> Result<(), A::Error>,
) -> Result<Vec<&'static str>, A::Error> {
    let mut seen = Vec::new();
    while let Some(key) = map.next_key_seed(KnownKey(known))? {
        if seen.contains(&key) {
            return Err(A::Error::custom(Problem::RepeatedKey { key }));
        }
        seen.push(key);
        place.borrow_mut().key = Some(key);
        value(key, map)?;
        place.borrow_mut().key = None;
    }
    Ok(seen)
}

fn require<E: Error>(seen: &[&str], key: &'static str) -> Result<(), E> {
    if seen.contains(&key) {
        Ok(())
    } else {
        Err(E::custom(Problem::MissingKey { key }))
    }
}

struct BatchReader<'p> {
    place: &'p RefCell<Place>,
}

impl<'de> DeserializeSeed<'de> for BatchReader<'_> {
    type Value = BatchSpec;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<BatchSpec, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for BatchReader<'_> {
    type Value = BatchSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch: an object with the key `tasks`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BatchSpec, A::Error> {
        let mut spec = BatchSpec {
            max_concurrency: None,
            tasks: Vec::new(),
        };
        let seen = read_keys(&mut map, BATCH_KEYS, self.place, |key, map| {
            if key == "tasks" {
                spec.tasks = map.next_value_seed(TasksReader { place: self.place })?;
            } else {
                let limit = Optional(Whole(1..=CONCURRENCY_LIMIT));
                spec.max_concurrency = map.next_value_seed(limit)?.map(|limit| limit as usize);
            }
            Ok(())
        })?;
        require(&seen, "tasks")?;
        Ok(spec)
    }
}

struct TasksReader<'p> {
    place: &'p RefCell<Place>,
}

impl<'de> DeserializeSeed<'de> for TasksReader<'_> {
    type Value = Vec<TaskSpec>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for TasksReader<'_> {
    type Value = Vec<TaskSpec>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of tasks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut tasks = Vec::new();
        let mut names = HashMap::new();
        loop {
            *self.place.borrow_mut() = Place {
                task: Some(tasks.len()),
                ..Place::default()
            };
            let reader = TaskReader {
                place: self.place,
                names: &mut names,
            };
            let Some(task) = sequence.next_element_seed(reader)? else {
                break;
            };
            tasks.push(task);
        }
        *self.place.borrow_mut() = Place::default();
        Ok(tasks)
    }
}

/// Reads one task; `names` holds those of the tasks before it.
struct TaskReader<'p> {
    place: &'p RefCell<Place>,
    names: &'p mut HashMap<String, usize>,
}

impl<'de> DeserializeSeed<'de> for TaskReader<'_> {
    type Value = TaskSpec;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<TaskSpec, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for TaskReader<'_> {
    type Value = TaskSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a task: an object with the keys `name`, `kind` and `argv`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TaskSpec, A::Error> {
        let Self { place, names } = self;
        let mut draft = Draft::default();
        let seen = read_keys(&mut map, TASK_KEYS, place, |key, map| {
            draft.read(key, map)?;
            if key == "name" {
                claim(&draft.name, names, place)?;
            }
            Ok(())
        })?;
        for key in ["name", "kind", "argv"] {
            require(&seen, key)?;
        }
        Ok(draft.finish())
    }
}

/// Notes the name of the present task, unless another has it.
fn claim<E: Error>(
    name: &str,
    names: &mut HashMap<String, usize>,
    place: &RefCell<Place>,
) -> Result<(), E> {
    if let Some(&first) = names.get(name) {
        return Err(E::custom(Problem::RepeatedName { name, first }));
    }
    let mut place = place.borrow_mut();
    names.insert(name.to_owned(), place.task.unwrap_or_default());
    place.name = Some(name.to_owned());
    Ok(())
}

/// A task of which not every key was read yet.
struct Draft {
    name: String,
    timeout: Option<Duration>,
    argv: Vec<String>,
    program: ProgramSpec,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: String::new(),
            timeout: None,
            argv: Vec::new(),
            program: ProgramSpec::new(""),
        }
    }
}

impl Draft {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let timeout = Optional(Seconds::above(0.0, TIMEOUT_LIMIT_SECONDS));
        let grace = Optional(Seconds::from(0.0, GRACE_LIMIT_SECONDS));
        let bytes = Optional(Whole(0..=OUTPUT_BYTES_LIMIT));
        let program = &mut self.program;
        match key {
            "name" => self.name = map.next_value_seed(Text::filled())?,
            "kind" => known_kind(&map.next_value_seed(Text::any())?)?,
            "argv" => self.argv = map.next_value_seed(Argv)?,
            "env" => {
                let environment = map.next_value_seed(Optional(Environment))?;
                program.environment = environment.unwrap_or_default();
            }
            "cwd" => program.directory = map.next_value_seed(Optional(Text::filled()))?,
            "timeoutSeconds" => self.timeout = map.next_value_seed(timeout)?,
            "graceSeconds" => {
                program.grace = map.next_value_seed(grace)?.unwrap_or(DEFAULT_GRACE);
            }
            _ => {
                let bytes = map.next_value_seed(bytes)?.unwrap_or(DEFAULT_OUTPUT_BYTES);
                program.max_output_bytes = bytes as usize;
            }
        }
        Ok(())
    }

    fn finish(self) -> TaskSpec {
        let mut argv = self.argv.into_iter();
        let program = ProgramSpec {
            program: argv.next().unwrap_or_default(),
            arguments: argv.collect(),
            ..self.program
        };
        TaskSpec {
            name: self.name,
            timeout: self.timeout,
            work: Work::Program(program),
        }
    }
}

fn known_kind<E: Error>(kind: &str) -> Result<(), E> {
    if KINDS.contains(&kind) {
        Ok(())
    } else {
        Err(E::custom(Problem::UnknownKind { kind }))
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;

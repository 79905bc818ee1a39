//! What comes of a task's work.

use std::time::Duration;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// Its end was not seen: it outlived even being killed, or somebody else
    /// in the process collected it.
    Unseen,
}

impl Serialize for Exit {
    /// As the keys `exitCode` and `signal`, of which one is null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (code, signal) = match *self {
            Self::Code(code) => (Some(code), None),
            Self::Signal(signal) => (None, Some(signal)),
            Self::Unseen => (None, None),
        };
        let mut keys = serializer.serialize_struct("Exit", 2)?;
        keys.serialize_field("exitCode", &code)?;
        keys.serialize_field("signal", &signal)?;
        keys.end()
    }
}

/// What was kept of an output stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapturedText {
    /// The text; where bytes were left out of its middle, a line says so.
    pub text: String,
    /// How many bytes came out of the program, as far as they were read. Of a program that
    /// writes another encoding, how many these are in UTF-8.
    pub total_bytes: u64,
    /// How many of these are not in the text.
    pub omitted_bytes: u64,
    /// Whether bytes that are no text were replaced by U+FFFD.
    pub lossy: bool,
    /// Where all of it is, if it was more than is kept and goes to a file then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Box<OutputFile>>,
}

/// Where the whole of an output stream is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputFile {
    /// The path of the file.
    pub path: String,
    /// Why not all of it is in there.
    pub problem: Option<String>,
}

/// What a program left that was started and has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramResult {
    /// How it ended.
    #[serde(flatten)]
    pub exit: Exit,
    /// From its start to its end.
    #[serde(skip)]
    pub duration: Duration,
    /// What it wrote to its standard output.
    pub stdout: CapturedText,
    /// What it wrote to its standard error.
    pub stderr: CapturedText,
    /// Whether a process that it left behind still held its output open when
    /// reading ended.
    pub output_left_open: bool,
}

/// How a task's work came to its end, as whoever ran it saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The program ended by itself, whatever had been ordered meanwhile.
    Exited(ProgramResult),
    /// The program ended because a stop was carried out.
    Stopped(ProgramResult),
    /// A stop came before the start.
    NeverStarted,
    /// It could not be run.
    Error {
        /// Why.
        error: String,
    },
}

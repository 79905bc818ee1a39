//! Where the output of a program goes that is more than is kept.

use crate::engine::batch::OutputFile;

/// Takes in a stream of a program from its first byte on, once it is more than is kept.
///
/// It is called by the task that reads the program's output, so that a program writes no
/// faster than this takes it in.
pub trait Spill: Send {
    /// More of the stream.
    fn write(&mut self, bytes: &[u8]);

    /// The stream is at its end.
    fn end(self: Box<Self>) -> OutputFile;
}

/// Where both streams of a program go.
pub struct Spills {
    /// What is written to stdout.
    pub stdout: Box<dyn Spill>,
    /// What is written to stderr.
    pub stderr: Box<dyn Spill>,
}

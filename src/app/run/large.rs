//! The output of programs that is more than is kept, in files that only the user reads.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;

use crate::engine::batch::OutputFile;
use crate::process::{Spill, Spills};
use crate::store::{append_to_private, SecretStream, Secrets};

/// How much is written at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Where the large output of a program goes. Nothing is made there before it is large.
#[derive(Debug, Clone)]
pub(in crate::app) struct LargeOutput {
    /// The folder.
    pub(in crate::app) folder: PathBuf,
    /// What the names of its files begin with.
    pub(in crate::app) name: String,
    /// What must not be in them.
    pub(in crate::app) secrets: Secrets,
}

/// Secrets are not compared: they are those of the run.
impl PartialEq for LargeOutput {
    fn eq(&self, other: &Self) -> bool {
        (&self.folder, &self.name) == (&other.folder, &other.name)
    }
}

impl LargeOutput {
    /// A file for each stream.
    pub(super) fn spills(&self) -> Spills {
        let file = |stream: &str| {
            Box::new(SpillFile {
                folder: self.folder.clone(),
                name: format!("{}.{stream}.log", self.name),
                secrets: SecretStream::new(self.secrets.clone()),
                buffer: Vec::new(),
                file: None,
                lost: None,
            })
        };
        Spills {
            stdout: file("stdout"),
            stderr: file("stderr"),
        }
    }
}

struct SpillFile {
    folder: PathBuf,
    name: String,
    secrets: SecretStream,
    buffer: Vec<u8>,
    file: Option<File>,
    /// Why no more is written, and how many bytes were not.
    lost: Option<(io::Error, u64)>,
}

impl SpillFile {
    fn flush(&mut self) {
        let bytes = std::mem::take(&mut self.buffer);
        if let Some((_, lost)) = &mut self.lost {
            *lost += bytes.len() as u64;
        } else if let Err(error) = self.try_write(&bytes) {
            self.lost = Some((error, bytes.len() as u64));
        }
        // The next bytes need the same room.
        self.buffer = bytes;
        self.buffer.clear();
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => self.create()?,
        };
        self.file.insert(file).write_all(bytes)
    }

    /// What an attempt of an earlier part of the run has left there is gone.
    fn create(&self) -> io::Result<File> {
        let mut file = append_to_private(&self.folder, &self.name)?;
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

impl Spill for SpillFile {
    fn write(&mut self, bytes: &[u8]) {
        let sure = self.secrets.push(bytes);
        self.buffer.extend_from_slice(&sure);
        if self.buffer.len() >= BUFFER_BYTES {
            // A slow disk holds up nobody else.
            tokio::task::block_in_place(|| self.flush());
        }
    }

    fn end(mut self: Box<Self>) -> OutputFile {
        let rest = self.secrets.finish();
        self.buffer.extend_from_slice(&rest);
        tokio::task::block_in_place(|| self.flush());
        let path = self.folder.join(&self.name).display().to_string();
        let problem = self.lost.map(|(error, lost)| {
            format!("{lost} bytes of output could not be written to {path}: {error}")
        });
        OutputFile { path, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).build().expect("a runtime")
    }

    fn large(name: &str) -> LargeOutput {
        let folder = format!("oe-large-{name}-{}", std::process::id());
        LargeOutput {
            folder: std::env::temp_dir().join(folder),
            name: "run.1-step".to_owned(),
            secrets: Secrets::new([("key", "hunter22")]),
        }
    }

    #[test]
    fn secrets_are_masked_wherever_chunks_end() {
        let large = large("masked");
        let runtime = runtime();
        let mut spill = large.spills().stdout;
        let text = "x hunter22 y ".repeat(40_000);
        for chunk in text.as_bytes().chunks(7) {
            runtime.block_on(async { spill.write(chunk) });
        }
        let spilled = runtime.block_on(async { spill.end() });
        let file = large.folder.join("run.1-step.stdout.log");
        assert_eq!(spilled.path, file.display().to_string());
        assert_eq!(spilled.problem, None);
        let found = std::fs::read_to_string(&file).expect("the file");
        assert!(found == "x *** y ".repeat(40_000), "{}", found.len());
        std::fs::remove_dir_all(&large.folder).expect("the folder");
    }

    #[test]
    fn what_cannot_be_written_is_counted() {
        let large = large("lost");
        std::fs::write(&large.folder, "").expect("a file in its place");
        let runtime = runtime();
        let spilled = runtime.block_on(async {
            let mut spill = large.spills().stderr;
            for _ in 0..3 {
                spill.write(&[b'x'; 300_000]);
            }
            spill.end()
        });
        let problem = spilled.problem.unwrap_or_default();
        assert!(
            problem.starts_with("900000 bytes of output could not"),
            "{problem}"
        );
        std::fs::remove_file(&large.folder).expect("the file");
    }
}

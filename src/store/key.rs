//! What a task's result depends on.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::secret::Secrets;

/// Part of every key, so that an engine that records results otherwise starts
/// anew.
const FORMAT: &str = "orchestration-engine memo 1";

/// Everything that the result of a task depends on, as whoever runs it knows it.
/// The engine's version and the platform are added to it.
///
/// Texts come in as they are, never as the path of a file: the same script in
/// another place has the same key.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyParts<'a> {
    /// The kind of the task, such as `ScriptBlock`.
    pub kind: &'a str,
    /// The content of its script.
    pub script: &'a str,
    /// The functions that it may call, by name, as text.
    pub functions: &'a [(&'a str, &'a str)],
    /// Its parameters by name, as JSON.
    pub parameters: &'a [(&'a str, &'a str)],
    /// The variables of its caller that it uses, by name, as JSON.
    pub using: &'a [(&'a str, &'a str)],
    /// The files and folders that it declares to read. Those in a folder all
    /// count; that there is none at a path counts too.
    pub inputs: &'a [PathBuf],
    /// The environment variables that it declares to read. Their values come from
    /// the host, which may keep an environment of its own.
    pub environment: &'a [(&'a str, Option<&'a str>)],
    /// The folder that it runs in, which the paths of `inputs` start from.
    pub folder: &'a str,
    /// What runs it, such as PowerShell with its version.
    pub host: &'a str,
    /// What other tasks gave out that it may read: their names, the values as
    /// JSON, and what the host wrote of them.
    pub outputs: &'a [(&'a str, &'a str, &'a str)],
}

/// A memo's key: the same for the same [`KeyParts`] only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemoKey(pub(super) [u8; 32]);

impl fmt::Debug for MemoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why the result of a task is not remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotMemoized {
    /// It sees, or gave out, this secret.
    Secret(String),
    /// An input could not be read.
    Input(StoreError),
}

impl fmt::Display for NotMemoized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(name) => write!(f, "it depends on the secret {name}, which is not stored"),
            Self::Input(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotMemoized {}

impl MemoKey {
    /// The key of a task. Reads the files that it declares.
    pub fn of(parts: &KeyParts<'_>, secrets: &Secrets) -> Result<Self, NotMemoized> {
        let mut hasher = Hasher {
            hash: Sha256::new(),
            secrets,
        };
        let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        for (name, text) in [
            ("format", FORMAT),
            ("engine", env!("CARGO_PKG_VERSION")),
            ("platform", &platform),
            ("kind", parts.kind),
            ("script", parts.script),
            ("folder", parts.folder),
            ("host", parts.host),
        ] {
            hasher.field(name, text.as_bytes())?;
        }
        hasher.named("functions", parts.functions)?;
        hasher.named("parameters", parts.parameters)?;
        hasher.named("using", parts.using)?;
        hasher.environment(parts.environment)?;
        hasher.outputs(parts.outputs)?;
        for input in parts.inputs {
            hasher.input(input, Path::new(parts.folder))?;
        }
        Ok(Self(hasher.hash.finalize().into()))
    }
}

/// Takes in fields, each with its length, so that no two sets of them look alike.
struct Hasher<'a> {
    hash: Sha256,
    secrets: &'a Secrets,
}

impl Hasher<'_> {
    fn field(&mut self, name: &str, content: &[u8]) -> Result<(), NotMemoized> {
        if let Some(secret) = self.secrets.found_in(content) {
            return Err(NotMemoized::Secret(secret.to_owned()));
        }
        self.add(name.as_bytes());
        self.add(content);
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_le_bytes());
        self.hash.update(bytes);
    }

    /// Fields by name: their order does not matter.
    fn named(&mut self, name: &str, values: &[(&str, &str)]) -> Result<(), NotMemoized> {
        let mut values = values.to_vec();
        values.sort_unstable();
        self.count(name, values.len());
        let mut values = values.into_iter();
        values.try_for_each(|(name, value)| self.field(name, value.as_bytes()))
    }

    fn environment(&mut self, values: &[(&str, Option<&str>)]) -> Result<(), NotMemoized> {
        let mut values = values.to_vec();
        values.sort_unstable();
        self.count("environment", values.len());
        for (name, value) in values {
            let state = if value.is_some() { "set" } else { "unset" };
            self.field(name, state.as_bytes())?;
            self.field("value", value.unwrap_or_default().as_bytes())?;
        }
        Ok(())
    }

    fn outputs(&mut self, outputs: &[(&str, &str, &str)]) -> Result<(), NotMemoized> {
        let mut outputs = outputs.to_vec();
        outputs.sort_unstable();
        self.count("outputs", outputs.len());
        for (name, value, blob) in outputs {
            self.field(name, value.as_bytes())?;
            self.field("blob", blob.as_bytes())?;
        }
        Ok(())
    }

    fn count(&mut self, name: &str, count: usize) {
        self.add(name.as_bytes());
        self.hash.update((count as u64).to_le_bytes());
    }

    /// A path that a task reads, and what there is.
    fn input(&mut self, path: &Path, folder: &Path) -> Result<(), NotMemoized> {
        self.field("input", path.to_string_lossy().as_bytes())?;
        let full = folder.join(path);
        let added = match fs::metadata(&full) {
            Ok(metadata) if metadata.is_dir() => self.files_in(&full),
            Ok(_) => self.content(&full),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.add(b"absent");
                Ok(())
            }
            Err(error) => Err(error),
        };
        added.map_err(|error| {
            NotMemoized::Input(StoreError::io("read the declared input", &full, &error))
        })
    }

    /// What is in a folder, in the order of the names. A link to a folder counts
    /// by where it points, so that none is gone round in circles.
    fn files_in(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        self.count("folder", entries.len());
        for entry in entries {
            let path = entry.path();
            self.add(entry.file_name().as_encoded_bytes());
            if entry.file_type()?.is_dir() {
                self.files_in(&path)?;
            } else if path.is_file() {
                self.content(&path)?;
            } else {
                let target = fs::read_link(&path).unwrap_or_default();
                self.add(target.as_os_str().as_encoded_bytes());
            }
        }
        Ok(())
    }

    /// The content of a file, by a hash of its own, since its length may change
    /// while it is read.
    fn content(&mut self, path: &Path) -> io::Result<()> {
        let mut file = File::open(path)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                count => hash.update(&buffer[..count]),
            }
        }
        self.add(b"content");
        self.hash.update(hash.finalize());
        Ok(())
    }
}

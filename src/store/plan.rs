//! What a run executes.

use sha2::{Digest, Sha256};

use super::secret::Secrets;

/// What a run executes, as far as the store has to know.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it is called; many runs may share it.
    pub name: String,
    /// The plan itself, in whatever form its author reads again. Secrets in it
    /// are masked in the database.
    pub text: String,
    /// The values that must not be written down.
    pub secrets: Secrets,
}

impl Plan {
    /// A plan without secrets.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            secrets: Secrets::default(),
        }
    }

    /// What tells this plan from others. Of a secret, only its name has a part in
    /// it, so a run can be resumed with another value.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.stored_text());
        for name in self.secrets.names() {
            hash.update([0]);
            hash.update(name);
        }
        hash.finalize().into()
    }

    /// The text as it is stored, less the secrets.
    pub fn stored_text(&self) -> String {
        let mut text = self.text.clone();
        self.secrets.mask_text(&mut text);
        text
    }
}

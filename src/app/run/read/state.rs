//! Where a run is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::store::{Again, Durability, Secrets};

use super::seconds;

/// Where a run is kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::app) struct GivenState {
    pub(in crate::app::run) folder: String,
    /// What the plan is called.
    pub(in crate::app::run) name: String,
    /// The id of the run.
    pub(in crate::app::run) run: String,
    resume: Option<GivenResume>,
    #[serde(default)]
    pub(in crate::app::run) accepts_changed_plan: bool,
    #[serde(default)]
    durability: GivenDurability,
    /// The latest so many runs are kept; `None` for all.
    pub(in crate::app::run) keep_runs: Option<u32>,
    /// What is older is deleted.
    #[serde(default, rename = "maxAgeSeconds", deserialize_with = "seconds")]
    pub(in crate::app::run) max_age: Option<Duration>,
    /// Nothing is remembered, and nothing that is remembered is used.
    #[serde(default)]
    pub(in crate::app::run) no_cache: bool,
    /// What must not be written down, by name.
    #[serde(default, deserialize_with = "secrets")]
    pub(in crate::app::run) secrets: Secrets,
}

/// Takes them in so that nothing shows their values.
fn secrets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secrets, D::Error> {
    let values = BTreeMap::<String, String>::deserialize(deserializer)?;
    Ok(Secrets::new(values))
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum GivenResume {
    Unfinished,
    Unsuccessful,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum GivenDurability {
    #[default]
    Normal,
    Full,
}

impl GivenState {
    /// A run that is kept in a folder, under an id.
    pub(in crate::app) fn new(folder: String, name: String, run: String) -> Self {
        Self {
            folder,
            name,
            run,
            resume: None,
            accepts_changed_plan: false,
            durability: GivenDurability::Normal,
            keep_runs: None,
            max_age: None,
            no_cache: false,
            secrets: Secrets::default(),
        }
    }

    /// The same, with what must not be written down, by name.
    pub(in crate::app) fn without(self, secrets: BTreeMap<String, String>) -> Self {
        let secrets = Secrets::new(secrets);
        Self { secrets, ..self }
    }

    /// The same, going on with the run of that id; `unsuccessful` says whether what
    /// had failed runs again, too.
    pub(in crate::app) fn resuming(self, unsuccessful: bool, accepts_changed_plan: bool) -> Self {
        let resume = match unsuccessful {
            true => GivenResume::Unsuccessful,
            false => GivenResume::Unfinished,
        };
        Self {
            resume: Some(resume),
            accepts_changed_plan,
            ..self
        }
    }

    /// Which tasks run again, if the run goes on.
    pub(in crate::app::run) fn again(&self) -> Option<Again> {
        self.resume.map(|resume| match resume {
            GivenResume::Unfinished => Again::Unfinished,
            GivenResume::Unsuccessful => Again::Unsuccessful,
        })
    }

    pub(in crate::app::run) fn durability(&self) -> Durability {
        match self.durability {
            GivenDurability::Normal => Durability::Normal,
            GivenDurability::Full => Durability::Full,
        }
    }
}

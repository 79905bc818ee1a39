//! What a task says that its result depends on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::app::run::memo::MemoSpec;

use super::seconds;
use super::task::{GivenFields, GivenKind, Problem};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GivenMemo {
    kind: Option<String>,
    script: Option<String>,
    #[serde(default)]
    functions: BTreeMap<String, String>,
    #[serde(default)]
    parameters: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    using: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    inputs: Vec<PathBuf>,
    #[serde(default)]
    environment: BTreeMap<String, Option<String>>,
    folder: Option<String>,
    #[serde(default)]
    host: String,
    label: Option<String>,
    #[serde(default, rename = "maxAgeSeconds", deserialize_with = "seconds")]
    max_age: Option<Duration>,
}

impl GivenFields {
    pub(super) fn check_memo(&self) -> Result<(), Problem> {
        let Some(memo) = &self.memo else {
            return Ok(());
        };
        match (self.kind, &memo.script) {
            (GivenKind::Host, Some(_)) | (GivenKind::Program, None) => Ok(()),
            (GivenKind::Host, None) => Err(Problem::Missing("memo.script", "host")),
            // It is what it runs.
            (GivenKind::Program, Some(_)) => Err(Problem::NotFor("memo.script", "`host`")),
            _ => Err(Problem::NotFor("memo", "`host` and `program`")),
        }
    }

    /// What the result depends on; of a program, also what starts it.
    pub(super) fn memo(&mut self) -> Option<MemoSpec> {
        let given = self.memo.take()?;
        let mut environment = given.environment;
        let mut script = given.script.unwrap_or_default();
        let mut kind = given.kind.unwrap_or_default();
        if self.kind == GivenKind::Program {
            script = serde_json::to_string(&self.argv).unwrap_or_default();
            kind = format!("program {kind}");
            environment.extend(self.env.clone().unwrap_or_default());
        }
        Some(MemoSpec {
            kind,
            script,
            functions: given.functions,
            parameters: texts(given.parameters),
            using: texts(given.using),
            inputs: given.inputs,
            environment,
            folder: given.folder.or(self.cwd.clone()).unwrap_or_default(),
            host: given.host,
            label: given.label,
            max_age: given.max_age,
            needs: self.depends_on.clone(),
        })
    }
}

fn texts(values: BTreeMap<String, serde_json::Value>) -> BTreeMap<String, String> {
    let values = values.into_iter();
    values.map(|(name, it)| (name, it.to_string())).collect()
}

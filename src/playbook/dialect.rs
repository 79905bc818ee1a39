//! From what a file holds to a [`Playbook`], whichever dialect it speaks. Every key
//! is put to use or remarked on.

mod asked;
mod fields;
mod header;
mod jobs;
mod remark;
mod script;
mod shells;
mod stages;
mod steps;
mod tasks;

use super::model::{Dialect, Parameter, Playbook};
use super::place::Place;
use super::value::{Data, Node};

pub(super) use asked::{survey, Asked, Key, Kind};
pub(super) use fields::INFORMATION;
use fields::{Fields, Remarks};
pub use remark::{Matter, Remark};
pub(super) use remark::{STEP_TYPES, TASK_KINDS};

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The playbook, as far as it could be understood.
    pub playbook: Playbook,
    /// What there is to say about it, in the order of reading.
    pub remarks: Vec<Remark>,
}

impl Reading {
    /// Whether nothing but warnings was remarked.
    pub fn is_usable(&self) -> bool {
        self.remarks.iter().all(|remark| remark.matter.is_warning())
    }
}

/// The keys that say what is to be done, with the dialects that they belong to.
const WORK: &[(&str, Dialect)] = &[
    ("sequence", Dialect::Sequence),
    ("steps", Dialect::Steps),
    ("stages", Dialect::Stages),
    ("sequences", Dialect::Stages),
    ("phases", Dialect::Stages),
    ("scripts", Dialect::Sequence),
    ("jobs", Dialect::Jobs),
    ("tasks", Dialect::Tasks),
];

/// Reads a playbook. Environment variables in it should be put in before
/// ([`Node::resolve`]); where a key needs a plain value, others are refused.
pub fn read(root: &Node) -> Reading {
    let mut remarks = Remarks::default();
    let playbook = playbook(root, &mut remarks);
    let remarks = remarks.into_all();
    Reading { playbook, remarks }
}

fn playbook(root: &Node, remarks: &mut Remarks) -> Playbook {
    let mut playbook = Playbook {
        dialect: Dialect::Steps,
        name: None,
        description: None,
        version: None,
        parameters: Vec::new(),
        variables: Vec::new(),
        profiles: Vec::new(),
        environments: Vec::new(),
        options: super::model::Options::default(),
        required_modules: Vec::new(),
        shells: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        success: super::model::Success::default(),
        notices: Vec::new(),
        steps: Vec::new(),
        finally: Vec::new(),
    };
    let Some(mut fields) = Fields::of(root, "a playbook", remarks) else {
        return playbook;
    };
    header::read(&mut fields, &mut playbook, remarks);
    let mut found = work(&mut fields, remarks);
    if let Some(inner) = fields.take(&["orchestration"], remarks) {
        if let Some(mut inner) = Fields::of(inner, "orchestration", remarks) {
            header::read(&mut inner, &mut playbook, remarks);
            found.extend(
                work(&mut inner, remarks)
                    .into_iter()
                    .map(within_orchestration),
            );
            inner.finish(remarks);
        }
    }
    read_work(&found, root.place, &mut playbook, remarks);
    fields.finish(remarks);
    playbook
}

/// Reads declarations of parameters by themselves, with what there is to say of them.
pub fn parameters(node: &Node) -> (Vec<Parameter>, Vec<Remark>) {
    let mut remarks = Remarks::default();
    let parameters = header::parameters(node, &mut remarks);
    (parameters, remarks.into_all())
}

/// A key that says what is to be done, and its value.
type Work<'m> = (&'static str, Dialect, &'m Node);

fn work<'m>(fields: &mut Fields<'m>, remarks: &mut Remarks) -> Vec<Work<'m>> {
    let mut found = Vec::new();
    for (key, dialect) in WORK {
        if let Some(node) = fields.take(&[key], remarks) {
            found.push((*key, *dialect, node));
        }
    }
    found
}

fn within_orchestration((key, dialect, node): Work<'_>) -> Work<'_> {
    match dialect {
        Dialect::Stages => ("orchestration.stages", Dialect::OrchestrationStages, node),
        _ => (key, dialect, node),
    }
}

fn read_work(found: &[Work<'_>], place: Place, playbook: &mut Playbook, remarks: &mut Remarks) {
    let Some((first, dialect, node)) = found.first() else {
        remarks.push(Remark {
            matter: Matter::NoWork,
            place,
        });
        return;
    };
    for (second, _, other) in &found[1..] {
        let matter = Matter::TwoDialects { first, second };
        remarks.push(Remark {
            matter,
            place: other.place,
        });
    }
    playbook.dialect = *dialect;
    playbook.steps = match dialect {
        Dialect::Steps | Dialect::Sequence => steps::read(node, remarks),
        Dialect::Stages | Dialect::OrchestrationStages => stages::read(node, remarks),
        Dialect::Jobs => jobs::read(node, remarks),
        Dialect::Tasks => tasks::read(node, remarks),
    };
}

#[cfg(test)]
#[path = "dialect/tests.rs"]
mod tests;

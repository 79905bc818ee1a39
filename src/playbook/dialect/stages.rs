//! `Stages` and `orchestration.stages`: each is a group of scripts, and waits for the
//! one before it.

use crate::playbook::model::{Action, Phrase, Step};
use crate::playbook::value::{Data, Node};

use super::fields::{items, Fields, Remarks};
use super::remark::{Matter, Remark};
use super::{script, steps};

/// Reads a list of stages, or a map of them by name.
pub(super) fn read(node: &Node, remarks: &mut Remarks) -> Vec<Step> {
    if let Data::Map(map) = &node.data {
        let entries = map.entries().iter();
        let named = entries.filter_map(|entry| {
            let (text, place) = (entry.key.clone(), entry.place);
            let mut stage = stage(&entry.value, remarks)?;
            stage.name.get_or_insert(Phrase { text, place });
            Some(stage)
        });
        return named.collect();
    }
    items(node)
        .iter()
        .filter_map(|item| stage(item, remarks))
        .collect()
}

fn stage(node: &Node, remarks: &mut Remarks) -> Option<Step> {
    let mut fields = Fields::of(node, "a stage", remarks)?;
    let mut inside = Vec::new();
    let scripts = [
        "sequence",
        "sequences",
        "scripts",
        "script",
        "jobs",
        "steps",
    ];
    for key in scripts {
        if let Some(node) = fields.take(&[key], remarks) {
            inside.extend(work(key, node, remarks));
        }
    }
    if let Some(inline) = fields.phrase(&["inline", "command"], remarks) {
        let place = inline.place;
        inside.push(Step::new(
            Action::Command {
                text: inline,
                shell: None,
            },
            place,
        ));
    }
    if inside.is_empty() {
        let matter = Matter::NoAction { owner: "a stage" };
        remarks.push(Remark {
            matter,
            place: node.place,
        });
    }
    let kind = fields.text(&["type"], remarks);
    let is_group = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("parallel-group"));
    let limit = fields.concurrency(&["maxConcurrency"], remarks);
    let is_parallel = fields
        .bool(&["parallel"], remarks)
        .unwrap_or(is_group || limit.is_some());
    let action = match is_parallel {
        true => Action::Parallel {
            steps: inside,
            limit,
        },
        false => Action::Group(inside),
    };
    let mut stage = Step::new(action, node.place);
    steps::policies(&mut fields, &mut stage, remarks);
    fields.without_effect(&["onFailure", "failFast"], remarks);
    fields.finish(remarks);
    Some(stage)
}

/// The steps that a key of a stage stands for: scripts by number or name, or maps.
fn work(key: &'static str, node: &Node, remarks: &mut Remarks) -> Vec<Step> {
    let mut steps = Vec::new();
    for item in items(node) {
        if matches!(item.data, Data::Map(_)) {
            steps.extend(steps::step(item, remarks));
            continue;
        }
        let scripts = script::read(item, key, remarks);
        if !scripts.is_empty() {
            steps.push(Step::new(Action::Scripts(scripts), item.place));
        }
    }
    steps
}

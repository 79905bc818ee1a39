//! `tasks`: the graph that the C ABI takes, as far as a file can say it: programs,
//! and graphs of them.

use crate::playbook::model::{Action, Step};
use crate::playbook::value::Node;

use super::fields::{items, Fields, Remarks};
use super::remark::{Matter, Remark};
use super::steps;

/// Reads a list of tasks.
pub(super) fn read(node: &Node, remarks: &mut Remarks) -> Vec<Step> {
    items(node)
        .iter()
        .filter_map(|item| task(item, remarks))
        .collect()
}

fn task(node: &Node, remarks: &mut Remarks) -> Option<Step> {
    let mut fields = Fields::of(node, "a task", remarks)?;
    let action = action(&mut fields, remarks);
    let mut task = Step::new(action, node.place);
    steps::policies(&mut fields, &mut task, remarks);
    if task.name.is_none() {
        let (key, owner) = ("name", "a task");
        remarks.push(Remark {
            matter: Matter::MissingKey { key, owner },
            place: node.place,
        });
    }
    // A task waits only for those that it names.
    task.parallel = Some(true);
    let later = [
        "after",
        "weight",
        "priority",
        "estimateSeconds",
        "conditional",
        "finally",
        "cwd",
        "graceSeconds",
        "maxOutputBytes",
    ];
    fields.without_effect(&later, remarks);
    fields.finish(remarks);
    Some(task)
}

fn action(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Action {
    let kind = fields.phrase(&["kind"], remarks);
    let name = kind.as_ref().map_or("program", |kind| kind.text.as_str());
    match name {
        "program" => {
            let argv = fields.phrases(&["argv"], remarks);
            if argv.is_empty() {
                let (key, owner) = ("argv", "a task");
                let place = fields.place();
                remarks.push(Remark {
                    matter: Matter::MissingKey { key, owner },
                    place,
                });
            }
            Action::Program(argv)
        }
        "graph" => {
            let inside = fields.take(&["tasks"], remarks);
            Action::Group(inside.map_or_else(Vec::new, |inside| read(inside, remarks)))
        }
        // The others need a host that a file cannot bring.
        _ => {
            let place = kind.as_ref().map_or(fields.place(), |kind| kind.place);
            let matter = Matter::unknown_kind(name);
            remarks.push(Remark { matter, place });
            Action::Group(Vec::new())
        }
    }
}

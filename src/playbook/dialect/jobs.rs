//! `jobs`: a map of jobs by name, each with steps, that wait for each other by `needs`.

use crate::playbook::model::{Action, Phrase, Step};
use crate::playbook::value::{Data, Node};

use super::fields::{items, wrong, Fields, Remarks};
use super::remark::{Matter, Remark};
use super::steps;

/// Reads a map of jobs.
pub(super) fn read(node: &Node, remarks: &mut Remarks) -> Vec<Step> {
    let Data::Map(map) = &node.data else {
        wrong("jobs", "a map of jobs by name", node, remarks);
        return Vec::new();
    };
    let jobs = map.entries().iter().filter_map(|entry| {
        let (text, place) = (entry.key.clone(), entry.place);
        job(&entry.value, Phrase { text, place }, remarks)
    });
    jobs.collect()
}

fn job(node: &Node, id: Phrase, remarks: &mut Remarks) -> Option<Step> {
    let mut fields = Fields::of(node, "a job", remarks)?;
    let inside = fields.take(&["steps", "sequence"], remarks);
    if inside.is_none() {
        let (key, owner) = ("steps", "a job");
        remarks.push(Remark {
            matter: Matter::MissingKey { key, owner },
            place: node.place,
        });
    }
    let inside = inside.map_or(&[][..], items);
    let inside = inside
        .iter()
        .filter_map(|item| steps::step(item, remarks))
        .collect();
    let title = fields.text(&["name"], remarks);
    let mut job = Step::new(Action::Group(inside), node.place);
    strategy(&mut fields, &mut job, remarks);
    let for_each = job.for_each.take();
    steps::policies(&mut fields, &mut job, remarks);
    job.for_each = for_each.or(job.for_each);
    // Others need a job by its key; what it calls itself is for people.
    job.name = Some(id);
    job.description = job.description.or(title);
    // Jobs run beside each other unless they need one another.
    job.parallel = Some(true);
    fields.without_effect(
        &["runs-on", "runsOn", "permissions", "concurrency"],
        remarks,
    );
    fields.finish(remarks);
    Some(job)
}

/// `strategy.matrix`: the job runs once for each combination.
fn strategy(fields: &mut Fields<'_>, job: &mut Step, remarks: &mut Remarks) {
    let Some(node) = fields.take(&["strategy"], remarks) else {
        return;
    };
    let Some(mut strategy) = Fields::of(node, "a strategy", remarks) else {
        return;
    };
    job.for_each = strategy.take(&["matrix"], remarks).cloned();
    strategy.without_effect(&["fail-fast", "max-parallel"], remarks);
    strategy.finish(remarks);
}

//! The steps of a plan in the order written, whatever they are inside.

use crate::playbook::value::is_same_name;

use super::{Plan, Step, Work};

/// All steps in the order written; those inside another come behind it.
#[derive(Debug)]
pub struct Flat<'p> {
    /// The steps.
    pub leaves: Vec<Leaf<'p>>,
}

/// A step, and where it is.
#[derive(Debug, Clone)]
pub struct Leaf<'p> {
    /// The step.
    pub step: &'p Step,
    /// Its name with those that it is inside: `outer/inner`.
    pub path: String,
    /// The place in [`Flat::leaves`] of the step that it is inside.
    pub parent: Option<usize>,
    /// How many steps it is inside.
    pub depth: usize,
}

impl Leaf<'_> {
    /// Whether something is done by itself, rather than by those inside.
    pub fn does_work(&self) -> bool {
        !matches!(self.step.work, Work::Inside(..))
    }
}

impl Plan {
    /// All steps in the order written.
    pub fn flat(&self) -> Flat<'_> {
        let mut leaves = Vec::new();
        add(&self.steps, None, &mut leaves);
        Flat { leaves }
    }
}

fn add<'p>(steps: &'p [Step], parent: Option<usize>, leaves: &mut Vec<Leaf<'p>>) {
    for step in steps {
        let (path, depth) = match parent {
            Some(parent) => {
                let outer: &Leaf<'p> = &leaves[parent];
                (format!("{}/{}", outer.path, step.name), outer.depth + 1)
            }
            None => (step.name.clone(), 0),
        };
        leaves.push(Leaf {
            step,
            path,
            parent,
            depth,
        });
        if let Work::Inside(inside, _) = &step.work {
            add(inside, Some(leaves.len() - 1), leaves);
        }
    }
}

impl Flat<'_> {
    /// The places of all steps that are inside the same as this one, itself included,
    /// in their order: what [`Step::needs`] and [`Step::after`] count.
    pub fn beside(&self, leaf: &Leaf<'_>) -> Vec<usize> {
        let all = self.leaves.iter().enumerate();
        let beside = all.filter(|(_, other)| other.parent == leaf.parent);
        beside.map(|(place, _)| place).collect()
    }

    /// The places of the steps that a name may mean: by name, or by the number that
    /// a script's name begins with.
    pub fn named(&self, name: &str) -> Vec<usize> {
        let places = |fits: &dyn Fn(&Step) -> bool| {
            let all = self.leaves.iter().enumerate();
            let fitting = all.filter(|(_, leaf)| fits(leaf.step));
            fitting.map(|(place, _)| place).collect::<Vec<_>>()
        };
        let exact = places(&|step| is_named(step, name));
        match exact.is_empty() {
            false => exact,
            true => places(&|step| is_numbered(step, name)),
        }
    }
}

/// Whether a step has a name, as it is written or made unique.
pub(super) fn is_named(step: &Step, name: &str) -> bool {
    is_same_name(&step.name, name) || is_same_name(&step.label, name)
}

/// Whether a step runs a script of this number: `0407` is also `0407_Validate`.
pub(super) fn is_numbered(step: &Step, name: &str) -> bool {
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        (digits.len() == 4).then_some(digits)
    };
    let Some(wanted) = number(name) else {
        return false;
    };
    match &step.work {
        Work::Scripts(scripts) => scripts.iter().any(|script| {
            let file = script.phrase.text.rsplit(['/', '\\']).next().unwrap_or("");
            number(file).as_ref() == Some(&wanted)
        }),
        _ => false,
    }
}

//! What waits for what, as a drawing.

use crate::playbook::plan::{Flat, Leaf, Plan};
use crate::report::{draw_flow, Flow, FlowForm, FlowStep};

/// Draws a plan.
pub fn draw(plan: &Plan, form: FlowForm) -> String {
    let flat = plan.flat();
    let flow = Flow {
        title: plan.name.clone(),
        steps: flat.leaves.iter().map(|leaf| step(leaf, &flat)).collect(),
    };
    draw_flow(&flow, form)
}

fn step(leaf: &Leaf<'_>, flat: &Flat<'_>) -> FlowStep {
    let beside = flat.beside(leaf);
    let places = |counted: &[usize]| counted.iter().map(|&it| beside[it]).collect();
    FlowStep {
        name: leaf.step.name.clone(),
        parent: leaf.parent,
        is_around: !leaf.does_work(),
        is_conditional: leaf.step.decision.is_some(),
        wave: leaf.step.wave,
        needs: places(&leaf.step.needs),
        after: places(&leaf.step.after),
    }
}

//! What waits for what, drawn in Mermaid or DOT.

use std::fmt::Write;

use crate::playbook::plan::{Leaf, Plan, Work};

/// A picture in Mermaid.
pub(super) fn mermaid(plan: &Plan) -> String {
    let flat = plan.flat();
    let mut drawn = String::from("flowchart TD\n");
    nodes(
        &flat.leaves,
        None,
        1,
        &mut drawn,
        &|place, leaf, text| {
            let label = escaped(
                &leaf.step.name,
                &[('"', "#quot;"), ('<', "#lt;"), ('>', "#gt;")],
            );
            let (open, close) = match leaf.step.decision {
                Some(_) => ("{{", "}}"),
                None => ("[", "]"),
            };
            match leaf.does_work() {
                true => text.push_str(&format!("s{place}{open}\"{label}\"{close}\n")),
                false => text.push_str(&format!("subgraph s{place} [\"{label}\"]\n")),
            }
        },
        "end\n",
    );
    for (from, to, must_succeed) in edges(plan) {
        let arrow = if must_succeed { "-->" } else { "-.->" };
        // Writing to a String cannot fail.
        let _ = writeln!(drawn, "  s{from} {arrow} s{to}");
    }
    drawn.trim_end().to_owned()
}

/// A picture in DOT, the language of Graphviz.
pub(super) fn dot(plan: &Plan) -> String {
    let flat = plan.flat();
    let mut drawn = String::from("digraph playbook {\n  compound=true;\n  node [shape=box];\n");
    nodes(
        &flat.leaves,
        None,
        1,
        &mut drawn,
        &|place, leaf, text| {
            let label = escaped(
                &leaf.step.name,
                &[('\\', "\\\\"), ('"', "\\\""), ('\n', "\\n")],
            );
            let shape = match leaf.step.decision {
                Some(_) => ", shape=hexagon",
                None => "",
            };
            match leaf.does_work() {
                true => text.push_str(&format!("s{place} [label=\"{label}\"{shape}];\n")),
                false => {
                    text.push_str(&format!("subgraph cluster_{place} {{ label=\"{label}\";\n"))
                }
            }
        },
        "}\n",
    );
    let ends = |place: usize, first: bool| inner(&flat.leaves, place, first);
    let is_around = |place: usize| !flat.leaves[place].does_work();
    for (from, to, must_succeed) in edges(plan) {
        let mut attributes = Vec::new();
        if is_around(from) {
            attributes.push(format!("ltail=cluster_{from}"));
        }
        if is_around(to) {
            attributes.push(format!("lhead=cluster_{to}"));
        }
        if !must_succeed {
            attributes.push("style=dashed".to_owned());
        }
        let attributes = attributes.join(", ");
        let (from, to) = (ends(from, false), ends(to, true));
        let _ = writeln!(drawn, "  s{from} -> s{to} [{attributes}];");
    }
    drawn.push('}');
    drawn
}

/// Writes the start of one node, or of what is around others.
type Draw<'d> = &'d dyn Fn(usize, &Leaf<'_>, &mut String);

fn nodes(
    leaves: &[Leaf<'_>],
    parent: Option<usize>,
    depth: usize,
    drawn: &mut String,
    draw: Draw<'_>,
    end: &str,
) {
    for (place, leaf) in leaves.iter().enumerate() {
        if leaf.parent != parent {
            continue;
        }
        let indent = "  ".repeat(depth);
        drawn.push_str(&indent);
        draw(place, leaf, drawn);
        if !leaf.does_work() {
            nodes(leaves, Some(place), depth + 1, drawn, draw, end);
            drawn.push_str(&indent);
            drawn.push_str(end);
        }
    }
}

/// From which place to which, and whether success is needed.
fn edges(plan: &Plan) -> Vec<(usize, usize, bool)> {
    let flat = plan.flat();
    let mut edges = Vec::new();
    for (place, leaf) in flat.leaves.iter().enumerate() {
        let beside: Vec<usize> = (0..flat.leaves.len())
            .filter(|&other| flat.leaves[other].parent == leaf.parent)
            .collect();
        let needs = leaf.step.needs.iter().map(|&it| (it, true));
        let after = leaf.step.after.iter().map(|&it| (it, false));
        for (other, must_succeed) in needs.chain(after) {
            edges.push((beside[other], place, must_succeed));
        }
    }
    edges
}

/// The first or last node inside a place; Graphviz draws edges between nodes only.
fn inner(leaves: &[Leaf<'_>], place: usize, first: bool) -> usize {
    if leaves[place].does_work() || matches!(leaves[place].step.work, Work::Nothing) {
        return place;
    }
    let mut inside = (0..leaves.len()).filter(|&other| leaves[other].parent == Some(place));
    let next = if first {
        inside.next()
    } else {
        inside.next_back()
    };
    next.map_or(place, |next| inner(leaves, next, first))
}

fn escaped(text: &str, forms: &[(char, &str)]) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match forms.iter().find(|(it, _)| *it == letter) {
            Some((_, form)) => escaped.push_str(form),
            None if letter == '\n' => escaped.push(' '),
            None => escaped.push(letter),
        }
    }
    escaped
}

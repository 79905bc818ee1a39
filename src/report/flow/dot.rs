//! Steps in DOT, the language of Graphviz.

use super::{escaped, Arrow, Flow, Mark};

/// What means something in a label.
const FORMS: &[(char, &str)] = &[('\\', "\\\\"), ('"', "\\\"")];

pub(super) fn draw(flow: &Flow) -> String {
    let mut lines = vec![
        "digraph playbook {".to_owned(),
        "  compound=true;".to_owned(),
        "  node [shape=box];".to_owned(),
    ];
    flow.walk(&mut |mark, place, depth| {
        let step = &flow.steps[place];
        let label = escaped(&step.name, FORMS);
        let shape = match step.is_conditional {
            true => ", shape=hexagon",
            false => "",
        };
        let indent = "  ".repeat(depth);
        lines.push(match mark {
            Mark::Step => format!("{indent}s{place} [label=\"{label}\"{shape}];"),
            Mark::Begin => format!("{indent}subgraph cluster_{place} {{ label=\"{label}\";"),
            Mark::End => format!("{indent}}}"),
        });
    });
    lines.extend(flow.arrows().iter().map(|arrow| line(flow, arrow)));
    lines.push("}".to_owned());
    lines.join("\n")
}

/// Graphviz draws arrows between steps that do something only, and cuts them off at
/// what is around those.
fn line(flow: &Flow, arrow: &Arrow) -> String {
    let Arrow { from, to, .. } = *arrow;
    let mut attributes = Vec::new();
    if flow.steps[from].is_around {
        attributes.push(format!("ltail=cluster_{from}"));
    }
    if flow.steps[to].is_around {
        attributes.push(format!("lhead=cluster_{to}"));
    }
    if !arrow.needs_success {
        attributes.push("style=dashed".to_owned());
    }
    let attributes = attributes.join(", ");
    let (last, first) = (innermost(flow, from, false), innermost(flow, to, true));
    format!("  s{last} -> s{first} [{attributes}];")
}

/// The first or last step that does something, of those inside a place.
fn innermost(flow: &Flow, place: usize, is_first: bool) -> usize {
    let mut inside = flow.inside(Some(place));
    let next = match is_first {
        true => inside.next(),
        false => inside.next_back(),
    };
    next.map_or(place, |next| innermost(flow, next, is_first))
}

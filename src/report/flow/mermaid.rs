//! Steps as Mermaid's text.

use super::{escaped, Flow, Mark};

/// What means something in a label, as Mermaid wants it written.
const FORMS: &[(char, &str)] = &[
    ('"', "#quot;"),
    ('<', "#lt;"),
    ('>', "#gt;"),
    ('&', "#amp;"),
    ('#', "#35;"),
    ('`', "#96;"),
];

pub(super) fn draw(flow: &Flow) -> String {
    let mut lines = vec!["flowchart TD".to_owned()];
    flow.walk(&mut |mark, place, depth| {
        let step = &flow.steps[place];
        let label = escaped(&step.name, FORMS);
        let indent = "  ".repeat(depth);
        lines.push(match mark {
            Mark::Step if step.is_conditional => format!("{indent}s{place}{{{{\"{label}\"}}}}"),
            Mark::Step => format!("{indent}s{place}[\"{label}\"]"),
            Mark::Begin => format!("{indent}subgraph s{place} [\"{label}\"]"),
            Mark::End => format!("{indent}end"),
        });
    });
    for arrow in flow.arrows() {
        let line = if arrow.needs_success { "-->" } else { "-.->" };
        lines.push(format!("  s{} {line} s{}", arrow.from, arrow.to));
    }
    lines.join("\n")
}

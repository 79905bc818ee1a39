use super::{draw_flow, Flow, FlowForm, FlowStep};

fn step(name: &str, wave: usize, needs: &[usize]) -> FlowStep {
    FlowStep {
        name: name.to_owned(),
        wave,
        needs: needs.to_vec(),
        ..FlowStep::default()
    }
}

/// `build`, then two beside each other inside another, then one that is asked about.
fn release() -> Flow {
    let inside = |name: &str| FlowStep {
        parent: Some(1),
        ..step(name, 0, &[])
    };
    Flow {
        title: "release".to_owned(),
        steps: vec![
            step("build", 0, &[]),
            FlowStep {
                is_around: true,
                ..step("both", 1, &[0])
            },
            inside("a"),
            inside("b"),
            FlowStep {
                is_conditional: true,
                after: vec![1],
                ..step("ship", 2, &[])
            },
        ],
    }
}

fn hostile() -> Flow {
    let name = "\"<script>alert('x')</script>&#35;`\\\n\u{202e}\u{7}";
    Flow {
        title: name.to_owned(),
        steps: vec![step(name, 0, &[])],
    }
}

#[test]
fn mermaid_shows_what_waits_for_what() {
    let expected = "flowchart TD
  s0[\"build\"]
  subgraph s1 [\"both\"]
    s2[\"a\"]
    s3[\"b\"]
  end
  s4{{\"ship\"}}
  s0 --> s1
  s1 -.-> s4";
    assert_eq!(draw_flow(&release(), FlowForm::Mermaid), expected);
}

#[test]
fn dot_shows_what_waits_for_what() {
    let expected = "digraph playbook {
  compound=true;
  node [shape=box];
  s0 [label=\"build\"];
  subgraph cluster_1 { label=\"both\";
    s2 [label=\"a\"];
    s3 [label=\"b\"];
  }
  s4 [label=\"ship\", shape=hexagon];
  s0 -> s2 [lhead=cluster_1];
  s3 -> s4 [ltail=cluster_1, style=dashed];
}";
    assert_eq!(draw_flow(&release(), FlowForm::Dot), expected);
}

#[test]
fn a_picture_has_a_row_for_each_wave() {
    let expected = r##"<svg xmlns="http://www.w3.org/2000/svg" width="190" height="284" viewBox="0 0 190 284" font-family="sans-serif" font-size="12" role="img">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="24" y="22" font-size="15" font-weight="bold">release</text>
<g><title>build</title><path d="M63 36H126V68H63Z" fill="#ddf4ff" stroke="#0969da"/><text x="94" y="56" text-anchor="middle">build</text></g>
<g><title>both</title><rect x="24" y="108" width="142" height="80" rx="6" fill="#f6f8fa" stroke="#8c959f"/><text x="34" y="124" fill="#57606a">both</text></g>
<g><title>a</title><path d="M48 132H83V164H48Z" fill="#ddf4ff" stroke="#0969da"/><text x="65" y="152" text-anchor="middle">a</text></g>
<g><title>b</title><path d="M107 132H142V164H107Z" fill="#ddf4ff" stroke="#0969da"/><text x="124" y="152" text-anchor="middle">b</text></g>
<g><title>ship</title><path d="M67 244L77 228H113L123 244L113 260H77Z" fill="#ddf4ff" stroke="#0969da"/><text x="95" y="248" text-anchor="middle">ship</text></g>
<path d="M94 68C94 88 95 81 95 101" fill="none" stroke="#24292f"/><path d="M95 108L91 101H99Z" fill="#24292f"/>
<path d="M95 188C95 208 95 201 95 221" fill="none" stroke="#24292f" stroke-dasharray="4 3"/><path d="M95 228L91 221H99Z" fill="#24292f"/>
</svg>"##;
    assert_eq!(draw_flow(&release(), FlowForm::Svg), expected);
}

#[test]
fn names_are_text_in_each_form() {
    let mermaid = draw_flow(&hostile(), FlowForm::Mermaid);
    let expected = "flowchart TD\n  s0[\"#quot;#lt;script#gt;alert('x')#lt;/script#gt;#amp;#35;35;#96;\\ \u{fffd}\u{fffd}\"]";
    assert_eq!(mermaid, expected);
    let dot = draw_flow(&hostile(), FlowForm::Dot);
    assert!(
        dot.contains("s0 [label=\"\\\"<script>alert('x')</script>&#35;`\\\\ \u{fffd}\u{fffd}\"];"),
        "{dot}"
    );
    let svg = draw_flow(&hostile(), FlowForm::Svg);
    assert!(!svg.contains("<script"), "{svg}");
    let shown =
        "&quot;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;#35;`\\ \u{fffd}\u{fffd}";
    assert_eq!(svg.matches(shown).count(), 3, "{svg}");
}

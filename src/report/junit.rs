//! What came of tests or steps as JUnit's XML, which CI systems show.

use std::fmt::Write;

use super::escape;

/// What is written: a suite with its cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JUnitSuite {
    /// What it is called.
    pub name: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What is in it, in order.
    pub cases: Vec<JUnitCase>,
}

/// One case of a suite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JUnitCase {
    /// What it is called.
    pub name: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// How it ended.
    pub end: JUnitEnd,
    /// What it wrote.
    pub output: String,
    /// What it complained about.
    pub error_output: String,
}

/// How a case ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum JUnitEnd {
    /// Well.
    #[default]
    Passed,
    /// Not well: why.
    Failed(String),
    /// It did not come to its end: why.
    Broken(String),
    /// It did not run: why.
    Skipped(String),
}

/// Writes a suite. Whatever is in the texts, it is well-formed XML 1.0.
pub fn draw_junit(suite: &JUnitSuite) -> String {
    let count = |is_one: fn(&JUnitEnd) -> bool| {
        let cases = suite.cases.iter();
        cases.filter(|case| is_one(&case.end)).count()
    };
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
        suite.cases.len(),
        count(|end| matches!(end, JUnitEnd::Failed(_))),
        count(|end| matches!(end, JUnitEnd::Broken(_))),
        count(|end| matches!(end, JUnitEnd::Skipped(_))),
        seconds(suite.seconds),
    );
    let name = escape::xml(&suite.name);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{name}\" {counts}>\n  \
         <testsuite name=\"{name}\" {counts}>\n"
    );
    for case in &suite.cases {
        add(&mut text, &name, case);
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn add(text: &mut String, class: &str, case: &JUnitCase) {
    // Writing to a text does not fail.
    let _ = writeln!(
        text,
        "    <testcase classname=\"{class}\" name=\"{}\" time=\"{}\">",
        escape::xml(&case.name),
        seconds(case.seconds)
    );
    let (element, why) = match &case.end {
        JUnitEnd::Passed => ("", ""),
        JUnitEnd::Failed(why) => ("failure", why.as_str()),
        JUnitEnd::Broken(why) => ("error", why.as_str()),
        JUnitEnd::Skipped(why) => ("skipped", why.as_str()),
    };
    if !element.is_empty() {
        let (message, why) = (escape::xml(why), escape::xml_lines(why));
        let _ = writeln!(
            text,
            "      <{element} message=\"{message}\">{why}</{element}>"
        );
    }
    for (element, output) in [
        ("system-out", &case.output),
        ("system-err", &case.error_output),
    ] {
        if !output.is_empty() {
            let output = escape::xml_lines(output);
            let _ = writeln!(text, "      <{element}>{output}</{element}>");
        }
    }
    text.push_str("    </testcase>\n");
}

fn seconds(time: f64) -> String {
    format!("{:.3}", if time.is_finite() { time } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_tells_how_it_ended_whatever_is_in_its_texts() {
        let case = |name: &str, end| JUnitCase {
            name: name.to_owned(),
            seconds: 1.5,
            end,
            ..JUnitCase::default()
        };
        let suite = JUnitSuite {
            name: "a & \"b\"".to_owned(),
            seconds: f64::NAN,
            cases: vec![
                JUnitCase {
                    output: "one\n\ttwo ]]> <b>\u{1b}[31m\u{0}\u{FFFF}\r\n".to_owned(),
                    error_output: "bad".to_owned(),
                    ..case("x/y", JUnitEnd::Passed)
                },
                case("f", JUnitEnd::Failed("code 7\nat 'x'".to_owned())),
                case("e", JUnitEnd::Broken("stopped".to_owned())),
                case("s", JUnitEnd::Skipped("no need".to_owned())),
            ],
        };
        let counts = "tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" time=\"0.000\"";
        let expected = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="a &amp; &quot;b&quot;" {counts}>
  <testsuite name="a &amp; &quot;b&quot;" {counts}>
    <testcase classname="a &amp; &quot;b&quot;" name="x/y" time="1.500">
      <system-out>one
	two ]]&gt; &lt;b&gt;{odd}[31m{odd}{odd}
</system-out>
      <system-err>bad</system-err>
    </testcase>
    <testcase classname="a &amp; &quot;b&quot;" name="f" time="1.500">
      <failure message="code 7 at &#39;x&#39;">code 7
at &#39;x&#39;</failure>
    </testcase>
    <testcase classname="a &amp; &quot;b&quot;" name="e" time="1.500">
      <error message="stopped">stopped</error>
    </testcase>
    <testcase classname="a &amp; &quot;b&quot;" name="s" time="1.500">
      <skipped message="no need">no need</skipped>
    </testcase>
  </testsuite>
</testsuites>
"#,
            odd = '\u{FFFD}'
        );
        assert_eq!(draw_junit(&suite), expected);
    }
}

use serde_json::json;

use super::*;

fn run() -> RunCourse {
    let course = json!({"title": "build", "status": "Failed", "durationSeconds": 4.0, "tasks": [
        {"name": "compile", "state": "Succeeded", "startSeconds": 0.0, "durationSeconds": 3.0,
            "worker": 1, "attempts": 1, "critical": true},
        {"name": "lint", "state": "Succeeded", "startSeconds": 0.0, "durationSeconds": 0.5, "worker": 2, "attempts": 1},
        {"name": "test", "state": "Failed", "startSeconds": 3.0, "durationSeconds": 1.0,
            "worker": 1, "attempts": 2, "critical": true, "note": "2 tests failed"},
        {"name": "publish", "state": "Skipped"},
    ]});
    serde_json::from_value(course).expect("a course")
}

/// A run whose every text is this one.
fn hostile(text: &str) -> RunCourse {
    let mut run = run();
    run.title = text.to_owned();
    for task in &mut run.tasks {
        task.name = text.to_owned();
        task.note = Some(text.to_owned());
    }
    run
}

fn screen(width: usize) -> Screen {
    Screen {
        width,
        has_colour: false,
        has_unicode: false,
    }
}

const HOSTILE: &str =
    "\u{1b}[31m</text><script>alert(1)</script>&amp;\"'\r\nsection x:y;z#\u{202e}\u{0}";

#[test]
fn a_chart_has_a_row_for_each_task() {
    let chart = draw(&run(), Drawing::Text(screen(60)));
    let expected = "\
build  Failed  4.00 s
+ compile      3.00 s |###########################         |
+ lint         500 ms |=====                               |
x test         1.00 s |                           #########|
- publish Skipped     |                                    |
                       0                             4.00 s
  # critical path
  test: 2 tests failed";
    assert_eq!(chart, expected);
}

#[test]
fn a_chart_keeps_to_the_width_and_to_one_line_a_task() {
    for width in [0, 40, 61, 200] {
        for run in [
            run(),
            hostile(HOSTILE),
            hostile(&"長い名前".repeat(30)),
            hostile(""),
        ] {
            for has_unicode in [false, true] {
                let screen = Screen {
                    has_unicode,
                    ..screen(width)
                };
                let chart = draw(&run, Drawing::Text(screen));
                let lines: Vec<_> = chart.lines().collect();
                assert!(lines.len() <= 11, "{chart}");
                for line in lines {
                    assert!(escape::columns(line) <= width.max(40), "{width}: {line}");
                    assert!(!line.contains(char::is_control), "{line:?}");
                }
            }
        }
    }
}

#[test]
fn colours_are_only_where_they_are_shown() {
    let colour = Screen {
        has_colour: true,
        ..screen(80)
    };
    let coloured = draw(&run(), Drawing::Text(colour));
    assert!(coloured.contains("\u{1b}[31mx\u{1b}[0m test"), "{coloured}");
    let mut plain = coloured.clone();
    for code in ["31", "32", "90", "0"] {
        plain = plain.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(plain, draw(&run(), Drawing::Text(screen(80))));
}

#[test]
fn a_picture_is_xml_whatever_the_names_are() {
    for run in [run(), hostile(HOSTILE), hostile("]]>")] {
        for picture in [draw(&run, Drawing::Svg), draw(&run, Drawing::Html)] {
            assert!(!picture.contains("<script"), "{picture}");
            assert!(
                !picture.contains(['\u{1b}', '\u{0}', '\u{202e}']),
                "{picture}"
            );
            let opened = picture.matches('<').count();
            assert_eq!(opened, picture.matches('>').count(), "{picture}");
        }
    }
    let picture = draw(&run(), Drawing::Svg);
    assert_eq!(picture.matches("<g>").count(), 4);
    assert!(
        picture.contains("<title>test: Failed. 2 tests failed</title>"),
        "{picture}"
    );
}

#[test]
fn mermaid_gets_one_line_a_task_and_no_words_of_its_own() {
    let expected = "\
gantt
    title build
    dateFormat x
    axisFormat %H:%M:%S
    section Tasks
    1. compile :crit, done, t1, 0, 3000
    2. lint :done, t2, 0, 500
    3. test :crit, t3, 3000, 4000
    4. publish :milestone, t4, 0, 1
";
    assert_eq!(draw(&run(), Drawing::Mermaid), expected);
    let text = draw(&hostile(HOSTILE), Drawing::Mermaid);
    assert_eq!(text.lines().count(), 9, "{text}");
    for line in text.lines().skip(5) {
        assert_eq!(line.matches(':').count(), 1, "{line}");
        assert!(!line.contains(['<', '>', '#', ';', '%']), "{line}");
    }
}

#[test]
fn a_trace_is_json_with_the_names_as_they_are() {
    let trace = draw(&hostile(HOSTILE), Drawing::Trace);
    let trace: serde_json::Value = serde_json::from_str(&trace).expect("JSON");
    let events = trace["traceEvents"].as_array().expect("events");
    let bars: Vec<_> = events.iter().filter(|event| event["ph"] == "X").collect();
    assert_eq!(bars.len(), 3);
    assert!(bars.iter().all(|bar| bar["name"] == HOSTILE));
    assert_eq!(
        (&bars[2]["ts"], &bars[2]["dur"]),
        (&json!(3_000_000), &json!(1_000_000))
    );
}

#[test]
fn times_that_are_none_are_drawn_all_the_same() {
    for time in [f64::NAN, f64::INFINITY, -1.0, 1e300, 0.0] {
        let mut run = run();
        run.duration_seconds = time;
        for task in &mut run.tasks {
            (task.start_seconds, task.duration_seconds) = (Some(time), time);
        }
        for drawing in [
            Drawing::Text(screen(80)),
            Drawing::Svg,
            Drawing::Html,
            Drawing::Mermaid,
            Drawing::Trace,
        ] {
            let drawn = draw(&run, drawing);
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
    }
    let empty = draw(&RunCourse::default(), Drawing::Text(screen(80)));
    assert!(empty.starts_with("0 ms\n"), "{empty}");
}

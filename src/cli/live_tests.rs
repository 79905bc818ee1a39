use crate::app::playbook::OutputKind;

use super::*;

fn started(task: u32, path: &str) -> News {
    News::Started(task, path.to_owned(), 1)
}

fn wrote(task: u32, text: &str, begun: &str) -> News {
    News::Output(StepOutput {
        task,
        step_name: String::new(),
        attempt: 1,
        output_kind: OutputKind::Shown,
        text: text.to_owned(),
        begun: begun.to_owned(),
        missed: 0,
    })
}

fn size(columns: usize, rows: usize) -> Size {
    Size { columns, rows }
}

/// A view after these news, and what it shows 65.25 s later.
fn drawn(news: &[News], size: Size) -> String {
    let begun = Instant::now();
    let mut view = LiveView::new(9, false, begun);
    for one in news {
        view.take(one, begun + Duration::from_secs(60));
    }
    let now = begun + Duration::from_millis(65_250);
    view.lines(size, now).join("\n")
}

#[test]
fn running_steps_are_shown_with_their_time_and_last_line() {
    let news = [
        started(1, "build"),
        started(2, "tests/unit"),
        wrote(1, "one\ntwo\n", ""),
        wrote(2, "three\n\n", "12 of"),
        started(3, "lint"),
        wrote(3, "\n", " "),
    ];
    let expected = "  > build         5.2 s  two
  > tests/unit    5.2 s  12 of
  > lint          5.2 s
0 of 9 steps over, 3 running, 1:05";
    assert_eq!(drawn(&news, size(80, 24)), expected);
}

#[test]
fn no_line_is_wider_than_the_terminal_and_nothing_in_it_steers() {
    let news = [
        started(1, "a\u{1b}[2Jb\nc"),
        wrote(1, "", "\u{1b}[31m日本語日本語\u{1b}]0;x\u{7}日本語\r"),
    ];
    let expected = "  > abc    5.2 s  日本…
0 of 9 steps over, 1 r…";
    assert_eq!(drawn(&news, size(24, 24)), expected);
    assert_eq!(drawn(&news, size(1, 24)), "\n");
}

#[test]
fn what_is_beyond_the_terminal_is_counted() {
    let news: Vec<_> = (0..10).map(|it| started(it, &format!("s{it}"))).collect();
    let expected = "  > s0    5.2 s
  > s1    5.2 s
  … and 8 more
0 of 9 steps over, 10 running, 1:05";
    assert_eq!(drawn(&news, size(80, 5)), expected);
    assert_eq!(
        drawn(&news, size(80, 2)),
        "0 of 9 steps over, 10 running, 1:05"
    );
    assert_eq!(drawn(&news, size(80, 1)), "");
}

#[test]
fn times_are_as_a_clock_shows_them() {
    let of = |seconds| time(Duration::from_secs(seconds));
    assert_eq!(
        [of(0), of(59), of(60), of(3725)],
        ["0.0 s", "59.0 s", "1:00", "1:02:05"]
    );
}

//! The bottom of the terminal, which is drawn again and again.
//!
//! What is drawn ends in a line end, and the cursor is never hidden: however the process
//! ends, the terminal is left with whole lines and its cursor below them.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use terminal_size::{terminal_size, Height, Width};

use super::live::Size;

/// How many lines are drawn. There is one terminal in a process.
static DRAWN: Mutex<usize> = Mutex::new(0);

/// Whether people look on at a terminal that can be drawn on.
pub(super) fn is_drawable() -> bool {
    let terminal = env::var_os("TERM");
    let can_draw = match terminal {
        Some(name) => !name.is_empty() && name != "dumb",
        // Windows has no such variable, and only its newer terminal this one.
        None => env::var_os("WT_SESSION").is_some(),
    };
    can_draw && io::stdout().is_terminal()
}

/// Whether colours are welcome there.
pub(super) fn is_coloured() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How large the terminal is now.
pub(super) fn size() -> Size {
    let (Width(columns), Height(rows)) = terminal_size().unwrap_or((Width(80), Height(24)));
    Size {
        columns: columns.into(),
        rows: rows.into(),
    }
}

/// Draws lines in place of what was drawn before.
pub(super) fn draw(lines: &[String]) {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = erased(*drawn);
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    *drawn = lines.len();
    write(&text);
}

/// Takes away what is drawn, and lets something be written in its place.
pub(super) fn above<T>(write_it: impl FnOnce() -> T) -> T {
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if *drawn > 0 {
        write(&erased(std::mem::take(&mut *drawn)));
    }
    write_it()
}

/// What takes so many lines away. In a terminal that became narrower they may take more
/// rows, and a part of them stays: what is above them is worth more.
fn erased(drawn: usize) -> String {
    match drawn {
        0 => String::new(),
        _ => format!("\u{1b}[{drawn}A\r\u{1b}[J"),
    }
}

/// That nobody reads it is no error.
fn write(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

//! What programs write, as it may be shown.

use std::str::Chars;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const ESCAPE: char = '\u{1b}';

/// Without what would steer a terminal: neither escapes nor control characters are left.
/// Tabs are spaces.
pub(super) fn plain(text: &str) -> String {
    shown(text, false)
}

/// The same, but with its colours, which end where it ends.
pub(super) fn coloured(text: &str) -> String {
    let mut line = shown(text, true);
    if line.contains(ESCAPE) {
        line.push_str("\u{1b}[0m");
    }
    line
}

fn shown(text: &str, keeps_colours: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ESCAPE => {
                let colour = escape(&mut letters).filter(|_| keeps_colours);
                shown.extend(colour);
            }
            '\t' => shown.push_str("    "),
            letter if acts(letter) => {}
            letter => shown.push(letter),
        }
    }
    shown
}

/// Whether a letter changes how others are shown: control codes, line ends, and what
/// turns the direction of writing around.
fn acts(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Reads an escape to its end. It, if it is a colour.
fn escape(letters: &mut Chars<'_>) -> Option<String> {
    match letters.next()? {
        '[' => {
            let mut inside = String::new();
            let end = letters.find(|&letter| {
                let is_end = ('@'..='~').contains(&letter);
                if !is_end {
                    inside.push(letter);
                }
                is_end
            })?;
            let is_plain = |letter: char| letter.is_ascii_digit() || matches!(letter, ';' | ':');
            let is_colour = end == 'm' && inside.chars().all(is_plain);
            is_colour.then(|| format!("\u{1b}[{inside}m"))
        }
        // A text for the terminal, up to BEL or `ESC \`.
        ']' | 'P' | 'X' | '^' | '_' => {
            let mut before = ' ';
            letters.find(|&letter| {
                let is_end = letter == '\u{7}' || (before == ESCAPE && letter == '\\');
                before = letter;
                is_end
            });
            None
        }
        // Such as `ESC ( B`.
        '(' | ')' | '*' | '+' | '#' | '%' | ' ' => {
            letters.next();
            None
        }
        _ => None,
    }
}

/// How many columns of a terminal a text takes, in which nothing acts.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// A text in so many columns at most; what is cut off ends in dots.
pub(super) fn cut(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut fitting = String::new();
    let mut taken = 1;
    for letter in text.chars() {
        taken += letter.width().unwrap_or_default();
        if taken > most {
            break;
        }
        fitting.push(letter);
    }
    if most > 0 {
        fitting.push('…');
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        for (text, expected) in [
            ("a\u{1b}[31mb\u{1b}[0mc", "abc"),
            ("a\u{1b}[2Jb\u{1b}[10;20Hc\u{1b}[?25ld", "abcd"),
            ("a\u{1b}]0;title\u{7}b\u{1b}]8;;http://x\u{1b}\\c", "abc"),
            ("a\u{1b}Pq...\u{1b}\\b\u{1b}(Bc\u{1b}7d\u{1b}", "abcd"),
            ("a\rb\u{8}c\td\u{7}\u{9b}e\u{202e}f\0", "abc    def"),
            ("\u{1b}[31", ""),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    #[test]
    fn colours_stay_where_they_may_and_end_with_the_line() {
        let text = "a\u{1b}[1;31mb\u{1b}[2Jc\u{1b}[>4;1m";
        assert_eq!(coloured(text), "a\u{1b}[1;31mbc\u{1b}[0m");
        assert_eq!(coloured("a b"), "a b");
    }

    #[test]
    fn texts_are_cut_by_their_width() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }
}

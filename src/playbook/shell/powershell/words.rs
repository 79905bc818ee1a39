//! Words of PowerShell's code, and what they name: a command, a keyword, a value.

use super::super::Refused;
use super::frame::{Mode, Word};
use super::names;
use super::Scanner;

impl Scanner<'_> {
    /// A letter of a word, or of an expression.
    pub(super) fn plain(&mut self, letter: char, rest: &str) -> Result<usize, Refused> {
        let length = letter.len_utf8();
        let is_between = self.code().word.is_none();
        match self.code().mode {
            Mode::Statement | Mode::Value | Mode::Key | Mode::Piped => self.begin(letter, rest),
            Mode::Expression => self.expression(letter),
            // It is a word of its own.
            Mode::Command if letter == ']' && is_between => self.push(letter),
            Mode::Name(_) | Mode::Command => {
                self.begin_word();
                self.quote_word();
                self.push(letter);
                let word = self.code().word.as_ref();
                if letter == ':' && word.is_some_and(|word| is_parameter(&word.text)) {
                    self.end_word();
                }
            }
            Mode::Closed(..) | Mode::Verbatim => self.push(letter),
        }
        Ok(length)
    }

    /// The first letter of a statement or of a value.
    pub(super) fn begin(&mut self, letter: char, rest: &str) {
        let mode = self.code().mode;
        let next = rest[letter.len_utf8()..].chars().next();
        let is_call = letter == '.'
            && next.is_none_or(|next| {
                next.is_whitespace()
                    || matches!(next, '$' | '(' | '{')
                    || names::is_double_quote(next)
                    || names::is_single_quote(next)
            });
        let is_expression = matches!(letter, '$' | '!' | '+' | '@')
            || names::is_dash(letter) && names::begins_operator(&rest[letter.len_utf8()..])
            || begins_number(rest)
            || mode == Mode::Key;
        if is_call && mode != Mode::Key {
            self.begin_command(Mode::Name(true));
            self.push(letter);
        } else if is_expression {
            self.code().mode = Mode::Expression;
            self.expression(letter);
        } else if letter == ']' {
            // It is a word of its own.
            self.push(letter);
            self.code().mode = Mode::Command;
        } else {
            let is_piped = mode == Mode::Piped;
            self.begin_command(Mode::Name(false));
            self.begin_word();
            if is_piped {
                // No keyword stands there.
                self.code().keyword = "|".to_owned();
            }
            self.push(letter);
        }
    }

    pub(super) fn begin_command(&mut self, mode: Mode) {
        let code = self.code();
        code.command_at = code.statement.len();
        code.mode = mode;
    }

    pub(super) fn expression(&mut self, letter: char) {
        self.push(letter);
        let code = self.code();
        code.is_cast = false;
    }

    // ---- words ----

    /// A word begins here, if none is there.
    pub(super) fn begin_word(&mut self) {
        let start = self.carrier.text.len();
        let code = self.code();
        if matches!(code.mode, Mode::Name(_) | Mode::Command) {
            code.word.get_or_insert_with(|| Word {
                start,
                ..Word::default()
            });
        }
    }

    /// A word that begins with a value goes on: it is a text as a whole.
    pub(super) fn quote_word(&mut self) {
        let code = self.code();
        let Some(word) = &mut code.word else {
            return;
        };
        if std::mem::take(&mut word.is_value) {
            word.is_quoted = true;
            let start = word.start;
            self.carrier.text.insert(start, '"');
        }
    }

    /// The word ends here, if there is one.
    pub(super) fn end_word(&mut self) {
        let code = self.code();
        let Some(word) = code.word.take() else {
            self.end_keyword();
            return;
        };
        let is_quoted = word.is_quoted;
        if !word.text.is_empty() || word.holds.is_some() {
            code.is_target = false;
        }
        match code.mode {
            Mode::Name(is_called) => self.name_over(&word.text, is_called),
            Mode::Command if word.text.replace('`', "") == "--%" => code.mode = Mode::Verbatim,
            _ => {}
        }
        if is_quoted {
            self.carrier.text.push('"');
        }
    }

    pub(super) fn end_name(&mut self) {
        if matches!(self.code().mode, Mode::Name(_)) {
            self.end_word();
        }
    }

    /// `in` of a `foreach` stands before a value.
    pub(super) fn end_keyword(&mut self) {
        let code = self.code();
        if code.mode != Mode::Expression {
            return;
        }
        let statement = code.statement.trim_end();
        if statement.len() == code.statement.len() {
            let word = statement.rsplit(char::is_whitespace).next().unwrap_or("");
            if word.eq_ignore_ascii_case("in") {
                code.mode = Mode::Value;
            }
        }
    }

    /// `param(` behind an attribute.
    pub(super) fn end_keyword_word(&mut self) {
        let code = self.code();
        let statement = code.statement.trim_end().to_lowercase();
        if code.mode == Mode::Expression && statement.ends_with("param") {
            code.keyword = "param".to_owned();
        }
    }

    pub(super) fn name_over(&mut self, name: &str, is_called: bool) {
        let code = self.code();
        let is_piped = code.keyword == "|";
        if is_piped {
            code.keyword.clear();
        }
        if matches!(name, "." | "&") {
            code.mode = Mode::Name(true);
            return;
        }
        code.mode = Mode::Command;
        if is_called || is_piped {
            return;
        }
        if name.starts_with(':') {
            code.mode = Mode::Statement;
            return;
        }
        let word = names::word(name);
        code.mode = match word {
            names::Word::Command => Mode::Command,
            names::Word::BeforeValue => Mode::Value,
            names::Word::BeforeBlock => Mode::Expression,
            names::Word::BeforeName(why) => Mode::Closed(why, false),
            names::Word::Declares(why) => Mode::Closed(why, true),
        };
        if matches!(
            word,
            names::Word::BeforeBlock | names::Word::BeforeName(_) | names::Word::Declares(_)
        ) {
            code.keyword = name.to_lowercase();
        }
    }
}

/// `-Name:`, behind which its argument begins.
fn is_parameter(word: &str) -> bool {
    let Some(name) = word.strip_prefix(names::is_dash) else {
        return false;
    };
    name.strip_suffix(':')
        .is_some_and(|name| !name.is_empty() && name.chars().all(names::is_part))
}

/// Whether a number begins here, rather than the name of a command.
fn begins_number(rest: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
    let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
    let run = rest[..end].to_ascii_lowercase();
    if !run.starts_with(|letter: char| letter.is_ascii_digit()) {
        return false;
    }
    let digits = run.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let suffixes = [
        "", "kb", "mb", "gb", "tb", "pb", "l", "d", "u", "ul", "y", "s", "n",
    ];
    run.contains("..")
        || run.starts_with("0x")
        || suffixes.contains(&digits)
        || digits.starts_with('e')
}

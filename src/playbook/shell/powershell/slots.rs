//! The places of values in PowerShell's text.

use crate::playbook::template::Slot;

use super::super::{refused, Refused};
use super::frame::{Inside, Mode, Opener, Passed, Word, COMMAND, LISTED};
use super::names::{self, Scope};
use super::{is_own, Scanner, MEMBER, NAME, VALUE};

/// Adds a letter of a text in single quotes to one in double quotes.
pub(super) fn escape(letter: char, text: &mut String) {
    if matches!(letter, '`' | '$') || names::is_double_quote(letter) {
        text.push('`');
    }
    text.push(letter);
}

impl Scanner<'_> {
    /// Puts what stands for a value in its place.
    pub(super) fn slot(&mut self, slot: &Slot) -> Result<(), Refused> {
        if self.is_left(slot) {
            if slot.written.to_lowercase().starts_with("$steps.") {
                // It is told to the step, although the text reads it by its own name.
                self.carrier.take(slot);
            }
            return self.text(&slot.written);
        }
        if self.comment.is_some() {
            return Err(refused(slot, "in a comment"));
        }
        if self.is_escaped {
            return Err(refused(slot, "after a backtick"));
        }
        if self.code().is_over {
            self.begin_line(false)?;
        }
        if let Some(why) = self.frame().closed.or_else(|| self.why_not()) {
            return Err(refused(slot, why));
        }
        match &self.frame().inside {
            Inside::Variable => return Err(refused(slot, "in the name of a variable")),
            Inside::Double(_) => self.in_double(slot)?,
            Inside::Single(_) => self.in_single(slot)?,
            Inside::Code(_) => self.in_code(slot)?,
        }
        let code = self.code();
        code.slots.push(slot.clone());
        code.statement.push(VALUE);
        self.last = VALUE;
        Ok(())
    }

    /// Whether PowerShell itself reads what is written.
    fn is_left(&mut self, slot: &Slot) -> bool {
        let is_plain = is_own(slot);
        let is_text = slot.written.starts_with('$')
            && (self.comment.is_some() || matches!(self.frame().inside, Inside::Single(_)));
        let is_here = self.frame().scope == Scope::Here;
        let is_name = slot.written.starts_with("${");
        let in_text = matches!(self.frame().inside, Inside::Double(_));
        is_text || is_plain && is_here && (is_name || !in_text)
    }

    /// What of the code around it keeps a value from standing here.
    fn why_not(&mut self) -> Option<&'static str> {
        if self.frame().scope == Scope::Elsewhere {
            return Some("in a block that runs elsewhere");
        }
        let text = &self.carrier.text;
        let quoted = self.frames.iter().find_map(|frame| match &frame.inside {
            Inside::Double(quoted) | Inside::Single(quoted) => Some(quoted.start),
            _ => None,
        });
        let before = &text[..quoted.unwrap_or(text.len())];
        let line = &text[before.rfind('\n').map_or(0, |end| end + 1)..];
        if line.replace('`', "").contains("--%") {
            return Some("behind `--%`");
        }
        let is_target = |inside: &Inside| match inside {
            Inside::Code(code) => code.is_target,
            _ => false,
        };
        if self.frames.iter().any(|frame| is_target(&frame.inside)) {
            return Some("as the target of a redirection");
        }
        let code = self.code();
        match code.mode {
            Mode::Command => names::reads_name(code.command()),
            Mode::Closed(why, _) => Some(why),
            Mode::Verbatim => Some("behind `--%`"),
            _ => None,
        }
    }

    fn variable(&mut self, slot: &Slot) -> String {
        let using = match self.frame().scope {
            Scope::Using => "using:",
            _ => "",
        };
        format!("${{{using}{}}}", self.carrier.take(slot))
    }

    fn put(&mut self, slot: &Slot) {
        let variable = self.variable(slot);
        self.carrier.text.push_str(&variable);
    }

    // ---- texts ----

    fn in_double(&mut self, slot: &Slot) -> Result<(), Refused> {
        if let Some(why) = behind_variable(&self.carrier.text) {
            return Err(refused(slot, why));
        }
        self.join(slot)?;
        self.put(slot);
        Ok(())
    }

    fn in_single(&mut self, slot: &Slot) -> Result<(), Refused> {
        let last = self.frames.len() - 1;
        if let Inside::Single(quoted) = &mut self.frames[last].inside {
            if !std::mem::replace(&mut quoted.is_made, true) {
                let (start, is_here) = (quoted.start, quoted.is_here);
                let written = self.carrier.text.split_off(start);
                self.carrier
                    .text
                    .push_str(&in_double_quotes(&written, is_here));
            }
        }
        self.join(slot)?;
        self.put(slot);
        Ok(())
    }

    /// A text within a word becomes a part of it: PowerShell takes a word with quotes
    /// inside for a pattern of files, as if there were none.
    fn join(&mut self, slot: &Slot) -> Result<(), Refused> {
        let last = self.frames.len() - 1;
        let (Inside::Double(quoted) | Inside::Single(quoted)) = &mut self.frames[last].inside
        else {
            return Ok(());
        };
        let start = quoted.start;
        let is_joined = quoted.is_joined;
        let code = self.code();
        let is_command = code.mode == Mode::Command;
        let Some(word) = code.word.as_mut().filter(|_| is_command) else {
            return Ok(());
        };
        word.holds = Some(slot.clone());
        if start == word.start || is_joined {
            return Ok(());
        }
        if let Some(why) = word.closed {
            return Err(refused(slot, why));
        }
        let begins = word.start;
        let was_quoted = std::mem::replace(&mut word.is_quoted, true);
        if let Some(why) = why_no_text(&word.text) {
            return Err(refused(slot, why));
        }
        let quote = self.carrier.text[start..].chars().next();
        let length = quote.map_or(0, char::len_utf8);
        self.carrier.text.replace_range(start..start + length, "");
        if !was_quoted {
            self.carrier.text.insert(begins, '"');
        }
        if let Inside::Double(quoted) | Inside::Single(quoted) = &mut self.frames[last].inside {
            quoted.is_joined = true;
        }
        Ok(())
    }

    // ---- code ----

    fn in_code(&mut self, slot: &Slot) -> Result<(), Refused> {
        let code = self.code();
        match code.mode {
            Mode::Command => self.in_command(slot),
            Mode::Name(_) => Err(refused(slot, NAME)),
            Mode::Piped => Err(refused(slot, COMMAND)),
            _ => self.in_expression(slot),
        }
    }

    fn in_command(&mut self, slot: &Slot) -> Result<(), Refused> {
        let start = self.carrier.text.len();
        let last = self.last;
        let code = self.code();
        let takes_objects = names::takes_objects(code.command());
        let is_listed = code.statement.trim_end().ends_with(',') || last == ',';
        if is_listed && code.word.is_none() && !takes_objects {
            return Err(refused(slot, LISTED));
        }
        let word = code.word.get_or_insert_with(|| Word {
            start,
            ..Word::default()
        });
        if let Some(why) = word.closed.or_else(|| why_no_word(&word.text)) {
            return Err(refused(slot, why));
        }
        word.holds = Some(slot.clone());
        let begins = word.start;
        let is_first = word.text.is_empty() && !word.is_quoted;
        if is_first && takes_objects && !word.is_value {
            word.is_value = true;
        } else if !word.is_quoted {
            word.is_value = false;
            word.is_quoted = true;
            self.carrier.text.insert(begins, '"');
        }
        if let Some(word) = &mut self.code().word {
            word.text.push(VALUE);
        }
        self.put(slot);
        Ok(())
    }

    fn in_expression(&mut self, slot: &Slot) -> Result<(), Refused> {
        const PART: &str = "as a part of a word";
        let (last, is_member) = (self.last, self.is_member());
        let code = self.code();
        if let Some(passed) = &code.passed {
            let why = if passed.is_apart { OPERATOR } else { PART };
            return Err(refused(slot, why));
        }
        if is_member {
            return Err(refused(slot, MEMBER));
        }
        if code.is_pattern {
            return Err(refused(
                slot,
                "in an expression that a program may be given",
            ));
        }
        let begins = matches!(code.mode, Mode::Statement | Mode::Value | Mode::Key);
        let statement = code.statement.trim_end();
        let word = statement
            .rsplit(|letter: char| letter.is_whitespace() || letter == ')')
            .next()
            .unwrap_or("");
        let operator = word
            .strip_prefix('-')
            .filter(|name| names::is_operator(name));
        if operator
            .is_some_and(|name| matches!(name.to_lowercase().as_str(), "as" | "is" | "isnot"))
        {
            return Err(refused(slot, "as the name of a type"));
        }
        let is_end = statement.chars().next_back().is_some_and(is_end_of_value);
        let is_joined = is_end_of_value(last) || matches!(last, '$' | '@' | '`' | '?');
        let why = match last {
            _ if code.is_cast => None,
            '@' => Some("as what is splatted"),
            last if names::is_dash(last) => Some(OPERATOR),
            _ if is_joined && !begins => Some(PART),
            _ if is_end && operator.is_none() && !begins => Some(OPERATOR),
            _ => None,
        };
        if let Some(why) = why {
            return Err(refused(slot, why));
        }
        let begins = code.mode == Mode::Statement;
        code.mode = Mode::Expression;
        code.is_cast = false;
        code.passed = Some(Passed {
            slot: slot.clone(),
            begins,
            is_apart: false,
        });
        self.put(slot);
        Ok(())
    }

    /// Looks at what follows a value of an expression.
    pub(super) fn check_passed(&mut self, letter: char, rest: &str) -> Result<(), Refused> {
        let code = self.code();
        let is_key = code.opener == Opener::Hash;
        let Some(passed) = &mut code.passed else {
            return Ok(());
        };
        let continues = rest.starts_with("`\n") || rest.starts_with("`\r\n");
        if letter.is_whitespace() || continues {
            passed.is_apart = true;
            return Ok(());
        }
        let name: String = rest
            .chars()
            .skip(1)
            .take_while(|&letter| names::is_part(letter))
            .collect();
        let is_apart = passed.is_apart;
        let why = match letter {
            '=' if !is_key => Some("as what is set"),
            '+' | '-' if rest[1..].starts_with(letter) => Some("as what is set"),
            '+' | '*' | '/' | '%' if rest[1..].starts_with('=') => Some("as what is set"),
            letter if names::is_dash(letter) => {
                let is_minus = name.is_empty() || name.starts_with(|it: char| it.is_ascii_digit());
                let is_operator = is_minus || names::is_operator(&name);
                (!is_operator).then_some(if passed.begins { COMMAND } else { PART_OF })
            }
            '?' | ':' if is_apart => None,
            '#' if is_apart => return Ok(()),
            // `{{x}}.exe` and `{{x}}/run` would be commands.
            '.' | '/' if passed.begins && !is_apart && !rest.starts_with("..") => Some(COMMAND),
            '.' | '[' if !is_apart => None,
            '=' | '+' | '*' | '/' | '%' | '<' | '>' | '|' | '&' | ';' | ',' | ')' | ']' | '}' => {
                None
            }
            _ if passed.begins => Some(COMMAND),
            _ => Some(PART_OF),
        };
        let passed_slot = passed.slot.clone();
        let is_over = matches!(letter, ';' | ')' | ']' | '}') || rest.starts_with("&&");
        if !is_over {
            code.passed = None;
        }
        match why {
            Some(why) => Err(refused(&passed_slot, why)),
            None => Ok(()),
        }
    }
}

const PART_OF: &str = "as a part of a word";
const OPERATOR: &str = "where an operator stands";

/// Whether a value, or a word, ends with this letter.
fn is_end_of_value(letter: char) -> bool {
    names::is_part(letter)
        || matches!(letter, ')' | ']' | '}' | VALUE)
        || names::is_double_quote(letter)
        || names::is_single_quote(letter)
}

/// Why a value cannot go on a word, if it cannot.
fn why_no_word(word: &str) -> Option<&'static str> {
    if let Some(name) = word.strip_prefix(names::is_dash) {
        let is_name = |letter: char| names::is_part(letter) || names::is_dash(letter);
        if name.chars().all(is_name) {
            return Some("in the name of a parameter");
        }
    }
    if word == "@" {
        return Some("as what is splatted");
    }
    behind_variable(word).or_else(|| why_no_text(word))
}

/// Why a word cannot become a text in quotes, if it cannot: there a member of a
/// variable would be text.
fn why_no_text(word: &str) -> Option<&'static str> {
    let rest = word.strip_prefix('$')?;
    let rest = match rest.strip_prefix('{') {
        Some(braces) => braces.split_once('}').map_or("", |(_, rest)| rest),
        None => {
            rest.trim_start_matches(|letter| names::is_part(letter) || matches!(letter, ':' | '?'))
        }
    };
    rest.starts_with(['.', '['])
        .then_some("behind a member of a variable")
}

/// Why a value cannot stand behind a text, if it cannot: it would be read as a part
/// of a variable's name.
fn behind_variable(text: &str) -> Option<&'static str> {
    let is_name = |letter: char| names::is_part(letter) || matches!(letter, ':' | '?' | '^');
    let before = text.trim_end_matches(is_name);
    let before = before.strip_suffix('$')?;
    let backticks = before.len() - before.trim_end_matches('`').len();
    (backticks % 2 == 0).then_some("right behind the name of a variable")
}

/// A text in single quotes, whose end is not there yet, in double quotes.
fn in_double_quotes(written: &str, is_here: bool) -> String {
    let mut made = String::new();
    let mut letters = written.chars();
    if is_here {
        made.extend(letters.next());
    }
    letters.next();
    made.push('"');
    while let Some(letter) = letters.next() {
        escape(letter, &mut made);
        if !is_here && names::is_single_quote(letter) {
            // Two of them are one, the second.
            made.pop();
            made.extend(letters.next());
        }
    }
    made
}

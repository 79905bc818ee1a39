//! Commands of PowerShell.
//!
//! What stands for a value is a variable, wherever it is, so it is no code even if
//! this misjudges the quoting around it. `'…'` with a value in it becomes `"…"` in
//! which all else is escaped, and so does a bare word: PowerShell takes a bare word
//! that a program is given for a pattern of files, and reads `{{x}}.txt` as a member
//! of the value.

mod frame;
mod letters;
mod names;
mod slots;
mod words;

use crate::playbook::template::{Piece, Slot};

use super::{Carrier, Refused};
use frame::{Code, Frame, Inside, Mode, Opener, Quoted, Word};
use names::Scope;

pub(super) fn carry(pieces: &[Piece], carrier: &mut Carrier) -> Result<(), Refused> {
    let mut scanner = Scanner::new(carrier);
    for piece in pieces {
        match piece {
            Piece::Text(text) => scanner.text(text)?,
            Piece::Slot(slot) => scanner.slot(slot)?,
        }
    }
    scanner.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comment {
    Line,
    Block,
}

struct Scanner<'c> {
    carrier: &'c mut Carrier,
    frames: Vec<Frame>,
    comment: Option<Comment>,
    is_escaped: bool,
    /// The letter before, as it is written; of a value the end of its braces.
    last: char,
}

/// Stands for a value in what was written.
const VALUE: char = '\u{fffc}';

impl<'c> Scanner<'c> {
    fn new(carrier: &'c mut Carrier) -> Self {
        let top = Frame {
            inside: Inside::Code(Box::new(Code::new(Opener::Top))),
            closed: None,
            scope: Scope::Here,
        };
        Self {
            carrier,
            frames: vec![top],
            comment: None,
            is_escaped: false,
            last: '\n',
        }
    }

    /// Takes in text as it is written.
    fn text(&mut self, text: &str) -> Result<(), Refused> {
        let mut offset = 0;
        while let Some(letter) = text[offset..].chars().next() {
            let rest = &text[offset..];
            let taken = self.letter(letter, rest)?;
            self.last = rest[..taken].chars().next_back().unwrap_or(letter);
            offset += taken;
        }
        Ok(())
    }

    /// Takes in what begins here; how much of it.
    fn letter(&mut self, letter: char, rest: &str) -> Result<usize, Refused> {
        let length = letter.len_utf8();
        if let Some(comment) = self.comment {
            return self.in_comment(comment, letter, rest);
        }
        if std::mem::take(&mut self.is_escaped) {
            self.escaped(letter);
            return Ok(length);
        }
        match &self.frame().inside {
            Inside::Code(_) => self.code_letter(letter, rest),
            Inside::Double(_) => self.double(letter, rest),
            Inside::Single(_) => Ok(self.single(letter, rest)),
            Inside::Variable => {
                self.push(letter);
                self.is_escaped = letter == '`';
                if letter == '}' {
                    self.frames.pop();
                }
                Ok(length)
            }
        }
    }

    fn in_comment(&mut self, comment: Comment, letter: char, rest: &str) -> Result<usize, Refused> {
        if comment == Comment::Line && letter == '\n' {
            self.comment = None;
            return self.code_letter(letter, rest);
        }
        if comment == Comment::Block && rest.starts_with("#>") {
            self.comment = None;
            self.carrier.text.push_str("#>");
            return Ok(2);
        }
        self.carrier.text.push(letter);
        Ok(letter.len_utf8())
    }

    /// The end of the text.
    fn finish(mut self) -> Result<(), Refused> {
        // What is not closed is a fault that PowerShell tells.
        while self.frames.len() > 1 {
            match self.frame().inside {
                Inside::Code(_) => {
                    self.close()?;
                }
                _ => {
                    self.frames.pop();
                }
            }
        }
        self.end_word();
        self.code().end_statement()
    }

    // ---- parts ----

    fn frame(&self) -> &Frame {
        // There is always the first.
        &self.frames[self.frames.len() - 1]
    }

    /// The innermost code.
    fn code(&mut self) -> &mut Code {
        let codes = self.frames.iter_mut().rev();
        let mut codes = codes.filter_map(|frame| match &mut frame.inside {
            Inside::Code(code) => Some(code),
            _ => None,
        });
        codes.next().expect("the first part is code")
    }

    /// Adds a letter as it is, also to the word and the statement that it is in.
    fn push(&mut self, letter: char) {
        self.carrier.text.push(letter);
        self.note(letter);
    }

    /// The letter belongs to the statement, and to the word if there is one.
    fn note(&mut self, letter: char) {
        let code = self.code();
        code.statement.push(letter);
        if let Some(word) = &mut code.word {
            word.text.push(letter);
        }
    }

    fn push_all(&mut self, text: &str) {
        text.chars().for_each(|letter| self.push(letter));
    }

    fn open(&mut self, inside: Inside, closed: Option<&'static str>, scope: Scope) {
        let frame = self.frame();
        let closed = frame.closed.or(closed);
        self.frames.push(Frame {
            inside,
            closed,
            scope,
        });
    }

    /// Opens a part of the code that has these marks.
    fn open_code(&mut self, opener: Opener, mark: &str) {
        let scope = self.scope_of(opener);
        let closed = self.why_closed();
        let is_pattern = self.begin_part(opener, mark);
        let mut inner = Code::new(opener);
        inner.is_pattern = is_pattern;
        self.carrier.text.push_str(mark);
        self.last = '\0';
        self.open(Inside::Code(Box::new(inner)), closed, scope);
    }

    /// Where the values within are looked up, once this has opened something.
    fn scope_of(&mut self, opener: Opener) -> Scope {
        let outer = self.frame().scope;
        let code = self.code();
        if opener != Opener::Block || code.mode != Mode::Command {
            return outer;
        }
        match (outer, names::scope(code.command())) {
            (outer, Scope::Here) => outer,
            (Scope::Here, inner) => inner,
            _ => Scope::Elsewhere,
        }
    }

    /// Why no value can be in what opens here.
    fn why_closed(&mut self) -> Option<&'static str> {
        let follows_member = self.is_member();
        let code = self.code();
        match code.mode {
            Mode::Closed(why, true) => Some(why),
            Mode::Verbatim => Some("behind `--%`"),
            Mode::Expression if follows_member => Some(MEMBER),
            _ => None,
        }
    }

    /// Whether a name of a member comes.
    fn is_member(&mut self) -> bool {
        let code = self.code();
        let statement = code.statement.trim_end();
        let is_dot = statement.ends_with('.') && !statement.ends_with("..");
        code.mode == Mode::Expression && (is_dot || statement.ends_with("::"))
    }

    /// Tells the code that a part of it opens; whether a program would take it for
    /// a pattern.
    fn begin_part(&mut self, opener: Opener, mark: &str) -> bool {
        let start = self.carrier.text.len();
        let is_member = opener == Opener::Type && self.is_member();
        let code = self.code();
        code.is_cast = false;
        let is_argument = code.mode == Mode::Command;
        let is_pattern = is_argument
            && !names::takes_objects(code.command())
            && matches!(opener, Opener::Paren | Opener::Statements);
        match code.mode {
            // A type is no member, but may be a part of what names one.
            Mode::Expression if is_member => code.mode = Mode::Closed(MEMBER, true),
            Mode::Statement | Mode::Value | Mode::Key | Mode::Piped => {
                code.mode = Mode::Expression;
            }
            Mode::Closed(_, false) => code.mode = Mode::Expression,
            _ => {}
        }
        let is_joined = mark == "$(" && matches!(code.mode, Mode::Command | Mode::Name(_));
        if is_argument {
            let word = code.word.get_or_insert_with(|| Word {
                start,
                ..Word::default()
            });
            if !is_joined {
                word.closed = Some("right behind what is in brackets");
            }
        }
        let shown = if opener == Opener::Type { "[" } else { mark };
        code.statement.push_str(shown);
        if let Some(word) = &mut code.word {
            word.text.push_str(mark);
        }
        is_pattern
    }

    /// Closes the innermost code, whose end was not yet added; whether the statement
    /// around it has ended with that, as it does behind the block of an `if`.
    fn close(&mut self) -> Result<bool, Refused> {
        self.end_word();
        let code = self.code();
        let shown = match code.opener {
            Opener::Type => {
                code.command_at = 0;
                std::mem::take(&mut code.statement)
            }
            _ => String::new(),
        };
        code.end_statement()?;
        let (slots, opener) = (std::mem::take(&mut code.done), code.opener);
        self.frames.pop();
        let outer = self.code();
        outer.slots.extend(slots);
        outer.statement.push_str(&shown);
        outer.is_cast = opener == Opener::Type;
        match (outer.mode, opener, outer.keyword.as_str()) {
            (Mode::Name(true), ..) => outer.mode = Mode::Command,
            (Mode::Expression | Mode::Closed(..), Opener::Block, keyword)
                if !keyword.is_empty() =>
            {
                outer.end_statement()?;
                return Ok(true);
            }
            (Mode::Expression, Opener::Paren, "param") => {
                outer.end_statement()?;
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    // ---- texts ----

    fn open_text(&mut self, is_double: bool, mark: &str, is_here: bool) {
        let closed = self.why_closed();
        let start = self.carrier.text.len();
        let code = self.code();
        code.is_cast = false;
        if matches!(
            code.mode,
            Mode::Statement | Mode::Value | Mode::Key | Mode::Piped
        ) {
            code.mode = Mode::Expression;
        }
        let is_name = matches!(code.mode, Mode::Name(_));
        let quoted = Quoted {
            start,
            is_here,
            ..Quoted::default()
        };
        let inside = match is_double {
            true => Inside::Double(quoted),
            false => Inside::Single(quoted),
        };
        let closed = closed.or(is_name.then_some(NAME));
        let scope = self.frame().scope;
        self.carrier.text.push_str(mark);
        for letter in mark.trim_end_matches(['\r', '\n']).chars() {
            self.note(letter);
        }
        self.open(inside, closed, scope);
    }

    fn double(&mut self, letter: char, rest: &str) -> Result<usize, Refused> {
        let Inside::Double(quoted) = &self.frame().inside else {
            return Ok(letter.len_utf8());
        };
        let (is_here, is_joined) = (quoted.is_here, quoted.is_joined);
        let length = letter.len_utf8();
        if rest.starts_with("$(") {
            self.open_inner();
            return Ok(2);
        }
        if rest.starts_with("${") {
            self.push_all("${");
            let scope = self.frame().scope;
            self.open(Inside::Variable, None, scope);
            return Ok(2);
        }
        let is_end = names::is_double_quote(letter);
        let follows = rest[length..].chars().next();
        if is_here {
            if is_end && self.ends_here(follows) {
                self.push_all(&rest[..length + 1]);
                self.frames.pop();
                return Ok(length + 1);
            }
        } else if is_end {
            if follows.is_some_and(names::is_double_quote) {
                let taken = length + follows.map_or(0, char::len_utf8);
                self.push_all(&rest[..taken]);
                return Ok(taken);
            }
            if !is_joined {
                self.carrier.text.push(letter);
            }
            self.note(letter);
            self.frames.pop();
            self.end_quotes();
            return Ok(length);
        }
        self.is_escaped = letter == '`';
        self.push(letter);
        Ok(length)
    }

    /// `$(` within a text: values in it are those of an expression.
    fn open_inner(&mut self) {
        self.carrier.text.push_str("$(");
        self.last = '\0';
        let scope = self.frame().scope;
        let inner = Code::new(Opener::Statements);
        self.open(Inside::Code(Box::new(inner)), None, scope);
    }

    /// Whether a quote in a here-string is its end.
    fn ends_here(&self, follows: Option<char>) -> bool {
        matches!(self.last, '\n' | '\r') && follows == Some('@')
    }

    fn single(&mut self, letter: char, rest: &str) -> usize {
        let Inside::Single(quoted) = &self.frame().inside else {
            return letter.len_utf8();
        };
        let (is_here, is_made, is_joined) = (quoted.is_here, quoted.is_made, quoted.is_joined);
        let length = letter.len_utf8();
        let follows = rest[length..].chars().next();
        let is_quote = names::is_single_quote(letter);
        if is_quote && is_here && self.ends_here(follows) {
            let end = if is_made { "\"@" } else { &rest[..length + 1] };
            self.push_all(end);
            self.frames.pop();
            return length + 1;
        }
        if is_quote && !is_here {
            if let Some(second) = follows.filter(|&next| names::is_single_quote(next)) {
                if !is_made {
                    self.carrier.text.push(letter);
                }
                self.carrier.text.push(second);
                self.note(second);
                return length + second.len_utf8();
            }
            match (is_made, is_joined) {
                (false, _) => self.carrier.text.push(letter),
                (true, false) => self.carrier.text.push('"'),
                (true, true) => {}
            }
            self.note(letter);
            self.frames.pop();
            self.end_quotes();
            return length;
        }
        if is_made {
            slots::escape(letter, &mut self.carrier.text);
        } else {
            self.carrier.text.push(letter);
        }
        self.note(letter);
        length
    }

    /// A text in quotes has ended.
    fn end_quotes(&mut self) {
        let code = self.code();
        if let Some(word) = &mut code.word {
            word.closed = Some("in a word that holds quotes");
        }
    }
}

const NAME: &str = "in the name of a command";
const MEMBER: &str = "as the name of a member";

/// Whether a slot is written so that PowerShell reads it itself.
fn is_own(slot: &Slot) -> bool {
    slot.written.starts_with('$') && slot.default.is_none()
}

#[cfg(test)]
#[path = "powershell/tests.rs"]
mod tests;

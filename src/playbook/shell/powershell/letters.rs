//! The letters of PowerShell's code, one after the other.

use super::super::{refused, Refused};
use super::frame::{Inside, Mode, Opener, COMMAND, LISTED};
use super::names;
use super::{Comment, Scanner};

impl Scanner<'_> {
    /// Takes in what begins here; how much of it.
    pub(super) fn code_letter(&mut self, letter: char, rest: &str) -> Result<usize, Refused> {
        if matches!(letter, '\n' | '\r') {
            return self.end_line(letter);
        }
        if self.code().mode == Mode::Verbatim && letter != '|' {
            self.push(letter);
            return Ok(letter.len_utf8());
        }
        self.check_passed(letter, rest)?;
        if self.code().is_over && !letter.is_whitespace() && letter != '#' {
            let is_block = letter == '{' && !self.code().keyword.is_empty();
            let goes_on = letter == '|' || rest.starts_with("&&") || is_block;
            self.begin_line(goes_on)?;
        }
        if let Some(taken) = self.blank_or_comment(letter, rest) {
            return Ok(taken);
        }
        if let Some(taken) = self.separator(letter, rest)? {
            return Ok(taken);
        }
        if let Some(taken) = self.opening(letter, rest)? {
            return Ok(taken);
        }
        self.plain(letter, rest)
    }

    /// The end of a line, which may be the end of a statement.
    fn end_line(&mut self, letter: char) -> Result<usize, Refused> {
        self.end_word();
        let code = self.code();
        if !code.is_over && !code.goes_on() {
            match code.opener {
                Opener::Index | Opener::Type => {}
                _ => code.is_over = true,
            }
        }
        if let Some(passed) = code.passed.take() {
            if code.is_over && passed.begins {
                return Err(refused(&passed.slot, COMMAND));
            }
        }
        code.statement.push(' ');
        self.carrier.text.push(letter);
        Ok(1)
    }

    /// The first letter behind the end of a line.
    pub(super) fn begin_line(&mut self, goes_on: bool) -> Result<(), Refused> {
        let code = self.code();
        code.is_over = false;
        match goes_on {
            true => Ok(()),
            false => code.end_statement(),
        }
    }

    fn blank_or_comment(&mut self, letter: char, rest: &str) -> Option<usize> {
        let is_in_word = self.code().word.is_some();
        if letter.is_whitespace() {
            self.end_word();
            self.push(letter);
            return Some(letter.len_utf8());
        }
        let next = rest[letter.len_utf8()..].chars().next();
        let is_blank = next.is_some_and(char::is_whitespace);
        if letter == '`' && is_blank && !is_in_word {
            // The line goes on. Within a word it would be a part of that.
            let length = if rest.starts_with("`\r\n") { 3 } else { 2 };
            let length = length.max(1 + next.map_or(0, char::len_utf8));
            self.carrier.text.push_str(&rest[..length]);
            self.code().statement.push(' ');
            return Some(length);
        }
        if rest.starts_with("<#") && !is_in_word {
            self.comment = Some(Comment::Block);
            self.carrier.text.push_str("<#");
            return Some(2);
        }
        if letter == '#' && !is_in_word {
            self.comment = Some(Comment::Line);
            self.carrier.text.push('#');
            return Some(1);
        }
        if letter == '`' {
            let code = self.code();
            if matches!(code.mode, Mode::Statement | Mode::Value | Mode::Piped) {
                self.begin_command(Mode::Name(false));
            }
            self.begin_word();
            self.push('`');
            self.is_escaped = true;
            return Some(1);
        }
        None
    }

    /// The letter behind a backtick.
    pub(super) fn escaped(&mut self, letter: char) {
        self.push(letter);
    }

    /// What ends a statement or a command, or begins another.
    fn separator(&mut self, letter: char, rest: &str) -> Result<Option<usize>, Refused> {
        let mode = self.code().mode;
        let chains = rest.starts_with("&&") || rest.starts_with("||");
        match letter {
            ';' => self.end_word(),
            _ if chains => self.end_word(),
            '|' => {
                self.end_word();
                self.code().end_command()?;
                self.push('|');
                let code = self.code();
                code.command_at = code.statement.len();
                code.mode = Mode::Piped;
                return Ok(Some(1));
            }
            '&' if self.last == '>' && self.code().statement.ends_with('>') => {
                self.push('&');
                return Ok(Some(1));
            }
            '&' if matches!(
                mode,
                Mode::Statement | Mode::Value | Mode::Key | Mode::Piped
            ) =>
            {
                self.begin_command(Mode::Name(true));
                self.push('&');
                return Ok(Some(1));
            }
            '&' => self.end_word(),
            ',' => {
                if !names::takes_objects(self.code().command()) {
                    self.refuse_joined(LISTED)?;
                }
                self.end_word();
                self.push(',');
                let code = self.code();
                code.is_cast = false;
                if matches!(mode, Mode::Statement | Mode::Value) {
                    code.mode = Mode::Expression;
                }
                return Ok(Some(1));
            }
            '>' | '<' => {
                // Within a word it is a letter, but not behind the number of a stream.
                let word = self.code().word.as_ref();
                if word.is_none_or(|word| is_stream(&word.text)) {
                    self.end_word();
                } else {
                    self.quote_word();
                }
                self.push(letter);
                self.code().is_target = true;
                return Ok(Some(1));
            }
            '=' if mode == Mode::Expression => {
                self.push('=');
                let code = self.code();
                code.is_cast = false;
                code.mode = Mode::Value;
                return Ok(Some(1));
            }
            ')' | '}' | ']' => return self.closing(letter),
            _ => return Ok(None),
        }
        let taken = if chains { 2 } else { 1 };
        self.code().end_statement()?;
        self.carrier.text.push_str(&rest[..taken]);
        Ok(Some(taken))
    }

    fn closing(&mut self, letter: char) -> Result<Option<usize>, Refused> {
        let closes = match self.code().opener {
            Opener::Top => false,
            Opener::Paren | Opener::Statements => letter == ')',
            Opener::Block | Opener::Hash => letter == '}',
            Opener::Index | Opener::Type => letter == ']',
        };
        if !closes {
            return Ok(None);
        }
        let is_over = self.close()?;
        self.carrier.text.push(letter);
        // Within a text, what is in `$(…)` is no part of the statement around it.
        if matches!(self.frame().inside, Inside::Code(_)) && !is_over {
            self.note(letter);
        }
        Ok(Some(1))
    }

    /// What opens a text or a part of the code.
    fn opening(&mut self, letter: char, rest: &str) -> Result<Option<usize>, Refused> {
        let is_in_word = self.code().word.is_some();
        let is_double = names::is_double_quote(letter);
        let is_here = letter == '@' && !is_in_word;
        if let Some(header) = here_header(rest).filter(|_| is_here) {
            self.begin_word();
            let is_double = rest[1..].starts_with(names::is_double_quote);
            self.open_text(is_double, &rest[..header], true);
            return Ok(Some(header));
        }
        if is_double || names::is_single_quote(letter) {
            self.refuse_joined("in a word that holds quotes")?;
            let mark = &rest[..letter.len_utf8()];
            self.begin_word();
            self.open_text(is_double, mark, false);
            return Ok(Some(mark.len()));
        }
        if rest.starts_with("${") {
            self.begin_word();
            self.quote_word();
            if matches!(
                self.code().mode,
                Mode::Statement | Mode::Value | Mode::Key | Mode::Piped
            ) {
                self.code().mode = Mode::Expression;
            }
            self.push_all("${");
            let scope = self.frame().scope;
            self.open(Inside::Variable, Some("in the name of a variable"), scope);
            return Ok(Some(2));
        }
        let part = match letter {
            '$' if rest.starts_with("$(") => (Opener::Statements, "$("),
            '@' if rest.starts_with("@(") && !is_in_word => (Opener::Statements, "@("),
            '@' if rest.starts_with("@{") && !is_in_word => (Opener::Hash, "@{"),
            '(' => (Opener::Paren, "("),
            '{' => (Opener::Block, "{"),
            '[' => match self.bracket() {
                Some(opener) => (opener, "["),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let (opener, mark) = part;
        if mark == "$(" {
            self.quote_word();
        } else {
            self.refuse_joined("right before what is in brackets")?;
        }
        if matches!(opener, Opener::Paren | Opener::Block) {
            self.end_name();
            self.end_keyword_word();
        }
        self.open_part(opener, mark);
        Ok(Some(mark.len()))
    }

    fn open_part(&mut self, opener: Opener, mark: &'static str) {
        let is_named = matches!(self.code().mode, Mode::Name(_));
        if is_named && opener == Opener::Block {
            self.code().mode = Mode::Command;
            self.open_code(opener, mark);
            return;
        }
        let is_type = opener == Opener::Type;
        self.open_code(opener, mark);
        let why = match (is_named, is_type) {
            (true, _) => Some(super::NAME),
            (_, true) => Some("in a type or an attribute"),
            _ => None,
        };
        let last = self.frames.len() - 1;
        let frame = &mut self.frames[last];
        frame.closed = frame.closed.or(why);
    }

    /// What `[` opens here, if it does.
    fn bracket(&mut self) -> Option<Opener> {
        let last = self.last;
        let is_behind = names::is_part(last)
            || matches!(last, ')' | ']' | '}' | super::VALUE | '?')
            || names::is_double_quote(last)
            || names::is_single_quote(last);
        let is_variable = self.is_variable();
        match self.code().mode {
            Mode::Command if is_behind && is_variable => Some(Opener::Index),
            Mode::Name(_) | Mode::Command => None,
            Mode::Expression | Mode::Closed(..) if is_behind => Some(Opener::Index),
            _ => Some(Opener::Type),
        }
    }

    /// Whether the word so far is a variable, or something of one.
    fn is_variable(&mut self) -> bool {
        let word = self.code().word.as_ref();
        word.is_some_and(|word| word.text.starts_with('$') && word.holds.is_none())
    }

    /// A word that holds a value can only be joined to what is no text in quotes.
    fn refuse_joined(&mut self, why: &'static str) -> Result<(), Refused> {
        let word = self.code().word.as_ref();
        match word.and_then(|word| word.holds.as_ref()) {
            Some(slot) => Err(refused(slot, why)),
            None => Ok(()),
        }
    }
}

fn is_stream(word: &str) -> bool {
    matches!(word, "*" | "1" | "2" | "3" | "4" | "5" | "6")
}

/// How long the beginning of a here-string is, if this is one.
fn here_header(rest: &str) -> Option<usize> {
    let quoted = rest.strip_prefix('@')?;
    let quote = quoted.chars().next()?;
    if !names::is_single_quote(quote) && !names::is_double_quote(quote) {
        return None;
    }
    let line = &quoted[quote.len_utf8()..];
    let end = line.find('\n')?;
    let is_blank = line[..end].trim().is_empty();
    is_blank.then_some(1 + quote.len_utf8() + end + 1)
}

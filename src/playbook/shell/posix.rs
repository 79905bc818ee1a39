//! Commands of sh, bash and what understands the same.
//!
//! What stands for a value is an expansion in double quotes, wherever it is: it is
//! never read again as code, even if this misjudges the quoting around it. The
//! places where a shell would read it again are refused.

use crate::playbook::template::{Piece, Slot};

use super::words::read_again;
use super::{refused, Carrier, Refused};

/// What the text is in.
#[derive(Debug, Clone, PartialEq)]
enum Inside {
    /// `( … )`, `$( … )`.
    Command,
    /// `" … "`.
    Double,
    /// `' … '`.
    Single,
    /// Where no value can be.
    Closed {
        end: &'static str,
        why: &'static str,
    },
}

/// A here-document that is announced and begins at the next line.
#[derive(Debug, Clone)]
struct Here {
    end: String,
    is_quoted: bool,
    strips_tabs: bool,
}

pub(super) fn carry(pieces: &[Piece], carrier: &mut Carrier) -> Result<(), Refused> {
    let mut scanner = Scanner::default();
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                scanner.text(text);
                carrier.text.push_str(text);
            }
            Piece::Slot(slot) => scanner.slot(slot, carrier)?,
        }
    }
    Ok(())
}

#[derive(Default)]
struct Scanner {
    stack: Vec<Inside>,
    /// The words of the command so far, in which a value counts as a letter.
    command: String,
    is_escaped: bool,
    is_comment: bool,
    announced: Vec<Here>,
    here: Option<Here>,
    /// The line so far of a here-document.
    line: String,
    last: char,
}

impl Scanner {
    fn text(&mut self, text: &str) {
        let mut offset = 0;
        while let Some(letter) = text[offset..].chars().next() {
            let rest = &text[offset..];
            let taken = match &self.here {
                Some(_) => {
                    self.here_letter(letter);
                    letter.len_utf8()
                }
                None => self.letter(letter, rest),
            };
            self.last = text[offset..offset + taken]
                .chars()
                .last()
                .unwrap_or(letter);
            offset += taken;
        }
    }

    /// Takes in what begins here; how much of it.
    fn letter(&mut self, letter: char, rest: &str) -> usize {
        let length = letter.len_utf8();
        if std::mem::take(&mut self.is_escaped) {
            self.command.push(letter);
            return length;
        }
        if self.is_comment {
            self.is_comment = letter != '\n';
            if letter == '\n' {
                self.end_line();
            }
            return length;
        }
        match self.stack.last().cloned() {
            None | Some(Inside::Command) => self.plain(letter, rest),
            Some(Inside::Double) => self.double(letter, rest),
            Some(Inside::Single) => {
                self.command.push(letter);
                if letter == '\'' {
                    self.stack.pop();
                }
                length
            }
            Some(Inside::Closed { end, .. }) => self.closed(letter, rest, end),
        }
    }

    fn plain(&mut self, letter: char, rest: &str) -> usize {
        if let Some(taken) = self.opened(rest) {
            return taken;
        }
        match letter {
            '\\' => self.is_escaped = true,
            '\'' => self.stack.push(Inside::Single),
            '"' => self.stack.push(Inside::Double),
            '#' if self.begins_word() => {
                self.is_comment = true;
                return 1;
            }
            '<' if rest.starts_with("<<") && !rest.starts_with("<<<") => {
                return self.announce(rest);
            }
            '<' if rest.starts_with("<<<") => {
                self.command.push_str("<<<");
                return 3;
            }
            ')' => {
                self.stack.pop();
                self.command.clear();
                return 1;
            }
            '\n' => {
                self.end_line();
                return 1;
            }
            ';' | '|' | '&' => {
                self.command.clear();
                return 1;
            }
            _ => {}
        }
        self.command.push(letter);
        letter.len_utf8()
    }

    /// Takes in what opens something, if this does.
    fn opened(&mut self, rest: &str) -> Option<usize> {
        let closed = |end, why| Inside::Closed { end, why };
        let (mark, inside) = if rest.starts_with("$((") {
            ("$((", closed("))", "in arithmetic"))
        } else if rest.starts_with("$(") {
            ("$(", Inside::Command)
        } else if rest.starts_with("${") {
            ("${", closed("}", "in `${…}`"))
        } else if rest.starts_with("$'") && self.is_plain() {
            ("$'", closed("'", "in `$'…'`"))
        } else if rest.starts_with('`') {
            ("`", closed("`", "in backticks"))
        } else if !self.is_plain() {
            return None;
        } else if rest.starts_with("((") {
            ("((", closed("))", "in arithmetic"))
        } else if rest.starts_with('(') {
            ("(", Inside::Command)
        } else if rest.starts_with("[[") && self.begins_word() {
            ("[[", closed("]]", "in `[[…]]`"))
        } else {
            return None;
        };
        if inside == Inside::Command {
            self.command.clear();
        } else {
            self.command.push_str(mark);
        }
        self.stack.push(inside);
        Some(mark.len())
    }

    fn is_plain(&self) -> bool {
        matches!(self.stack.last(), None | Some(Inside::Command))
    }

    fn double(&mut self, letter: char, rest: &str) -> usize {
        if let Some(taken) = self.opened(rest) {
            return taken;
        }
        match letter {
            '\\' => self.is_escaped = true,
            '"' => {
                self.stack.pop();
            }
            _ => {}
        }
        self.command.push(letter);
        letter.len_utf8()
    }

    fn closed(&mut self, letter: char, rest: &str, end: &str) -> usize {
        if letter == '\\' {
            self.is_escaped = true;
            return 1;
        }
        if rest.starts_with(end) {
            self.stack.pop();
            self.command.push_str(end);
            return end.len();
        }
        letter.len_utf8()
    }

    fn begins_word(&self) -> bool {
        let is_end = |letter: char| letter.is_whitespace() || "\0;|&()".contains(letter);
        is_end(self.last)
    }

    fn end_line(&mut self) {
        self.command.clear();
        self.next_here();
    }

    // ---- here-documents ----

    /// `<<END`, `<<-'END'`.
    fn announce(&mut self, rest: &str) -> usize {
        let mut length = 2;
        let strips_tabs = rest[length..].starts_with('-');
        length += usize::from(strips_tabs);
        let behind = &rest[length..];
        length += behind.len() - behind.trim_start_matches([' ', '\t']).len();
        let word = &rest[length..];
        let is_end = |letter: char| letter.is_whitespace() || ";|&()<>".contains(letter);
        let word = &word[..word.find(is_end).unwrap_or(word.len())];
        let is_quoted = word.contains(['\'', '"', '\\']);
        self.announced.push(Here {
            end: word.replace(['\'', '"', '\\'], ""),
            is_quoted,
            strips_tabs,
        });
        self.command.push(' ');
        length + word.len()
    }

    fn next_here(&mut self) {
        self.line.clear();
        self.here = match self.announced.is_empty() {
            true => None,
            false => Some(self.announced.remove(0)),
        };
    }

    fn here_letter(&mut self, letter: char) {
        if letter != '\n' {
            self.line.push(letter);
            return;
        }
        let line = std::mem::take(&mut self.line);
        let is_end = self.here.as_ref().is_some_and(|here| {
            let line = match here.strips_tabs {
                true => line.trim_start_matches('\t'),
                false => &line,
            };
            line == here.end
        });
        if is_end {
            self.next_here();
        }
    }

    /// A value in a here-document is safe unless something around it reads it.
    fn slot_in_here(&mut self, slot: &Slot, is_quoted: bool) -> Result<(), Refused> {
        if is_quoted {
            return Err(refused(slot, "in a here-document whose end is quoted"));
        }
        let is_inside = ["$(", "${", "`"]
            .iter()
            .any(|mark| self.line.contains(mark));
        if is_inside || self.line.ends_with('\\') {
            return Err(refused(
                slot,
                "in a line of a here-document that holds code",
            ));
        }
        self.line.push('x');
        Ok(())
    }

    // ---- values ----

    fn slot(&mut self, slot: &Slot, carrier: &mut Carrier) -> Result<(), Refused> {
        if let Some(is_quoted) = self.here.as_ref().map(|here| here.is_quoted) {
            self.slot_in_here(slot, is_quoted)?;
            carrier.put(slot, "${", "}");
            return Ok(());
        }
        if self.is_comment {
            return Err(refused(slot, "in a comment"));
        }
        if self.is_escaped {
            return Err(refused(slot, "after a backslash"));
        }
        if !self.announced.is_empty() && self.last == '<' {
            return Err(refused(slot, "as the end of a here-document"));
        }
        if let Some(why) = read_again(&self.command) {
            return Err(refused(slot, why));
        }
        let (before, after) = match self.stack.last() {
            None | Some(Inside::Command) if self.last == '$' => {
                return Err(refused(slot, "after `$`"));
            }
            Some(Inside::Double) if self.last == '$' => {
                return Err(refused(slot, "after `$`"));
            }
            None | Some(Inside::Command) => ("\"${", "}\""),
            Some(Inside::Double) => ("${", "}"),
            Some(Inside::Single) => ("'\"${", "}\"'"),
            Some(Inside::Closed { why, .. }) => return Err(refused(slot, why)),
        };
        carrier.put(slot, before, after);
        self.command.push('x');
        self.last = 'x';
        Ok(())
    }
}

//! From the words of a condition to its terms.

use crate::engine::value::Value;
use crate::playbook::place::Position;

use super::evaluate::pattern;
use super::fault::{Fault, Trouble};
use super::operator::{Operator, Question};
use super::token::{self, Piece, Spanned, Token};
use super::{Outcome, Reference, StepPart, Term};

/// How deeply terms may be nested.
const DEEPEST: usize = 64;

/// How many operators there may be: each nests what is on its left.
const MOST_OPERATORS: usize = 500;

/// What a name below `$env` may be.
const CONTEXT: &str = "context";

pub(super) fn read(source: &str) -> Result<Term, Fault> {
    let tokens = token::read(source)?;
    let mut parser = Parser {
        source,
        tokens,
        next: 0,
        depth: 0,
        operators: 0,
    };
    if *parser.peek() == Token::End {
        return Err(parser.expected("a condition"));
    }
    let term = parser.binary(0)?;
    match parser.peek() {
        Token::End => Ok(term),
        _ => Err(parser.expected("an operator")),
    }
}

struct Parser<'s> {
    source: &'s str,
    tokens: Vec<Spanned>,
    next: usize,
    depth: usize,
    operators: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.next].token
    }

    fn at(&self) -> Position {
        self.tokens[self.next].at
    }

    fn advance(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }

    fn takes(&mut self, mark: &str) -> bool {
        let is_it = matches!(self.peek(), Token::Mark(it) if *it == mark);
        if is_it {
            self.advance();
        }
        is_it
    }

    fn close(&mut self, mark: &'static str, name: &'static str) -> Result<(), Fault> {
        match self.takes(mark) {
            true => Ok(()),
            false if *self.peek() == Token::End => self.fail(Trouble::Unclosed(name)),
            false => Err(self.expected(name)),
        }
    }

    fn fail<T>(&self, trouble: Trouble) -> Result<T, Fault> {
        Err(Fault::new(self.at(), trouble))
    }

    fn expected(&self, expected: &'static str) -> Fault {
        let start = self.tokens[self.next].start;
        let word = self.source[start..].split_whitespace().next();
        let found = word.map_or("the end".to_owned(), |word| format!("`{}`", short(word)));
        // What stands where an operator is due makes a command of what is before it.
        Fault::new(self.at(), Trouble::Expected { expected, found })
    }

    fn operator(&self) -> Result<Option<Operator>, Fault> {
        Ok(Some(match self.peek() {
            Token::Operator(word) => match Operator::of(word) {
                Some(operator) => operator,
                None => return self.fail(Trouble::Operator(word.clone())),
            },
            Token::Mark("==") => Operator::equal(false),
            Token::Mark("!=") => Operator::equal(true),
            Token::Mark("+") => Operator::Add,
            Token::Mark("-") => Operator::Subtract,
            Token::Mark("*") => Operator::Multiply,
            Token::Mark("/") => Operator::Divide,
            Token::Mark("%") => Operator::Remainder,
            _ => return Ok(None),
        }))
    }

    /// Operators of this rank and above, from the left.
    fn binary(&mut self, rank: u8) -> Result<Term, Fault> {
        let mut left = match rank {
            4 => return self.commas(),
            _ => self.binary(rank + 1)?,
        };
        while let Some(operator) = self.operator()?.filter(|it| it.rank() == rank) {
            let at = self.at();
            self.operators += 1;
            if self.operators > MOST_OPERATORS {
                return self.fail(Trouble::TooDeep);
            }
            self.advance();
            let right_at = self.at();
            let right = self.binary(rank + 1)?;
            check_pattern(operator, &right, right_at)?;
            left = Term::Two(operator, Box::new((left, right)), at);
        }
        Ok(left)
    }

    /// `'a', 'b'` is a list.
    fn commas(&mut self) -> Result<Term, Fault> {
        let first = self.unary()?;
        if !matches!(self.peek(), Token::Mark(",")) {
            return Ok(first);
        }
        let mut terms = vec![first];
        while self.takes(",") {
            terms.push(self.unary()?);
        }
        Ok(Term::List(terms))
    }

    fn unary(&mut self) -> Result<Term, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail(Trouble::TooDeep);
        }
        let at = self.at();
        let is_not =
            matches!(self.peek(), Token::Operator(word) if word.eq_ignore_ascii_case("not"));
        let term = if is_not || matches!(self.peek(), Token::Mark("!")) {
            self.advance();
            Term::Not(Box::new(self.unary()?))
        } else if self.takes("-") {
            Term::Negative(Box::new(self.unary()?), at)
        } else {
            let whole = self.primary()?;
            self.parts(whole)?
        };
        self.depth -= 1;
        Ok(term)
    }

    fn primary(&mut self) -> Result<Term, Fault> {
        let at = self.at();
        match self.peek().clone() {
            Token::Number(value) => {
                self.advance();
                Ok(Term::Value(value))
            }
            Token::Text(pieces) => {
                self.advance();
                text(pieces, at)
            }
            Token::Name(name) => {
                self.advance();
                self.name(&name, at)
            }
            Token::Mark("(") => {
                self.advance();
                let term = self.binary(0)?;
                self.close(")", "the bracket `)`")?;
                Ok(term)
            }
            Token::Mark("@(") => self.list(),
            Token::Word(word) => self.word(&word, at),
            _ => Err(self.expected("a value")),
        }
    }

    /// `@('a', 'b')`.
    fn list(&mut self) -> Result<Term, Fault> {
        self.advance();
        if self.takes(")") {
            return Ok(Term::List(Vec::new()));
        }
        let inside = self.binary(0)?;
        self.close(")", "the bracket `)`")?;
        Ok(match inside {
            list @ Term::List(_) => list,
            one => Term::List(vec![one]),
        })
    }

    /// `true`, `success()`, `Test-Path x`; every other word is a command.
    fn word(&mut self, word: &str, at: Position) -> Result<Term, Fault> {
        self.advance();
        let outcome = match word.to_ascii_lowercase().as_str() {
            "true" => return Ok(Term::Value(Value::Bool(true))),
            "false" => return Ok(Term::Value(Value::Bool(false))),
            "null" => return Ok(Term::Value(Value::Null)),
            "test-path" => return self.test_path(),
            "success" => Outcome::Success,
            "failure" => Outcome::Failure,
            "always" => Outcome::Always,
            _ => return Err(Fault::new(at, Trouble::Code(short(word)))),
        };
        if self.takes("(") {
            self.close(")", "the bracket `)`")?;
        }
        Ok(Term::Outcome(outcome))
    }

    fn test_path(&mut self) -> Result<Term, Fault> {
        self.skip_switches(&["path", "literalpath"], &[]);
        let term = match self.peek() {
            Token::Text(_) | Token::Name(_) | Token::Mark("(") => {
                let whole = self.primary()?;
                self.parts(whole)?
            }
            Token::End => return Err(self.expected("a path")),
            _ => Term::Value(Value::Text(self.bare().into())),
        };
        self.skip_switches(&[], &["erroraction"]);
        Ok(Term::TestPath(Box::new(term)))
    }

    /// Skips `-Path`, and `-ErrorAction SilentlyContinue` with what follows it.
    fn skip_switches(&mut self, alone: &[&str], with_value: &[&str]) {
        while let Token::Operator(word) = self.peek() {
            let is_in = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
            let (is_alone, has_value) = (is_in(alone), is_in(with_value));
            if !is_alone && !has_value {
                return;
            }
            self.advance();
            if has_value {
                self.advance();
            }
        }
    }

    /// What is written up to the next space or bracket.
    fn bare(&mut self) -> String {
        let start = self.tokens[self.next].start;
        let rest = &self.source[start..];
        let is_end = |letter: char| letter.is_whitespace() || letter == ')';
        let end = start + rest.find(is_end).unwrap_or(rest.len());
        while *self.peek() != Token::End && self.tokens[self.next].start < end {
            self.advance();
        }
        self.source[start..end].to_owned()
    }

    fn name(&mut self, name: &str, at: Position) -> Result<Term, Fault> {
        let reference = match name.to_ascii_lowercase().as_str() {
            "params" => Reference::Parameter(self.member("params", at)?),
            "env" => {
                let member = self.member("env", at)?;
                if !member.eq_ignore_ascii_case(CONTEXT) {
                    return Err(Fault::new(at, Trouble::Name(format!("$env.{member}"))));
                }
                Reference::Context
            }
            "steps" => {
                let step = self.member("steps", at)?;
                let part = self.member("steps.<name>", at)?;
                Reference::Step(step, step_part(&part, at)?)
            }
            _ => return Ok(plain_name(name, at)),
        };
        Ok(Term::Name(reference, at))
    }

    /// The name behind a dot or in brackets.
    fn member(&mut self, of: &str, at: Position) -> Result<String, Fault> {
        let is_index = self.takes("[");
        if !is_index && !self.takes(".") {
            return Err(Fault::new(at, Trouble::Name(format!("${of}"))));
        }
        let name = match self.peek().clone() {
            Token::Word(word) => Some(word),
            Token::Number(Value::Int(number)) => Some(self.written(number)),
            Token::Text(pieces) => only_text(pieces),
            _ => None,
        };
        let Some(name) = name else {
            return Err(self.expected("a name"));
        };
        self.advance();
        if is_index {
            self.close("]", "the bracket `]`")?;
        }
        Ok(name)
    }

    /// A number as it is written, since `0407` names a step.
    fn written(&self, number: i64) -> String {
        let rest = &self.source[self.tokens[self.next].start..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        match digits {
            0 => number.to_string(),
            _ => rest[..digits].to_owned(),
        }
    }

    /// `.name` and `[0]` behind a value.
    fn parts(&mut self, mut whole: Term) -> Result<Term, Fault> {
        loop {
            let part = if self.takes(".") {
                let Token::Word(word) = self.peek().clone() else {
                    return Err(self.expected("a name"));
                };
                self.advance();
                if matches!(self.peek(), Token::Mark("(")) {
                    return self.fail(Trouble::Code(format!(".{}()", short(&word))));
                }
                Term::Value(Value::Text(word.into()))
            } else if self.takes("[") {
                let part = self.binary(0)?;
                self.close("]", "the bracket `]`")?;
                part
            } else {
                return Ok(whole);
            };
            whole = Term::Part(Box::new(whole), Box::new(part));
        }
    }
}

/// A name that is neither below `$params` nor `$steps`.
pub(super) fn plain_name(name: &str, at: Position) -> Term {
    if let Some(variable) = name.get(..4).filter(|it| it.eq_ignore_ascii_case("env:")) {
        return Term::Name(
            Reference::Environment(name[variable.len()..].to_owned()),
            at,
        );
    }
    match name.to_ascii_lowercase().as_str() {
        "true" => Term::Value(Value::Bool(true)),
        "false" => Term::Value(Value::Bool(false)),
        "null" => Term::Value(Value::Null),
        "lastexitcode" => Term::Name(Reference::LastExitCode, at),
        "iswindows" => Term::Value(Value::Bool(cfg!(windows))),
        "islinux" => Term::Value(Value::Bool(cfg!(target_os = "linux"))),
        "ismacos" => Term::Value(Value::Bool(cfg!(target_os = "macos"))),
        _ => match name.split_once('.') {
            // `{{params.x}}` and `${params.x}`.
            Some((scope, rest)) if scope.eq_ignore_ascii_case("params") => {
                Term::Name(Reference::Parameter(rest.to_owned()), at)
            }
            _ => Term::Name(Reference::Variable(name.to_owned()), at),
        },
    }
}

fn step_part(part: &str, at: Position) -> Result<StepPart, Fault> {
    match part.to_ascii_lowercase().as_str() {
        "output" => Ok(StepPart::Output),
        "status" => Ok(StepPart::Status),
        "exitcode" => Ok(StepPart::ExitCode),
        _ => {
            let name = format!("$steps.<name>.{part}");
            Err(Fault::new(at, Trouble::Name(name)))
        }
    }
}

fn text(pieces: Vec<Piece>, at: Position) -> Result<Term, Fault> {
    let terms = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => Term::Value(Value::Text(text.into())),
        Piece::Name(name) => plain_name(&name, at),
    });
    let mut terms: Vec<_> = terms.collect();
    match terms.as_slice() {
        [Term::Value(Value::Text(_))] => Ok(terms.remove(0)),
        _ => Ok(Term::Joined(terms)),
    }
}

fn only_text(pieces: Vec<Piece>) -> Option<String> {
    match pieces.as_slice() {
        [Piece::Text(text)] => Some(text.clone()),
        _ => None,
    }
}

/// A pattern that is written down is tried before anything runs.
fn check_pattern(operator: Operator, right: &Term, at: Position) -> Result<(), Fault> {
    let Operator::Compare {
        question: question @ (Question::Like | Question::Match),
        ignores_case,
        ..
    } = operator
    else {
        return Ok(());
    };
    let Term::Value(Value::Text(text)) = right else {
        return Ok(());
    };
    match pattern(question, text, ignores_case) {
        Ok(_) => Ok(()),
        Err(problem) => Err(Fault::new(at, Trouble::Pattern(problem))),
    }
}

/// The start of something that a message says.
fn short(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

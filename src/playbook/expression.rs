//! Conditions: PowerShell's operators over values. Nothing is ever run.
//!
//! # What there is
//! | | |
//! |---|---|
//! | values | `5`, `2.5`, `1GB`, `'text'`, `"text $name"`, `$true`, `$null`, `@('a', 'b')` |
//! | names | `$params.x`, `$x` and `{{x}}` (a parameter or variable), `$env:X`, `$env.context`, `$steps.name.output`, `.status`, `.exitCode`, `$LASTEXITCODE`, `$IsWindows`, `$IsLinux`, `$IsMacOS` |
//! | parts | `$x.name`, `$x[0]`, `$x['name']`, `.Count`, `.Length`; what is not there is `$null` |
//! | operators | `-eq -ne -gt -ge -lt -le -like -notlike -match -notmatch -in -notin -contains -notcontains`, the same with `c` in front for letters in their case; `-and -or -xor -not !`; `+ - * / %` |
//! | functions | `Test-Path x`, `success()`, `failure()`, `always()` |
//!
//! Operators bind as in PowerShell: `-and`, `-or` and `-xor` alike, from the left,
//! and `-not` before all of them. What is on the left says how two values are
//! compared, with one exception: texts that are numbers are compared with numbers
//! as such, since variables of the environment are texts.

mod evaluate;
mod fault;
mod operator;
mod parse;
mod token;

use crate::engine::value::Value;

use super::place::Position;

pub use evaluate::{is_true, text_of, Scope};
pub use fault::{Fault, Trouble};
use operator::Operator;

/// A condition that could be read.
#[derive(Debug, Clone)]
pub struct Expression {
    root: Term,
}

/// Whether a word without its dash is an operator of conditions, in whatever case.
pub fn is_operator(word: &str) -> bool {
    word.eq_ignore_ascii_case("not") || Operator::of(word).is_some()
}

/// Something outside of a condition that it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `$params.x`: what the playbook was told.
    Parameter(String),
    /// `$x`, `${x}`, `{{x}}`: a parameter or a variable.
    Variable(String),
    /// `$env:X`.
    Environment(String),
    /// `$env.context`: the environment that the playbook runs in.
    Context,
    /// `$steps.name.output` and the like.
    Step(String, StepPart),
    /// `$LASTEXITCODE`: the exit code of the last step that ended, as written.
    LastExitCode,
}

/// What of a step is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepPart {
    /// What it gave out.
    Output,
    /// How it ended: `Succeeded`, `Failed`, `TimedOut`, `Stopped`, `Skipped`.
    Status,
    /// Its exit code.
    ExitCode,
}

/// A part of a condition.
#[derive(Debug, Clone)]
enum Term {
    Value(Value),
    Name(Reference, Position),
    List(Vec<Term>),
    Joined(Vec<Term>),
    Not(Box<Term>),
    Negative(Box<Term>, Position),
    Two(Operator, Box<(Term, Term)>, Position),
    Part(Box<Term>, Box<Term>),
    TestPath(Box<Term>),
    Outcome(Outcome),
}

/// A question about the steps before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Success,
    Failure,
    Always,
}

impl Expression {
    /// Reads a condition.
    pub fn parse(source: &str) -> Result<Self, Fault> {
        parse::read(source).map(|root| Self { root })
    }

    /// The parameter or variable of a name, whatever is in the name.
    pub fn of_variable(name: &str) -> Self {
        let root = parse::plain_name(name, Position::START);
        Self { root }
    }

    /// What it is, given what the names in it stand for.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, Fault> {
        evaluate::evaluate(&self.root, scope)
    }

    /// Whether it holds.
    pub fn holds(&self, scope: &dyn Scope) -> Result<bool, Fault> {
        self.evaluate(scope).map(|value| is_true(&value))
    }

    /// What it reads, and where in its text.
    pub fn references(&self) -> Vec<(&Reference, Position)> {
        let mut found = Vec::new();
        self.root.each(&mut |term| {
            if let Term::Name(reference, at) = term {
                found.push((reference, *at));
            }
        });
        found
    }

    /// Whether it is about failures, so that it is asked after one too.
    pub fn reads_failures(&self) -> bool {
        let mut does = false;
        self.root.each(&mut |term| {
            does |= match term {
                Term::Name(Reference::LastExitCode, _) => true,
                Term::Name(Reference::Step(_, part), _) => *part != StepPart::Output,
                Term::Outcome(outcome) => *outcome != Outcome::Success,
                _ => false,
            };
        });
        does
    }
}

impl Term {
    fn each<'t>(&'t self, visit: &mut impl FnMut(&'t Term)) {
        visit(self);
        match self {
            Self::List(terms) | Self::Joined(terms) => {
                terms.iter().for_each(|term| term.each(visit));
            }
            Self::Not(term) | Self::Negative(term, _) | Self::TestPath(term) => term.each(visit),
            Self::Two(_, terms, _) => {
                terms.0.each(visit);
                terms.1.each(visit);
            }
            Self::Part(whole, name) => {
                whole.each(visit);
                name.each(visit);
            }
            Self::Value(_) | Self::Name(..) | Self::Outcome(_) => {}
        }
    }
}

#[cfg(test)]
#[path = "expression/tests.rs"]
mod tests;

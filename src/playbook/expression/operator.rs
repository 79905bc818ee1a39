//! The operators between two values.

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Xor,
    /// Two values, one question.
    Compare {
        question: Question,
        /// `-ne` is not `-eq`.
        is_not: bool,
        /// Whether upper and lower case are the same.
        ignores_case: bool,
    },
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Like,
    Match,
    In,
    Contains,
}

/// All words of operators, for "did you mean".
pub(super) const WORDS: &[&str] = &[
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "like",
    "notlike",
    "match",
    "notmatch",
    "in",
    "notin",
    "contains",
    "notcontains",
    "and",
    "or",
    "xor",
    "not",
];

impl Operator {
    /// The operator of a word without its dash, in whatever case.
    pub(super) fn of(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "or" => return Some(Self::Or),
            "and" => return Some(Self::And),
            "xor" => return Some(Self::Xor),
            _ => {}
        }
        if let Some((question, is_not)) = question(&word) {
            return Some(Self::compare(question, is_not, true));
        }
        let first = word.get(..1)?;
        let (question, is_not) = question(&word[1..]).filter(|_| matches!(first, "c" | "i"))?;
        Some(Self::compare(question, is_not, first == "i"))
    }

    /// `-eq` and `-ne`, which may be written `==` and `!=`.
    pub(super) fn equal(is_not: bool) -> Self {
        Self::compare(Question::Equal, is_not, true)
    }

    fn compare(question: Question, is_not: bool, ignores_case: bool) -> Self {
        Self::Compare {
            question,
            is_not,
            ignores_case,
        }
    }

    /// The higher it is, the closer it binds.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Or | Self::And | Self::Xor => 0,
            Self::Compare { .. } => 1,
            Self::Add | Self::Subtract => 2,
            Self::Multiply | Self::Divide | Self::Remainder => 3,
        }
    }

    /// Its word, as a message says it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Xor => "xor",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Compare {
                question, is_not, ..
            } => match (question, is_not) {
                (Question::Equal, false) => "eq",
                (Question::Equal, true) => "ne",
                (Question::Greater, _) => "gt",
                (Question::GreaterOrEqual, _) => "ge",
                (Question::Less, _) => "lt",
                (Question::LessOrEqual, _) => "le",
                (Question::Like, false) => "like",
                (Question::Like, true) => "notlike",
                (Question::Match, false) => "match",
                (Question::Match, true) => "notmatch",
                (Question::In, false) => "in",
                (Question::In, true) => "notin",
                (Question::Contains, false) => "contains",
                (Question::Contains, true) => "notcontains",
            },
        }
    }
}

fn question(word: &str) -> Option<(Question, bool)> {
    Some(match word {
        "eq" => (Question::Equal, false),
        "ne" => (Question::Equal, true),
        "gt" => (Question::Greater, false),
        "ge" => (Question::GreaterOrEqual, false),
        "lt" => (Question::Less, false),
        "le" => (Question::LessOrEqual, false),
        "like" => (Question::Like, false),
        "notlike" => (Question::Like, true),
        "match" => (Question::Match, false),
        "notmatch" => (Question::Match, true),
        "in" => (Question::In, false),
        "notin" => (Question::In, true),
        "contains" => (Question::Contains, false),
        "notcontains" => (Question::Contains, true),
        _ => return None,
    })
}

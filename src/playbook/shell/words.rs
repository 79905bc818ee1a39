//! Commands of a shell that read a word again, as code or as a name.

/// Commands that read text as code, or as the name of a variable, whose subscript
/// is code.
const READ_AGAIN: &[&str] = &[
    "eval",
    "let",
    "trap",
    "declare",
    "typeset",
    "local",
    "export",
    "readonly",
    "read",
    "unset",
    "getopts",
    "mapfile",
    "readarray",
    "ssh",
    "su",
];

/// They run the text behind `-c`.
const SHELLS: &[&str] = &[
    "sh", "bash", "dash", "zsh", "ksh", "ash", "busybox", "env", "sudo",
];

/// With `-v` these take the name of a variable.
const WITH_NAMES: &[&str] = &["printf", "test", "["];

/// Why a command would read its next word again, if it would.
pub(super) fn read_again(command: &str) -> Option<&'static str> {
    let words: Vec<&str> = command.split_whitespace().collect();
    // `name=value` and words of the shell before a command are not yet one.
    let is_before = |word: &&&str| {
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| is_name(name));
        let words = [
            "if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "command",
            "builtin", "exec",
        ];
        !is_assignment && !words.contains(*word)
    };
    let name = words
        .iter()
        .find(is_before)
        .map_or("", |word| name_of(word));
    let has = |option: &str| {
        words
            .iter()
            .any(|word| word.trim_matches(['"', '\'']) == option)
    };
    let runs_text = |word: &str| SHELLS.contains(&name_of(word));
    let is_c = |word: &str| {
        let word = word.trim_matches(['"', '\'']);
        word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
    };
    if READ_AGAIN.contains(&name) {
        return Some("in a command that reads it as code or as a name");
    }
    if words.iter().any(|word| runs_text(word)) && words.iter().any(|word| is_c(word)) {
        return Some("in a command for another shell");
    }
    if WITH_NAMES.contains(&name) && has("-v") {
        return Some("in a command that reads it as a name");
    }
    let word = command.rsplit(char::is_whitespace).next().unwrap_or("");
    let is_subscript = word.rsplit_once('[').is_some_and(|(name, rest)| {
        is_name(name.rsplit(['"', '\'', '{']).next().unwrap_or("")) && !rest.contains(']')
    });
    is_subscript.then_some("in a subscript")
}

fn name_of(word: &str) -> &str {
    let word = word.trim_matches(['"', '\'', '\\']);
    word.rsplit('/').next().unwrap_or(word)
}

fn is_name(text: &str) -> bool {
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    begins
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

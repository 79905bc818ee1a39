//! The words of PowerShell that say what becomes of a value behind them.

use crate::playbook::expression;

/// Where the values of a block are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Where the text runs.
    Here,
    /// In another runspace or process, which is told them by `$using:`.
    Using,
    /// In another that is told nothing.
    Elsewhere,
}

/// What a word at the beginning of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// The name of a command.
    Command,
    /// It stands before a value: `return`.
    BeforeValue,
    /// It stands before `(` or `{`: `if`.
    BeforeBlock,
    /// It stands before a name, and this is why no value can follow.
    BeforeName(&'static str),
    /// The same, and for what is within the block, too.
    Declares(&'static str),
}

pub(super) fn word(name: &str) -> Word {
    match name.to_lowercase().as_str() {
        "return" | "throw" | "exit" => Word::BeforeValue,
        "if" | "elseif" | "else" | "while" | "until" | "do" | "for" | "foreach" | "switch"
        | "try" | "catch" | "finally" | "trap" | "param" | "begin" | "process" | "end"
        | "clean" | "dynamicparam" | "default" => Word::BeforeBlock,
        "function" | "filter" => Word::BeforeName("as the name of a function"),
        "break" | "continue" => Word::Declares("as a label"),
        "using" => Word::Declares("in a `using`"),
        "class" | "enum" => Word::Declares("in a class"),
        "data" | "configuration" => Word::Declares("in a block of data"),
        _ => Word::Command,
    }
}

/// The operators with a name that conditions lack, without `-`: those that can say
/// whether upper case matters, and the others.
const OPERATORS_OF_CASE: &[&str] = &["replace", "split"];
const OPERATORS: &[&str] = &[
    "join", "f", "band", "bor", "bxor", "bnot", "shl", "shr", "is", "isnot", "as",
];

/// Whether `-name` is an operator.
pub(super) fn is_operator(name: &str) -> bool {
    let name = name.to_lowercase();
    let bare = name.strip_prefix(['c', 'i']).unwrap_or(&name);
    OPERATORS.contains(&name.as_str())
        || OPERATORS_OF_CASE.contains(&bare)
        || expression::is_operator(&name)
}

/// Whether an expression can begin with a dash and this, rather than a command.
pub(super) fn begins_operator(rest: &str) -> bool {
    let name: String = rest.chars().take_while(|&it| it.is_alphabetic()).collect();
    let name = name.to_lowercase();
    let unary = ["", "not", "bnot", "join", "split", "isplit", "csplit"];
    unary.contains(&name.as_str())
}

pub(super) fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '\u{2013}' | '\u{2014}' | '\u{2015}')
}

pub(super) fn is_single_quote(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}'
    )
}

pub(super) fn is_double_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

/// A part of a name.
pub(super) fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn is_quote(letter: char) -> bool {
    is_single_quote(letter) || is_double_quote(letter) || letter == '`'
}

/// The words of a command, without their quotes.
fn words(command: &str) -> Vec<String> {
    let is_end = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '(' | ')' | '@');
    command
        .split(is_end)
        .map(|word| word.replace(is_quote, "").to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// The name of a command, as it is written but for its quotes.
pub(super) fn name_of(command: &str) -> String {
    let command = command.trim_start();
    let command = match command.strip_prefix(['&', '.']) {
        Some(rest) if !rest.starts_with(['/', '\\', '.']) => rest.trim_start(),
        _ => command,
    };
    // Blanks belong to it only within quotes.
    let is_text = |letter: char| is_quote(letter) && letter != '`';
    let end = match command.strip_prefix(is_text) {
        Some(quoted) => quoted
            .find(is_text)
            .map(|end| command.len() - quoted.len() + end),
        None => command.find(char::is_whitespace),
    };
    let name = &command[..end.unwrap_or(command.len())];
    name.replace(is_quote, "")
}

/// The last part of a path, without the ending of programs.
fn base(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let base = base.to_lowercase();
    base.strip_suffix(".exe").unwrap_or(&base).to_owned()
}

/// Commands of PowerShell that are no programs, and are not called `Verb-Noun`.
const ALIASES: &[&str] = &[
    "echo", "write", "%", "?", "foreach", "where", "select", "gci", "gi", "dir", "cd", "irm", "iwr",
];

/// Whether a command takes values as they are. Of any other it is not known whether
/// it is a program, whose bare arguments PowerShell takes for patterns of files.
pub(super) fn takes_objects(command: &str) -> bool {
    let name = name_of(command);
    let base = base(&name);
    let begins_upper = |part: &str| part.starts_with(char::is_uppercase);
    let is_cmdlet = name
        .rsplit('\\')
        .next()
        .and_then(|name| name.split_once('-'))
        .is_some_and(|(verb, noun)| begins_upper(verb) && begins_upper(noun));
    let is_block = name.starts_with('{');
    is_cmdlet || is_block || base.ends_with(".ps1") || ALIASES.contains(&base.as_str())
}

/// They run the text behind `-c`, and text that comes as their input.
const SHELLS: &[&str] = &[
    "sh", "bash", "dash", "zsh", "ksh", "ash", "busybox", "env", "sudo", "nohup", "xargs",
    "python", "python3", "py",
];

/// They run the text behind `-e` or `-r`, and text that comes as their input.
const LANGUAGES: &[&str] = &["perl", "ruby", "node", "php"];

/// They read text as commands, wherever it is among their arguments.
const READERS: &[&str] = &[
    "invoke-expression",
    "iex",
    "add-type",
    "set-alias",
    "sal",
    "new-alias",
    "nal",
    "invoke-wmimethod",
    "invoke-cimmethod",
    "register-scheduledjob",
    "set-psbreakpoint",
    "enter-pshostprocess",
    "debug-runspace",
];

/// The same, in a language of their own.
const OTHERS: &[&str] = &["cmd", "powershell", "ssh", "su", "wsl"];

/// Why a command would read what is among its words as code, if it would.
pub(super) fn read_again(command: &str) -> Option<&'static str> {
    const CODE: &str = "in a command that reads it as code or as a name";
    const SHELL: &str = "in a command for another shell";
    let name = base(&name_of(command));
    let words = words(command);
    let has = |prefix: &str| words.iter().any(|word| word.starts_with(prefix));
    let is_among = |list: &[&str]| words.iter().any(|word| list.contains(&base(word).as_str()));
    let ends = |letters: &[char]| {
        let is_short = |word: &&String| word.starts_with('-') && !word.starts_with("--");
        words
            .iter()
            .filter(is_short)
            .any(|word| word.ends_with(letters))
    };
    let is_file = name.ends_with(".bat") || name.ends_with(".cmd");
    let is_start = matches!(name.as_str(), "start-process" | "saps" | "start");
    if has("function:") || has("$function:") || has("${function:") || has("alias:") {
        return Some(CODE);
    }
    if READERS.contains(&name.as_str()) || (name.starts_with("start-") && has("-init")) {
        return Some(CODE);
    }
    let is_shell = is_file
        || OTHERS.contains(&name.as_str())
        || (name == "pwsh" && !words.iter().any(|word| word == "-file" || word == "-f"))
        || (is_start && (is_among(SHELLS) || is_among(LANGUAGES) || is_among(OTHERS)))
        || (is_start && is_among(&["pwsh"]))
        || (is_among(SHELLS) && ends(&['c']))
        || (is_among(LANGUAGES) && (ends(&['e', 'r', 'p']) || has("--eval")))
        || (is_among(&["cmd", "powershell"]) && (has("/") || has("-c") || has("-e")));
    is_shell.then_some(SHELL)
}

/// Why a command would read its input as code, if it would.
pub(super) fn reads_input(command: &str) -> Option<&'static str> {
    let name = base(&name_of(command));
    let lists = [
        SHELLS,
        LANGUAGES,
        READERS,
        OTHERS,
        &["pwsh", "invoke-command", "icm"],
    ];
    let is_reader = lists.iter().any(|list| list.contains(&name.as_str()));
    is_reader.then_some("in the input of a command that reads it as code")
}

/// Parts of expressions that make code of text.
const MARKS: &[&str] = &[
    "scriptblock]",
    "invokecommand",
    "newscriptblock",
    "addscript",
    "addcommand",
    "expandstring",
    "invokescript",
    "parseinput",
    "$function:",
    "${function:",
    "$alias:",
    "[type]",
    "[powershell]",
    "::createdelegate",
    "[activator]",
    "invokemember",
    "getmethod",
];

/// Why an expression would read a text in it as code, if it would.
pub(super) fn makes_code(expression: &str) -> Option<&'static str> {
    let expression: String = expression
        .to_lowercase()
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let has = MARKS.iter().any(|mark| expression.contains(mark));
    has.then_some("in an expression that reads it as code or as a name")
}

/// Why the next argument of a command is a name or code, if it is.
pub(super) fn reads_name(command: &str) -> Option<&'static str> {
    let name = base(&name_of(command));
    let words: Vec<_> = words(command).into_iter().skip(1).collect();
    let mut parameters = words.iter().filter(|word| word.starts_with('-'));
    let last = parameters.next_back().map_or("", |word| word);
    let has = |prefixes: &[&str]| prefixes.iter().any(|prefix| last.starts_with(prefix));
    let is_name = match name.as_str() {
        "new-object" => words.is_empty() || has(&["-t", "-co"]),
        "foreach-object" | "foreach" | "%" => last.is_empty() || has(&["-m"]),
        "invoke-command" | "icm" => {
            !has(&["-a", "-cn", "-comp", "-cr", "-f", "-h", "-se", "-t", "-v"])
        }
        _ => false,
    };
    is_name.then_some("in a command that reads it as code or as a name")
}

/// Where the values of a block are looked up that is an argument of a command.
pub(super) fn scope(command: &str) -> Scope {
    let name = base(&name_of(command));
    let has = |prefix: &str| words(command).iter().any(|word| word.starts_with(prefix));
    match name.as_str() {
        "start-job" | "sajb" | "start-threadjob" | "invoke-parallelorchestration" => Scope::Using,
        "foreach-object" | "foreach" | "%" if has("-pa") => Scope::Using,
        "invoke-command" | "icm" => {
            let remote = ["-com", "-cn", "-ses", "-host", "-vm", "-cont"];
            match remote.iter().any(|prefix| has(prefix)) {
                true => Scope::Using,
                false => Scope::Elsewhere,
            }
        }
        "pwsh" | "powershell" | "new-module" | "nmo" => Scope::Elsewhere,
        name if name.starts_with("register-") => Scope::Elsewhere,
        _ => Scope::Here,
    }
}

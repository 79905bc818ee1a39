//! How text that somebody else wrote goes into a drawing.

/// What stands for a letter that would do something instead of being shown.
const INERT: char = '\u{FFFD}';

/// Whether a letter changes how others are shown: control codes (of terminals
/// too), line ends, and what turns the direction of writing around.
fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E007F}')
}

/// As one line, in which nothing acts.
pub(super) fn line(text: &str) -> String {
    let inert = |letter| match letter {
        '\n' | '\r' | '\t' => ' ',
        letter if acts(letter) => INERT,
        letter => letter,
    };
    text.chars().map(inert).collect()
}

/// As text between the tags of XML and HTML, or in a quoted attribute.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in line(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// As text between tags that may have several lines. What XML has no letter for is replaced.
pub(super) fn xml_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').collect();
    let lines = lines.iter().map(|line| {
        let parts = line.strip_suffix('\r').unwrap_or(line).split('\t');
        parts.map(xml).collect::<Vec<_>>().join("\t")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// As a name in Mermaid's Gantt charts, which know no quotes: what means
/// something there is replaced by its wide twin, which looks alike.
pub(super) fn mermaid(text: &str) -> String {
    let inert = |letter| match letter {
        ':' | ';' | '#' | '%' | '<' | '>' | '{' | '}' | '"' | '\'' | '`' | '&' | ',' | '\\' => {
            char::from_u32(letter as u32 + 0xFEE0).unwrap_or(INERT)
        }
        letter => letter,
    };
    line(text).chars().map(inert).collect()
}

/// How many columns of a terminal a letter takes.
fn columns_of(letter: char) -> usize {
    match letter as u32 {
        0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x20D0..=0x20FF | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// A text that takes just so many columns: filled up, or shortened.
pub(super) fn fit(text: &str, width: usize, dots: char) -> String {
    if columns(text) <= width {
        return format!("{text}{}", " ".repeat(width - columns(text)));
    }
    let mut fitted = String::new();
    let mut taken = 0;
    for letter in text.chars() {
        if taken + columns_of(letter) + 1 > width {
            break;
        }
        taken += columns_of(letter);
        fitted.push(letter);
    }
    if taken < width {
        fitted.push(dots);
        taken += 1;
    }
    format!("{fitted}{}", " ".repeat(width.saturating_sub(taken)))
}

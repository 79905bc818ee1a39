//! References to scripts: `0407`, `0407_Name.ps1`, `0000-0099`, `stage:Core`, `!0402`.

use crate::playbook::model::{Phrase, Script, ScriptKind};
use crate::playbook::value::{Data, Node};

use super::fields::{items, phrase, Remarks};
use super::remark::{Matter, Remark};

/// The scripts that a value names: one, several with commas, or a list.
pub(super) fn read(node: &Node, key: &str, remarks: &mut Remarks) -> Vec<Script> {
    let mut scripts = Vec::new();
    for item in items(node) {
        let Some(whole) = phrase(item, key, remarks) else {
            continue;
        };
        let whole = Phrase {
            text: with_zeros(&item.data, whole.text),
            place: whole.place,
        };
        for text in whole.text.split(',').map(str::trim) {
            match kind(text) {
                Ok(kind) => {
                    let text = text.to_owned();
                    let place = item.place;
                    scripts.push(Script {
                        kind,
                        phrase: Phrase { text, place },
                    });
                }
                Err(matter) => remarks.push(Remark {
                    matter,
                    place: item.place,
                }),
            }
        }
    }
    scripts
}

/// A script's number has four digits, also where a file says `407`.
fn with_zeros(data: &Data, text: String) -> String {
    match data {
        Data::Int(number @ 0..=9999) => format!("{number:04}"),
        _ => text,
    }
}

fn kind(text: &str) -> Result<ScriptKind, Matter> {
    let no_script = || Matter::NoScript {
        text: text.to_owned(),
    };
    if let Some(rest) = text.strip_prefix('!') {
        return kind(rest.trim()).map(|kind| ScriptKind::Except(Box::new(kind)));
    }
    if let Some((word, rest)) = text.split_once(':') {
        let rest = rest.trim();
        let named = |name: &str| word.trim().eq_ignore_ascii_case(name) && !rest.is_empty();
        if named("stage") {
            return Ok(ScriptKind::Stage(rest.to_owned()));
        }
        if named("tag") {
            return Ok(ScriptKind::Tag(rest.to_owned()));
        }
    }
    if let Some((first, last)) = text
        .split_once('-')
        .filter(|(first, last)| is_number(first) && is_number(last))
    {
        if first > last {
            return Err(Matter::EmptyRange {
                text: text.to_owned(),
            });
        }
        return Ok(ScriptKind::Range(first.to_owned(), last.to_owned()));
    }
    if is_number(text) {
        return Ok(ScriptKind::Number(text.to_owned()));
    }
    if text.is_empty() {
        return Err(no_script());
    }
    if text.contains(['*', '?']) {
        return Ok(ScriptKind::Pattern(text.to_owned()));
    }
    Ok(ScriptKind::Name(text.to_owned()))
}

fn is_number(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|digit| digit.is_ascii_digit())
}

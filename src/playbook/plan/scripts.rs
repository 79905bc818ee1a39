//! The scripts that a step names, one by one.

use crate::playbook::model::{Phrase, Script, ScriptKind};

/// The scripts that references mean, in the order written. A range and the like give
/// all that `find` knows of them, each once; `!x` leaves out what was named before.
pub(super) fn all(named: &[Script], find: &dyn Fn(&ScriptKind) -> Vec<String>) -> Vec<Script> {
    let mut all: Vec<Script> = Vec::new();
    for script in named {
        match &script.kind {
            ScriptKind::Number(_) | ScriptKind::Name(_) => all.push(script.clone()),
            ScriptKind::Except(left_out) => {
                let names = names(left_out, find);
                all.retain(|it| !names.iter().any(|name| is_called(it, name)));
            }
            kind => {
                for name in find(kind) {
                    if !all.iter().any(|it| is_called(it, &name)) {
                        all.push(one(name, script));
                    }
                }
            }
        }
    }
    all
}

fn names(kind: &ScriptKind, find: &dyn Fn(&ScriptKind) -> Vec<String>) -> Vec<String> {
    match kind {
        ScriptKind::Number(name) | ScriptKind::Name(name) => vec![name.clone()],
        ScriptKind::Except(_) => Vec::new(),
        kind => find(kind),
    }
}

/// Whether a script is meant by a name: `0407` is also `validation/0407_Syntax`.
fn is_called(script: &Script, name: &str) -> bool {
    let file = |text: &str| {
        let text = text.replace('\\', "/");
        let text = text.strip_suffix(".ps1").unwrap_or(&text).to_lowercase();
        text.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let number = |text: &str| text.get(..4).map(str::to_owned);
    let (one, other) = (file(&script.phrase.text), file(name));
    let is_number = |text: &str| text.len() == 4 && text.bytes().all(|it| it.is_ascii_digit());
    one == other || ((is_number(&one) || is_number(&other)) && number(&one) == number(&other))
}

fn one(name: String, of: &Script) -> Script {
    let text = name.clone();
    Script {
        kind: ScriptKind::Name(name),
        phrase: Phrase {
            text,
            place: of.phrase.place,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::place::Place;

    fn script(kind: ScriptKind, text: &str) -> Script {
        let phrase = Phrase {
            text: text.to_owned(),
            place: Place::Counted(0),
        };
        Script { kind, phrase }
    }

    fn texts(scripts: &[Script]) -> Vec<&str> {
        scripts.iter().map(|it| it.phrase.text.as_str()).collect()
    }

    #[test]
    fn a_range_is_its_scripts_without_those_left_out() {
        let find = |kind: &ScriptKind| match kind {
            ScriptKind::Range(..) => ["0400_A", "0401_B", "x/0402_C"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        };
        let range = ScriptKind::Range("0400".into(), "0499".into());
        let left_out = ScriptKind::Except(Box::new(ScriptKind::Number("0401".into())));
        let named = [
            script(ScriptKind::Number("0402".into()), "0402"),
            script(range, "0400-0499"),
            script(left_out, "!0401"),
            script(ScriptKind::Number("0401".into()), "0401"),
        ];
        assert_eq!(texts(&all(&named, &find)), ["0402", "0400_A", "0401"]);
    }

    #[test]
    fn a_script_that_is_listed_twice_runs_twice() {
        let named = ["0402", "0402"].map(|it| script(ScriptKind::Number(it.into()), it));
        assert_eq!(texts(&all(&named, &|_| Vec::new())), ["0402", "0402"]);
    }
}

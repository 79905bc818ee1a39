//! `Shells`: a map of shells by name, each a program with its arguments, or a map that
//! also says which known shell reads commands as it does.

use crate::playbook::model::{NamedShell, Phrase};
use crate::playbook::value::{Data, Entry};

use super::fields::{items, phrase, wrong, Fields, Remarks};
use super::remark::{Matter, Remark};

/// Reads what is there.
pub(super) fn read(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Vec<NamedShell> {
    let Some(node) = fields.take(&["shells"], remarks) else {
        return Vec::new();
    };
    let Data::Map(map) = &node.data else {
        wrong("shells", "a map of shells by name", node, remarks);
        return Vec::new();
    };
    let shells = map.entries().iter().filter_map(|it| shell(it, remarks));
    shells.collect()
}

fn shell(entry: &Entry, remarks: &mut Remarks) -> Option<NamedShell> {
    let name = Phrase {
        text: entry.key.clone(),
        place: entry.place,
    };
    if let Data::List(_) | Data::Text(_) = entry.value.data {
        let argv = items(&entry.value).iter();
        let argv = argv
            .filter_map(|it| phrase(it, &entry.key, remarks))
            .collect();
        let like = None;
        return Some(NamedShell { name, argv, like });
    }
    let mut fields = Fields::of(&entry.value, "a shell", remarks)?;
    let argv = fields.phrases(&["command"], remarks);
    let like = fields.phrase(&["like"], remarks);
    if !fields.has("command") {
        let (key, owner) = ("command", "a shell");
        remarks.push(Remark {
            matter: Matter::MissingKey { key, owner },
            place: entry.value.place,
        });
        return None;
    }
    fields.finish(remarks);
    Some(NamedShell { name, argv, like })
}

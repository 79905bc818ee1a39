//! The keys of a map, each asked for by those who know it. What nobody asked for is
//! remarked on, so that no key is taken and ignored.

use crate::engine::suggest::nearest;
use crate::playbook::model::{Concurrency, GivenCodes, Phrase, Variable};
use crate::playbook::place::Place;
use crate::playbook::value::{is_same_name, Data, Map, Node};

use super::asked::{self, Asked, Kind};
use super::remark::{Matter, Remark};

/// All that was remarked on so far.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    all: Vec<Remark>,
    /// What was asked for, if somebody wants to know.
    asked: Option<Asked>,
}

impl Remarks {
    /// Those of somebody who wants to know what is asked for.
    pub(super) fn asking() -> Self {
        Self {
            asked: Some(Asked::new()),
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, remark: Remark) {
        self.all.push(remark);
    }

    pub(super) fn into_all(self) -> Vec<Remark> {
        self.all
    }

    pub(super) fn into_asked(self) -> Asked {
        self.asked.unwrap_or_default()
    }

    fn note(&mut self, owner: &'static str, names: &[&'static str], kind: Kind) {
        if let Some(asked) = &mut self.asked {
            asked::note(asked, owner, names, kind);
        }
    }
}

/// Keys that only tell people something, in any map.
pub(in crate::playbook) const INFORMATION: &[&str] = &[
    "$schema",
    "author",
    "category",
    "comment",
    "created",
    "description",
    "documentation",
    "estimatedDuration",
    "examples",
    "lastUpdated",
    "license",
    "metadata",
    "modified",
    "notes",
    "purpose",
    "tags",
    "usage",
    "version",
];

/// A map whose keys are being asked for.
pub(super) struct Fields<'m> {
    map: &'m Map,
    place: Place,
    /// What the map is, as a message says it: "a step".
    owner: &'static str,
    taken: Vec<bool>,
    known: Vec<&'static str>,
}

impl<'m> Fields<'m> {
    /// The keys of a map; remarks if it is none.
    pub(super) fn of(node: &'m Node, owner: &'static str, remarks: &mut Remarks) -> Option<Self> {
        let Data::Map(map) = &node.data else {
            wrong(owner, "a map of names and values", node, remarks);
            return None;
        };
        Some(Self {
            map,
            place: node.place,
            owner,
            taken: vec![false; map.entries().len()],
            known: Vec::new(),
        })
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn owner(&self) -> &'static str {
        self.owner
    }

    /// The value of the first of some names that is there; the names mean the same.
    pub(super) fn take(
        &mut self,
        names: &[&'static str],
        remarks: &mut Remarks,
    ) -> Option<&'m Node> {
        self.take_as(Kind::Other, names, remarks)
    }

    /// The same, of which is known what is taken.
    fn take_as(
        &mut self,
        kind: Kind,
        names: &[&'static str],
        remarks: &mut Remarks,
    ) -> Option<&'m Node> {
        remarks.note(self.owner, names, kind);
        self.known.extend(names);
        let mut found: Option<usize> = None;
        for name in names {
            let entries = self.map.entries();
            let is_name = |index: &usize| is_same_name(&entries[*index].key, name);
            let Some(index) = (0..entries.len()).find(|index| is_name(index)) else {
                continue;
            };
            if self.taken[index] {
                continue;
            }
            self.taken[index] = true;
            if let Some(first) = found {
                let used = entries[first].key.clone();
                let unused = entries[index].key.clone();
                let matter = Matter::SameMeaning { used, unused };
                remarks.push(Remark {
                    matter,
                    place: entries[index].place,
                });
            } else {
                found = Some(index);
            }
        }
        found.map(|index| &self.map.entries()[index].value)
    }

    /// Keys to be named as near to one that is not known.
    pub(super) fn knows(&mut self, names: &[&'static str]) {
        self.known.extend(names);
    }

    /// Whether a key is there, without asking for it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some()
    }

    /// Whether a key is there with a list, without asking for it.
    pub(super) fn is_list(&self, name: &str) -> bool {
        let value = self.map.get(name).map(|node| &node.data);
        matches!(value, Some(Data::List(_)))
    }

    pub(super) fn bool(&mut self, names: &[&'static str], remarks: &mut Remarks) -> Option<bool> {
        let node = self.take_as(Kind::Bool, names, remarks)?;
        let value = match &node.data {
            Data::Bool(value) => Some(*value),
            Data::Int(0) => Some(false),
            Data::Int(1) => Some(true),
            // Variables of the environment and JSON hold these as texts.
            Data::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(true),
                "false" | "no" | "0" | "" => Some(false),
                _ => None,
            },
            Data::Null => return None,
            _ => None,
        };
        if value.is_none() {
            wrong(names[0], "true or false", node, remarks);
        }
        value
    }

    pub(super) fn text(&mut self, names: &[&'static str], remarks: &mut Remarks) -> Option<String> {
        self.phrase(names, remarks).map(|phrase| phrase.text)
    }

    pub(super) fn phrase(
        &mut self,
        names: &[&'static str],
        remarks: &mut Remarks,
    ) -> Option<Phrase> {
        let node = self.take_as(Kind::Text, names, remarks)?;
        phrase(node, names[0], remarks)
    }

    pub(super) fn phrases(&mut self, names: &[&'static str], remarks: &mut Remarks) -> Vec<Phrase> {
        let Some(node) = self.take_as(Kind::Texts, names, remarks) else {
            return Vec::new();
        };
        let items = items(node).iter();
        items
            .filter_map(|item| phrase(item, names[0], remarks))
            .collect()
    }

    pub(super) fn texts(&mut self, names: &[&'static str], remarks: &mut Remarks) -> Vec<String> {
        let phrases = self.phrases(names, remarks).into_iter();
        phrases.map(|phrase| phrase.text).collect()
    }

    /// A number that is not negative.
    pub(super) fn number(&mut self, names: &[&'static str], remarks: &mut Remarks) -> Option<f64> {
        let node = self.take_as(Kind::Number, names, remarks)?;
        let value = match &node.data {
            Data::Int(value) => Some(*value as f64),
            Data::Float(value) => Some(*value),
            Data::Text(text) => text.trim().parse().ok(),
            Data::Null => return None,
            _ => None,
        };
        let value = value.filter(|value: &f64| value.is_finite() && *value >= 0.0);
        if value.is_none() {
            wrong(names[0], "a number from 0", node, remarks);
        }
        value
    }

    /// A whole number that is not negative.
    pub(super) fn count(&mut self, names: &[&'static str], remarks: &mut Remarks) -> Option<u32> {
        let node = self.take_as(Kind::Count, names, remarks)?;
        if node.data == Data::Null {
            return None;
        }
        let value = whole(node);
        if value.is_none() {
            wrong(names[0], "a whole number from 0", node, remarks);
        }
        value
    }

    /// The exit codes that are no failure.
    pub(super) fn exit_codes(&mut self, remarks: &mut Remarks) -> GivenCodes {
        GivenCodes {
            success: self.codes("successCodes", remarks),
            reboot: self.codes("rebootCodes", remarks),
        }
    }

    fn codes(&mut self, name: &'static str, remarks: &mut Remarks) -> Option<Vec<i32>> {
        let node = self.take(&[name], remarks)?;
        if node.data == Data::Null {
            return None;
        }
        let code = |node: &Node| match node.data {
            Data::Int(value) => i32::try_from(value).ok(),
            _ => None,
        };
        let codes: Option<Vec<_>> = items(node).iter().map(code).collect();
        if codes.is_none() {
            wrong(name, "exit codes", node, remarks);
        }
        codes
    }

    pub(super) fn concurrency(
        &mut self,
        names: &[&'static str],
        remarks: &mut Remarks,
    ) -> Option<Concurrency> {
        let node = self.take_as(Kind::Concurrency, names, remarks)?;
        if matches!(&node.data, Data::Text(text) if is_same_name(text, "auto")) {
            return Some(Concurrency::Auto);
        }
        let value = whole(node).filter(|value| *value > 0);
        if value.is_none() {
            wrong(names[0], "a whole number from 1, or 'auto'", node, remarks);
        }
        value.map(Concurrency::Steps)
    }

    pub(super) fn variables(
        &mut self,
        names: &[&'static str],
        remarks: &mut Remarks,
    ) -> Vec<Variable> {
        let node = self.take_as(Kind::Variables, names, remarks);
        node.map_or_else(Vec::new, |node| variables(node, names[0], remarks))
    }

    /// Takes keys that are known, but that nothing comes of.
    pub(super) fn without_effect(&mut self, names: &[&'static str], remarks: &mut Remarks) {
        names
            .iter()
            .for_each(|name| remarks.note(self.owner, &[name], Kind::NoEffect));
        for (index, entry) in self.map.entries().iter().enumerate() {
            if !self.taken[index] && names.iter().any(|name| is_same_name(&entry.key, name)) {
                self.taken[index] = true;
                let (key, owner) = (entry.key.clone(), self.owner);
                let matter = Matter::NoEffect { key, owner };
                remarks.push(Remark {
                    matter,
                    place: entry.place,
                });
            }
        }
    }

    /// Remarks on what nobody asked for.
    pub(super) fn finish(self, remarks: &mut Remarks) {
        for (entry, _) in self
            .map
            .entries()
            .iter()
            .zip(&self.taken)
            .filter(|(_, taken)| !**taken)
        {
            if INFORMATION
                .iter()
                .any(|name| is_same_name(&entry.key, name))
            {
                continue;
            }
            let matter = Matter::UnknownKey {
                key: entry.key.clone(),
                owner: self.owner,
                near: near(&entry.key, &self.known),
            };
            remarks.push(Remark {
                matter,
                place: entry.place,
            });
        }
    }
}

/// The known key that is nearest, if a key is no longer than one could be.
fn near(key: &str, known: &[&'static str]) -> Option<&'static str> {
    const LONGEST: usize = 64;
    (key.len() <= LONGEST)
        .then(|| nearest(key, known))
        .flatten()
}

/// The items of a list; of another value, the value itself.
pub(super) fn items(node: &Node) -> &[Node] {
    match &node.data {
        Data::List(items) => items,
        Data::Null => &[],
        _ => std::slice::from_ref(node),
    }
}

pub(super) fn phrase(node: &Node, key: &str, remarks: &mut Remarks) -> Option<Phrase> {
    if node.data == Data::Null {
        return None;
    }
    let text = node.as_written();
    if text.is_none() {
        wrong(key, "a text", node, remarks);
    }
    text.map(|text| Phrase {
        text,
        place: node.place,
    })
}

pub(super) fn variables(node: &Node, key: &str, remarks: &mut Remarks) -> Vec<Variable> {
    match &node.data {
        Data::Map(map) => {
            let entries = map.entries().iter();
            let variable = entries.map(|entry| Variable {
                name: entry.key.clone(),
                value: entry.value.clone(),
            });
            variable.collect()
        }
        Data::Null => Vec::new(),
        _ => {
            wrong(key, "a map of names and values", node, remarks);
            Vec::new()
        }
    }
}

/// A value as a message says it: itself if it is short.
fn described(data: &Data) -> String {
    match data {
        Data::Int(value) => format!("`{value}`"),
        Data::Float(value) => format!("`{value}`"),
        Data::Text(text) if text.len() <= 40 => format!("the text `{text}`"),
        _ => data.kind().to_owned(),
    }
}

/// Remarks that a value is of the wrong kind.
pub(super) fn wrong(key: &str, expected: &'static str, node: &Node, remarks: &mut Remarks) {
    let matter = Matter::Kind {
        key: key.to_owned(),
        expected,
        found: described(&node.data),
    };
    remarks.push(Remark {
        matter,
        place: node.place,
    });
}

fn whole(node: &Node) -> Option<u32> {
    match &node.data {
        Data::Int(value) => u32::try_from(*value).ok(),
        Data::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

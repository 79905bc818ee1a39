//! The shells of steps: those that are known, and those that the playbook names itself.

use crate::engine::suggest::nearest;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model::{NamedShell, Phrase};
use crate::playbook::shell::{OwnShell, Shell, Unfit, NAMES};
use crate::playbook::value::is_same_name;

use super::build::Builder;

impl Builder<'_> {
    /// The shells that a playbook names itself, as far as they can be used.
    pub(super) fn own_shells(&mut self, named: &[NamedShell]) -> Vec<Shell> {
        let mut shells = Vec::new();
        for NamedShell { name, argv, like } in named {
            let texts = argv.iter().map(|it| it.text.clone()).collect();
            let likeness = like.as_ref().map(|it| it.text.as_str());
            match OwnShell::new(&name.text, texts, likeness) {
                Ok(own) => shells.push(Shell::Own(own)),
                Err(why) => {
                    let place = match (&why, like) {
                        (Unfit::Like { .. }, Some(like)) => like.place,
                        _ => argv.first().map_or(name.place, |it| it.place),
                    };
                    let name = name.text.clone();
                    let defect = Defect::Shell { name, why };
                    self.flaws.push(Flaw::at(place, defect));
                }
            }
        }
        shells
    }

    /// The shell of a name: one of the playbook's own before a known one.
    pub(super) fn shell(&mut self, name: &Phrase) -> Option<Shell> {
        let mut own = self.shells.iter();
        if let Some(shell) = own.find(|it| is_same_name(it.name(), &name.text)) {
            return Some(shell.clone());
        }
        if let Ok(shell) = Shell::named(&name.text) {
            return Some(shell);
        }
        let own = self.shells.iter().map(Shell::name);
        let known: Vec<_> = own.chain(NAMES.iter().copied()).collect();
        let near = nearest(&name.text, &known).map(str::to_owned);
        let defect = Defect::Unknown {
            what: "shell",
            name: name.text.clone(),
            near,
            is_null: false,
        };
        self.flaws.push(Flaw::at(name.place, defect));
        None
    }
}

//! Steps that run once for each of some values.

use std::sync::Arc;

use crate::engine::value::Value;
use crate::playbook::flaw::{Defect, Flaw};
use crate::playbook::model;
use crate::playbook::template::plain;
use crate::playbook::value::{Data, Node};
use crate::playbook::values::{value_of, Named, Values};

use super::build::Builder;
use super::waves::{self, Standing};
use super::Step;

/// A loop has at most so many rounds.
const MOST_ROUNDS: usize = 10_000;

/// The values of a loop's rounds: what each is called, and what its names stand for.
type Rounds = Vec<(String, Named)>;

impl Builder<'_> {
    /// Plans a step for each round of its loop. A matrix runs beside itself.
    pub(super) fn each(
        &mut self,
        step: &model::Step,
        over: &Node,
        values: &Arc<Values>,
        label: String,
    ) -> Step {
        let is_parallel = step.parallel.unwrap_or(false) || matches!(over.data, Data::Map(_));
        let rounds = self.rounds(over, values);
        let mut inside = Vec::new();
        for (title, own) in rounds {
            let values = Arc::new(values.with(own));
            inside.push(self.once(step, &values, format!("{label} [{title}]")));
        }
        let standing = Standing {
            is_parallel,
            ..Standing::default()
        };
        let waits = waves::waits(&vec![standing; inside.len()], self.skips);
        for (number, (round, waits)) in inside.iter_mut().zip(waits).enumerate() {
            (round.needs, round.after, round.wave) = (waits.needs, waits.after, waits.wave);
            // Two rounds may be called the same.
            round.name = format!("{} {}", number + 1, round.label);
        }
        Step::inside(label, inside, step.place, values)
    }

    fn rounds(&mut self, over: &Node, values: &Arc<Values>) -> Rounds {
        let value = self.over(over, values);
        let rounds = value.as_ref().and_then(rounds);
        match rounds.filter(|rounds| rounds.len() <= MOST_ROUNDS) {
            Some(rounds) => rounds,
            None => {
                let defect = Defect::Unknown {
                    what: "list",
                    name: plain(&value_of(over)),
                    near: None,
                    is_null: false,
                };
                self.flaws.push(Flaw::at(over.place, defect));
                Rounds::new()
            }
        }
    }

    /// The values that a loop goes over: those of a variable, or those written.
    fn over(&mut self, over: &Node, values: &Arc<Values>) -> Option<Value> {
        if let Data::Text(name) = &over.data {
            let bare = name.trim_start_matches("$params.").trim_start_matches('$');
            let bare = bare.trim_start_matches('{').trim_end_matches('}').trim();
            return values.variable(bare).cloned();
        }
        let is_known = |name: &str| values.variable(name).is_some();
        let recipe = self.recipe(&value_of(over), &is_known, over.place)?;
        self.check_recipe(&recipe, values, over.place);
        Some(self.evaluated(&recipe, values, over.place))
    }
}

fn rounds(value: &Value) -> Option<Rounds> {
    match value {
        Value::List(items) => {
            let round = |item: &Value| {
                let names = ["_", "item"].map(|name| (name.to_owned(), item.clone()));
                (plain(item), names.to_vec())
            };
            Some(items.iter().map(round).collect())
        }
        Value::Map(axes) => {
            let mut rounds: Rounds = vec![(String::new(), Named::new())];
            for (name, values) in axes.iter() {
                let Value::List(values) = values else {
                    return None;
                };
                rounds = crossed(&rounds, name, values);
                if rounds.len() > MOST_ROUNDS {
                    return None;
                }
            }
            Some(rounds)
        }
        _ => None,
    }
}

fn crossed(rounds: &Rounds, name: &str, values: &[Value]) -> Rounds {
    let mut crossed = Rounds::new();
    for (title, names) in rounds {
        for value in values {
            let comma = if title.is_empty() { "" } else { ", " };
            let mut names = names.clone();
            names.push((name.to_owned(), value.clone()));
            crossed.push((format!("{title}{comma}{}", plain(value)), names));
        }
    }
    crossed
}

//! What a playbook wants to have told, and when.

use serde::Serialize;

use crate::engine::value::Value;
use crate::playbook::expression::{Reference, Scope};
use crate::playbook::model::{Moment, Notice};
use crate::playbook::plan::Plan;
use crate::playbook::template::{plain, Piece, Slot, Template};

use super::outcome::{Outcome, Verdict};

/// Something that a playbook wants to have told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToldNotice {
    /// `Start`, `Success`, `Failure` or `Warning`.
    pub moment: &'static str,
    /// What, with its values.
    pub message: String,
    /// How loud, if the playbook says: `info`, `warning`, `error`.
    pub level: Option<String>,
    /// Where; everywhere if the playbook does not say.
    pub channels: Vec<String>,
}

impl ToldNotice {
    /// Whether it is for those who watch the run.
    pub fn is_for_console(&self) -> bool {
        let is_console = |channel: &String| channel.eq_ignore_ascii_case("console");
        self.channels.is_empty() || self.channels.iter().any(is_console)
    }
}

/// The notices of the start.
pub(super) fn at_start(plan: &Plan, scope: &dyn Scope, run: &[(&str, Value)]) -> Vec<ToldNotice> {
    of_moment(plan, Moment::Start, scope, run)
}

/// The notices of the end. One that somebody stopped is neither good nor bad.
pub(super) fn at_end(
    plan: &Plan,
    scope: &dyn Scope,
    run: &[(&str, Value)],
    outcome: &Outcome,
) -> Vec<ToldNotice> {
    let moment = match outcome.verdict {
        Verdict::Completed => Moment::Success,
        Verdict::PartlyCompleted => Moment::Warning,
        Verdict::Failed | Verdict::TimedOut => Moment::Failure,
        Verdict::Stopped => return Vec::new(),
    };
    of_moment(plan, moment, scope, run)
}

fn of_moment(
    plan: &Plan,
    moment: Moment,
    scope: &dyn Scope,
    run: &[(&str, Value)],
) -> Vec<ToldNotice> {
    let with_run = WithRun { scope, run };
    let notices = plan.notices.iter().filter(|it| it.moment == moment);
    notices.map(|it| told(it, &with_run)).collect()
}

fn told(notice: &Notice, scope: &WithRun<'_>) -> ToldNotice {
    ToldNotice {
        moment: match notice.moment {
            Moment::Start => "Start",
            Moment::Success => "Success",
            Moment::Failure => "Failure",
            Moment::Warning => "Warning",
        },
        message: filled(&notice.message, scope),
        level: notice.level.clone(),
        channels: notice.channels.clone(),
    }
}

/// The names of a run before those of its playbook.
struct WithRun<'a> {
    scope: &'a dyn Scope,
    run: &'a [(&'a str, Value)],
}

impl Scope for WithRun<'_> {
    fn value(&self, reference: &Reference) -> Value {
        match (self.scope.value(reference), reference) {
            (Value::Null, Reference::Variable(name)) => {
                let mut run = self.run.iter();
                let found = run.find(|(own, _)| own.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            }
            (value, _) => value,
        }
    }

    fn path_exists(&self, path: &str) -> bool {
        self.scope.path_exists(path)
    }

    fn has_failed(&self) -> bool {
        self.scope.has_failed()
    }
}

/// A message with its values; what has none stays as it is written.
fn filled(message: &str, scope: &WithRun<'_>) -> String {
    let Ok(template) = Template::parse(message, &|_| false) else {
        return message.to_owned();
    };
    let value = |slot: &Slot| match slot.value(scope) {
        Ok(Value::Null) | Err(_) => slot.written.clone(),
        Ok(value) => plain(&value),
    };
    let pieces = template.pieces().iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Slot(slot) => value(slot),
    });
    pieces.collect()
}

/// What the names of a run are in a message.
pub(super) fn names(
    plan: &Plan,
    id: &str,
    outcome: Option<&Outcome>,
) -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::Text(text.into());
    let mut names = vec![
        ("name", text(&plan.name)),
        ("playbookName", text(&plan.name)),
        ("workflowId", text(id)),
    ];
    let Some(outcome) = outcome else {
        return names;
    };
    let failed = outcome
        .results
        .iter()
        .filter(|it| it.does_work && matches!(it.status.as_str(), "Failed" | "TimedOut"));
    let failed: Vec<_> = failed.map(|it| it.step_name.as_str()).collect();
    names.extend([
        ("status", text(&outcome.status)),
        ("duration", text(&format!("{:.2}", outcome.duration))),
        ("failedSteps", text(&failed.join(", "))),
        ("failedCount", Value::Int(failed.len() as i64)),
    ]);
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::values::{Before, Values};

    #[test]
    fn a_message_has_its_values_and_keeps_what_has_none() {
        let values = Values {
            parameters: vec![("who".to_owned(), Value::Text("eva".into()))],
            ..Values::default()
        };
        let before = Before {
            values: &values,
            environment: &|_| None,
        };
        let run = [("status", Value::Text("Failed".into()))];
        let scope = WithRun {
            scope: &before,
            run: &run,
        };
        assert_eq!(
            filled("{{who}}: {{Status}} {{n:=2}} {{none}} {{", &scope),
            "eva: Failed 2 {{none}} {{"
        );
    }
}

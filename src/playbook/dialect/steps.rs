//! Steps with a type, and the items of a `Sequence`: both are read alike, since both
//! are one map a step.

use crate::playbook::model::{Action, Condition, GivenCodes, Phrase, Script, Step};
use crate::playbook::place::Place;
use crate::playbook::value::{Data, Node};

use super::fields::{items, phrase, wrong, Fields, Remarks};
use super::remark::{Matter, Remark, STEP_TYPES};
use super::script;

/// Reads a list of steps.
pub(super) fn read(node: &Node, remarks: &mut Remarks) -> Vec<Step> {
    items(node)
        .iter()
        .filter_map(|item| step(item, remarks))
        .collect()
}

/// Reads one step: a map, or a script's number, name or range by itself.
pub(super) fn step(node: &Node, remarks: &mut Remarks) -> Option<Step> {
    match &node.data {
        Data::Map(_) => {
            let mut fields = Fields::of(node, "a step", remarks)?;
            let step = from_fields(&mut fields, remarks);
            fields.finish(remarks);
            Some(step)
        }
        Data::Text(_) | Data::Int(_) => {
            let scripts = script::read(node, "Sequence", remarks);
            Some(Step::new(Action::Scripts(scripts), node.place))
        }
        _ => {
            wrong(
                "a step",
                "a script's number or name, or a map",
                node,
                remarks,
            );
            None
        }
    }
}

fn from_fields(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Step {
    let kind = fields.phrase(&["type"], remarks);
    let mut step = Step::new(Action::Group(Vec::new()), fields.place());
    step.condition = condition(fields, remarks);
    step.action = action(fields, kind, remarks);
    step.parallel = fields.bool(&["parallel"], remarks);
    policies(fields, &mut step, remarks);
    fields.without_effect(
        &["skipIfExists", "requireAdmin", "skipInCI", "retryPolicy"],
        remarks,
    );
    step
}

/// What steps, stages and jobs have in common: when and how they run.
pub(super) fn policies(fields: &mut Fields<'_>, step: &mut Step, remarks: &mut Remarks) {
    step.name = fields.phrase(&["name", "step", "id"], remarks);
    step.description = fields.text(&["description"], remarks);
    step.needs = fields.phrases(&["dependencies", "dependsOn", "needs"], remarks);
    step.phase = fields.phrase(&["phase"], remarks);
    step.group = fields.phrase(&["group"], remarks);
    step.codes = fields.exit_codes(remarks);
    step.timeout = fields.number(&["timeout", "timeoutSeconds"], remarks);
    step.retry_count = fields.count(&["retryCount", "retries", "retry"], remarks);
    step.retry_delay = fields.number(&["retryDelay", "retryDelaySeconds"], remarks);
    step.continue_on_error = fields.bool(&["continueOnError"], remarks);
    step.is_required = fields.bool(&["required"], remarks);
    step.approval = approval(fields, remarks);
    step.parameters = fields.variables(&["parameters", "params", "with"], remarks);
    step.variables = fields.variables(&["variables"], remarks);
    step.environment = fields.variables(&["environment", "env"], remarks);
    step.isolation = fields.phrase(&["isolation"], remarks);
    step.encoding = fields.phrase(&["encoding"], remarks);
    step.outputs = fields.variables(&["outputs"], remarks);
    step.for_each = fields.take(&["forEach", "matrix"], remarks).cloned();
    if let Some(node) = fields.take(&["rollback"], remarks) {
        step.rollback = read(node, remarks);
    }
    if step.condition.is_none() {
        step.condition = condition(fields, remarks);
    }
}

/// What has to be agreed to: a text, or only that it has to be.
fn approval(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Option<Phrase> {
    let node = fields.take(&["approval", "requiresApproval"], remarks)?;
    match &node.data {
        Data::Bool(true) => Some(at("", node.place)),
        Data::Bool(false) => None,
        _ => phrase(node, "approval", remarks),
    }
}

/// The condition that a step runs under.
pub(super) fn condition(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Option<Condition> {
    let node = fields.take(&["condition", "if", "runIf", "conditional"], remarks);
    if let Some(node) = node {
        return match &node.data {
            Data::Block(text) => Some(Condition::Block(at(text, node.place))),
            Data::Bool(value) => {
                let text = if *value { "$true" } else { "$false" };
                Some(Condition::If(at(text, node.place)))
            }
            _ => phrase(node, "condition", remarks).map(Condition::If),
        };
    }
    fields.phrase(&["skipIf"], remarks).map(Condition::Unless)
}

fn at(text: &str, place: Place) -> Phrase {
    let text = text.to_owned();
    Phrase { text, place }
}

/// The keys of which each says what a step does.
pub(super) const ACTIONS: &[&str] = &[
    "script",
    "scripts",
    "command",
    "run",
    "module",
    "parallel",
    "then",
    "playbook",
    "uses",
    "inlineBlock",
    "inline",
    "steps",
];

/// Whether a step says what it does, other than by its type.
fn says_what(fields: &Fields<'_>) -> bool {
    let is_there = |key: &&str| match *key {
        // It may be a switch.
        "parallel" => fields.is_list("parallel"),
        "then" => fields.has("then") || fields.has("else"),
        key => fields.has(key),
    };
    ACTIONS.iter().any(is_there)
}

fn action(fields: &mut Fields<'_>, kind: Option<Phrase>, remarks: &mut Remarks) -> Action {
    let type_name = kind.as_ref().map_or("", |kind| kind.text.as_str());
    let is_known = |name: &str| STEP_TYPES.iter().any(|it| name.eq_ignore_ascii_case(it));
    if let Some(kind) = kind.as_ref().filter(|kind| !is_known(&kind.text)) {
        // What says nothing else is of a type that whoever runs the playbook may know.
        if !says_what(fields) {
            fields.knows(ACTIONS);
            return Action::Custom(kind.clone());
        }
        let matter = Matter::unknown_type(&kind.text);
        remarks.push(Remark {
            matter,
            place: kind.place,
        });
    }
    fields.knows(ACTIONS);
    let keys = ACTIONS.iter().copied();
    let keys: Vec<_> = keys.filter(|key| says(key, type_name, fields)).collect();
    let place = fields.place();
    let Some((first, others)) = keys.split_first() else {
        let owner = fields.owner();
        let matter = Matter::NoAction { owner };
        remarks.push(Remark { matter, place });
        return Action::Group(Vec::new());
    };
    // `Scripts` beside `Script`, and `command` beside `script`, are two things.
    for other in others {
        let (first, second) = ((*first).to_owned(), (*other).to_owned());
        let matter = Matter::TwoActions { first, second };
        remarks.push(Remark { matter, place });
        fields.take(&[other], remarks);
    }
    read_action(first, fields, remarks)
}

/// Whether a step of a type says by this key what it does.
fn says(key: &str, type_name: &str, fields: &Fields<'_>) -> bool {
    let is_parallel = type_name.eq_ignore_ascii_case("parallel");
    match key {
        // A choice may have an `else` only, and `parallel` may be a switch.
        "parallel" => is_parallel || fields.is_list("parallel"),
        "then" => {
            let is_choice = type_name.eq_ignore_ascii_case("condition");
            is_choice || fields.has("then") || fields.has("else")
        }
        // Of a parallel step, they are what runs beside each other.
        "steps" if is_parallel => false,
        key => fields.has(key),
    }
}

fn read_action(key: &'static str, fields: &mut Fields<'_>, remarks: &mut Remarks) -> Action {
    match key {
        "module" => module(fields, remarks),
        "then" => {
            let mut branch = |names: &[&'static str], remarks: &mut Remarks| {
                let node = fields.take(names, remarks);
                node.map_or_else(Vec::new, |node| read(node, remarks))
            };
            let then = branch(&["then"], remarks);
            let otherwise = branch(&["else"], remarks);
            Action::Choice { then, otherwise }
        }
        "parallel" => {
            let limit = fields.concurrency(&["maxConcurrency", "throttleLimit"], remarks);
            let node = fields.take(&["parallel", "parallelSteps", "steps"], remarks);
            let steps = node.map_or_else(Vec::new, |node| read(node, remarks));
            Action::Parallel { steps, limit }
        }
        _ => match fields.take(&[key], remarks) {
            Some(node) => simple(key, node, fields, remarks),
            None => Action::Group(Vec::new()),
        },
    }
}

fn simple(
    key: &'static str,
    node: &Node,
    fields: &mut Fields<'_>,
    remarks: &mut Remarks,
) -> Action {
    if let Data::Block(text) = &node.data {
        return Action::Block(at(text, node.place));
    }
    match key {
        "script" | "scripts" => Action::Scripts(script::read(node, key, remarks)),
        "playbook" => {
            let name = phrase(node, key, remarks);
            Action::Playbook(name.unwrap_or_else(|| at("", node.place)))
        }
        "uses" => uses(node, remarks),
        "steps" => Action::Group(read(node, remarks)),
        _ => {
            let shell = fields.phrase(&["shell"], remarks);
            let text = phrase(node, key, remarks).unwrap_or_else(|| at("", node.place));
            // A job's `run: '0402'` is a script.
            let is_number = key == "run" && text.text.len() == 4;
            if is_number && text.text.bytes().all(|digit| digit.is_ascii_digit()) {
                return Action::Scripts(script::read(node, key, remarks));
            }
            Action::Command { text, shell }
        }
    }
}

/// `uses: playbook:name`.
fn uses(node: &Node, remarks: &mut Remarks) -> Action {
    let text = phrase(node, "uses", remarks).unwrap_or_else(|| at("", node.place));
    match text.text.strip_prefix("playbook:") {
        Some(name) => Action::Playbook(at(name.trim(), node.place)),
        None => {
            wrong("uses", "'playbook:' and a playbook's name", node, remarks);
            Action::Playbook(text)
        }
    }
}

fn module(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Action {
    let place = fields.place();
    let module = fields.phrase(&["module"], remarks);
    let function = fields.phrase(&["function"], remarks);
    if function.is_none() {
        let (key, owner) = ("function", "a module step");
        remarks.push(Remark {
            matter: Matter::MissingKey { key, owner },
            place,
        });
    }
    Action::Module {
        module: module.unwrap_or_else(|| at("", place)),
        function: function.unwrap_or_else(|| at("", place)),
    }
}

impl Step {
    /// A step that runs scripts, without any policy.
    pub(in crate::playbook) fn of_scripts(scripts: Vec<Script>, place: Place) -> Self {
        Self::new(Action::Scripts(scripts), place)
    }

    /// A step that does something, without any policy.
    pub(in crate::playbook) fn new(action: Action, place: Place) -> Self {
        Self {
            place,
            name: None,
            description: None,
            action,
            condition: None,
            needs: Vec::new(),
            phase: None,
            group: None,
            codes: GivenCodes::default(),
            parallel: None,
            timeout: None,
            retry_count: None,
            retry_delay: None,
            continue_on_error: None,
            is_required: None,
            approval: None,
            parameters: Vec::new(),
            variables: Vec::new(),
            environment: Vec::new(),
            isolation: None,
            encoding: None,
            for_each: None,
            outputs: Vec::new(),
            rollback: Vec::new(),
        }
    }
}

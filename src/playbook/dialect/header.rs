//! What a playbook says about itself, whatever its dialect: parameters, variables,
//! options, conditions, notices.

use crate::playbook::model::{
    Check, Moment, Notice, Options, Parameter, Phrase, Playbook, Profile, Success,
};
use crate::playbook::value::{is_same_name, Data, Entry, Node};

use super::fields::{items, phrase, variables, wrong, Fields, Remarks};
use super::remark::{Matter, Remark};
use super::{shells, steps};

/// What is known at the top of real playbooks and nothing comes of.
const WITHOUT_EFFECT: &[&str] = &[
    "artifacts",
    "configuration",
    "defaults",
    "dryRunMode",
    "hooks",
    "integrations",
    "postActions",
    "postExecution",
    "prerequisites",
    "qualityGates",
    "reporting",
    "requirements",
    "schedule",
    "triggers",
    "validationStages",
];

/// Reads what is there; a playbook with `orchestration` has some of it in there.
pub(super) fn read(fields: &mut Fields<'_>, playbook: &mut Playbook, remarks: &mut Remarks) {
    identity(fields, playbook, remarks);
    if let Some(node) = fields.take(&["parameters"], remarks) {
        playbook.parameters.extend(parameters(node, remarks));
    }
    let variables = fields.variables(&["variables", "defaultVariables"], remarks);
    playbook.variables.extend(variables);
    environment(fields, playbook, remarks);
    if let Some(node) = fields.take(&["profiles"], remarks) {
        playbook
            .profiles
            .extend(profiles(node, "a profile", remarks));
    }
    if let Some(node) = fields.take(&["environments"], remarks) {
        let read = profiles(node, "an environment", remarks);
        playbook.environments.extend(read);
    }
    if let Some(node) = fields.take(&["options"], remarks) {
        options(node, playbook, remarks);
    }
    if let Some(mode) = fields.phrase(&["executionMode"], remarks) {
        playbook.options.mode = Some(mode);
    }
    playbook.shells.extend(shells::read(fields, remarks));
    let modules = fields.phrases(&["requiredModules"], remarks);
    playbook.required_modules.extend(modules);
    if let Some(node) = fields.take(&["validation"], remarks) {
        validation(node, playbook, remarks);
    }
    if let Some(node) = fields.take(&["successCriteria"], remarks) {
        playbook.success = success(node, remarks);
    }
    notices(fields, playbook, remarks);
    if let Some(node) = fields.take(&["finally"], remarks) {
        playbook.finally.extend(steps::read(node, remarks));
    }
    fields.without_effect(WITHOUT_EFFECT, remarks);
}

fn identity(fields: &mut Fields<'_>, playbook: &mut Playbook, remarks: &mut Remarks) {
    let name = fields.text(&["name"], remarks);
    let description = fields.text(&["description"], remarks);
    let version = fields.text(&["version"], remarks);
    let mut metadata = (None, None, None);
    if let Some(
        node @ Node {
            data: Data::Map(_), ..
        },
    ) = fields.take(&["metadata"], remarks)
    {
        // What else is in there is for people.
        if let Some(mut inner) = Fields::of(node, "metadata", remarks) {
            metadata = (
                inner.text(&["name"], remarks),
                inner.text(&["description"], remarks),
                inner.text(&["version"], remarks),
            );
        }
    }
    playbook.name = playbook.name.take().or(name).or(metadata.0);
    playbook.description = playbook.description.take().or(description).or(metadata.1);
    playbook.version = playbook.version.take().or(version).or(metadata.2);
}

/// `environment.variables`, or a map of environment variables.
fn environment(fields: &mut Fields<'_>, playbook: &mut Playbook, remarks: &mut Remarks) {
    let Some(node) = fields.take(&["environment", "env"], remarks) else {
        return;
    };
    let inner = match &node.data {
        Data::Map(map) => map.get("variables"),
        _ => None,
    };
    let read = variables(inner.unwrap_or(node), "environment", remarks);
    playbook.variables.extend(read);
}

/// The keys of a parameter that is declared, rather than given a value.
const DECLARATION: &[&str] = &[
    "type",
    "required",
    "default",
    "allowed",
    "description",
    "validateSet",
    "values",
    "validValues",
    "prompt",
    "sensitive",
    "example",
];

/// What is declared, by name.
pub(super) fn parameters(node: &Node, remarks: &mut Remarks) -> Vec<Parameter> {
    let Data::Map(map) = &node.data else {
        wrong("parameters", "a map of names and values", node, remarks);
        return Vec::new();
    };
    map.entries()
        .iter()
        .map(|entry| parameter(entry, remarks))
        .collect()
}

fn parameter(entry: &Entry, remarks: &mut Remarks) -> Parameter {
    let (text, place) = (entry.key.clone(), entry.place);
    let mut parameter = Parameter {
        name: Phrase { text, place },
        kind: None,
        is_required: false,
        default: None,
        allowed: Vec::new(),
        description: None,
        is_sensitive: false,
        prompt: None,
    };
    if !is_declaration(&entry.value) {
        parameter.default = Some(entry.value.clone());
        return parameter;
    }
    let Some(mut fields) = Fields::of(&entry.value, "a parameter", remarks) else {
        return parameter;
    };
    parameter.kind = fields.phrase(&["type"], remarks);
    parameter.is_required = fields.bool(&["required"], remarks).unwrap_or(false);
    parameter.default = fields.take(&["default"], remarks).cloned();
    let allowed = fields.take(
        &["allowed", "validateSet", "values", "validValues"],
        remarks,
    );
    parameter.allowed = allowed.map_or_else(Vec::new, |node| items(node).to_vec());
    parameter.description = fields.text(&["description"], remarks);
    parameter.is_sensitive = fields.bool(&["sensitive"], remarks).unwrap_or(false);
    parameter.prompt = fields.text(&["prompt"], remarks);
    // For people.
    fields.take(&["example"], remarks);
    fields.finish(remarks);
    parameter
}

/// Most of its keys are those of a declaration; otherwise the map is the value. So a
/// misspelled key of a declaration is remarked on.
fn is_declaration(node: &Node) -> bool {
    let Data::Map(map) = &node.data else {
        return false;
    };
    let is_known = |entry: &&Entry| {
        DECLARATION
            .iter()
            .any(|name| is_same_name(&entry.key, name))
    };
    2 * map.entries().iter().filter(is_known).count() > map.entries().len()
}

fn profiles(node: &Node, owner: &'static str, remarks: &mut Remarks) -> Vec<Profile> {
    let Data::Map(map) = &node.data else {
        wrong("profiles", "a map of profiles by name", node, remarks);
        return Vec::new();
    };
    let read = map.entries().iter().filter_map(|entry| {
        let mut fields = Fields::of(&entry.value, owner, remarks)?;
        let (text, place) = (entry.key.clone(), entry.place);
        let mut variables = fields.variables(&["variables"], remarks);
        variables.extend(fields.variables(&["overrides", "parameters"], remarks));
        let profile = Profile {
            name: Phrase { text, place },
            description: fields.text(&["description"], remarks),
            variables,
            excluded: fields.phrases(&["excludeStages"], remarks),
        };
        fields.without_effect(&["sequences", "environment"], remarks);
        fields.finish(remarks);
        Some(profile)
    });
    read.collect()
}

fn options(node: &Node, playbook: &mut Playbook, remarks: &mut Remarks) {
    let Some(mut fields) = Fields::of(node, "options", remarks) else {
        return;
    };
    let limit = ["maxConcurrency", "throttleLimit", "maxParallel"];
    playbook.options = Options {
        parallel: fields.bool(&["parallel"], remarks),
        max_concurrency: fields.concurrency(&limit, remarks),
        stop_on_error: fields.bool(&["stopOnError"], remarks),
        timeout: fields.number(&["timeout", "timeoutSeconds"], remarks),
        mode: fields.phrase(&["executionMode", "mode"], remarks),
        isolation: fields.phrase(&["isolation"], remarks),
        module_path: fields.texts(&["modulePath"], remarks),
        groups: groups(&mut fields, remarks),
        codes: fields.exit_codes(remarks),
    };
    playbook.shells.extend(shells::read(&mut fields, remarks));
    if let Some(continues) = fields.bool(&["continueOnError"], remarks) {
        playbook.options.stop_on_error.get_or_insert(!continues);
    }
    if let Some(node) = fields.take(&["profiles"], remarks) {
        playbook
            .profiles
            .extend(profiles(node, "a profile", remarks));
    }
    let without = [
        "captureOutput",
        "generateSummary",
        "summaryFormat",
        "summaryPath",
    ];
    fields.without_effect(&without, remarks);
    fields.finish(remarks);
}

/// The limits of groups, by name.
fn groups(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Vec<(Phrase, u32)> {
    let Some(node) = fields.take(&["groups"], remarks) else {
        return Vec::new();
    };
    let Data::Map(map) = &node.data else {
        wrong("groups", "a map of names and limits", node, remarks);
        return Vec::new();
    };
    let limit = |entry: &Entry| {
        let found = match entry.value.data {
            Data::Int(value) => u32::try_from(value).ok().filter(|&limit| limit > 0),
            _ => None,
        };
        if found.is_none() {
            wrong(&entry.key, "a whole number from 1", &entry.value, remarks);
        }
        let (text, place) = (entry.key.clone(), entry.place);
        found.map(|limit| (Phrase { text, place }, limit))
    };
    map.entries().iter().filter_map(limit).collect()
}

fn validation(node: &Node, playbook: &mut Playbook, remarks: &mut Remarks) {
    let Some(mut fields) = Fields::of(node, "validation", remarks) else {
        return;
    };
    if let Some(node) = fields.take(&["preConditions"], remarks) {
        playbook.before.extend(checks(node, remarks));
    }
    if let Some(node) = fields.take(&["postConditions"], remarks) {
        playbook.after.extend(checks(node, remarks));
    }
    fields.without_effect(&["thresholds"], remarks);
    fields.finish(remarks);
}

fn checks(node: &Node, remarks: &mut Remarks) -> Vec<Check> {
    let read = items(node).iter().filter_map(|item| {
        if let Data::Text(_) = item.data {
            let condition = phrase(item, "a condition", remarks)?;
            return Some(Check {
                name: None,
                condition,
                message: None,
            });
        }
        let mut fields = Fields::of(item, "a condition", remarks)?;
        let name = fields.text(&["name"], remarks);
        let condition = fields.phrase(&["condition", "check"], remarks);
        let message = fields.text(&["message"], remarks);
        fields.without_effect(&["failAction"], remarks);
        fields.finish(remarks);
        let Some(condition) = condition else {
            let (key, owner) = ("condition", "a condition");
            remarks.push(Remark {
                matter: Matter::MissingKey { key, owner },
                place: item.place,
            });
            return None;
        };
        Some(Check {
            name,
            condition,
            message,
        })
    });
    read.collect()
}

fn success(node: &Node, remarks: &mut Remarks) -> Success {
    let Some(mut fields) = Fields::of(node, "success criteria", remarks) else {
        return Success::default();
    };
    let success = Success {
        require_all: fields.bool(&["requireAllSuccess"], remarks),
        minimum_count: fields.count(&["minimumSuccessCount"], remarks),
        minimum_percent: percent(&mut fields, remarks),
        critical: fields.phrases(&["criticalScripts"], remarks),
        allowed_failures: fields.phrases(&["allowedFailures"], remarks),
    };
    fields.without_effect(&["minimumQualityScore"], remarks);
    fields.finish(remarks);
    success
}

/// A rate up to 1 is a part of one, any other of a hundred.
fn percent(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Option<f64> {
    let percent = fields.number(&["minimumSuccessPercent"], remarks);
    let rate = fields.number(&["minimumSuccessRate"], remarks);
    percent.or(rate.map(|rate| if rate <= 1.0 { rate * 100.0 } else { rate }))
}

const MOMENTS: &[(&str, Moment)] = &[
    ("onStart", Moment::Start),
    ("onSuccess", Moment::Success),
    ("onFailure", Moment::Failure),
    ("onWarning", Moment::Warning),
];

/// `Notifications` with its moments, and `OnSuccess`, `OnFailure` at the top.
fn notices(fields: &mut Fields<'_>, playbook: &mut Playbook, remarks: &mut Remarks) {
    moments(fields, playbook, remarks);
    let Some(node) = fields.take(&["notifications"], remarks) else {
        return;
    };
    if let Some(mut inner) = Fields::of(node, "notifications", remarks) {
        moments(&mut inner, playbook, remarks);
        inner.without_effect(&["onCoverageBelowThreshold"], remarks);
        inner.finish(remarks);
    }
}

fn moments(fields: &mut Fields<'_>, playbook: &mut Playbook, remarks: &mut Remarks) {
    for (key, moment) in MOMENTS {
        if let Some(node) = fields.take(&[key], remarks) {
            playbook.notices.extend(notice(*moment, node, remarks));
        }
    }
}

fn notice(moment: Moment, node: &Node, remarks: &mut Remarks) -> Option<Notice> {
    let mut notice = Notice {
        place: node.place,
        moment,
        message: String::new(),
        level: None,
        channels: Vec::new(),
    };
    if let Data::Text(text) = &node.data {
        notice.message.clone_from(text);
        return Some(notice);
    }
    let mut fields = Fields::of(node, "a notification", remarks)?;
    // Without a message there is nothing to tell.
    let message = fields.text(&["message"], remarks);
    notice.level = fields.text(&["level"], remarks);
    notice.channels = fields.texts(&["channels"], remarks);
    let is_on = fields.bool(&["enabled"], remarks).unwrap_or(true);
    let without = ["showSummary", "showDetails", "generateBadge", "createIssue"];
    fields.without_effect(&without, remarks);
    if message.is_none() {
        let (key, owner) = ("message", "a notification");
        remarks.push(Remark {
            matter: Matter::MissingKey { key, owner },
            place: node.place,
        });
    }
    fields.finish(remarks);
    notice.message = message?;
    is_on.then_some(notice)
}

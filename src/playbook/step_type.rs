//! Types of steps that whoever runs a playbook brings along.

use super::dialect::{self, STEP_TYPES};
use super::json;
use super::model::Parameter;
use super::parameter;
use super::value::{is_same_name, Data, Node};

/// A type of steps beside those that every playbook knows.
#[derive(Debug, Clone, PartialEq)]
pub struct StepType {
    /// Its name.
    pub name: String,
    /// What a step of it does.
    pub does: Does,
    /// What a step of it is given; `None` if that is for PowerShell to say.
    pub parameters: Option<Vec<Parameter>>,
}

/// What a step of a type does, in PowerShell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// It runs the text of a script block.
    Block(String),
    /// It calls a command by its name.
    Command(String),
}

impl StepType {
    /// A type whose parameters are declared in JSON, as those of a playbook are. The
    /// error says what is wrong, and what to do.
    pub fn new(name: String, does: Does, declared: Option<&str>) -> Result<Self, String> {
        if name.trim().is_empty() {
            return Err("a type of steps has no name. Give it one.".to_owned());
        }
        if STEP_TYPES.iter().any(|known| is_same_name(known, &name)) {
            return Err(format!(
                "the type `{name}` is one of every playbook. Choose another name."
            ));
        }
        let parameters = declared.map(parameters_of).transpose();
        let parameters = parameters.map_err(|why| format!("the type `{name}`: {why}"))?;
        Ok(Self {
            name,
            does,
            parameters,
        })
    }

    /// The type of a name; letters are the same, large or small.
    pub fn named<'t>(types: &'t [Self], name: &str) -> Option<&'t Self> {
        types.iter().find(|it| is_same_name(&it.name, name))
    }
}

fn parameters_of(declared: &str) -> Result<Vec<Parameter>, String> {
    let node = json::read(declared).map_err(|_| {
        "its `parameters` are no object. Write names with what declares each.".to_owned()
    })?;
    let (parameters, remarks) = dialect::parameters(&node);
    if let Some(remark) = remarks.first() {
        return Err(format!("{}. {}", remark.matter, remark.matter.advice()));
    }
    for parameter in &parameters {
        // A map without the keys of a declaration would be the default, and is none here.
        if parameter.kind.is_none() && parameter.default.as_ref().is_some_and(is_map) {
            return Err(format!(
                "`{}` is declared by no key that is known. Write its `type`.",
                parameter.name.text
            ));
        }
        if let Some(flaw) = parameter::unknown_type(parameter) {
            return Err(format!("{}. {}", flaw.defect, flaw.defect.advice()));
        }
        // What is masked is masked wherever it goes, and that is for the playbook to say.
        if parameter.is_sensitive {
            return Err(format!(
                "`{}` cannot be a secret by itself. Declare a parameter of the playbook as `sensitive`, and hand it on.",
                parameter.name.text
            ));
        }
    }
    Ok(parameters)
}

fn is_map(node: &Node) -> bool {
    matches!(node.data, Data::Map(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, declared: &str) -> String {
        let does = Does::Command("Test-It".to_owned());
        StepType::new(name.to_owned(), does, Some(declared)).expect_err("a reason")
    }

    #[test]
    fn what_cannot_be_a_type_is_told_with_advice() {
        assert_eq!(
            refused("Script", "{}"),
            "the type `Script` is one of every playbook. Choose another name."
        );
        assert_eq!(
            refused(" ", "{}"),
            "a type of steps has no name. Give it one."
        );
        let expected = [
            ("[]", "the type `x`: its `parameters` are no object. Write names with what declares each."),
            (r#"{"Url": {"type": "strin"}}"#, "the type `x`: there is no type `strin`. Did you mean `string`?"),
            (r#"{"Url": {"type": "string", "requird": true, "default": 1}}"#, "the type `x`: unknown key `requird` in a parameter. Did you mean `required`?"),
            (r#"{"Url": {"tpye": "string"}}"#, "the type `x`: `Url` is declared by no key that is known. Write its `type`."),
            (r#"{"Key": {"type": "string", "sensitive": true}}"#, "the type `x`: `Key` cannot be a secret by itself. Declare a parameter of the playbook as `sensitive`, and hand it on."),
        ];
        for (declared, text) in expected {
            assert_eq!(refused("x", declared), text);
        }
    }

    #[test]
    fn a_type_is_found_whatever_letters_its_name_is_written_in() {
        let does = Does::Block("param($Url)".to_owned());
        let declared = r#"{"Url": {"type": "string", "required": true}}"#;
        let found = StepType::new("HttpCheck".to_owned(), does, Some(declared));
        let types = [found.expect("a type")];
        let found = StepType::named(&types, "httpCHECK").expect("the type");
        assert_eq!(found.name, "HttpCheck");
        assert!(StepType::named(&types, "Http").is_none());
    }
}

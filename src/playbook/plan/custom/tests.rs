use super::*;
use crate::playbook::format::Document;
use crate::playbook::plan::{plan, Planned, Request};

const DECLARED: &str = r#"{
    "Url": { "type": "string", "required": true },
    "Timeout": { "type": "int", "default": 30 },
    "Method": { "type": "string", "allowed": ["GET", "HEAD"] },
    "Quick": { "type": "bool" }
}"#;

fn types() -> Vec<StepType> {
    let block = Does::Block("param($Url, $Timeout) \"$Url $Timeout\"".to_owned());
    let command = Does::Command("Test-Port".to_owned());
    let new = |name: &str, does, declared| {
        StepType::new(name.to_owned(), does, declared).expect("a type")
    };
    vec![
        new("HttpCheck", block, Some(DECLARED)),
        new("PortCheck", command, None),
    ]
}

fn planned(source: &str) -> Planned {
    let types = types();
    let document = Document::read("a.psd1", source).expect("a playbook");
    let request = Request {
        step_types: &types,
        ..Request::default()
    };
    let reading = document.playbook(&|_| None);
    assert_eq!(reading.remarks, Vec::new());
    plan(&reading.playbook, &request)
}

fn flaws(source: &str) -> Vec<String> {
    let flaws = planned(source).flaws.into_iter();
    flaws
        .map(|it| format!("{}. {}", it.defect, it.defect.advice()))
        .collect()
}

#[test]
fn a_step_of_a_type_does_what_the_type_says_with_values_of_its_types() {
    let planned = planned(
        "@{ parameters = @{ port = @{ type = 'int'; default = 81 } }
        steps = @(
            @{ type = 'httpcheck'; parameters = @{ url = 'http://x:{{port}}/'; Quick = 'yes' } }
            @{ name = 'open'; type = 'PortCheck'; parallel = $true; parameters = @{ Port = '{{port}}'; Any = 1 } }
        ) }",
    );
    assert_eq!(planned.flaws, Vec::new());
    let steps = &planned.plan.steps;
    assert_eq!([&steps[0].name, &steps[1].name], ["httpcheck", "open"]);
    let Work::PowerShell(PowerShellWork::Registered(text)) = &steps[0].work else {
        panic!("not {:?}", steps[0].work);
    };
    assert!(text.starts_with("param($Url"));
    assert_eq!(
        format!("{:?}", steps[0].parameters),
        r#"[("url", Value(Text("http://x:81/"))), ("Quick", Value(Bool(true))), ("Timeout", Value(Int(30)))]"#
    );
    let Work::PowerShell(PowerShellWork::Function { module, function }) = &steps[1].work else {
        panic!("not {:?}", steps[1].work);
    };
    assert_eq!((module.as_str(), function.as_str()), ("", "Test-Port"));
    assert_eq!(steps[1].parameters.len(), 2);
}

#[test]
fn what_a_type_does_not_take_is_a_flaw() {
    let step = |parameters: &str| {
        format!("@{{ steps = @(@{{ type = 'HttpCheck'; parameters = @{{ {parameters} }} }}) }}")
    };
    let expected: &[(&str, &[&str])] = &[
        ("", &["a step of the type `HttpCheck` needs the parameter `Url`. Add `Url` to its `parameters`."]),
        ("Url = 'x'; Timeout = 'soon'", &["the parameter `Timeout` is of type int, found `soon`. Give a value of the type int."]),
        ("Url = 'x'; Method = 'POST'", &["the parameter `Method` may not be `POST`. Choose one of GET, HEAD."]),
        ("Url = 'x'; Timeuot = 3", &["there is no parameter `Timeuot`. Did you mean `Timeout`?"]),
    ];
    for (parameters, texts) in expected {
        assert_eq!(flaws(&step(parameters)), *texts, "{parameters}");
    }
}

#[test]
fn a_value_that_is_not_known_yet_is_for_powershell_to_judge() {
    let source = "@{ steps = @(
        @{ name = 'a'; command = '1' }
        @{ type = 'HttpCheck'; parameters = @{ Url = 'x'; Timeout = '{{steps.a.output}}' } }) }";
    assert_eq!(flaws(source), Vec::<String>::new());
}

#[test]
fn a_type_that_nobody_knows_is_a_flaw_that_names_those_that_are_near() {
    let step =
        |name: &str| format!("@{{ steps = @(@{{ type = '{name}'; parameters = @{{ }} }}) }}");
    assert_eq!(
        flaws(&step("HttpChek")),
        ["unknown type `HttpChek`. Did you mean `HttpCheck`?"]
    );
    assert_eq!(
        flaws(&step("zzzzzzzz")),
        ["unknown type `zzzzzzzz`. The types are script, condition, parallel, module, command, playbook, HttpCheck, PortCheck; Register-OrchestrationStepType adds some to a session of PowerShell."]
    );
}

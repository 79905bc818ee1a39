//! Each dialect becomes the same model, and each key acts or is remarked on.

use crate::playbook::format::Document;
use crate::playbook::model::{Action, Concurrency, Condition, Dialect, Moment, Playbook, Step};
use crate::playbook::value::Data;

/// The playbook in a file, about which there is nothing to say.
fn read(file: &str, source: &str) -> Playbook {
    let (playbook, remarks) = read_with_remarks(file, source);
    assert_eq!(remarks, Vec::<String>::new());
    playbook
}

fn read_with_remarks(file: &str, source: &str) -> (Playbook, Vec<String>) {
    let document = match Document::read(file, source) {
        Ok(document) => document,
        Err(error) => panic!("{error}"),
    };
    let reading = document.playbook(&|name| (name == "CI").then(|| "true".to_owned()));
    let diagnostics = document.diagnostics(&reading.remarks);
    let texts = diagnostics.iter().map(ToString::to_string);
    (reading.playbook, texts.collect())
}

/// What a step does, in a line: `name: action if condition after needs`.
fn outline(step: &Step) -> String {
    let mut text = String::new();
    if let Some(name) = &step.name {
        text += &format!("{}: ", name.text);
    }
    text += &action(&step.action);
    match &step.condition {
        Some(Condition::If(condition)) => text += &format!(" if {}", condition.text),
        Some(Condition::Unless(condition)) => text += &format!(" unless {}", condition.text),
        Some(Condition::Block(block)) => text += &format!(" if {{{}}}", block.text),
        None => {}
    }
    if !step.needs.is_empty() {
        let needs: Vec<_> = step.needs.iter().map(|name| name.text.as_str()).collect();
        text += &format!(" after {}", needs.join(" and "));
    }
    text
}

fn action(action: &Action) -> String {
    match action {
        Action::Scripts(scripts) => {
            let kinds: Vec<_> = scripts
                .iter()
                .map(|script| format!("{:?}", script.kind))
                .collect();
            kinds.join(" + ")
        }
        Action::Command { text, shell: None } => format!("run {:?}", text.text),
        Action::Command {
            text,
            shell: Some(shell),
        } => {
            format!("{} {:?}", shell.text, text.text)
        }
        Action::Block(block) => format!("block {:?}", block.text),
        Action::Module { module, function } => format!("{}\\{}", module.text, function.text),
        Action::Choice { then, otherwise } => {
            format!("choose {} else {}", list(then), list(otherwise))
        }
        Action::Parallel { steps, limit } => format!("beside {limit:?} {}", list(steps)),
        Action::Group(steps) => format!("group {}", list(steps)),
        Action::Playbook(name) => format!("playbook {}", name.text),
        Action::Custom(name) => format!("custom {}", name.text),
        Action::Program(argv) => {
            let argv: Vec<_> = argv.iter().map(|word| word.text.as_str()).collect();
            format!("program {argv:?}")
        }
    }
}

fn list(steps: &[Step]) -> String {
    let outlines: Vec<_> = steps.iter().map(outline).collect();
    format!("[{}]", outlines.join("; "))
}

fn outlines(playbook: &Playbook) -> Vec<String> {
    playbook.steps.iter().map(outline).collect()
}

#[test]
fn steps_have_a_type_each() {
    let source = r#"{
        "name": "deploy", "version": "1.0", "$schema": "x", "requiredModules": ["Backup"],
        "parameters": {
            "target": {"type": "string", "required": true, "allowed": ["a", "b"]},
            "force": false
        },
        "steps": [
            {"name": "Check", "type": "script", "command": "Test {{target}}", "shell": "bash",
             "condition": "$params.force -eq $false"},
            {"name": "Save", "type": "module", "module": "Backup", "function": "Start-It"},
            {"name": "Both", "type": "parallel", "throttleLimit": 2,
             "parallel": [{"name": "One", "type": "script", "command": "1"}]},
            {"name": "Which", "type": "condition", "condition": "$env.context -eq 'prod'",
             "then": [{"name": "Yes", "command": "y"}], "else": [{"name": "No", "command": "n"}]}
        ]}"#;
    let playbook = read("x.json", source);
    assert_eq!(playbook.dialect, Dialect::Steps);
    assert_eq!(playbook.name.as_deref(), Some("deploy"));
    assert_eq!(playbook.required_modules[0].text, "Backup");
    let target = &playbook.parameters[0];
    assert_eq!((target.is_required, target.allowed.len()), (true, 2));
    let force = playbook.parameters[1].default.as_ref();
    assert_eq!(force.map(|node| &node.data), Some(&Data::Bool(false)));
    let expected = [
        "Check: bash \"Test {{target}}\" if $params.force -eq $false",
        "Save: Backup\\Start-It",
        "Both: beside Some(Steps(2)) [One: run \"1\"]",
        "Which: choose [Yes: run \"y\"] else [No: run \"n\"] if $env.context -eq 'prod'",
    ];
    assert_eq!(outlines(&playbook), expected);
}

#[test]
fn what_runs_beside_each_other_has_three_names() {
    for key in ["parallel", "parallelSteps", "steps"] {
        let source = format!(
            r#"{{"steps": [{{"name": "Both", "type": "parallel", "{key}": [{{"name": "a", "run": "b"}}]}}]}}"#
        );
        let playbook = read("x.json", &source);
        let expected = ["Both: beside None [a: run \"b\"]"];
        assert_eq!(outlines(&playbook), expected, "{key}");
    }
}

#[test]
fn sequences_have_scripts_commands_numbers_and_ranges() {
    let source = r#"@{
        Name = 'tests'
        Sequence = @(
            0407, '0402_Run-Tests.ps1', '0000-0099', 'stage:Core, !0050', '05*'
            @{ Script = 0402; Phase = 'test'; Parallel = $true; Dependencies = '0407', '0402'
               Timeout = 60; RetryCount = 1; ContinueOnError = 'yes'; Required = $false
               Group = 'db'; Parameters = @{ All = $env:CI; Limit = 2gb } }
            @{ Name = 'Native'; Command = 'npm ci'; Environment = @{ CI = '1' } }
            @{ Script = { Get-Date }; Condition = { $IsWindows } }
            @{ Playbook = 'other'; Condition = '$X -eq 1'; ForEach = 'Names' }
        )
        Options = @{ Parallel = $false; MaxConcurrency = 'auto'; StopOnError = $true }
        SuccessCriteria = @{ MinimumSuccessRate = 0.8; CriticalScripts = @('0402') }
        OnFailure = @{ Message = 'no' }
        Notifications = @{ OnStart = @{ Message = 'go'; Channels = @('console') } }
    }"#;
    let playbook = read("x.psd1", source);
    let expected = [
        "Number(\"0407\")",
        "Name(\"0402_Run-Tests.ps1\")",
        "Range(\"0000\", \"0099\")",
        "Stage(\"Core\") + Except(Number(\"0050\"))",
        "Pattern(\"05*\")",
        "Number(\"0402\") after 0407 and 0402",
        "Native: run \"npm ci\"",
        "block \" Get-Date \" if { $IsWindows }",
        "playbook other if $X -eq 1",
    ];
    assert_eq!(
        (playbook.dialect, outlines(&playbook)),
        (Dialect::Sequence, expected.map(str::to_owned).to_vec())
    );
    let step = &playbook.steps[5];
    assert_eq!((step.timeout, step.retry_count), (Some(60.0), Some(1)));
    assert_eq!(
        (step.continue_on_error, step.is_required),
        (Some(true), Some(false))
    );
    assert_eq!((step.parallel, step.parameters.len()), (Some(true), 2));
    assert_eq!(step.parameters[0].value.data, Data::Text("true".to_owned()));
    assert_eq!(playbook.options.max_concurrency, Some(Concurrency::Auto));
    assert_eq!(playbook.options.stop_on_error, Some(true));
    assert_eq!(playbook.success.minimum_percent, Some(80.0));
    let moments: Vec<_> = playbook
        .notices
        .iter()
        .map(|notice| notice.moment)
        .collect();
    assert_eq!(moments, [Moment::Failure, Moment::Start]);
}

#[test]
fn stages_are_groups_of_scripts() {
    let stages = r#"[
        {"name": "First", "sequence": ["0400", 401], "continueOnError": true, "timeout": 30},
        {"name": "Second", "sequences": ["0407", "0404"], "parallel": true, "maxConcurrency": 3,
         "condition": "$X", "variables": {"A": 1}},
        {"name": "Third", "inline": "Get-Date", "skipIf": "$Y"}
    ]"#;
    let expected = [
        "First: group [Number(\"0400\"); Number(\"0401\")]",
        "Second: beside Some(Steps(3)) [Number(\"0407\"); Number(\"0404\")] if $X",
        "Third: group [run \"Get-Date\"] unless $Y",
    ];
    let playbook = read("x.json", &format!("{{\"stages\": {stages}}}"));
    assert_eq!(
        (playbook.dialect, outlines(&playbook)),
        (Dialect::Stages, expected.map(str::to_owned).to_vec())
    );

    let orchestration = format!(
        r#"{{"metadata": {{"name": "ci", "any": 1}}, "orchestration": {{"stages": {stages},
            "defaultVariables": {{"X": true}},
            "profiles": {{"quick": {{"variables": {{"X": false}}, "excludeStages": ["Third"]}}}}}},
            "validation": {{"preConditions": [{{"name": "n", "condition": "$true", "message": "m"}}]}}}}"#
    );
    let inner = read("x.json", &orchestration);
    assert_eq!(inner.dialect, Dialect::OrchestrationStages);
    assert_eq!(inner.steps, playbook.steps);
    assert_eq!(inner.name.as_deref(), Some("ci"));
    assert_eq!((inner.variables.len(), inner.before.len()), (1, 1));
    assert_eq!(inner.profiles[0].excluded[0].text, "Third");
}

#[test]
fn jobs_wait_for_those_that_they_need() {
    let source = "name: ci\njobs:\n  lint:\n    steps:\n    - run: '0404'\n    - run: |\n        npm ci\n      \
                  shell: bash\n  test:\n    name: All tests\n    needs: [lint]\n    if: success()\n    \
                  strategy:\n      matrix:\n        os: [a, b]\n    steps:\n    - uses: playbook:tests\n";
    let playbook = read("x.yaml", source);
    let expected = [
        "lint: group [Number(\"0404\"); bash \"npm ci\\n\"]",
        "test: group [playbook tests] if success() after lint",
    ];
    assert_eq!(
        (playbook.dialect, outlines(&playbook)),
        (Dialect::Jobs, expected.map(str::to_owned).to_vec())
    );
    assert_eq!(playbook.steps[1].description.as_deref(), Some("All tests"));
    assert!(playbook.steps[1].for_each.is_some());
}

#[test]
fn tasks_are_programs_and_graphs_of_them() {
    let source = r#"{"tasks": [
        {"name": "a", "argv": ["cargo", "build"], "env": {"X": "1"}, "timeoutSeconds": 5},
        {"name": "b", "kind": "graph", "dependsOn": ["a"], "tasks": [{"name": "c", "argv": ["x"]}]}
    ]}"#;
    let playbook = read("x.json", source);
    let expected = [
        "a: program [\"cargo\", \"build\"]",
        "b: group [c: program [\"x\"]] after a",
    ];
    assert_eq!(
        (playbook.dialect, outlines(&playbook)),
        (Dialect::Tasks, expected.map(str::to_owned).to_vec())
    );
    assert_eq!(playbook.steps[0].timeout, Some(5.0));
}

#[test]
fn the_formats_give_the_same_playbook() {
    let psd1 = "@{ name = 'x'; Sequence = @('0402', @{ Script = '0403'; Timeout = 5 }) }";
    let json = r#"{"name": "x", "sequence": ["0402", {"script": "0403", "timeout": 5}]}"#;
    let yaml = "name: x\nsequence:\n- 0402\n- script: 0403\n  timeout: 5\n";
    let steps = |file, source| {
        let playbook = read(file, source);
        (outlines(&playbook), playbook.steps[1].timeout)
    };
    assert_eq!(steps("x.psd1", psd1), steps("x.json", json));
    assert_eq!(steps("x.json", json), steps("x.yml", yaml));
}

/// What is remarked on, and the whole message about it.
const REMARKED: &[(&str, &str, &[&str])] = &[
    ("x.psd1", "@{ Name = 'x' }", &[
        "x.psd1, line 1, column 1: expected a key that says what is to be done. Add `steps`, `Sequence`, `Stages`, `jobs` or `tasks`.",
    ]),
    ("x.psd1", "@{ Sequence = @(@{\n Scrpt = '0402' }) }", &[
        "x.psd1, line 1, column 17: expected a step to say what it does. Add `Script`, `Command`, `module` with `function`, or `Playbook`.",
        "x.psd1, line 2, column 2: unknown key `Scrpt` in a step. Did you mean `script`?",
    ]),
    ("x.yaml", "name: x\nsteps:\n- command: a\n  timeoutt: 5\n  zzz: 1\n", &[
        "x.yaml, line 4, column 3: unknown key `timeoutt` in a step. Did you mean `timeout`?",
        "x.yaml, line 5, column 3: unknown key `zzz` in a step. Remove it, or do not count on it.",
    ]),
    ("x.json", "{\"steps\": [{\"type\": \"scirpt\", \"command\": \"a\"}]}", &[
        "x.json, line 1, column 21: unknown type `scirpt`. Did you mean `script`?",
    ]),
    ("x.json", "{\"steps\": [{\"command\": \"a\", \"timeout\": \"soon\", \"retries\": -1}]}", &[
        "x.json, line 1, column 40: `timeout`: expected a number from 0, found the text `soon`. Write a number from 0.",
        "x.json, line 1, column 59: `retryCount`: expected a whole number from 0, found `-1`. Write a whole number from 0.",
    ]),
    ("x.json", "{\"steps\": [{\"command\": \"a\", \"script\": \"0402\"}]}", &[
        "x.json, line 1, column 12: a step does one thing, found `script` and `command`. Make two steps of it.",
    ]),
    ("x.json", "{\"steps\": [], \"jobs\": {}}", &[
        "x.json, line 1, column 23: both `steps` and `jobs` say what is to be done. Keep one of the two.",
    ]),
    ("x.json", "{\"steps\": [true, {\"module\": \"m\"}], \"Options\": {\"Parallel\": \"maybe\"}}", &[
        "x.json, line 1, column 60: `parallel`: expected true or false, found the text `maybe`. Write true or false.",
        "x.json, line 1, column 12: `a step`: expected a script's number or name, or a map, found true or false. Write a script's number or name, or a map.",
        "x.json, line 1, column 18: the key `function` is missing in a module step. Add `function`.",
    ]),
    ("x.psd1", "@{ Sequence = '0500-0400', '', '!' ; Reporting = @{} }", &[
        "x.psd1, line 1, column 38: the key `Reporting` in a playbook has no effect. Remove it, or do not count on it.",
        "x.psd1, line 1, column 15: the range `0500-0400` ends before it begins. Put the smaller number first.",
        "x.psd1, line 1, column 28: expected a script, found ``. Name a script: `0407`, `0407_Name`, `folder/name`.",
        "x.psd1, line 1, column 32: expected a script, found ``. Name a script: `0407`, `0407_Name`, `folder/name`.",
    ]),
    ("x.psd1", "@{ Sequence = @(@{ Script = '0402'; Params = @{}; Parameters = @{} }) }", &[
        "x.psd1, line 1, column 37: `Params` means the same as `Parameters`, which is used. Remove `Params`.",
    ]),
    ("x.psd1", "@{ Sequence = '0402'; Parameters = @{ A = @{ Type = 'int'; Requird = $true; Default = 1 } } }", &[
        "x.psd1, line 1, column 60: unknown key `Requird` in a parameter. Did you mean `required`?",
    ]),
];

#[test]
fn the_places_of_very_many_remarks_are_not_looked_up() {
    let keys: String = (10_000..20_000)
        .map(|key| format!("k{}{key}: 1\n", "x".repeat(90)))
        .collect();
    let (_, remarks) = read_with_remarks("x.yaml", &format!("steps: []\n{keys}"));
    assert_eq!(remarks.len(), 10_000);
    assert!(
        remarks[2].starts_with("x.yaml, line 4, column 1: unknown key"),
        "{}",
        remarks[2]
    );
    assert!(
        remarks[99].starts_with("x.yaml (the place is not known): "),
        "{}",
        remarks[99]
    );
}

#[test]
fn every_key_acts_or_is_remarked_on() {
    for (file, source, expected) in REMARKED {
        assert_eq!(read_with_remarks(file, source).1, *expected, "{source}");
    }
}

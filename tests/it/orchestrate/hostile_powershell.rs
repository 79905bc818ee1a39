//! Two hundred hostile values in every position of PowerShell's text: each arrives
//! byte for byte, and nothing else runs. One pwsh does all of it, and reads with its
//! own parser what was made of random texts.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use orchestration_engine::playbook::shell::Shell;
use orchestration_engine::playbook::template::Template;
use serde_json::{json, Value};

use super::hostile::values;
use super::scene::Scene;

/// What pwsh runs.
const SCRIPT: &str = include_str!("hostile_powershell.ps1");

/// Stands for the value in what is expected; no value holds it.
const V: &str = "\u{fffc}";

/// A position, a command with the value there, and what comes out of it, with `V` for
/// the value and `|` behind each argument. `Show-Word` is a function, `./show.sh` a
/// program.
const CARRIED: &[(&str, &str, &str)] = &[
    ("argument", "Show-Word {{v}} -Last {{v}} -Last:{{v}}", "V|-Last|V|-Last:|V|"),
    ("in a bare word", "Show-Word ./x/{{v}}/y {{v}}.txt a[{{v}}]#b {{v}}{{v}}", "./x/V/y|V.txt|a[V]#b|VV|"),
    ("in a list", "Show-Word a,{{v}},{{v}}", "a V V|"),
    ("in \"…\"", "Show-Word \"{{v}}\" \"a `\" {{v}}.b[0]\" “{{v}}„", "V|a \" V.b[0]|V|"),
    ("in \"$(…)\"", "Show-Word \"a $(Show-Word {{v}}) $({{v}}) $(\"{{v}}\")\"", "V|a V| V V|"),
    ("in '…'", "Show-Word '{{v}}' 'it''s `$x \"{{v}}\" “' ‘{{v}}‛", "V|it's `$x \"V\" “|V|"),
    ("in @\"…\"@", "Show-Word @\"\n{{v}}\n \"@ {{v}}\n\"@ b", "V\n \"@ V|b|"),
    ("in @'…'@", "Show-Word @'\n$x`\n\"@ {{v}}\n{{v}}\n'@ b", "$x`\n\"@ V\nV|b|"),
    ("value of an expression", "$x = {{v}}; Show-Word $x ({{v}} + 'a') ([string]{{v}})", "V|Va|V|"),
    ("operand", "if ({{v}} -ceq \"{{v}}\" -and '{{v}}' -is [string]) { Show-Word {{v}} }", "V|"),
    ("in a hash table", "$x = @{ a = {{v}}; 'b {{v}}' = '{{v}}' }; Show-Word $x.a $x['b {{v}}']", "V|V|"),
    ("in an array", "$x = @({{v}}, \"{{v}}\"); Show-Word $x[0] $x[1]", "V|V|"),
    ("argument of a method", "Show-Word ('a'.Insert(1, {{v}})) ([string]::Concat({{v}}, '{{v}}'))", "aV|VV|"),
    ("loop", "foreach ($x in {{v}}, 'b') { Show-Word $x {{v}} }", "V|V|b|V|"),
    ("switch", "switch -CaseSensitive ({{v}}) { default { Show-Word $_ '{{v}}' } }", "V|V|"),
    ("return", "$x = & { return {{v}} }; Show-Word $x", "V|"),
    ("beginning of a pipeline", "{{v}} | ForEach-Object { Show-Word $_ \"{{v}}\" }", "V|V|"),
    ("argument of a block", "& { param($a, $b) Show-Word $a $b } {{v}} -b \"{{v}}\"", "V|V|"),
    ("default of a parameter", "& { param($a = {{v}}) Show-Word $a }", "V|"),
    ("in a function", "function Show-It($a) { Show-Word $a {{v}} }; Show-It '{{v}}'", "V|V|"),
    ("in another runspace", "1 | ForEach-Object -Parallel { {{v}}, \"a{{v}}\", '{{v}}b' | Write-Output } | ForEach-Object { Show-Word $_ }", "V|aV|Vb|"),
    ("behind comments", "# it's\nShow-Word <# ' #> {{v}} # \"", "V|"),
    ("argument of a program", "./show.sh {{v}} \"{{v}}\" '{{v}}' -x {{v}}", "V|V|V|-x|V|"),
    ("in a word of a program", "./show.sh ./{{v}}/a {{v}}.b --c={{v}} --d=\"{{v}}\" --e='{{v}}'f -g:{{v}}", "./V/a|V.b|--c=V|--d=V|--e=Vf|-g:V|"),
    ("here-string of a program", "./show.sh @\"\n{{v}}\n\"@ @'\n{{v}}\n'@", "V|V|"),
    ("program by a variable", "$x = './show.sh'; & $x {{v}} {{v}}a", "V|Va|"),
];

/// Positions that are refused when planned.
const REFUSED: &[(&str, &str)] = &[
    ("comment", "Show-Word # {{v}}"),
    ("after a backtick", "Show-Word `{{v}}"),
    ("behind the name of a variable", "Show-Word \"$x{{v}}\""),
    ("in the name of a variable", "${x{{v}}}"),
    ("type", "[{{v}}]::new()"),
    ("attribute", "param([ValidateSet('{{v}}')] $x)"),
    ("name of a member", "$x.{{v}}"),
    ("operator", "$x -{{v}} 1"),
    ("name of a parameter", "Show-Word -{{v}} 1"),
    ("command", "{{v}} arg"),
    ("command behind `&`", "& {{v}}"),
    ("command behind `.`", ". './{{v}}.ps1'"),
    ("splatting", "Show-Word @{{v}}"),
    ("redirection", "Show-Word > {{v}}"),
    ("label", "break {{v}}"),
    ("behind `--%`", "./show.sh --% {{v}}"),
    ("name of a function", "function {{v}} { }"),
    ("class", "class A { $x = '{{v}}' }"),
    ("Invoke-Expression", "Invoke-Expression \"Show-Word {{v}}\""),
    ("input of iex", "'{{v}}' | iex"),
    ("ScriptBlock.Create", "[scriptblock]::Create('{{v}}')"),
    (
        "InvokeScript",
        "$ExecutionContext.InvokeCommand.InvokeScript({{v}})",
    ),
    ("Add-Type", "Add-Type {{v}}"),
    ("other shells", "bash -c {{v}}"),
    ("Start-Process of a shell", "Start-Process pwsh '-c', {{v}}"),
    ("list for a program", "./show.sh a,{{v}}"),
    ("expression for a program", "./show.sh ({{v}})"),
];

fn carried(command: &str) -> Result<(String, usize), String> {
    let template = Template::parse(command, &|_| false).expect("a template");
    let mut carried = Shell::PowerShell
        .carry(&template)
        .map_err(|why| why.to_string())?;
    let text = carried.argv.pop().expect("the command");
    Ok((text, carried.values.len()))
}

/// Runs pwsh with a question; its answer, or nothing if there is no pwsh.
fn ask(folder: &Path, question: &Value) -> Option<Value> {
    let child = Command::new("pwsh")
        .args(["-NoProfile", "-NonInteractive", "-Command", SCRIPT])
        .env("POWERSHELL_TELEMETRY_OPTOUT", "1")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("left out: pwsh is not on PATH");
        return None;
    };
    let mut input = child.stdin.take().expect("its input");
    input
        .write_all(question.to_string().as_bytes())
        .expect("the question is taken");
    drop(input);
    let output = child.wait_with_output().expect("its end");
    assert!(output.status.success(), "pwsh ended with {}", output.status);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

fn scene() -> Scene {
    use std::os::unix::fs::PermissionsExt as _;

    let scene = Scene::new("");
    scene.write("show.sh", "#!/bin/sh\nprintf '%s|' \"$@\" > shown\n");
    let script = scene.folder.join("show.sh");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).expect("a program");
    scene
}

#[test]
fn hostile_values_arrive_in_powershell() {
    let values = values();
    assert_eq!(values.len(), 200);
    let positions: Vec<_> = CARRIED
        .iter()
        .map(|(name, command, expected)| {
            let (text, count) = carried(command).unwrap_or_else(|why| panic!("{name}: {why}"));
            let expected = expected.replace('V', V);
            json!({"name": name, "text": text, "count": count, "expected": expected})
        })
        .collect();
    let scene = scene();
    let before = fs::read_dir(&scene.folder).expect("the folder").count();
    let question = json!({"values": values, "positions": positions, "texts": []});
    let Some(answer) = ask(&scene.folder, &question) else {
        return;
    };
    let rows = answer["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), CARRIED.len());
    let mut wrong = Vec::new();
    for (row, (name, ..)) in rows.iter().zip(CARRIED) {
        println!("{name:<32} {} of {} arrive", row["arrived"], values.len());
        if row["arrived"] != values.len() {
            wrong.push(format!("{name}: {row}"));
        }
    }
    for (name, command) in REFUSED {
        let why = carried(command).expect_err(name);
        println!("{name:<32} refused: {why}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whatever else had run would have left a file, besides what the program wrote.
    let after = fs::read_dir(&scene.folder).expect("the folder").count();
    assert_eq!(after, before + 1);
}

/// Pieces of text, from which random commands are made.
const PIECES: &[&str] = &[
    "Show-Word ",
    "git ",
    "{{v}}",
    "{{v}}",
    "{{v}}",
    " ",
    " ",
    "\n",
    "; ",
    " | ",
    ", ",
    "'",
    "'",
    "\"",
    "\"",
    "(",
    ")",
    "{ ",
    " }",
    "$(",
    "@(",
    "@{ ",
    "a = ",
    "$x",
    " = ",
    "-A ",
    "-B:",
    " -eq ",
    " + ",
    "./b/",
    ".c",
    "[int]",
    "[",
    "]",
    "#",
    "<#",
    "#>",
    "`",
    "@'\n",
    "\n'@",
    "@\"\n",
    "\n\"@",
    "if (1) ",
    "foreach ($i in ",
    "& ",
    ". ",
    "return ",
    "1..",
    "--%",
    ">",
    "’",
    "“",
    "${y}",
    "::",
    "param($p) ",
    "function f ",
    "switch (1) ",
    "iex ",
    "ForEach-Object ",
    "%",
    "@",
    "=",
    "a",
];

#[test]
fn what_stands_for_a_value_is_a_variable_for_powershell_too() {
    let mut state: u64 = 7;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut texts = Vec::new();
    while texts.len() < 10_000 {
        let count = 3 + random(10);
        let text: String = (0..count).map(|_| PIECES[random(PIECES.len())]).collect();
        let Ok(template) = Template::parse(&text, &|_| false) else {
            continue;
        };
        if template.slots().count() == 0 {
            continue;
        }
        if let Ok((made, count)) = carried(&text) {
            texts.push(json!({"from": text, "text": made, "count": count}));
        }
    }
    let scene = scene();
    let question = json!({"values": [], "positions": [], "texts": texts});
    let Some(answer) = ask(&scene.folder, &question) else {
        return;
    };
    println!("{} of {} texts are valid", answer["valid"], texts.len());
    assert!(answer["valid"].as_u64() > Some(500), "{}", answer["valid"]);
    assert_eq!(answer["wrong"], json!([]));
}

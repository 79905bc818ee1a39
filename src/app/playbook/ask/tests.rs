use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use serde_json::{json, Value};

use super::{ask, AskError};

/// A folder of the test's own with files in it.
struct Project {
    folder: PathBuf,
}

impl Project {
    #[must_use]
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("oe-ask-{}-{number}", std::process::id()));
        let project = Self { folder };
        // What is above the folder is no part of the project.
        fs::create_dir_all(project.folder.join("orchestration")).expect("a folder");
        for (name, text) in files {
            let path = project.folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        project
    }

    /// Asks in the folder, with these further keys.
    fn asks(&self, what: &str, keys: Value) -> Result<Value, AskError> {
        let mut question = keys;
        question["ask"] = what.into();
        question["directory"] = self.folder.display().to_string().into();
        let answer = ask(&question.to_string())?;
        Ok(serde_json::from_str(&answer).expect("JSON"))
    }

    fn answer(&self, what: &str, keys: Value) -> Value {
        self.asks(what, keys).expect("an answer")
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const RELEASE: &str = "orchestration/playbooks/release.psd1";
const SOURCE: &str = "@{
    Description = 'Builds and ships.'
    Version = '1.2'
    Parameters = @{ key = @{ type = 'string'; required = $true } }
    steps = @(
        @{ name = 'build'; shell = 'sh'; command = 'echo {{key}}' }
        @{ name = 'both'; type = 'parallel'; parallel = @(
            @{ name = 'a'; shell = 'sh'; command = 'true'; timeout = 5 }
            @{ name = 'b'; inline = { Get-Date } })
        }
        @{ name = 'ship'; script = '0407'; condition = { $LASTEXITCODE -ne 0 } }
    )
}";

fn release() -> Project {
    Project::new(&[
        (RELEASE, SOURCE),
        ("automation-scripts/0407_Ship.ps1", "'x'"),
    ])
}

#[test]
fn the_playbooks_of_a_project_are_listed() {
    let project = Project::new(&[
        (RELEASE, SOURCE),
        (
            "orchestration/playbooks/deep/wrong.json",
            "{\"steps\": 5 x}",
        ),
    ]);
    let answer = project.answer("list", json!({}));
    let expected = json!([
        { "name": "deep/wrong", "path": project.path("orchestration/playbooks/deep/wrong.json"),
          "description": null, "version": null, "dialect": null, "parameters": [],
          "steps": 0, "isValid": false },
        { "name": "release", "path": project.path(RELEASE),
          "description": "Builds and ships.", "version": "1.2", "dialect": "steps",
          "parameters": ["key"], "steps": 4, "isValid": true },
    ]);
    assert_eq!(answer["playbooks"], expected);
    let folders = answer["folders"].as_array().expect("folders");
    assert_eq!(
        folders.last(),
        Some(&json!(project.path("orchestration/playbooks")))
    );
}

#[test]
fn a_file_is_read_as_it_is_ordered() {
    let project = Project::new(&[(
        "play.psd1",
        "@{ Zeta = 0407; Name = 'x'; steps = @(@{ inline = { a 'b' }; Timeout = 1.0 }) }",
    )]);
    let question = json!({
        "ask": "read", "directory": project.path(""), "playbook": "play.psd1",
    });
    let answer = ask(&question.to_string()).expect("an answer");
    let expected = r#"{
  "Zeta": "0407",
  "Name": "x",
  "steps": [
    {
      "inline": " a 'b' ",
      "Timeout": 1.0
    }
  ]
}"#;
    assert!(answer.contains(expected), "{answer}");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(
        (&answer["name"], &answer["file"]),
        (&json!("x"), &json!(project.path("play.psd1")))
    );
    assert_eq!(
        answer["diagnostics"][0]["message"],
        "unknown key `Zeta` in a playbook"
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let project = Project::new(&[("play.psd1", "@{\n  steps = Get-Date }")]);
    for what in ["read", "validate", "plan"] {
        let answer = project.answer(what, json!({ "playbook": "play.psd1" }));
        let first = &answer["diagnostics"][0];
        assert_eq!(
            (&first["severity"], &first["line"], &first["column"]),
            (&json!("error"), &json!(2), &json!(11)),
            "{answer}"
        );
        assert_eq!(answer["name"], "play");
    }
}

#[test]
fn a_playbook_is_checked() {
    let answer = release().answer("validate", json!({ "playbook": "release" }));
    let expected = json!({
        "name": "release", "isValid": true, "steps": 4,
        "needsPowerShell": ["both/b", "ship"], "error": null, "diagnostics": [],
    });
    assert_eq!(answer, expected);
    let wrong = json!({ "steps": [{ "comand": "x" }] });
    let answer = release().answer("validate", json!({ "definition": wrong }));
    assert_eq!(
        (&answer["isValid"], &answer["name"]),
        (&json!(false), &json!("the definition"))
    );
    let told = answer["diagnostics"].as_array().expect("diagnostics");
    assert!(told.iter().all(|it| it["file"] == "the definition"));
    assert!(told
        .iter()
        .any(|it| it["advice"] == "Did you mean `command`?"));
}

#[test]
fn a_plan_says_what_would_run() {
    let parameters = json!({ "key": "x" });
    let keys = json!({
        "playbook": "release", "parameters": parameters, "environment": "prod",
        "mode": "Sequential", "maxConcurrency": 3, "continueOnError": true,
    });
    let answer = release().answer("plan", keys);
    assert_eq!(
        (&answer["isUsable"], &answer["environment"]),
        (&json!(true), &json!("prod"))
    );
    assert_eq!(answer["maxConcurrency"], 3);
    let one = |step: &Value| {
        let text = |key: &str| step[key].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", text("path"), text("kind"), step["needs"])
    };
    let steps = answer["steps"].as_array().expect("steps").iter().map(one);
    let expected = [
        "build sh []",
        "both steps [\"build\"]",
        "both/a sh []",
        "both/b PowerShell []",
        "ship script [\"both\"]",
    ];
    assert_eq!(steps.collect::<Vec<_>>(), expected);
    let answer = release().answer("plan", json!({ "playbook": "release" }));
    assert_eq!(answer["isUsable"], false);
    assert_eq!(
        answer["diagnostics"][0]["message"],
        "the parameter `key` is required"
    );
}

#[test]
fn a_plan_is_drawn() {
    let project = release();
    let drawn = |form: &str| {
        // The key that a run needs is not needed for a look.
        let keys = json!({ "playbook": "release", "form": form });
        let answer = project.answer("graph", keys);
        assert_eq!(answer["diagnostics"], json!([]));
        answer["graph"].as_str().expect("a drawing").to_owned()
    };
    assert!(drawn("mermaid").ends_with("\n  s0 --> s1\n  s1 -.-> s4"));
    assert!(drawn("dot").starts_with("digraph playbook {"));
    assert!(drawn("svg").starts_with("<svg "));
    let answer = project.answer("graph", json!({ "definition": {} }));
    assert_eq!(answer["graph"], Value::Null);
    assert_eq!(answer["diagnostics"][0]["severity"], "error");
}

#[test]
fn a_playbook_is_written_in_another_form() {
    let project = Project::new(&[
        (
            "play.psd1",
            "@{\n  x = $env:X; steps = @(@{ script = 0407 }) }",
        ),
        ("wrong.psd1", "@{ steps = Get-Date }"),
    ]);
    let answer = project.answer("export", json!({ "playbook": "play.psd1", "form": "yaml" }));
    let expected = "x: \"{{$env:X}}\"\nsteps:\n  - script: \"0407\"\n";
    assert_eq!(answer["text"], expected);
    let told = &answer["diagnostics"][0];
    assert_eq!(
        (&told["severity"], &told["line"], &told["column"]),
        (&json!("warning"), &json!(2), &json!(7))
    );
    let definition = json!({ "definition": { "steps": [] }, "form": "psd1" });
    assert_eq!(
        project.answer("export", definition)["text"],
        "@{\n    steps = @()\n}\n"
    );
    let answer = project.answer(
        "export",
        json!({ "playbook": "wrong.psd1", "form": "json" }),
    );
    assert_eq!(
        (&answer["text"], &answer["diagnostics"][0]["severity"]),
        (&Value::Null, &json!("error"))
    );
}

#[test]
fn the_schema_is_told() {
    let answer = release().answer("schema", json!({}));
    assert_eq!(answer["schema"]["title"], "A playbook");
}

#[test]
fn names_begin_at_the_folder_of_whoever_asks() {
    let project = Project::new(&[
        ("sub/play.json", "{\"steps\": [{\"playbook\": \"inner\"}]}"),
        ("sub/inner.json", "{\"steps\": [{\"script\": \"0407\"}]}"),
        ("automation-scripts/0407_Check.ps1", "'x'"),
    ]);
    for keys in [
        json!({ "playbook": "sub/play.json" }),
        json!({ "definition": { "steps": [{ "playbook": "sub/inner.json" }] } }),
    ] {
        let answer = project.answer("plan", keys);
        assert_eq!(answer["isUsable"], true, "{answer}");
        assert_eq!(answer["needsPowerShell"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let project = release();
    let refused = |what: &str, keys: Value| match project.asks(what, keys) {
        Err(AskError::Argument(text)) => text,
        other => panic!("{other:?}"),
    };
    let folder = project.path("orchestration/playbooks");
    let text = refused("read", json!({ "playbook": "relese" }));
    assert!(
        text.starts_with("there is no playbook `relese` in ")
            && text.ends_with(&format!("{folder}. Did you mean `release`?")),
        "{text}"
    );
    assert_eq!(
        refused("plan", json!({})),
        "there is no playbook, or there are two. \
         Give one of `playbook` and `definition`."
    );
    assert_eq!(
        refused("plan", json!({ "playbook": "release", "mode": "fast" })),
        "there is no execution mode `fast`. The modes are sequential, parallel, conditional."
    );
    assert_eq!(
        refused(
            "plan",
            json!({ "playbook": "release", "maxConcurrency": 0 })
        ),
        "`maxConcurrency` is 0. Give a number from 1 to 1024."
    );
    assert_eq!(
        refused("graph", json!({ "playbook": "release", "form": "png" })),
        "there is no form `png`. The forms are mermaid, dot, svg."
    );
    assert_eq!(
        refused("export", json!({ "playbook": "release", "form": "xml" })),
        "there is no form `xml`. The forms are psd1, json, yaml."
    );
    assert_eq!(
        refused("plan", json!({ "playbook": "release", "parameters": [1] })),
        "`parameters` is no object. Write names with values."
    );
    let text = ask("{\"ask\": \"list\", \"directory\": \"here\"}").expect_err("a refusal");
    assert_eq!(
        text.to_string(),
        "the directory `here` is not absolute. Name it from the root on."
    );
    for question in [
        "{\"ask\": \"run\", \"directory\": \"/\"}",
        "{\"ask\": \"list\", \"directory\": \"/\", \"x\": 1}",
    ] {
        assert!(matches!(ask(question), Err(AskError::Json { .. })));
    }
}

use serde_json::{json, Value};

use super::*;

/// Follows a workflow to its end; what was in its reports under a key.
fn told(background: &Background, key: &str) -> Vec<Value> {
    let mut told = Vec::new();
    loop {
        let report = background.poll(Duration::from_secs(60));
        let report: Value = serde_json::from_str(&report).expect("a report");
        told.extend(report[key].as_array().expect("a list").clone());
        if !report["outcome"].is_null() {
            return told;
        }
    }
}

fn start(logs: &std::path::Path) -> Background {
    let given = json!({
        "definition": {
            "name": "told",
            "variables": {"who": "eva"},
            "notifications": {
                "onStart": "Hello {{who}}",
                "onSuccess": {"message": "{{status}}", "level": "info", "channels": ["log"]},
            },
            "steps": [{"name": "a", "shell": "sh", "command": "true"}],
        },
        "directory": std::env::temp_dir(),
        "logs": logs,
    });
    Background::start(&given.to_string(), None).expect("a workflow")
}

#[test]
fn notices_are_no_news_of_steps() {
    let logs = std::env::temp_dir().join(format!("oe-notices-{}", std::process::id()));
    let expected = [
        json!({"moment": "Start", "message": "Hello eva", "level": null, "channels": []}),
        json!({"moment": "Success", "message": "Completed", "level": "info", "channels": ["log"]}),
    ];
    assert_eq!(told(&start(&logs), "notices"), expected);
    let news = told(&start(&logs), "news");
    let kinds: Vec<_> = news.iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["Started", "Ended"]);
    assert_eq!(told(&start(&logs), "warnings"), [""; 0]);
    let files = std::fs::read_dir(&logs).expect("the logs").count();
    assert!(files > 2, "{files} files");
    std::fs::remove_dir_all(&logs).expect("the logs");

    // A file where the folder would be.
    std::fs::write(&logs, "").expect("a file");
    assert_eq!(told(&start(&logs), "warnings").len(), 1);
    std::fs::remove_file(&logs).expect("the file");
}

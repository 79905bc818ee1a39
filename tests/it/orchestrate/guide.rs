//! PLAYBOOKS.md names every key that acts, and its examples can be used.

use std::path::Path;

use super::scene::Scene;

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("PLAYBOOKS.md");
    std::fs::read_to_string(path).expect("PLAYBOOKS.md")
}

/// The keys of a table of the schema that are not for people alone, and have an effect.
fn acting(definition: &serde_json::Value) -> impl Iterator<Item = &String> {
    let keys = definition["properties"].as_object();
    keys.into_iter().flatten().filter_map(|(key, about)| {
        let description = about["description"].as_str().unwrap_or_default();
        let is_idle = description == "For people." || description == "Nothing comes of it.";
        (!is_idle).then_some(key)
    })
}

#[test]
fn every_key_that_acts_is_in_it() {
    let scene = Scene::new("");
    let said = scene.say(&["schema"]);
    let schema: serde_json::Value = serde_json::from_str(&said.stdout).expect("a schema");
    let definitions = schema["definitions"].as_object().expect("definitions");
    let guide = guide();
    let keys: Vec<_> = definitions.values().flat_map(acting).collect();
    assert!(keys.len() > 100, "only {} keys found", keys.len());
    let mut missing: Vec<_> = keys
        .into_iter()
        .filter(|key| !guide.contains(&format!("`{key}`")))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn its_examples_can_be_used() {
    let guide = guide();
    let scene = Scene::new("");
    let scripts = scene.folder.join("automation-scripts");
    std::fs::create_dir_all(&scripts).expect("a folder");
    for name in ["0402_Tests.ps1", "0407_Syntax.ps1"] {
        std::fs::write(scripts.join(name), "param([switch] $All)").expect("a script");
    }
    let mut count = 0;
    for (language, file) in [("yaml", "guide.yaml"), ("powershell", "guide.psd1")] {
        let fence = format!("```{language}\n");
        for block in guide.split(&fence).skip(1) {
            let (text, _) = block.split_once("```").expect("an end");
            std::fs::write(scene.folder.join(file), text).expect("a file");
            let said = scene.say(&["validate", file]);
            assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{text}");
            count += 1;
        }
    }
    assert_eq!(count, 2);
}

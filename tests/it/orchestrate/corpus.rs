//! The playbooks in the folder that `OE_CORPUS` names: all are valid, and all can be
//! planned. Without the folder, the test says so and is left out.

use std::path::PathBuf;

use super::scene::Scene;

#[test]
fn every_playbook_is_valid_and_can_be_planned() {
    let Some(folder) = std::env::var_os("OE_CORPUS").map(PathBuf::from) else {
        println!("left out: OE_CORPUS names no folder with playbooks");
        return;
    };
    let entries = std::fs::read_dir(&folder).expect("the folder OE_CORPUS");
    let scene = Scene::new("");
    let mut count = 0;
    for entry in entries {
        let path = entry.expect("a file").path().display().to_string();
        let said = scene.say(&["validate", &path, "--json"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let checked = said.json();
        let steps = checked["playbooks"][0]["steps"].as_u64();
        assert!(steps > Some(0), "{path} has no steps");
        let said = scene.say(&["run", &path, "--dry-run", "--json"]);
        // Some need to be told something; they say what, and where.
        let is_told = said.code == Some(2) && said.stdout.contains("is required");
        assert!(said.code == Some(0) || is_told, "{said:?}");
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}

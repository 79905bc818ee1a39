//! What a playbook says of its steps: limits that a group shares, exit codes that are
//! no failure.

use super::scene::Scene;

#[test]
fn the_steps_of_a_group_share_its_limit() {
    let mut playbook =
        "options: { parallel: true, maxConcurrency: 8, groups: { core: 1 } }\nsteps:\n".to_owned();
    for number in 0..6 {
        // Each would fail if another of them ran beside it.
        let alone = "mkdir lock && sleep 0.02 && rmdir lock";
        playbook +=
            &format!("  - {{ name: s{number}, shell: sh, group: Core, command: '{alone}' }}\n");
    }
    // These two end only beside each other: their group has no limit.
    for (own, other) in [("a", "b"), ("b", "a")] {
        let both = format!("touch {own}; while ! test -e {other}; do sleep 0.01; done");
        playbook += &format!("  - {{ name: {own}, shell: sh, group: pair, command: '{both}' }}\n");
    }
    let scene = Scene::new(&playbook);
    let said = scene.run(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let plan = scene.say(&["plan", "play.yaml"]).stdout;
    assert!(
        plan.contains("rmdir lock (group Core, at most 1 at once)\n"),
        "{plan}"
    );
    assert!(
        plan.contains("done (group pair, without a limit)\n"),
        "{plan}"
    );
}

#[test]
fn a_group_around_others_limits_those_inside() {
    let alone = "mkdir lock && sleep 0.02 && rmdir lock";
    let scene = Scene::new(&format!(
        "options: {{ parallel: true, maxConcurrency: 8, groups: {{ core: 1 }} }}
steps:
  - name: both
    group: core
    type: parallel
    parallel:
      - {{ name: a, shell: sh, command: '{alone}' }}
      - {{ name: b, shell: sh, command: '{alone}' }}
  - {{ name: c, shell: sh, group: core, command: '{alone}' }}
"
    ));
    let said = scene.run(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn a_limit_within_another_is_warned_about() {
    let scene = Scene::new(
        "options: { groups: { core: 2 } }
steps:
  - name: both
    type: parallel
    maxConcurrency: 3
    parallel:
      - { name: a, shell: sh, group: Core, command: 'true' }
      - { name: b, shell: sh, group: free, command: 'true' }
      - { name: c, type: parallel, maxConcurrency: 1, parallel: [{ shell: sh, command: 'true' }] }
  - name: alone
    group: core
    parallel: [{ name: d, shell: sh, group: CORE, command: 'true' }]
",
    );
    let said = scene.say(&["validate", "play.yaml"]);
    let advice = "A step is under one limit: choose the one that has to hold.";
    let expected = format!(
        "warning: play.yaml, line 7, column 9: here the limit of the group `core` counts in place of that of `both`. {advice}
warning: play.yaml, line 9, column 9: here the limit of `c` counts in place of that of `both`. {advice}\n"
    );
    assert_eq!((said.code, said.stderr), (Some(0), expected));
}

#[test]
fn a_limit_that_nothing_shares_is_warned_about() {
    let step = "steps:\n  - { name: a, shell: sh, group: core, command: 'true' }\n";
    let scene = Scene::new(&format!("options: {{ groups: {{ cor: 1 }} }}\n{step}"));
    let said = scene.say(&["validate", "play.yaml"]);
    let expected =
        "warning: play.yaml, line 1, column 22: no step is of the group `cor`. Did you mean `core`?\n";
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), expected));

    let scene = Scene::new(&format!("options: {{ groups: {{ core: none }} }}\n{step}"));
    let said = scene.say(&["validate", "play.yaml"]);
    let expected = "`core`: expected a whole number from 1, found";
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains(expected), "{said:?}");
}

#[test]
fn exit_codes_that_are_no_failure_can_be_told() {
    let scene = Scene::new(
        "options: { successCodes: [0, 5], continueOnError: true }
steps:
  - { name: five, shell: sh, command: exit 5 }
  - { name: seven, shell: sh, command: exit 7, successCodes: 7 }
  - { name: zero, shell: sh, command: exit 0, successCodes: [7] }
  - { name: restart, shell: sh, command: exit 200 }
  - { name: own, shell: sh, command: exit 9, rebootCodes: [9] }
  - { name: none, shell: sh, command: exit 200, rebootCodes: [] }\n",
    );
    let said = scene.run(&[]);
    assert_eq!(said.code, Some(10), "{said:?}");
    let json = said.json();
    let results = json["results"].as_array().expect("results");
    let found: Vec<_> = results
        .iter()
        .map(|it| {
            let text = |key: &str| it[key].to_string();
            [text("stepName"), text("status"), text("rebootRequired")]
                .join(" ")
                .replace('"', "")
        })
        .collect();
    let expected = [
        "five Succeeded false",
        "seven Succeeded false",
        "zero Failed false",
        "restart Succeeded true",
        "own Succeeded true",
        "none Failed false",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_condition_reads_the_code_of_a_success_that_wants_a_restart() {
    let reads = "$LASTEXITCODE -eq 200 -and $steps.restart.exitCode -eq 200";
    let scene = Scene::new(&format!(
        "steps:
  - {{ name: restart, shell: sh, command: exit 200 }}
  - {{ name: reads, shell: sh, command: 'true', condition: '{reads}' }}\n"
    ));
    let said = scene.run(&[]);
    assert_eq!(
        said.ends(),
        ["restart Succeeded", "reads Succeeded"],
        "{said:?}"
    );
}

#[test]
fn a_program_may_write_another_encoding() {
    let scene = Scene::new(
        "steps:
  - { name: low, shell: sh, encoding: UTF-16LE, command: 'printf \"\\377\\376h\\000\\351\\000\"; printf \"e\\000\" >&2' }
  - { name: high, shell: sh, encoding: utf-16be, command: 'printf \"\\000h\\000\\351\"' }
  - { name: usual, shell: sh, command: 'printf h\u{e9}' }\n",
    );
    let said = scene.run(&[]);
    let json = said.json();
    let texts = |key: &str| -> Vec<String> {
        let results = json["results"].as_array().expect("results").iter();
        results
            .map(|it| it[key].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(texts("output"), ["h\u{e9}"; 3]);
    assert_eq!(texts("errorOutput"), ["e", "", ""]);
}

#[test]
fn an_encoding_that_is_not_known_is_refused() {
    let scene = Scene::new("steps: [{ shell: sh, command: touch ran, encoding: latin-1 }]\n");
    let said = scene.say(&["run", "play.yaml"]);
    let expected = "error: play.yaml, line 1, column 52: the encoding `latin-1` is not known. \
                    Choose one of utf-8, utf-16le, utf-16be.\n";
    assert_eq!((said.code, said.stderr.as_str()), (Some(2), expected));
    assert!(!scene.folder.join("ran").exists());

    let scene = Scene::new(
        "steps:\n  - { command: '1', encoding: utf-8 }\n  - { encoding: utf-8, steps: [{ shell: sh, command: 'true' }] }\n",
    );
    let said = scene.say(&["validate", "play.yaml"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    for expected in [
        "line 2, column 5: `Encoding` has no effect on a step of PowerShell.",
        "line 3, column 17: `Encoding` has no effect on a step with others inside.",
    ] {
        assert!(said.stderr.contains(expected), "{expected}\n{said:?}");
    }
}

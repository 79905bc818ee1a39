//! Shells that a playbook names itself: real ones, and what is refused with its place.

use super::scene::Scene;

#[test]
fn steps_run_in_shells_of_the_playbook() {
    let scene = Scene::new("");
    scene.write(
        "own.psd1",
        r#"@{
    Parameters = @{ who = @{ type = 'string'; default = 'a "b" $(touch pwned)' } }
    Shells     = @{
        strict = @{ Command = @('bash', '-e', '-o', 'pipefail', '-c', '{command}', 'zero'); Like = 'bash' }
        plain  = @('sh', '-c')
        words  = @('printf', '<%s>')
    }
    Sequence   = @(
        @{ Name = 'strict'; Shell = 'strict'; Command = 'echo "$0: {{who}}"' }
        @{ Name = 'plain'; Shell = 'PLAIN'; Command = 'echo "got $WHO"'; Environment = @{ WHO = '{{who}}' } }
        @{ Name = 'words'; Shell = 'words'; Command = 'one  two' }
        @{ Name = 'stops'; Shell = 'strict'; Command = 'false | true; echo no'; ContinueOnError = $true }
    )
}
"#,
    );
    let said = scene.say(&["run", "own.psd1", "--json", "--no-state", "--no-log"]);
    assert_eq!(said.code, Some(10), "{said:?}");
    let json = said.json();
    let results = json["results"].as_array().expect("results");
    let outputs: Vec<_> = results.iter().map(|it| it["output"].as_str()).collect();
    let expected = [
        "zero: a \"b\" $(touch pwned)\n",
        "got a \"b\" $(touch pwned)\n",
        "<one  two>",
        "",
    ];
    assert_eq!(outputs, expected.map(Some));
    assert!(!scene.folder.join("pwned").exists());
}

#[test]
fn what_is_wrong_with_a_shell_is_told_with_its_place() {
    let scene = Scene::new("");
    scene.write(
        "own.psd1",
        "@{
    Shells = @{
        fish = @('fish', '-c')
        node = @{ Command = @('node', '-e'); Like = 'bahs' }
        none = @()
    }
    Options = @{ Shells = @{ twice = @('a', '{command}', '{command}') } }
    Sequence = @(
        @{ Name = 'a'; Shell = 'fish'; Command = 'touch ran; echo {{x}}' }
        @{ Name = 'b'; Shell = 'fihs'; Command = 'touch ran' }
    )
    Variables = @{ x = 1 }
}
",
    );
    let said = scene.say(&["run", "own.psd1"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    for expected in [
        "own.psd1, line 4, column 53: the shell `node` cannot be used: it cannot be like `bahs`. Did you mean `bash`?",
        "own.psd1, line 5, column 9: the shell `none` cannot be used: it has no program. Write its program first",
        "own.psd1, line 7, column 40: the shell `twice` cannot be used: it has several places for the command.",
        "own.psd1, line 9, column 50: `{{x}}` cannot be a value in a command of a shell of the playbook, which may read it as code (line 1, column 17 of the command). Put it in the step's `Environment`",
        "own.psd1, line 10, column 32: there is no shell `fihs`. Did you mean `fish`?",
    ] {
        assert!(said.stderr.contains(expected), "{expected}\n{}", said.stderr);
    }
    assert!(!scene.folder.join("ran").exists());
    scene.write(
        "own.yaml",
        "shells:\n  less: { like: sh }\n  more: 5\nsteps:\n  - { shell: less, command: touch ran }\n",
    );
    let said = scene.say(&["validate", "own.yaml"]);
    for expected in [
        "own.yaml, line 2, column 9: the key `command` is missing in a shell. Add `command`.",
        "own.yaml, line 3, column 9: `a shell`: expected a map of names and values, found `5`.",
    ] {
        assert!(said.stderr.contains(expected), "{expected}\n{said:?}");
    }
}

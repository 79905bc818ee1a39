//! What steps give out, and what they leave for the next.

use super::*;

#[tokio::test]
async fn a_step_gives_out_values_objects_and_streams() {
    let Some(workers) = workers() else { return };
    let text = "'a'; 1; 2.0; $true; $null; @{ x = @(1, 'é') }; [pscustomobject]@{ y = 5000000000 }
        [version]'1.2'; Write-Host hey; Write-Warning careful; Write-Error wrong; [Console]::Write('raw')
        [Console]::Error.Write('err')";
    let Ending::Answered {
        answer, printed, ..
    } = ending_of(&workers, &block(text)).await
    else {
        panic!("no answer");
    };
    let mut answer: Value = serde_json::from_str(answer.get()).unwrap();
    let blob = answer.as_object_mut().unwrap().remove("blob").unwrap();
    assert!(blob.as_str().unwrap().contains("<Version>1.2</Version>"));
    let expected = json!({
        "exitCode": 0,
        "output": ["a", 1, 2.0, true, null, {"x": [1, "é"]}, {"y": 5_000_000_000_u64}, "1.2"],
        "streams": [
            {"stream": 16, "text": "hey\n"},
            {"stream": 3, "text": "careful"},
            {"stream": 2, "text": "wrong"},
        ],
        "partial": false,
    });
    assert_eq!(answer, expected);
    assert_eq!(printed.stdout.text, "raw");
    assert_eq!(printed.stderr.text, "err");
}

#[tokio::test]
async fn exit_codes_are_judged() {
    let Some(workers) = workers() else { return };
    let cases = [
        (
            json!({}),
            "exit 7",
            json!({"message": "It ended with exit code 7.", "kind": 7}),
        ),
        (
            json!({}),
            "sh -c 'exit 4'",
            json!({"message": "It ended with exit code 4.", "kind": 4}),
        ),
        (json!({"successCodes": [0, 7]}), "exit 7", Value::Null),
        (json!({"rebootCodes": [3010]}), "exit 3010", Value::Null),
        (
            json!({}),
            "throw 'boom'",
            json!({"message": "boom", "kind": 0}),
        ),
        (
            json!({}),
            "if (",
            json!({"message": Value::Null, "kind": 0}),
        ),
    ];
    for (given, text, error) in cases {
        let mut given = given;
        given["kind"] = "command".into();
        given["text"] = text.into();
        let answer = answer(&workers, &order(given)).await;
        let mut said = answer["error"].clone();
        if error["message"].is_null() && !error.is_null() {
            assert!(said["message"]
                .as_str()
                .unwrap()
                .contains("Missing condition"));
            said["message"] = Value::Null;
        }
        assert_eq!(said, error, "{text}: {answer}");
    }
}

#[tokio::test]
async fn a_condition_has_powershells_truth() {
    let Some(workers) = workers() else { return };
    for (text, runs) in [
        ("$params.n -gt 10", false),
        ("$params.n -gt 4", true),
        ("", false),
        ("'text'", true),
        ("0, 0", true),
    ] {
        let order = order(json!({
            "ask": "decide", "kind": "block", "text": text, "params": {"n": 5},
        }));
        assert_eq!(answer(&workers, &order).await["runs"], runs, "{text}");
    }
}

/// What a step may change, and how the next one asks for it.
const CHANGES: [(&str, &str); 16] = [
    ("$x = 1; $script:x = 1; $global:x = 1", "$x"),
    ("$env:OE_CHANGED = 1", "$env:OE_CHANGED"),
    ("$env:HOME = $null", "if (-not $env:HOME) { 'gone' }"),
    ("cd /", "if ($PWD.Path -eq '/') { 'left' }"),
    (
        "[Environment]::CurrentDirectory = '/'",
        "if ([Environment]::CurrentDirectory -eq '/') { 'left' }",
    ),
    (
        "function global:Test-Left { }",
        "(Get-Command Test-Left -ErrorAction Ignore).Name",
    ),
    (
        "function global:prompt { 'changed' }",
        "if ((prompt) -eq 'changed') { 'left' }",
    ),
    (
        "Set-Alias left Get-Item -Scope Global",
        "(Get-Alias left -ErrorAction Ignore).Name",
    ),
    (
        "Set-Alias oh Get-Item -Scope Global -Force",
        "if ((Get-Alias oh).Definition -eq 'Get-Item') { 'left' }",
    ),
    (
        "Remove-Item Alias:oh -Force",
        "if (-not (Get-Alias oh -ErrorAction Ignore)) { 'gone' }",
    ),
    ("$null = Start-Job { }", "(Get-Job).Name"),
    (
        "$null = New-PSDrive Left FileSystem / -Scope Global",
        "(Get-PSDrive Left -ErrorAction Ignore).Name",
    ),
    (
        "New-Module OeLeft { } | Import-Module -Global",
        "(Get-Module OeLeft).Name",
    ),
    (
        "$ErrorActionPreference = 'Stop'; $global:ErrorActionPreference = 'Stop'",
        "if ($ErrorActionPreference -ne 'Continue') { 'left' }",
    ),
    (
        "$PSDefaultParameterValues['Get-Item:Force'] = $true",
        "$PSDefaultParameterValues.Keys",
    ),
    (
        "sh -c 'exit 3'; Write-Error e",
        "if ($LASTEXITCODE -or $Error) { 'left' }",
    ),
];

#[tokio::test]
async fn what_a_step_changes_the_next_does_not_see() {
    let Some(workers) = workers() else { return };
    let here = output(&workers, "$PID").await;
    for (change, question) in CHANGES {
        let question =
            &format!("foreach ($it in $({question})) {{ if ($null -ne $it) {{ $it }} }}");
        let seen = format!("{change}; {question}");
        let changed = answer(&workers, &order(json!({"kind": "block", "text": seen}))).await;
        assert_ne!(changed["output"], json!([]), "{change} changes nothing");
        assert_eq!(output(&workers, question).await, json!([]), "{change}");
    }
    assert_eq!(output(&workers, "$PID").await, here);
}

#[tokio::test]
async fn an_environment_of_its_own_is_the_steps_alone() {
    let Some(workers) = workers() else { return };
    let with = order(json!({
        "kind": "block", "text": "$env:OE_OWN; sh -c 'echo $OE_OWN'", "environment": {"OE_OWN": "own"},
    }));
    assert_eq!(
        answer(&workers, &with).await["output"],
        json!(["own", "own"])
    );
    let without = output(&workers, "\"[$env:OE_OWN]\"").await;
    assert_eq!(without, json!(["[]"]));
}

#[tokio::test]
async fn more_than_fits_is_left_out() {
    let Some(workers) = workers() else { return };
    let text = "$line = 'x' * 999; foreach ($n in 1..100000) { $line }; \
        $text = ($line + \"`n\") * 1000; foreach ($n in 1..100) { [Console]::Write($text) }";
    let Ending::Answered {
        answer, printed, ..
    } = ending_of(&workers, &block(text)).await
    else {
        panic!("no answer");
    };
    let answer: Value = serde_json::from_str(answer.get()).unwrap();
    assert_eq!(answer["partial"], true);
    assert_eq!(printed.stdout.total_bytes, 100_000_000);
    assert!(printed.stdout.text.len() < 2 << 20);
    assert_eq!(output(&workers, "'next'").await, json!(["next"]));
}

#[tokio::test]
async fn two_hundred_at_four_at_once_are_right() {
    let Some(workers) = workers() else { return };
    let next = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let runners = (0..4).map(|_| {
        let (workers, next) = (Arc::clone(&*workers), Arc::clone(&next));
        tokio::spawn(async move {
            let mut processes = std::collections::BTreeSet::new();
            loop {
                let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if number >= 200 {
                    return processes;
                }
                let order = order(json!({
                    "kind": "command", "variables": {"n": number}, "environment": {"OE_N": number.to_string()},
                    "text": "\"$n $env:OE_N\"; $PID; [Console]::Write($n); $global:n = 'left'; exit $n",
                }));
                let Ending::Answered { answer, printed, .. } = ending_of(&workers, &order).await
                else {
                    panic!("no answer");
                };
                let answer: Value = serde_json::from_str(answer.get()).unwrap();
                assert_eq!(answer["output"][0], format!("{number} {number}"));
                assert_eq!(answer["exitCode"], number);
                assert_eq!(printed.stdout.text, number.to_string());
                processes.insert(answer["output"][1].as_u64().unwrap());
            }
        })
    });
    let mut processes = std::collections::BTreeSet::new();
    for runner in runners.collect::<Vec<_>>() {
        processes.extend(runner.await.unwrap());
    }
    assert!(processes.len() <= 4, "{processes:?}");
}

#[tokio::test]
async fn a_module_that_the_playbook_names_stays_loaded() {
    let Some(workers) = workers() else { return };
    let scratch = Scratch::new();
    let folder = scratch.path.join("OeCounts");
    fs::create_dir(&folder).unwrap();
    let note = scratch.path.join("note");
    let module = format!(
        "Add-Content '{}' loaded\nfunction Get-It {{ param($N) $N }}",
        note.display()
    );
    fs::write(folder.join("OeCounts.psm1"), module).unwrap();
    for number in 1..=3 {
        let order = order(json!({
            "kind": "function", "module": "OeCounts", "function": "Get-It",
            "modulePath": [scratch.path], "parameters": {"N": number},
        }));
        assert_eq!(answer(&workers, &order).await["output"], json!([number]));
    }
    assert_eq!(fs::read_to_string(&note).unwrap().lines().count(), 1);
    assert_eq!(
        output(&workers, "(Get-Module OeCounts).Name").await,
        json!([null])
    );
}

#[tokio::test]
async fn a_step_is_in_its_folder() {
    let Some(workers) = workers() else { return };
    let scratch = Scratch::new();
    let folder = scratch.path.join("in [it]");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("file"), "read").unwrap();
    let step = order(json!({
        "kind": "block", "directory": folder,
        "text": "$PWD.Path; (Get-Location).Path; [Environment]::CurrentDirectory; sh -c pwd; Get-Content file; cd ..; $PWD.Path",
    }));
    let here = folder.to_str().unwrap();
    let above = scratch.path.to_str().unwrap();
    for _ in 0..2 {
        let output = &answer(&workers, &step).await["output"];
        assert_eq!(output, &json!([here, here, here, here, "read", above]));
    }
    fs::remove_dir_all(&folder).unwrap();
    let error = &answer(&workers, &step).await["error"]["message"];
    assert!(
        error.as_str().unwrap().contains("does not exist"),
        "{error}"
    );
}

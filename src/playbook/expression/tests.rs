use super::*;

/// A few values, and a step that failed.
struct World;

impl Scope for World {
    fn value(&self, reference: &Reference) -> Value {
        let text = |text: &str| Value::Text(text.into());
        match reference {
            Reference::Parameter(name) if name == "n" => Value::Int(5),
            Reference::Parameter(name) if name == "target" => text("web-1"),
            Reference::Parameter(name) if name == "environment" => text("prod"),
            Reference::Variable(name) if name == "on" => text("true"),
            Reference::Variable(name) if name == "list" => {
                Value::List([Value::Int(1), Value::Int(2)].into())
            }
            Reference::Environment(name) if name == "COUNT" => text("12"),
            Reference::Context => text("prod"),
            Reference::LastExitCode => Value::Int(3),
            Reference::Step(name, StepPart::Output) if name == "Build It" => {
                Value::Map([("Version".into(), text("1.2")), ("n".into(), Value::Int(7))].into())
            }
            Reference::Step(_, StepPart::Status) => text("Failed"),
            Reference::Step(_, StepPart::ExitCode) => Value::Int(3),
            _ => Value::Null,
        }
    }

    fn path_exists(&self, path: &str) -> bool {
        path == "./deploy" || path == "/x y/12"
    }

    fn has_failed(&self) -> bool {
        true
    }
}

fn holds(source: &str) -> bool {
    let expression = Expression::parse(source).unwrap_or_else(|fault| panic!("{source}: {fault}"));
    expression
        .holds(&World)
        .unwrap_or_else(|fault| panic!("{source}: {fault}"))
}

#[track_caller]
fn all_hold(sources: &[&str]) {
    let failing: Vec<_> = sources.iter().filter(|source| !holds(source)).collect();
    assert_eq!(failing, Vec::<&&str>::new());
}

fn fault(source: &str) -> String {
    match Expression::parse(source).and_then(|it| it.evaluate(&World)) {
        Ok(value) => panic!("{source} is {value:?}"),
        Err(fault) => format!("{fault}. {}", fault.advice()),
    }
}

#[test]
fn values_are_compared_as_what_they_are() {
    all_hold(&[
        "$params.n -lt 10",
        "$params.n -eq 5.0",
        "-not ($params.n -gt 10)",
        "$env:COUNT -gt 9",
        "9 -lt $env:COUNT",
        "'b' -gt 'A'",
        "'abc' -eq 'ABC'",
        "'abc' -cne 'ABC'",
        "'abc' -ine 'abd'",
        "$on -eq $true",
        "$true -eq $on",
        "$null -eq $nothing",
        "$nothing -ne ''",
        "$params.environment -eq \"prod\"",
        "{{skip}} != false",
        "'{{on}}' == 'true'",
        "-5 -lt -4",
        "1GB -eq 1024MB",
        "$list -contains 2",
        "3 -notin $list",
        "'quick' -in 'full', 'quick'",
        "$params.target -in @('web-1')",
    ]);
}

#[test]
fn patterns_are_those_of_powershell() {
    all_hold(&[
        "$params.target -match 'web-*'",
        "$params.target -match '^WEB-\\d$'",
        "$params.target -cnotmatch 'WEB'",
        "$params.target -like 'w*[0-9]'",
        "$params.target -notlike 'w?1'",
        "'a*b' -like 'a`*b'",
        "'a.b' -notlike 'a?c'",
        "'[x]' -like '`[x`]'",
    ]);
    assert_eq!(
        fault("$params.target -match '(?=x)'"),
        "the pattern cannot be used: look-around, including look-ahead and look-behind, is not \
         supported (line 1, column 23 of the condition). Patterns are those without look-around \
         and back references."
    );
}

#[test]
fn operators_bind_as_in_powershell() {
    all_hold(&[
        "-not ($true -or $true -and $false) -eq $true",
        "-not $false -eq $true",
        "!$false -and 1 + 2 * 3 -eq 7",
        "(1 + 2) * 3 -eq 9",
        "7 % 4 -eq 3",
        "'a' + 1 -eq 'a1'",
        "$false -xor $true",
        "$nothing.Count -eq 0 -and $list.Count -eq 2",
        "$list[-1] -eq 2",
        "$list -eq 2",
        "-not ($list -eq 3)",
    ]);
}

#[test]
fn steps_are_read_by_name() {
    all_hold(&[
        "$steps.'Build It'.output.version -eq '1.2'",
        "$steps['Build It'].output['n'] -gt 6",
        "$steps.0407.status -eq 'failed'",
        "$steps.build.exitCode -ne 0",
        "$LASTEXITCODE -ne 0",
        "failure() -and always() -and -not success()",
        "$env.context -eq 'prod'",
    ]);
}

#[test]
fn a_path_is_asked_for() {
    all_hold(&[
        "Test-Path ./deploy",
        "(Test-Path -Path './deploy')",
        "Test-Path \"/x y/$env:COUNT\" -ErrorAction SilentlyContinue",
        "-not (Test-Path ./other)",
    ]);
}

#[test]
fn what_is_about_failures_is_asked_after_one() {
    let reads = |source: &str| Expression::parse(source).map(|it| it.reads_failures());
    assert_eq!(reads("$LASTEXITCODE -ne 0"), Ok(true));
    assert_eq!(reads("$true -and $steps.a.status -eq 'Failed'"), Ok(true));
    assert_eq!(reads("failure()"), Ok(true));
    assert_eq!(reads("success()"), Ok(false));
    assert_eq!(reads("$steps.a.output -eq 1"), Ok(false));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases = [
        (
            "$params.n -gtr 5",
            "there is no operator `-gtr` here (line 1, column 11 of the condition). Did you mean `-gt`?",
        ),
        (
            "$params.n -gt",
            "expected a value, found the end (line 1, column 14 of the condition). Write it as in \
             PowerShell, such as `$params.count -gt 10`.",
        ),
        (
            "$a -eq\n 'x",
            "the quote `'` is missing at the end (line 2, column 2 of the condition). Add the quote `'`.",
        ),
        (
            "$a 5",
            "expected an operator, found `5` (line 1, column 4 of the condition). Write it as in \
             PowerShell, such as `$params.count -gt 10`.",
        ),
        (
            "$steps.a.result -eq 1",
            "there is no `$steps.<name>.result` (line 1, column 1 of the condition). There are \
             `$steps.<name>.output`, `.status` and `.exitCode`, `$params.<name>`, `$env.context` \
             and `$env:NAME`.",
        ),
        (
            "'x' -gt @(1)",
            "`-gt` cannot take the text `x` and a list (line 1, column 5 of the condition). \
             Compare values of the same kind.",
        ),
        (
            "(1",
            "the bracket `)` is missing at the end (line 1, column 3 of the condition). Add the \
             bracket `)`.",
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(fault(source), expected);
    }
}

#[test]
fn nothing_is_run() {
    let code = [
        "(Get-PSDrive -Name C).Free -gt 1GB",
        "$(Remove-Item x)",
        "\"$(id)\" -eq ''",
        "'x'.Contains('x')",
        "$env:TOKEN -or (gh auth status 2>$null)",
    ];
    for source in code {
        let fault = Expression::parse(source).expect_err(source);
        assert!(fault.is_code(), "{source}: {fault}");
    }
}

#[test]
fn no_text_is_too_much() {
    let deep = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
    let fault = Expression::parse(&deep).expect_err("too deep");
    assert_eq!(fault.trouble, Trouble::TooDeep);
    let long = vec!["1 -eq 1"; 10_000].join(" -and ");
    let fault = Expression::parse(&long).expect_err("too long");
    assert_eq!(fault.trouble, Trouble::TooDeep);
    assert!(holds(&vec!["1 -eq 1"; 200].join(" -and ")));
}

mod random {
    use proptest::prelude::*;

    use super::{Expression, World};

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(source in "[-$a-z0-9'\"{}().,\\[\\]!=*/ %@`:\\n]{0,60}") {
            if let Ok(expression) = Expression::parse(&source) {
                let _ = expression.evaluate(&World);
            }
        }
    }
}

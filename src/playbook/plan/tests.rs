use super::*;
use crate::engine::value::Value;
use crate::playbook::format::Document;

/// The playbook `inner`, and one that is inside itself.
fn other(name: &str) -> Result<Playbook, String> {
    match name {
        "inner" => Ok(read(
            "@{ Name = 'inner'; parameters = @{ x = @{ required = $true } }
            Sequence = @(@{ Command = 'echo {{x}}'; shell = 'sh'; Name = 'say' }) }",
        )),
        "loop" => Ok(read(
            "@{ Name = 'loop'; Sequence = @(@{ Playbook = 'loop' }) }",
        )),
        _ => Err("there is no such file".to_owned()),
    }
}

fn read(source: &str) -> Playbook {
    let document = Document::read("a.psd1", source).expect("a playbook");
    document.playbook(&|_| None).playbook
}

fn request() -> Request<'static> {
    Request {
        playbooks: &other,
        ..Request::default()
    }
}

fn planned(source: &str) -> Planned {
    plan(&read(source), &request())
}

fn usable(source: &str) -> Plan {
    let planned = planned(source);
    assert_eq!(texts(&planned), Vec::<String>::new());
    planned.plan
}

fn texts(planned: &Planned) -> Vec<String> {
    let flaws = planned.flaws.iter();
    flaws
        .map(|it| format!("{}. {}", it.defect, it.defect.advice()))
        .collect()
}

/// Each step as `path < needs | after`.
fn order(plan: &Plan) -> Vec<String> {
    let flat = plan.flat();
    let line = |leaf: &Leaf<'_>| {
        let beside = match leaf.parent {
            Some(parent) => match &flat.leaves[parent].step.work {
                Work::Inside(inside, _) => inside,
                _ => unreachable!("only those have others inside"),
            },
            None => &plan.steps,
        };
        let names = |places: &[usize]| {
            let names: Vec<_> = places.iter().map(|&it| beside[it].name.as_str()).collect();
            names.join(",")
        };
        let (needs, after) = (names(&leaf.step.needs), names(&leaf.step.after));
        format!("{} < {needs} | {after}", leaf.path)
    };
    flat.leaves.iter().map(line).collect()
}

#[test]
fn the_guide_s_chain_is_kept() {
    let plan = usable(
        "@{ Sequence = @(
            @{ Script = '0100'; Phase = 'setup' }
            @{ Script = '0200'; Phase = 'build'; Parallel = $true; Dependencies = @('0100') }
            @{ Script = '0201'; Phase = 'build'; Parallel = $true; Dependencies = @('0100') }
            @{ Script = '0300_Test'; Phase = 'test'; Dependencies = @('0200', '0201') } ) }",
    );
    let expected = [
        "0100 <  | ",
        "0200 < 0100 | ",
        "0201 < 0100 | ",
        "0300_Test < 0100,0200,0201 | ",
    ];
    let mut found = order(&plan);
    found[3] = found[3].replace("0200,0201,0100", "0100,0200,0201");
    assert_eq!(found, expected);
}

#[test]
fn the_same_script_may_come_often_and_keeps_its_place() {
    let plan = usable("@{ Sequence = @('0503', '0501', '0501'); Options = @{ Parallel = $true; MaxConcurrency = 3 } }");
    assert_eq!(order(&plan), ["0503 <  | ", "0501 <  | ", "0501#2 <  | "]);
    assert_eq!(plan.limit, Some(3));
}

#[test]
fn a_condition_about_failures_is_asked_after_one() {
    let plan = usable(
        "@{ steps = @(
            @{ name = 'Deploy'; type = 'script'; command = 'x' }
            @{ name = 'Check'; type = 'condition'; condition = '$LASTEXITCODE -ne 0'
               then = @(@{ name = 'Rollback'; type = 'script'; command = 'y' }) }
            @{ name = 'Both'; type = 'condition'; condition = '$env.context -eq \"prod\"'
               then = @(@{ command = 'a' }); else = @(@{ command = 'b' }) } ) }",
    );
    let expected = [
        "Deploy <  | ",
        "Check <  | Deploy",
        "Check/Rollback <  | ",
        "Both < Deploy,Check | ",
        "Both/then <  | ",
        "Both/then/step 1 <  | ",
        "Both/else <  | ",
        "Both/else/step 1 <  | ",
    ];
    // Both branches may be asked at once: only one condition holds.
    let found: Vec<_> = order(&plan)
        .into_iter()
        .map(|line| line.replace("Both/else < then", "Both/else < "))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn conditions_for_powershell_are_steps_before_and_after_all_others() {
    let plan = usable(
        "@{ Options = @{ StopOnError = $false }
            Validation = @{
                preConditions = @('$env.context -eq 1', @{ name = 'room'; condition = '(Get-PSDrive C).Free -gt 1GB'; message = \"it's full\" })
                postConditions = @('(Get-Date).Year -gt 2000')
            }
            Sequence = @(@{ Name = 'a'; Command = '1' }, @{ Name = 'b'; Command = '2'; Dependencies = 'a' })
            Finally = @(@{ Name = 'c'; Command = '3' }) }",
    );
    let expected = [
        "precondition room <  | ",
        "a < precondition room | ",
        "b < precondition room,a | ",
        "postcondition (Get-Date).Year -gt 2000 < precondition room | a,b",
        "c <  | ",
    ];
    assert_eq!(order(&plan), expected);
    let work = format!("{:?}", plan.steps[0].work);
    let text = "if (-not (\\n(Get-PSDrive C).Free -gt 1GB\\n)) { throw 'it''s full' }";
    assert!(work.contains(text), "{work}");
    assert_eq!((plan.before.len(), plan.after.len()), (1, 0));
}

#[test]
fn loops_have_a_step_for_each_round() {
    let plan = usable(
        "@{ Variables = @{ Hosts = @('a', 'b') }
            Sequence = @(@{ Name = 'ping'; ForEach = 'Hosts'; Command = 'ping {{_}}'; shell = 'sh' }
                         @{ Name = 'm'; matrix = @{ x = @(1, 2); y = @('p') }; Command = 'f {{x}} {{y}}'; shell = 'sh' }) }",
    );
    let expected = [
        "ping <  | ",
        "ping/1 ping [a] <  | ",
        "ping/2 ping [b] < 1 ping [a] | ",
        "m < ping | ",
        "m/1 m [1, p] <  | ",
        "m/2 m [2, p] <  | ",
    ];
    assert_eq!(order(&plan), expected);
}

#[test]
fn variables_are_made_of_parameters_and_each_other() {
    let plan = usable(
        "@{ parameters = @{ who = 'me' }; Variables = @{ a = '{{b}}!'; b = 'hi {{who}}'; c = '$a' }
            environments = @{ dev = @{ variables = @{ who = 'dev' } } }
            Sequence = @('0100') }",
    );
    assert_eq!(
        plan.values.variable("c"),
        Some(&Value::Text("hi dev!".into()))
    );
}

#[test]
fn other_playbooks_are_inside() {
    let plan = usable("@{ Sequence = @(@{ Playbook = 'inner'; Parameters = @{ x = 'a;b' } }) }");
    assert_eq!(order(&plan), ["inner <  | ", "inner/say <  | "]);
    let Work::Inside(inside, _) = &plan.steps[0].work else {
        panic!("no steps inside");
    };
    assert_eq!(
        inside[0].values.parameter("x"),
        Some(&Value::Text("a;b".into()))
    );
}

#[test]
fn what_is_wrong_is_found_before_anything_starts() {
    let cases: &[(&str, &str)] = &[
        (
            "@{ Sequence = @(@{ Command = 'x {{nam}}'; Name = 'a' }); Variables = @{ name = 1 } }",
            "there is no variable `nam`. Did you mean `name`?",
        ),
        (
            "@{ Sequence = @(@{ Script = 'x'; Condition = '$a -eqq 1' }) }",
            "the condition cannot be read: there is no operator `-eqq` here (line 1, column 4 of \
             the condition). Did you mean `-eq`?",
        ),
        (
            "@{ Sequence = @(@{ Script = 'x'; Condition = '$steps.buidl.status -eq 1' }, @{ Script = 'build' }) }",
            "there is no step `buidl`. Did you mean `build`?",
        ),
        (
            "@{ Sequence = @(@{ Script = 'x'; Dependencies = @('build1') }, @{ Script = 'build' }) }",
            "there is no step `build1`. Did you mean `build`?",
        ),
        (
            "@{ Sequence = @(@{ Script = 'a'; Dependencies = @('b') }, @{ Script = 'b'; Dependencies = @('a') }) }",
            "tasks wait for each other",
        ),
        (
            "@{ Sequence = @(@{ Command = 'echo # {{a}}'; shell = 'bash' }); Variables = @{ a = 1 } }",
            "`{{a}}` cannot be a value in a comment (line 1, column 8 of the command). Put the \
             value in a variable of its own first, such as `name={{x}}`, and use that.",
        ),
        (
            "@{ Sequence = @(@{ Command = 'x'; shell = 'bsh' }) }",
            "there is no shell `bsh`. Did you mean `bash`?",
        ),
        (
            "@{ Shells = @{ fish = 'fish', '-c' }; Sequence = @(@{ Command = 'x'; shell = 'fihs' }) }",
            "there is no shell `fihs`. Did you mean `fish`?",
        ),
        (
            "@{ Variables = @{ a = '{{b}}'; b = '{{a}}' }; Sequence = @('0100') }",
            "variables are made of each other: a, b. Take one of them out of the circle.",
        ),
        (
            "@{ Sequence = @(@{ Playbook = 'loop' }) }",
            "a playbook is inside itself: loop > loop. Take one of them out of the circle.",
        ),
        (
            "@{ Sequence = @(@{ Playbook = 'inner' }) }",
            "the playbook `inner` cannot be used: the parameter `x` is required. Give it: \
             `--param x=VALUE`, or `-Parameters @{ x = … }`.. Name a playbook that can be read.",
        ),
        (
            "@{ Sequence = @(@{ ForEach = 'Nothing'; Script = 'x' }) }",
            "there is no list `Nothing`. Name a list that is there.",
        ),
        (
            "@{ executionMode = 'paralel'; Sequence = @('0100') }",
            "there is no execution mode `paralel`. Did you mean `parallel`?",
        ),
    ];
    for (source, expected) in cases {
        let planned = planned(source);
        assert!(!planned.is_usable(), "{source}");
        let texts = texts(&planned);
        assert!(
            texts.iter().any(|it| it.starts_with(expected)),
            "{source}: {texts:?}"
        );
    }
}

#[test]
fn what_is_only_odd_is_a_warning() {
    let planned = planned(
        "@{ Sequence = @(@{ Script = 'x'; Condition = '$params.deep -eq 1' }
                         @{ Script = 'y'; Condition = '(Get-Date).Year -gt 2000' }) }",
    );
    assert!(planned.is_usable());
    let expected = [
        "there is no parameter `deep`, so it is $null. Declare it, or give it.",
        "only PowerShell can decide this condition: `Get-Date` would have to be run (line 1, \
         column 2 of the condition). Let a step find out, and read `$steps.<its name>.output` here.",
    ];
    assert_eq!(texts(&planned), expected);
}

#[test]
fn an_environment_and_a_profile_are_there_or_refused() {
    let source = "@{ profiles = @{ quick = @{ variables = @{ a = 2 }; excludeStages = @('slow') } }
        Variables = @{ a = 1 }; Stages = @(@{ name = 'slow'; sequence = @('0100') }, @{ name = 'fast'; sequence = @('0200') }) }";
    let playbook = read(source);
    let wanted = Request {
        profile: Some("QUICK".to_owned()),
        ..request()
    };
    let chosen = plan(&playbook, &wanted).plan;
    assert_eq!(chosen.values.variable("a"), Some(&Value::Int(2)));
    assert_eq!(order(&chosen), ["fast <  | ", "fast/0200 <  | "]);
    let wanted = Request {
        profile: Some("quik".to_owned()),
        context: Some("pord".to_owned()),
        ..request()
    };
    let expected = [
        "there is no environment `pord`. Did you mean `prod`?",
        "there is no profile `quik`. Did you mean `quick`?",
    ];
    assert_eq!(texts(&plan(&playbook, &wanted)), expected);
}

#[test]
fn a_script_s_header_says_what_it_waits_for_and_that_it_is_alone() {
    let header = |script: &Script| {
        let is = |number: &str| script.phrase.text.starts_with(number);
        Header {
            dependencies: match is("0502") {
                true => ["0501", "Git", "0503"].map(str::to_owned).to_vec(),
                false => Vec::new(),
            },
            allows_parallel: is("0504").then_some(false),
        }
    };
    let wanted = Request {
        header: &header,
        ..request()
    };
    let playbook = read(
        "@{ Sequence = @('0502', '0501', '0503', '0504', '0505'); Options = @{ Parallel = $true } }",
    );
    let planned = plan(&playbook, &wanted);
    assert_eq!(texts(&planned), Vec::<String>::new());
    let expected = [
        "0502 < 0501,0503 | ",
        "0501 <  | ",
        "0503 <  | ",
        "0504 < 0502,0501,0503 | ",
        "0505 < 0504 | ",
    ];
    assert_eq!(order(&planned.plan), expected);
}

use std::sync::Arc;

use super::*;
use crate::engine::schedule::Failure;
use crate::engine::value::Value;
use crate::store::{Asked, Detail, KeyParts, MemoKey, NotMemoized, Replay, Secrets};

const SECRET: &str = "correct \"horse\" battery";

fn secrets() -> Secrets {
    Secrets::new([("password", SECRET)])
}

#[test]
fn no_secret_reaches_the_disk() {
    let folder = Folder::new();
    let store = folder.open();
    let plan = Plan {
        secrets: secrets(),
        text: format!("password = {SECRET}"),
        ..plan()
    };
    let journal = store.begin("r", plan, |_| {}).expect("a run");
    let details = journal.details();
    let detail = Detail {
        blob: Some(format!("<S>{SECRET}</S>").into_bytes()),
        ..Detail::default()
    };
    details.put(Attempt { task: 0, number: 1 }, detail);
    let mut driver = Driver::new(vec![TaskSpec::new("a"), TaskSpec::new("b")], journal);
    driver.run(|path, _| match path {
        "a" => Ending::Succeeded {
            output: Some(Value::Map(
                [(Arc::from("x"), Value::Text(SECRET.into()))].into(),
            )),
        },
        _ => Ending::Failed(Failure::new(format!("{SECRET} was refused"))),
    });

    let outputs = store.reader().outputs("r").expect("the outputs");
    assert_eq!(outputs[0].1.value.as_deref(), Some(r#"{"x":"***"}"#));
    // So the task runs again if somebody needs the true one.
    assert!(!outputs[0].1.is_whole);
    assert_eq!(lines(&store, "r")[1], "b 1 Failed, final: *** was refused");
    assert_eq!(
        store.reader().plan("r").expect("the plan"),
        "password = ***"
    );
    for form in [SECRET, "correct \\\"horse\\\" battery", "horse"] {
        assert!(!is_in_files(&folder.path(), form.as_bytes()), "{form}");
    }
    // The search finds what is there.
    assert!(is_in_files(&folder.path(), b"was refused"));
}

#[test]
fn what_sees_a_secret_is_not_remembered() {
    let parameter = format!("\"{}\"", SECRET.replace('"', "\\\""));
    let parameters = [("p", parameter.as_str())];
    let parts = KeyParts {
        parameters: &parameters,
        ..KeyParts::default()
    };
    let refused = NotMemoized::Secret("password".to_owned());
    assert_eq!(MemoKey::of(&parts, &secrets()), Err(refused.clone()));

    let folder = Folder::new();
    let store = folder.open();
    let key = MemoKey::of(&KeyParts::default(), &secrets()).expect("a key");
    let Asked::Compute(flight) = store.memo().ask(key, None).expect("an answer") else {
        panic!("nobody has it");
    };
    let replay = Replay {
        value: Some(parameter),
        ..Replay::default()
    };
    let kept = flight
        .keep("a", replay, None, &secrets())
        .expect("an answer");
    assert_eq!(kept, Some(refused));
    let asked = store.memo().ask(key, None).expect("an answer");
    assert!(matches!(asked, Asked::Compute(_)), "{asked:?}");
}

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;

use super::*;
use crate::store::{Asked, Flight, KeyParts, Memo, MemoKey, Replay, Secrets, StreamRecord};

fn key(parts: &KeyParts<'_>) -> MemoKey {
    MemoKey::of(parts, &Secrets::default()).expect("a key")
}

fn some_key() -> MemoKey {
    key(&KeyParts {
        script: "some",
        ..KeyParts::default()
    })
}

fn replay() -> Replay {
    Replay {
        value: Some("[1,2]".to_owned()),
        blob: Some(vec![0, 255]),
        streams: vec![StreamRecord {
            stream: 3,
            text: "careful".to_owned(),
        }],
        exit_code: Some(3010),
    }
}

fn compute(memo: &Memo, key: MemoKey) -> Flight {
    match memo.ask(key, None).expect("an answer") {
        Asked::Compute(flight) => flight,
        asked => panic!("{asked:?}"),
    }
}

fn keep(flight: Flight, max_age: Option<Duration>) {
    let kept = flight.keep("task", replay(), max_age, &Secrets::default());
    assert_eq!(kept.expect("an answer"), None);
}

fn is_hit(memo: &Memo, max_age: Option<Duration>) -> bool {
    matches!(memo.ask(some_key(), max_age), Ok(Asked::Hit(_)))
}

#[test]
fn a_result_comes_back_as_it_was() {
    let folder = Folder::new();
    let store = folder.open();
    keep(compute(store.memo(), some_key()), None);
    drop(store);
    let store = folder.open();
    match store.memo().ask(some_key(), None).expect("an answer") {
        Asked::Hit(found) => assert_eq!(found, replay()),
        asked => panic!("{asked:?}"),
    }
}

#[test]
fn nothing_is_remembered_of_what_was_not_kept() {
    let folder = Folder::new();
    let store = folder.open();
    drop(compute(store.memo(), some_key()));
    compute(store.memo(), some_key());
}

#[test]
fn every_part_of_a_key_counts() {
    let folder = Folder::new();
    fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("input");
    fs::write(&file, "x").expect("a file");
    let inputs = [file];
    let parts = [
        KeyParts::default(),
        KeyParts {
            kind: "x",
            ..KeyParts::default()
        },
        KeyParts {
            script: "x",
            ..KeyParts::default()
        },
        KeyParts {
            folder: "x",
            ..KeyParts::default()
        },
        KeyParts {
            host: "x",
            ..KeyParts::default()
        },
        KeyParts {
            functions: &[("x", "")],
            ..KeyParts::default()
        },
        KeyParts {
            functions: &[("", "x")],
            ..KeyParts::default()
        },
        KeyParts {
            parameters: &[("x", "")],
            ..KeyParts::default()
        },
        KeyParts {
            using: &[("x", "")],
            ..KeyParts::default()
        },
        KeyParts {
            environment: &[("x", None)],
            ..KeyParts::default()
        },
        KeyParts {
            environment: &[("x", Some(""))],
            ..KeyParts::default()
        },
        KeyParts {
            inputs: &inputs,
            ..KeyParts::default()
        },
        KeyParts {
            outputs: &[("x", "", "")],
            ..KeyParts::default()
        },
        KeyParts {
            outputs: &[("", "x", "")],
            ..KeyParts::default()
        },
        KeyParts {
            outputs: &[("", "", "x")],
            ..KeyParts::default()
        },
    ];
    let keys: Vec<_> = parts.iter().map(key).collect();
    for (place, one) in keys.iter().enumerate() {
        assert!(!keys[..place].contains(one), "{:?}", parts[place]);
        assert_eq!(key(&parts[place]), *one);
    }
}

#[test]
fn parameters_count_by_name_and_not_by_order() {
    let of = |parameters: &[(&str, &str)]| {
        key(&KeyParts {
            parameters,
            ..KeyParts::default()
        })
    };
    assert_eq!(of(&[("a", "1"), ("b", "2")]), of(&[("b", "2"), ("a", "1")]));
    assert_ne!(of(&[("a", "1"), ("b", "2")]), of(&[("a", "2"), ("b", "1")]));
    assert_ne!(of(&[("ab", "c")]), of(&[("a", "bc")]));
}

#[test]
fn the_content_of_inputs_counts() {
    let folder = Folder::new();
    let sources = folder.0.join("sources");
    fs::create_dir_all(sources.join("inner")).expect("a folder");
    let around = folder.0.to_string_lossy().into_owned();
    let inputs = [PathBuf::from("sources"), PathBuf::from("more")];
    let now = || {
        key(&KeyParts {
            folder: &around,
            inputs: &inputs,
            ..KeyParts::default()
        })
    };
    let mut seen = vec![now()];
    for (file, content) in [
        ("more", Some("")),
        ("more", Some("x")),
        ("sources/inner/a", Some("x")),
        ("sources/inner/a", Some("y")),
        ("sources/a", Some("y")),
        ("sources/inner/a", None),
    ] {
        let file = folder.0.join(file);
        match content {
            Some(content) => fs::write(file, content),
            None => fs::remove_file(file),
        }
        .expect("a change");
        let key = now();
        assert!(!seen.contains(&key), "{content:?} made no difference");
        assert_eq!(now(), key);
        seen.push(key);
    }
    // What is as it was has the key that it had.
    fs::remove_file(folder.0.join("sources/a")).expect("a change");
    assert_eq!(now(), seen[2]);
}

#[test]
#[cfg(unix)]
fn a_link_to_a_folder_around_it_is_not_gone_round() {
    let folder = Folder::new();
    fs::create_dir_all(folder.0.join("a")).expect("a folder");
    std::os::unix::fs::symlink(&folder.0, folder.0.join("a/loop")).expect("a link");
    let inputs = [folder.0.clone()];
    key(&KeyParts {
        inputs: &inputs,
        ..KeyParts::default()
    });
}

#[test]
fn a_result_is_given_out_for_as_long_as_both_sides_say() {
    let (folder, clock) = (Folder::new(), HandClock::default());
    let store = folder.open_with(clock.options());
    let memo = store.memo();
    let minutes = |count: u64| Some(Duration::from_secs(60 * count));
    keep(compute(memo, some_key()), minutes(10));
    clock.advance(Duration::from_secs(300));
    assert!(is_hit(memo, None) && is_hit(memo, minutes(6)));
    assert!(!is_hit(memo, minutes(5)));
    clock.advance(Duration::from_secs(300));
    assert!(!is_hit(memo, None));
}

#[test]
fn results_are_forgotten_by_their_label_or_all() {
    let folder = Folder::new();
    let store = folder.open();
    let memo = store.memo();
    for label in ["build/a", "build/b", "test"] {
        let key = key(&KeyParts {
            script: label,
            ..KeyParts::default()
        });
        let kept = compute(memo, key).keep(label, replay(), None, &Secrets::default());
        kept.expect("an answer");
    }
    assert_eq!(memo.clear(Some("build/")).expect("a count"), 2);
    assert_eq!(memo.clear(None).expect("a count"), 1);
}

#[test]
fn what_many_ask_for_at_once_is_computed_once() {
    let folder = Folder::new();
    // As if they were two processes.
    let stores = [folder.open(), folder.open()];
    let computed = AtomicUsize::new(0);
    thread::scope(|scope| {
        for number in 0..8 {
            let (memo, computed) = (stores[number % 2].memo(), &computed);
            scope.spawn(move || {
                let mut asked = memo.ask(some_key(), None).expect("an answer");
                loop {
                    match asked {
                        Asked::Hit(found) => return assert_eq!(found, replay()),
                        Asked::InFlight(waiting) => {
                            asked = waiting.wait(LIMIT).expect("an answer");
                        }
                        Asked::Compute(flight) => {
                            computed.fetch_add(1, Ordering::SeqCst);
                            return keep(flight, None);
                        }
                    }
                }
            });
        }
    });
    assert_eq!(computed.into_inner(), 1);
}

#[test]
fn who_does_not_want_to_know_any_more_does_not_wait() {
    let folder = Folder::new();
    let (store, other) = (folder.open(), folder.open());
    let flight = compute(store.memo(), some_key());
    for asker in [store.memo(), other.memo()] {
        let Asked::InFlight(waiting) = asker.ask(some_key(), None).expect("an answer") else {
            panic!("it is computed twice");
        };
        let is_wanted = AtomicBool::new(true);
        thread::scope(|scope| {
            let waits = scope.spawn(|| waiting.wait_while(|| is_wanted.load(Ordering::SeqCst)));
            is_wanted.store(false, Ordering::SeqCst);
            asker.wake();
            let asked = waits.join().expect("it ends").expect("an answer");
            assert!(matches!(asked, Asked::InFlight(_)), "{asked:?}");
        });
    }
    drop(flight);
}

#[test]
fn when_nothing_comes_of_it_the_next_one_computes() {
    let folder = Folder::new();
    let (store, other) = (folder.open(), folder.open());
    for asker in [store.memo(), other.memo()] {
        let flight = compute(store.memo(), some_key());
        let Asked::InFlight(waiting) = asker.ask(some_key(), None).expect("an answer") else {
            panic!("it is computed twice");
        };
        let Asked::InFlight(waiting) = waiting.wait(Duration::ZERO).expect("an answer") else {
            panic!("it is computed twice");
        };
        drop(flight);
        let asked = waiting.wait(LIMIT).expect("an answer");
        assert!(matches!(asked, Asked::Compute(_)), "{asked:?}");
    }
}

#[test]
fn what_a_dead_process_computed_is_taken_over() {
    let folder = Folder::new();
    let store = folder.open();
    let flight = compute(store.memo(), some_key());
    let dead = "UPDATE flight SET session = 'dead'";
    folder.raw().execute(dead, []).expect("the flight");
    let other = folder.open();
    compute(other.memo(), some_key());
    drop(flight);
}

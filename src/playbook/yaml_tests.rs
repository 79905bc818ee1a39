//! What the reader takes and what it refuses, with whole messages.

use super::{locate, read};
use crate::playbook::format::Document;
use crate::playbook::place::Place;
use crate::playbook::value::Data;

fn message(source: &str) -> String {
    match Document::read("x.yml", source) {
        Ok(document) => panic!("{source} was read: {:?}", document.root.data),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_value_can_be_located() {
    let source = "name: ä\nsteps:\n  - run: |\n      x\n    needs: [a, &b c]\n  - *b\n";
    let Data::Map(map) = read(source).expect("a playbook").data else {
        panic!("no map");
    };
    let position = |place| match place {
        Place::Counted(number) => locate(source, number).map(|at| (at.line, at.column)),
        Place::At(_) => panic!("nobody knows it"),
    };
    let steps = &map.entries()[1];
    assert_eq!(position(map.entries()[0].place), Some((1, 1)));
    assert_eq!(position(map.entries()[0].value.place), Some((1, 7)));
    assert_eq!(
        (position(steps.place), position(steps.value.place)),
        (Some((2, 1)), Some((3, 3)))
    );
    let Data::List(items) = &steps.value.data else {
        panic!("no list");
    };
    let Data::Map(step) = &items[0].data else {
        panic!("no map");
    };
    assert_eq!(position(step.entries()[1].place), Some((5, 5)));
    let needs = step.get("Needs").expect("the key");
    let Data::List(needs) = &needs.data else {
        panic!("no list");
    };
    assert_eq!(position(needs[1].place), Some((5, 16)));
    // What an alias stands for is found where it is written.
    assert_eq!(
        (&items[1].data, position(items[1].place)),
        (&Data::Text("c".into()), Some((5, 16)))
    );
    assert_eq!(locate(source, 999), None);
}

#[test]
fn numbers_with_leading_zeros_are_texts() {
    let node = read("a: 0407\nb: 407\nc: 1.5\nd: ~\ne: yes\n").expect("a playbook");
    let Data::Map(map) = node.data else {
        panic!("no map");
    };
    let data: Vec<_> = map
        .entries()
        .iter()
        .map(|entry| entry.value.data.clone())
        .collect();
    let text = |text: &str| Data::Text(text.into());
    let expected = [
        text("0407"),
        Data::Int(407),
        Data::Float(1.5),
        Data::Null,
        text("yes"),
    ];
    assert_eq!(data, expected);
}

const REFUSED: &[(&str, &str)] = &[
    ("", ", line 1, column 1: expected names with values, as in `name: build`. Begin the playbook with its name."),
    ("- 1", ", line 1, column 1: expected names with values, as in `name: build`. Begin the playbook with its name."),
    ("a: 1\nb:\n\t- 2", ", line 3, column 1: found character that cannot start any token, while scanning for the next token. Check the indentation, and put texts with `: `, ` #`, `{{` or `*` in quotes."),
    ("a: 1\nA: 2", ", line 2, column 1: the key `A` is there already (line 1, column 1). Remove one of the two; names that differ only in case are the same."),
    ("a: {{x}}", ", line 1, column 5: expected a text as the name of a value. Put the name in quotes, and a value such as {{x}} too."),
    ("a: !secret x", ", line 1, column 4: expected a value without a tag. Remove the word that begins with `!`, or put the text in quotes."),
    ("[a]: 1", ", line 1, column 1: expected a text as the name of a value. Put the name in quotes, and a value such as {{x}} too."),
    ("~: 1", ", line 1, column 1: expected a text as the name of a value. Put the name in quotes, and a value such as {{x}} too."),
    ("a: 18446744073709551615", ", line 1, column 4: a number is too large. Whole numbers go from -9223372036854775808 to 9223372036854775807. Put the number in quotes to keep it as a text."),
    ("a: .inf", ", line 1, column 4: a number is too large. Whole numbers go from -9223372036854775808 to 9223372036854775807. Put the number in quotes to keep it as a text."),
    ("a: 1\n---\nb: 2", " (the place is not known): deserializing from YAML containing more than one document is not supported. Check the indentation, and put texts with `: `, ` #`, `{{` or `*` in quotes."),
    ("a: *b", ", line 1, column 4: unknown anchor. Check the indentation, and put texts with `: `, ` #`, `{{` or `*` in quotes."),
    ("a: \"x", ", line 1, column 6: found unexpected end of stream, while scanning a quoted scalar at line 1 column 4. Check the indentation, and put texts with `: `, ` #`, `{{` or `*` in quotes."),
    ("a: [1, 2", ", line 2, column 1: did not find expected ',' or ']', while parsing a flow sequence at line 1 column 4. Check the indentation, and put texts with `: `, ` #`, `{{` or `*` in quotes."),
];

#[test]
fn what_is_wrong_is_refused_with_place_and_advice() {
    for (source, expected) in REFUSED {
        assert_eq!(message(source), format!("x.yml{expected}"), "{source}");
    }
}

#[test]
fn lists_are_in_each_other_to_a_limit() {
    let nested = |depth: usize| format!("a: {}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(63)).is_ok());
    assert!(message(&nested(64)).contains("more than 64 lists and maps are in each other"));
}

#[test]
fn aliases_make_a_file_only_a_little_larger() {
    let mut source = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        source.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let text = message(&source);
    assert!(text.contains("aliases"), "{text}");
}

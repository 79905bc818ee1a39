//! What the reader takes and what it refuses, with whole messages.

use super::read;
use crate::playbook::format::Document;
use crate::playbook::place::{Place, Position};
use crate::playbook::value::Data;

fn message(source: &str) -> String {
    match Document::read("x.json", source) {
        Ok(document) => panic!("{source} was read: {:?}", document.root.data),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_value_knows_its_position() {
    let source = "\u{feff}{\n  \"ä\": [1.5e3, \"\\u00e9\",\r\n  {\"B\": null }], \"c\": false\n}";
    let Data::Map(map) = read(source).expect("a playbook").data else {
        panic!("no map");
    };
    let at = |line, column| Place::At(Position { line, column });
    let entry = &map.entries()[0];
    assert_eq!((entry.place, entry.value.place), (at(2, 3), at(2, 8)));
    let Data::List(items) = &entry.value.data else {
        panic!("no list");
    };
    assert_eq!(
        (items[0].place, items[1].place, items[2].place),
        (at(2, 9), at(2, 16), at(3, 3))
    );
    assert_eq!(
        (&items[0].data, &items[1].data),
        (&Data::Float(1500.0), &Data::Text("é".into()))
    );
    let Data::Map(inner) = &items[2].data else {
        panic!("no map");
    };
    assert_eq!(inner.entries()[0].place, at(3, 4));
    assert_eq!(
        inner.get("b").map(|node| (&node.data, node.place)),
        Some((&Data::Null, at(3, 9)))
    );
    assert_eq!(
        map.get("C").map(|node| &node.data),
        Some(&Data::Bool(false))
    );
}

const REFUSED: &[(&str, &str)] = &[
    ("", "line 1, column 1: EOF while parsing a value. The file ends too early: add the quote or bracket that is missing."),
    ("[1]", "line 1, column 1: expected `{`, with which a playbook begins. Put the playbook between `{` and `}`."),
    ("{\n \"ä\": 1,\n}", "line 3, column 1: trailing comma. Remove the comma before the bracket."),
    ("{\"a\": 1 \"b\": 2}", "line 1, column 9: expected `,` or `}`. JSON has no comments, and puts names and texts in double quotes."),
    ("{\"a\": yes}", "line 1, column 7: expected value. JSON has no comments, and puts names and texts in double quotes."),
    ("{\n// c\n\"a\": 1}", "line 2, column 1: key must be a string. JSON has no comments, and puts names and texts in double quotes."),
    ("{} x", "line 1, column 4: trailing characters. Remove what follows, or look for a `}` too many above it."),
    ("{\"a\": \"b", "line 1, column 8: EOF while parsing a string. The file ends too early: add the quote or bracket that is missing."),
    ("{\n\"a\": \"C:\\dir\"}", "line 2, column 10: invalid escape. Write `\\\\` for a backslash, and both halves of a `\\u` pair."),
    ("{\"Name\": 1,\n \"name\": 2}", "line 2, column 2: the key `name` is there already (line 1, column 2). Remove one of the two; names that differ only in case are the same."),
    ("{\"a\": 9223372036854775808}", "line 1, column 7: the number 9223372036854775808 is too large. Whole numbers go from -9223372036854775808 to 9223372036854775807. Put the number in quotes to keep it as a text."),
    ("{\"a\": 1e999}", "line 1, column 7: the number 1e999 is too large. Whole numbers go from -9223372036854775808 to 9223372036854775807. Put the number in quotes to keep it as a text."),
];

#[test]
fn what_is_wrong_is_refused_with_place_and_advice() {
    for (source, expected) in REFUSED {
        assert_eq!(message(source), format!("x.json, {expected}"), "{source}");
    }
}

#[test]
fn half_a_pair_is_found_where_it_stands() {
    let text = message("{\"a\":\n [\"ü\", \"\\ud800\"]}");
    assert!(text.starts_with("x.json, line 2, column 1"), "{text}");
}

#[test]
fn brackets_are_in_each_other_to_a_limit() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!("{{\"a\":{open}{close}}}")
    };
    assert!(read(&nested(63)).is_ok());
    let expected = "x.json, line 1, column 69: more than 64 brackets are in each other. \
                    Split the playbook into several.";
    assert_eq!(message(&nested(64)), expected);
    assert!(message(&nested(100_000)).contains("more than 64"));
    assert!(message(&"{\"a\":".repeat(100_000)).contains("EOF"));
}

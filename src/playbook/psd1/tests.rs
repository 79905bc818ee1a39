//! What the reader takes and what it refuses, with whole messages.

use super::read;
use crate::playbook::format::Document;
use crate::playbook::place::{Place, Position};
use crate::playbook::value::{Data, Node, Part};

fn value(text: &str) -> Data {
    let source = format!("@{{ a = {text} }}");
    match read(&source) {
        Ok(node) => match node.data {
            Data::Map(map) => map.get("A").expect("the key").data.clone(),
            other => panic!("{other:?}"),
        },
        Err((position, fault)) => panic!("{source}: {position}: {fault}"),
    }
}

fn message(source: &str) -> String {
    match Document::read("x.psd1", source) {
        Ok(document) => panic!("{source} was read: {:?}", document.root.data),
        Err(error) => error.to_string(),
    }
}

fn text(text: &str) -> Data {
    Data::Text(text.to_owned())
}

fn ints(items: &[i64]) -> Data {
    list(items.iter().map(|&item| Data::Int(item)).collect())
}

fn list(items: Vec<Data>) -> Data {
    let place = Place::At(Position::START);
    Data::List(
        items
            .into_iter()
            .map(|data| Node::new(data, place))
            .collect(),
    )
}

#[test]
fn texts_are_read_as_powershell_reads_them() {
    assert_eq!(value("'it''s'"), text("it's"));
    assert_eq!(value("'a`n$x'"), text("a`n$x"));
    assert_eq!(value("“x”"), text("x"));
    assert_eq!(value("‘it’’s’"), text("it’s"));
    assert_eq!(value(r#""say ""hi""""#), text("say \"hi\""));
    assert_eq!(
        value("\"`0`a`b`e`f`n`r`t`v`q`$x``\""),
        text("\0\u{7}\u{8}\u{1b}\u{c}\n\r\t\u{b}q$x`")
    );
    assert_eq!(value("\"`u{1F600}\""), text("😀"));
    assert_eq!(value("\"a`\nb\""), text("a\nb"));
    assert_eq!(value("\"costs 5$ or $ 5\""), text("costs 5$ or $ 5"));
    assert_eq!(value("\"$true $NULL.\""), text("True ."));
}

#[test]
fn here_strings_keep_their_lines() {
    assert_eq!(
        value("@'\nx ''y'' `n $z\n '@\n'@"),
        text("x ''y'' `n $z\n '@")
    );
    assert_eq!(
        value("@\"  \nsay \"hi\"`t$true\n\"@"),
        text("say \"hi\"\tTrue")
    );
    assert_eq!(value("@'\r\none\r\ntwo\r\n'@"), text("one\r\ntwo"));
    assert_eq!(value("@'\n'@"), text(""));
    assert_eq!(value("@'\n\n'@"), text(""));
}

#[test]
fn lists_are_spread_as_powershell_spreads_them() {
    assert_eq!(value("@(1,2\n3)"), ints(&[1, 2, 3]));
    assert_eq!(value("@(@(1,2))"), ints(&[1, 2]));
    assert_eq!(value("@(,@(1,2))"), list(vec![ints(&[1, 2])]));
    assert_eq!(value("(1,2),3"), list(vec![ints(&[1, 2]), Data::Int(3)]));
    assert_eq!(value("@((1,2))"), ints(&[1, 2]));
    assert_eq!(value(",1"), ints(&[1]));
    assert_eq!(value("@(@(1),@(2))"), list(vec![ints(&[1]), ints(&[2])]));
    assert_eq!(value("@((1,2);3)"), ints(&[1, 2, 3]));
    assert_eq!(value("@($null)"), list(vec![Data::Null]));
    assert_eq!(value("@( )"), ints(&[]));
    assert_eq!(value("1,\n2"), ints(&[1, 2]));
    assert_eq!(value("(\n1\n)"), Data::Int(1));
}

#[test]
fn constants_and_signs_are_values() {
    assert_eq!(value("$True"), Data::Bool(true));
    assert_eq!(value("$false # no\n"), Data::Bool(false));
    assert_eq!(value("${null}"), Data::Null);
    assert_eq!(value("- 5"), Data::Int(-5));
    assert_eq!(value("–5"), Data::Int(-5));
    assert_eq!(value("+0x10kb"), Data::Int(16_384));
    assert_eq!(value("`\n 1"), Data::Int(1));
    assert_eq!(value("[ordered]@{}"), value("@{}"));
}

#[test]
fn environment_variables_and_choices_are_kept() {
    let variable = || Data::Environment("CI".to_owned());
    assert_eq!(value("$env:CI"), variable());
    assert_eq!(value("${Env:CI}"), variable());
    let parts = vec![
        Part::Text("v-".to_owned()),
        Part::Environment("CI".to_owned()),
        Part::Text(".x".to_owned()),
    ];
    assert_eq!(value("\"v-$env:CI.x\""), Data::Joined(parts));
    let place = Place::At(Position::START);
    let choice = |second| {
        let first = Node::new(variable(), place);
        Data::Otherwise(Box::new((first, Node::new(second, place))))
    };
    assert_eq!(value("$env:CI ?? 'no'"), choice(text("no")));
    assert_eq!(value("$env:CI ??\n 1,2"), choice(ints(&[1, 2])));
    assert_eq!(value("'yes' ?? 'no'"), text("yes"));
    assert_eq!(value("$null ?? 'no'"), text("no"));
}

#[test]
fn script_blocks_are_kept_as_text() {
    let block = |text: &str| Data::Block(text.to_owned());
    assert_eq!(value("{ $IsWindows }"), block(" $IsWindows "));
    assert_eq!(value("{ if ($a) { '}' } }"), block(" if ($a) { '}' } "));
    assert_eq!(
        value("{ \"}$(f '\"' \"}\")\" }"),
        block(" \"}$(f '\"' \"}\")\" ")
    );
    assert_eq!(value("{ # }\n a#} "), block(" # }\n a#"));
    assert_eq!(value("{ <# } #> `} ${a}b} "), block(" <# } #> `} ${a}b"));
    assert_eq!(value("{@'\n}'\n'@}"), block("@'\n}'\n'@"));
}

#[test]
fn keys_keep_their_order_and_forget_their_case() {
    let source = "@{ Zeta = 1; 'b c' = 2\n\"d\" = 3; 407 = 4; if = 5; größe_1 = 6 }";
    let Data::Map(map) = read(source).expect("a playbook").data else {
        panic!("no map");
    };
    let keys: Vec<_> = map
        .entries()
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    assert_eq!(keys, ["Zeta", "b c", "d", "407", "if", "größe_1"]);
    assert_eq!(map.get("zETA").map(|node| &node.data), Some(&Data::Int(1)));
}

#[test]
fn there_is_no_limit_for_keys() {
    let entries: String = (0..20_000)
        .map(|number| format!("k{number}={number}\n"))
        .collect();
    let node = read(&format!("@{{{entries}}}")).expect("a playbook");
    let Data::Map(map) = node.data else {
        panic!("no map");
    };
    assert_eq!(map.entries().len(), 20_000);
}

#[test]
fn positions_count_lines_and_characters() {
    let source = "\u{feff}# ü\r\n@{\r\n  ä = 'ö', @(\r\n 0407) }";
    let Data::Map(map) = read(source).expect("a playbook").data else {
        panic!("no map");
    };
    let entry = &map.entries()[0];
    let at = |line, column| Place::At(Position { line, column });
    assert_eq!(entry.place, at(3, 3));
    let Data::List(items) = &entry.value.data else {
        panic!("no list");
    };
    let Data::List(inner) = &items[1].data else {
        panic!("no list");
    };
    assert_eq!((items[0].place, items[1].place), (at(3, 7), at(3, 12)));
    assert_eq!(inner[0].place, at(4, 2));
    assert_eq!(inner[0].as_written().as_deref(), Some("0407"));
}

/// What is refused, and the whole message about it.
const REFUSED: &[(&str, &str)] = &[
    ("", "line 1, column 1: expected `@{`, with which a playbook begins. Put the playbook between `@{` and `}`."),
    ("# x\n  Get-Date", "line 2, column 3: expected `@{`, with which a playbook begins. Put the playbook between `@{` and `}`."),
    ("@{} @{}", "line 1, column 5: expected the end of the file: the playbook's `}` is before this. Remove what follows, or look for a `}` too many above it."),
    ("@{\n a = @{ b = 1\n", "line 2, column 6: a hashtable begins here and has no end; expected `}`. Add what is expected."),
    ("@{ a = @(1", "line 1, column 8: a list begins here and has no end; expected `)`. Add what is expected."),
    ("@{ a = (1", "line 1, column 8: a parenthesis begins here and has no end; expected `)`. Add what is expected."),
    ("@{ a = 'x }", "line 1, column 8: a text begins here and has no end; expected `'`. Add what is expected."),
    ("@{ a = \"x }", "line 1, column 8: a text begins here and has no end; expected `\"`. Add what is expected."),
    ("@{ a = @'\nx '@ }", "line 1, column 8: a here-string begins here and has no end; expected `'@` at the start of a line. Add what is expected."),
    ("@{ a = @'x'@ }", "line 1, column 10: expected a new line after the `@` and the quote. Begin the text on the next line."),
    ("@{ a = { x", "line 1, column 8: a script block begins here and has no end; expected `}`. Add what is expected."),
    ("@{ <# }", "line 1, column 4: a comment begins here and has no end; expected `#>`. Add what is expected."),
    ("@{ a 1 }", "line 1, column 6: expected `=` after the name, found `1`. Add what is expected."),
    ("@{ a-b = 1 }", "line 1, column 5: expected `=` after the name, found `-`. Add what is expected."),
    ("@{ $x = 1 }", "line 1, column 4: expected a name: a word, a text or a number. Put the name in quotes."),
    ("@{ a = }", "line 1, column 8: expected a value, found `}`. Add what is expected."),
    ("@{ a = @(1,) }", "line 1, column 12: expected a value, found `)`. Add what is expected."),
    ("@{ a = 1 b = 2 }", "line 1, column 10: expected a new line, `;` or `}`, found `b`. Add what is expected."),
    ("@{ a = 1, b = 2 }", "line 1, column 11: expected a value, found the word `b`. Put the text in quotes."),
    ("@{ a = @('x' 'y') }", "line 1, column 14: expected a new line, `,`, `;` or `)`, found `'`. Add what is expected."),
    ("@{ a = yes }", "line 1, column 8: expected a value, found the word `yes`. Put the text in quotes."),
    ("@{ a = Get-Date -Format o }", "line 1, column 8: expected a value, found the word `Get-Date`. Put the text in quotes."),
    ("@{ a = 1; A = 2 }", "line 1, column 11: the key `A` is there already (line 1, column 4). Remove one of the two; names that differ only in case are the same."),
    ("@{ a = $x }", "line 1, column 8: expected a value, found the variable `$x`. A playbook is data and sees only $true, $false, $null and $env:NAME. Write '…' instead of \"…\" to keep the text, or {{Name}} for a parameter."),
    ("@{ a = \"x ${y} z\" }", "line 1, column 11: expected a value, found the variable `$y`. A playbook is data and sees only $true, $false, $null and $env:NAME. Write '…' instead of \"…\" to keep the text, or {{Name}} for a parameter."),
    ("@{ a = $(whoami) }", "line 1, column 8: expected a value, found the expression `$(…)`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = \"$(whoami)\" }", "line 1, column 9: expected a value, found the expression `$(…)`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = 1 + 1 }", "line 1, column 10: expected a value, found the expression `+`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = 'x' -replace 'y' }", "line 1, column 12: expected a value, found the expression `-replace`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = 'x'.Length }", "line 1, column 11: expected a value, found the expression `.Length`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = [IO.File]::Delete('x') }", "line 1, column 8: expected a value, found the expression `[IO.File]`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = !$true }", "line 1, column 8: expected a value, found the expression `!`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = -not $true }", "line 1, column 8: expected a value, found the expression `-…`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = if (1) { 2 } }", "line 1, column 8: expected a value, found the word `if`. Put the text in quotes."),
    ("@{ a = & 'x' }", "line 1, column 8: expected a value, found `&`. Add what is expected."),
    ("@{ a = 'x' | Out-File y }", "line 1, column 12: expected a value, found the expression `|`. A playbook is data, nothing in it is computed. Write the value, put the text in '…', or let a step compute it."),
    ("@{ a = 0000-0099 }", "line 1, column 8: expected a number, found `0000-0099`. Put the text in quotes."),
    ("@{ a = 99999999999999999999 }", "line 1, column 8: the number 99999999999999999999 is too large. Whole numbers go up to 9223372036854775807, or less with a suffix such as `y`. Put the number in quotes to keep it as a text."),
    ("@{ a = \"`u{110000}\" }", "line 1, column 9: expected `u{…} with one to six hexadecimal digits. Write for example `u{1F600}."),
    ("@{ a = @($env:X ?? @(1)) }", "line 1, column 10: expected one value after `??` inside `@(…)`. Write `$env:NAME ?? @(…)` without the `@(…)` around it."),
    ("@{ a = \u{1} }", "line 1, column 8: expected a value, found the character U+0001. Add what is expected."),
];

#[test]
fn what_is_no_data_is_refused_with_place_and_advice() {
    for (source, expected) in REFUSED {
        assert_eq!(message(source), format!("x.psd1, {expected}"), "{source}");
    }
}

#[test]
fn brackets_are_in_each_other_to_a_limit() {
    let nested = |depth: usize| {
        let (open, close) = ("@(".repeat(depth), ")".repeat(depth));
        format!("@{{a={open}{close}}}")
    };
    assert!(read(&nested(63)).is_ok());
    let expected = "x.psd1, line 1, column 131: more than 64 brackets are in each other. \
                    Split the playbook into several.";
    assert_eq!(message(&nested(64)), expected);
    for open in ["@{a=", "(", ",", "@("] {
        assert!(message(&format!("@{{a={}", open.repeat(100_000))).contains("more than 64"));
    }
    assert!(message(&format!("@{{a={{{}", "\"$(".repeat(100_000))).contains("has no end"));
    assert!(message(&format!("@{{a={}", "{".repeat(100_000))).contains("has no end"));
}

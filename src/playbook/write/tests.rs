use proptest::prelude::*;

use super::{portable, write};
use crate::playbook::digest::digest;
use crate::playbook::format::{Document, Format};
use crate::playbook::random_data::{any_data, map_of, node};
use crate::playbook::value::{Data, Node};

const FORMATS: &[Format] = &[Format::Psd1, Format::Json, Format::Yaml];

/// What a format can say of some data.
fn sayable(node: &Node, format: Format) -> Node {
    match format {
        Format::Psd1 => node.clone(),
        Format::Json | Format::Yaml => portable(node).0,
    }
}

/// Writes some data and reads them again, in each format.
fn check(data: &Node) -> Result<(), String> {
    for &format in FORMATS {
        let (text, _) = write(data, format);
        let expected = sayable(data, format);
        let read = format
            .read(&text)
            .map_err(|(position, problem)| format!("{format:?} {position:?}: {problem}\n{text}"))?;
        if read != expected {
            return Err(format!("{format:?}: {expected:?}\nbecame {read:?}\n{text}"));
        }
        if digest(&read) != digest(&expected) {
            return Err(format!("{format:?}: the digest has changed\n{text}"));
        }
    }
    Ok(())
}

#[test]
fn psd1_is_written_as_people_write_it() {
    let source = "@{
    Name = 'it''s ’’so‘‘'
    'two words' = $null
    '0407' = 0407
    Size = 2gb
    Text = @'
first
 'second' $x
'@
    Bell = \"`u{7}`t`$x`n`“\"
    Steps = @(
        @{
            Run = { Get-Date }
            When = $env:CI ?? \"${env:A b}!\" ?? 'no'
        },
        , @(
            -1,
            1.0
        ),
        ($env:X ?? 5),
        @()
    )
    Nothing = @{}
}
";
    let read = Format::Psd1.read(source).expect("a playbook");
    assert_eq!(write(&read, Format::Psd1).0, source);
}

#[test]
fn json_and_yaml_are_written_as_people_write_them() {
    let source = "@{ name = 'a b'; Steps = @(@{ Run = { x }; Number = 0407; On = 'yes' }, @(1, @()), 'x')
        'two: words' = \"a`nb`n\"; env = \"in $env:X\"; half = 0.5; none = $null; e = $env:X ?? 'd' }";
    let read = Format::Psd1.read(source).expect("a playbook");
    let (json, lost) = write(&read, Format::Json);
    let expected = r#"{
  "name": "a b",
  "Steps": [
    {
      "Run": " x ",
      "Number": "0407",
      "On": "yes"
    },
    [
      1,
      []
    ],
    "x"
  ],
  "two: words": "a\nb\n",
  "env": "in {{$env:X}}",
  "half": 0.5,
  "none": null,
  "e": "{{$env:X:=d}}"
}
"#;
    assert_eq!(json, expected);
    let lost: Vec<_> = lost.iter().map(|(lost, _)| lost.to_string()).collect();
    let variable = "an environment variable becomes a place for its value";
    assert_eq!(lost, ["a script block becomes a text", variable, variable]);
    let expected = r#"name: a b
Steps:
  - Run: " x "
    Number: "0407"
    "On": "yes"
  - - 1
    - []
  - x
"two: words": |
  a
  b
env: "in {{$env:X}}"
half: 0.5
none: null
e: "{{$env:X:=d}}"
"#;
    assert_eq!(write(&read, Format::Yaml).0, expected);
}

#[test]
fn what_looks_like_something_else_stays_what_it_is() {
    let texts = [
        "",
        " ",
        "yes",
        "No",
        "~",
        "null",
        "0407",
        "1e3",
        ".inf",
        "nan",
        "Infinity",
        "- a",
        "a: b",
        "a #b",
        "{{x}}",
        "[x]",
        "*a",
        "&a",
        "!t",
        "|",
        ">",
        "%",
        "@x",
        "`",
        "a\r\nb",
        "\n",
        "\na",
        " a\nb",
        "a\n\n",
        "a\nb\n\n\n",
        "a\tb\nc",
        "\u{85}",
        "\u{2028}x",
        "\u{feff}",
        "\0",
        "\u{7f}",
        "<<",
        "=",
        "?",
        "? a",
        "---",
        "...",
        "a\n---\nb",
        "$true",
        "'@",
        "a\n'@\nb",
        "a\n‘@",
        "“x”",
        "$(x)",
        "\\",
        "C:\\x",
        "trailing ",
        "a\n b \n",
        "\u{ffff}",
        "😀",
        "ß: x",
    ];
    let mut entries = String::from("{");
    for (index, text) in texts.iter().enumerate() {
        let text = serde_json::to_string(text).expect("a text");
        let separator = if index > 0 { "," } else { "" };
        entries.push_str(&format!(
            "{separator}\"k{index}\":[{text},{{{text}:{text}}}]"
        ));
    }
    entries.push('}');
    let read = Format::Json.read(&entries).expect("a playbook");
    check(&read).unwrap_or_else(|problem| panic!("{problem}"));
    let long = format!(
        "{{\"{0}\":[{{\"{0}\":{{\"{0}\":1}}}}]}}",
        "long ".repeat(500)
    );
    let read = Format::Json.read(&long).expect("a playbook");
    check(&read).unwrap_or_else(|problem| panic!("{problem}"));
}

#[test]
fn what_is_as_deep_as_it_may_be_stays_so() {
    let brackets = format!("{{\"a\":{}{}}}", "[".repeat(63), "]".repeat(63));
    let braces = format!("{}1{}", "{\"a\":".repeat(64), "}".repeat(64));
    for source in [brackets, braces] {
        let read = Format::Json.read(&source).expect("a playbook");
        check(&read).unwrap_or_else(|problem| panic!("{problem}"));
    }
}

/// The playbooks in the folder that `OE_CORPUS` names; without it, it says so.
#[test]
fn real_playbooks_stay_what_they_are() {
    let Some(folder) = std::env::var_os("OE_CORPUS") else {
        println!("left out: OE_CORPUS names no folder with playbooks");
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder OE_CORPUS") {
        let path = entry.expect("a file").path();
        let source = std::fs::read_to_string(&path).expect("a text");
        let file = path.display().to_string();
        let document = Document::read(&file, &source).expect("a playbook");
        check(&document.root).unwrap_or_else(|problem| panic!("{file}: {problem}"));
        count += 1;
    }
    assert!(count > 0, "there is no playbook");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn random_data_stay_what_they_are(data in map_of(any_data())) {
        let data: Data = data;
        check(&node(data)).map_err(TestCaseError::fail)?;
    }
}

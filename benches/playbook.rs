//! Reads a million damaged playbooks, and plans those that can be read. A panic ends
//! the bench with an error, and an input that takes 20 seconds is one that hangs.
//!
//! `cargo bench --bench playbook [-- COUNT [SEED]]`; the playbooks in the folder that
//! `OE_CORPUS` names are damaged too.

use std::time::{Duration, Instant};

use orchestration_engine::playbook::dialect;
use orchestration_engine::playbook::format::Format;
use orchestration_engine::playbook::plan::{plan, Planned, Request};
use orchestration_engine::playbook::value::Node;

const COUNT: u64 = 1_000_000;
const SEED: u64 = 1;

/// The longest that reading one input of a few thousand bytes may take, on a machine
/// that does much else.
const LIMIT: Duration = Duration::from_secs(20);

/// The most that is damaged of a file.
const PIECE: usize = 2_000;

const PSD1: &str = r#"@{
    Name = "build" # comment
    <# another #> Version = '1.0'; Tags = 'a', 'b'
    Sequence = @(
        0407, @{ Script = "0402"; Parameters = @{ All = $true; Limit = 2gb; Path = "$env:HOME/x`n" } }
        @{ Condition = { $IsWindows -and "$(f '}')" }; Timeout = -1.5e3; Ci = $env:CI ?? @(1, (2)) }
    )
    Help = @"
It's "here": $env:USER
"@
    Plain = @'
$text
'@
}"#;

const JSON: &str = r#"{"name": "build\u00e9", "steps": [{"command": "a \"b\"", "timeout": 1.5e3},
  {"type": "parallel", "parallel": [null, true, false, -12, {}]}]}"#;

const YAML: &str =
    "name: build\nsteps: &all\n  - run: |\n      a\n      b\n    needs: [x, 'y', \"z\"]\n  \
                    - {timeout: 1.5, retry: 0x10}\nagain: *all\n";

/// With values, conditions, loops and the like: what planning looks into.
const PLANNED: &str = r#"@{
    Parameters = @{ who = 'eva'; port = @{ type = 'int'; default = 80; allowed = @(80, 81) } }
    Variables = @{ all = @('a', 'b'); twice = '{{who}} {{who}}' }
    Options = @{ Parallel = $true; MaxConcurrency = 2; Groups = @{ core = 1 } }
    Notifications = @{ onStart = 'Hello {{who}}'; onFailure = @{ message = 'no'; channels = @('log') } }
    Sequence = @(
        @{ Name = 'one'; Command = "Show-It -Port {{port}} './x/{{who}}' `"a $(f '{{twice}}')`" # it's" }
        @{ Name = 'two'; Command = 'echo "{{who}}" ''{{port:=1}}'' ${who} <<E' ; shell = 'bash'; Group = 'core' }
        @{ Name = 'three'; ForEach = 'all'; Command = 'f {{_}}'; Dependencies = 'one'; RetryCount = 2 }
        @{ Name = 'four'; Condition = '$params.port -gt 79 -and $steps.one.status -match "^S.*d$"'; Script = '0402' }
        @{ Name = 'five'; type = 'parallel'; parallel = @(@{ Command = 'a' }, @{ Playbook = 'inner' }) }
        @{ Condition = '$env.context -eq "prod"'; then = @('0100'); else = @('0200-0300') }
    )
    finally = @(@{ Command = 'Remove-It @''
{{who}}
''@' })
}"#;

/// What is put in: what means something to one of the readers.
const WORDS: &[&str] = &[
    "@{",
    "}",
    "@(",
    ")",
    "'",
    "\"",
    "@'\n",
    "\n'@",
    "@\"\n",
    "\n\"@",
    "`",
    "$",
    "$(",
    "${",
    "$env:X",
    "??",
    ",",
    ";",
    "=",
    "#",
    "<#",
    "#>",
    "\n",
    "\r",
    "{",
    "[",
    "]",
    ":",
    "- ",
    "&a ",
    "*a",
    "!",
    "|",
    "\t",
    "\0",
    "é",
    "“",
    "0x",
    "9",
    "1e9",
    "kb",
    "\\",
    "\\u12",
    "null",
    "–",
    "\u{feff}",
    "--- ",
    "? ",
    "<<: ",
    "%",
    "{{who}}",
    "{{",
    "}}",
    "{{x:=",
    "-and ",
    "-match ",
    "& ",
    "iex ",
    "$steps.",
    "$params.who",
    "one",
];

/// SplitMix64: enough to choose by, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// An offset between two characters of a text.
    fn offset(&mut self, text: &str) -> usize {
        let mut offset = self.below(text.len() + 1);
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

fn damage(text: &mut String, random: &mut Random) {
    let (one, other) = (random.offset(text), random.offset(text));
    let range = one.min(other)..one.max(other);
    let near = range.start..range.end.min(range.start + random.below(20));
    let near = if text.is_char_boundary(near.end) {
        near
    } else {
        range.start..range.start
    };
    match random.below(6) {
        0 => text.replace_range(near, ""),
        1 => text.insert_str(one, WORDS[random.below(WORDS.len())]),
        2 => text.replace_range(near, WORDS[random.below(WORDS.len())]),
        3 => text.insert_str(one, &text[near].repeat(random.below(90))),
        4 => text.truncate(one),
        _ => text.insert_str(
            one,
            &WORDS[random.below(WORDS.len())].repeat(random.below(90)),
        ),
    }
}

/// What is put into values: it leaves most files readable, and changes what they mean.
const MEANINGS: &[&str] = &[
    "{{who}}",
    "{{",
    "}}",
    "{{x:=1}}",
    "{{_}}",
    "$params.port",
    "$steps.one.output",
    " -and ",
    " -eqq ",
    " -match ",
    "& ",
    "iex ",
    " | iex",
    " ",
    "one",
    "0",
    "-",
    "é",
    "#",
    "--%",
    "$x",
    "`",
    "[a",
    "(?<",
];

/// Changes what a playbook means, rather than whether it can be read.
fn twist(text: &mut String, random: &mut Random) {
    let offset = random.offset(text);
    match random.below(8) {
        0 => {
            let end = (offset + 1..text.len()).find(|&end| text.is_char_boundary(end));
            let is_letter = text[offset..].starts_with(char::is_alphanumeric);
            if let Some(end) = end.filter(|_| is_letter) {
                text.replace_range(offset..end, "");
            }
        }
        _ => text.insert_str(offset, MEANINGS[random.below(MEANINGS.len())]),
    }
}

fn sources() -> Vec<(Format, String)> {
    let mut sources = vec![
        (Format::Psd1, PSD1.to_owned()),
        (Format::Psd1, PLANNED.to_owned()),
        (Format::Json, JSON.to_owned()),
        (Format::Yaml, YAML.to_owned()),
    ];
    let Some(folder) = std::env::var_os("OE_CORPUS") else {
        println!("left out: OE_CORPUS names no folder with playbooks");
        return sources;
    };
    for entry in std::fs::read_dir(folder).expect("the folder OE_CORPUS") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let piece = text.chars().take(PIECE).collect();
        let format = Format::of(&path.to_string_lossy());
        sources.extend(format.map(|format| (format, piece)));
    }
    sources
}

/// Plans what was read, as somebody does who has no scripts.
fn planned(read: &Node) -> Planned {
    let request = Request {
        playbooks: &|name| match name {
            "inner" => {
                let source = "@{ Sequence = @(@{ Command = 'f {{who}}' }) }";
                let inner = Format::Psd1.read(source).map_err(|_| String::new())?;
                Ok(dialect::read(&inner).playbook)
            }
            _ => Err("there is no such file".to_owned()),
        },
        ..Request::default()
    };
    let environment = |name: &str| (name == "USER").then(|| "eva".to_owned());
    let reading = dialect::read(&read.resolve(&environment));
    plan(&reading.playbook, &request)
}

fn main() {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let count = numbers.first().copied().unwrap_or(COUNT);
    let seed = numbers.get(1).copied().unwrap_or(SEED);
    let sources = sources();
    // Of what is only a piece of a file, nothing can be planned.
    let is_whole = |(format, text): &&(Format, String)| format.read(text).is_ok();
    let whole: Vec<_> = sources.iter().filter(is_whole).cloned().collect();
    let mut random = Random(seed);
    let (mut accepted, mut bytes, mut slowest) = (0_u64, 0_usize, Duration::ZERO);
    let (mut usable, mut steps, mut planning) = (0_u64, 0_usize, Duration::ZERO);
    let started = Instant::now();
    for _ in 0..count {
        let twists = random.below(2) == 0;
        let from = if twists { &whole } else { &sources };
        let (format, source) = &from[random.below(from.len())];
        let mut text = source.clone();
        for _ in 0..=random.below(4) {
            match twists {
                true => twist(&mut text, &mut random),
                false => damage(&mut text, &mut random),
            }
        }
        let begun = Instant::now();
        let read = format.read(&text);
        let reading = begun.elapsed();
        if let Ok(node) = &read {
            let planned = planned(node);
            usable += u64::from(planned.is_usable());
            // Whoever runs it walks over it and turns it into a graph.
            steps += planned.plan.flat().leaves.len();
            std::hint::black_box(planned.plan.graph(4));
        }
        let took = begun.elapsed();
        planning += took - reading;
        assert!(took < LIMIT, "{took:?} for {format:?}:\n{text}");
        accepted += u64::from(read.is_ok());
        bytes += text.len();
        slowest = slowest.max(took);
    }
    let took = started.elapsed();
    let megabytes = bytes as f64 / 1e6 / took.as_secs_f64();
    println!(
        "{count} damaged playbooks from seed {seed}: {accepted} read, {} refused, \
         no panic; the slowest took {slowest:?}; {megabytes:.1} MB/s",
        count - accepted
    );
    let rate = accepted as f64 / planning.as_secs_f64();
    println!(
        "{accepted} of them planned, {rate:.0} a second: {usable} can be run, {steps} steps in all"
    );
}

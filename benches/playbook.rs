//! Reads a million damaged playbooks. A panic ends the bench with an error, and an
//! input that takes 20 seconds is one that hangs.
//!
//! `cargo bench --bench playbook [-- COUNT [SEED]]`; the playbooks in the folder that
//! `OE_CORPUS` names are damaged too.

use std::time::{Duration, Instant};

use orchestration_engine::playbook::format::Format;

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

/// What is put in: what means something to one of the readers.
const WORDS: &[&str] = &[
    "@{", "}", "@(", ")", "'", "\"", "@'\n", "\n'@", "@\"\n", "\n\"@", "`", "$", "$(", "${",
    "$env:X", "??", ",", ";", "=", "#", "<#", "#>", "\n", "\r", "{", "[", "]", ":", "- ", "&a ",
    "*a", "!", "|", "\t", "\0", "é", "“", "0x", "9", "1e9", "kb", "\\", "\\u12", "null", "–",
    "\u{feff}", "--- ", "? ", "<<: ", "%",
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

fn sources() -> Vec<(Format, String)> {
    let mut sources = vec![
        (Format::Psd1, PSD1.to_owned()),
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

fn main() {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let count = numbers.first().copied().unwrap_or(COUNT);
    let seed = numbers.get(1).copied().unwrap_or(SEED);
    let sources = sources();
    let mut random = Random(seed);
    let (mut accepted, mut bytes, mut slowest) = (0_u64, 0_usize, Duration::ZERO);
    let started = Instant::now();
    for _ in 0..count {
        let (format, source) = &sources[random.below(sources.len())];
        let mut text = source.clone();
        for _ in 0..=random.below(4) {
            damage(&mut text, &mut random);
        }
        let begun = Instant::now();
        let read = format.read(&text);
        let took = begun.elapsed();
        assert!(took < LIMIT, "{took:?} for {format:?}:\n{text}");
        accepted += u64::from(read.is_ok());
        bytes += text.len();
        slowest = slowest.max(took);
    }
    let took = started.elapsed();
    let megabytes = bytes as f64 / 1e6 / took.as_secs_f64();
    println!(
        "{count} damaged playbooks from seed {seed}: {accepted} read, {} refused, \
         no panic; the slowest took {slowest:?}; {megabytes:.0} MB/s",
        count - accepted
    );
}

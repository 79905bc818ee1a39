//! Random data, written as psd1 in random ways, are read as the same data.

use proptest::collection::vec;
use proptest::prelude::*;

use super::read;
use crate::playbook::random_data::{any_data, map_of};
use crate::playbook::value::{folded, Data, Node, Part};

/// Writes data, choosing between the ways to write them.
struct Writer {
    text: String,
    choices: Vec<u8>,
    next: usize,
}

impl Writer {
    fn choose(&mut self, ways: u8) -> u8 {
        let choice = self.choices[self.next % self.choices.len()];
        self.next += 1;
        choice % ways
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn space(&mut self) {
        let spaces = ["", " ", "\t", "\u{a0}", "`\n", "<# } ' #>"];
        let choice = self.choose(spaces.len() as u8);
        self.push(spaces[usize::from(choice)]);
    }

    fn separator(&mut self) {
        let separators = ["\n", ";", "\r\n", " # } '\n", "; ;\n"];
        let choice = self.choose(separators.len() as u8);
        self.push(separators[usize::from(choice)]);
    }

    fn data(&mut self, data: &Data) {
        match data {
            Data::Null => self.push("$null"),
            Data::Bool(value) => self.push(if *value { "$true" } else { "$FALSE" }),
            Data::Int(value) => self.int(*value),
            Data::Float(value) => self.push(&format!("{value:e}")),
            Data::Text(text) => self.quoted(text),
            Data::Environment(name) => self.variable(name),
            Data::Block(text) => self.push(&format!("{{{text}}}")),
            Data::Joined(parts) => self.joined(parts),
            Data::Otherwise(values) => {
                self.push("(");
                self.data(&values.0.data);
                self.push(" ?? ");
                self.data(&values.1.data);
                self.push(")");
            }
            Data::List(items) => self.list(items),
            Data::Map(map) => {
                self.push("@{");
                for entry in map.entries() {
                    self.space();
                    self.key(&entry.key);
                    self.space();
                    self.push("=");
                    self.space();
                    self.data(&entry.value.data);
                    self.space();
                    self.separator();
                }
                self.push("}");
            }
        }
    }

    fn int(&mut self, value: i64) {
        match self.choose(3) {
            0 if value > 0 => self.push(&format!("0x0{value:x}ul")),
            1 if value % 1024 == 0 => self.push(&format!("{}kb", value / 1024)),
            _ => self.push(&value.to_string()),
        }
    }

    fn variable(&mut self, name: &str) {
        match self.choose(2) {
            0 => self.push(&format!("$env:{name} ")),
            _ => self.push(&format!("${{ENV:{name}}}")),
        }
    }

    fn list(&mut self, items: &[Node]) {
        if items.len() > 1 && self.choose(2) == 0 {
            for (index, item) in items.iter().enumerate() {
                self.push(if index == 0 { "(" } else { ",\n" });
                self.grouped(&item.data);
            }
            self.push(")");
            return;
        }
        self.push("@(");
        for item in items {
            self.space();
            if matches!(item.data, Data::List(_)) {
                self.push(",");
            }
            self.grouped(&item.data);
            self.separator();
        }
        self.push(")");
    }

    /// An item of a list: one with commas is in parentheses by itself.
    fn grouped(&mut self, data: &Data) {
        self.space();
        self.data(data);
        self.space();
    }

    fn key(&mut self, key: &str) {
        let is_word = key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let begins = key.starts_with(|letter: char| letter.is_ascii_alphabetic());
        if is_word && begins && self.choose(2) == 0 {
            self.push(key);
        } else {
            self.quoted(key);
        }
    }

    fn quoted(&mut self, text: &str) {
        let fits_here = !text.contains("\n'@") && !text.starts_with("'@") && !text.ends_with('\r');
        let fits_here = fits_here && !text.contains("\r'@");
        let fits_here = fits_here && !["\n‘@", "\r‘@"].iter().any(|end| text.contains(end));
        match self.choose(3) {
            0 if fits_here && !text.starts_with("‘@") => self.push(&format!("@'\n{text}\n'@")),
            1 => {
                let is_quote = |letter| "'‘’‚‛".contains(letter);
                let doubled = text.chars().flat_map(|letter| {
                    std::iter::repeat_n(letter, 1 + usize::from(is_quote(letter)))
                });
                let text: String = doubled.collect();
                self.push(&format!("'{text}'"));
            }
            _ => {
                self.push("\"");
                self.escaped(text);
                self.push("\"");
            }
        }
    }

    fn joined(&mut self, parts: &[Part]) {
        self.push("\"");
        for part in parts {
            match part {
                Part::Text(text) => self.escaped(text),
                Part::Environment(name) => self.push(&format!("${{env:{name}}}")),
            }
        }
        self.push("\"");
    }

    fn escaped(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '"' | '“' | '”' | '„' | '$' | '`' => self.text.extend(['`', letter]),
                '\0' => self.push("`0"),
                '\n' => self.push("`n"),
                letter if self.choose(4) == 0 => {
                    self.push(&format!("`u{{{:x}}}", u32::from(letter)));
                }
                letter => self.text.push(letter),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn written_data_are_read_again(data in map_of(any_data()), choices in vec(any::<u8>(), 1..64)) {
        let mut writer = Writer { text: String::new(), choices, next: 0 };
        writer.data(&data);
        match read(&writer.text) {
            Ok(node) => prop_assert_eq!(node.data, data.clone(), "{}", writer.text),
            Err((position, fault)) => prop_assert!(false, "{}: {}\n{}", position, fault, writer.text),
        }
    }

    #[test]
    fn names_that_are_the_same_fold_to_the_same(name in any::<String>()) {
        prop_assert_eq!(folded(&name), folded(&folded(&name)));
    }
}

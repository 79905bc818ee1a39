//! A hash of what a playbook's file holds: the same for psd1, JSON and YAML.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::value::{folded, Data, Map, Node, Part};

/// The SHA-256 of a value, as 64 hexadecimal digits. It depends on the data and
/// their order only: not on places, comments, how numbers are written, or the case
/// of names. An environment variable counts by its name, not its value.
pub fn digest(node: &Node) -> String {
    let mut hasher = Sha256::new();
    add(&mut hasher, &node.data);
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Each value is a letter for its kind, and then its content with its length before
/// it, so that no two values give the same bytes.
fn add(hasher: &mut Sha256, data: &Data) {
    match data {
        Data::Null => hasher.update(b"n"),
        Data::Bool(value) => hasher.update([b'b', u8::from(*value)]),
        Data::Int(value) => add_bytes(hasher, b'i', &value.to_le_bytes()),
        Data::Float(value) => add_bytes(hasher, b'f', &value.to_bits().to_le_bytes()),
        Data::Text(text) => add_bytes(hasher, b't', text.as_bytes()),
        Data::Environment(name) => add_bytes(hasher, b'e', name.as_bytes()),
        Data::Block(text) => add_bytes(hasher, b's', text.as_bytes()),
        Data::List(items) => {
            add_length(hasher, b'l', items.len());
            items.iter().for_each(|item| add(hasher, &item.data));
        }
        Data::Map(map) => add_map(hasher, map),
        Data::Joined(parts) => {
            add_length(hasher, b'j', parts.len());
            parts.iter().for_each(|part| match part {
                Part::Text(text) => add_bytes(hasher, b't', text.as_bytes()),
                Part::Environment(name) => add_bytes(hasher, b'e', name.as_bytes()),
            });
        }
        Data::Otherwise(values) => {
            hasher.update(b"o");
            add(hasher, &values.0.data);
            add(hasher, &values.1.data);
        }
    }
}

fn add_map(hasher: &mut Sha256, map: &Map) {
    add_length(hasher, b'm', map.entries().len());
    for entry in map.entries() {
        add_bytes(hasher, b'k', folded(&entry.key).as_bytes());
        add(hasher, &entry.value.data);
    }
}

fn add_bytes(hasher: &mut Sha256, kind: u8, bytes: &[u8]) {
    add_length(hasher, kind, bytes.len());
    hasher.update(bytes);
}

fn add_length(hasher: &mut Sha256, kind: u8, length: usize) {
    hasher.update([kind]);
    hasher.update((length as u64).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::digest;
    use crate::playbook::{json, psd1, yaml};

    #[test]
    fn the_same_content_has_the_same_digest_in_each_format() {
        let psd1 = psd1::read(
            "@{ # a comment\n Name = 'x'; Steps = @(1, 2.5, $true, $null), @(@{ A = 0407 }) }",
        );
        let json = json::read(r#"{"name":"x","steps":[[1,2.5,true,null],[{"a":407}]]}"#);
        let yaml = yaml::read("name: x\nsteps:\n- [1, 2.5, true, ~]\n- - a: 407\n");
        let digests = [
            digest(&psd1.expect("psd1")),
            digest(&json.expect("JSON")),
            digest(&yaml.expect("YAML")),
        ];
        // It is stored, so it must not change from one version to the next.
        let expected = "368766d168f9f8ed6e1647f1b6a73d6a1e0247ef47d9ab2e268eefcb97d3fb17";
        assert_eq!(digests, [expected, expected, expected]);
    }

    #[test]
    fn other_content_has_another_digest() {
        let of = |text: &str| digest(&json::read(text).expect("JSON"));
        let all = [
            "{}",
            r#"{"a":null}"#,
            r#"{"a":1}"#,
            r#"{"a":1.0}"#,
            r#"{"a":"1"}"#,
            r#"{"a":true}"#,
            r#"{"a":[1]}"#,
            r#"{"a":[[1]]}"#,
            r#"{"a":1,"b":2}"#,
            r#"{"b":2,"a":1}"#,
            r#"{"a":"t"}"#,
            r#"{"a":["b","c"]}"#,
            r#"{"a":["bc"]}"#,
        ];
        let digests: std::collections::HashSet<_> = all.map(of).into_iter().collect();
        assert_eq!(digests.len(), all.len());
    }
}

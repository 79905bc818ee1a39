//! Values that must not be written down.

use std::sync::Arc;

/// Shorter values would be found everywhere by accident; they are not masked.
const SHORTEST: usize = 4;

pub(super) const MASK: &[u8] = b"***";

/// The sensitive values of a run, which only the memory of the process holds.
///
/// Whatever goes into the store on behalf of the run is searched for them, and
/// for the forms that they take in JSON, XML, URLs and base64.
#[derive(Clone, Default)]
pub struct Secrets {
    names: Arc<[String]>,
    /// Each form with the number of its name, the longest first.
    forms: Arc<[(Vec<u8>, usize)]>,
}

/// Never shows a value.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names.iter()).finish()
    }
}

impl Secrets {
    /// Secrets by name. What is shorter than four characters is not masked; the
    /// caller may want to warn of it ([`Secrets::too_short`]).
    pub fn new<N: Into<String>, V: AsRef<str>>(values: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut names = Vec::new();
        let mut forms = Vec::new();
        for (number, (name, value)) in values.into_iter().enumerate() {
            names.push(name.into());
            let value = value.as_ref();
            if value.chars().count() >= SHORTEST {
                forms.extend(forms_of(value).into_iter().map(|form| (form, number)));
            }
        }
        forms.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then(one.cmp(other)));
        forms.dedup_by(|one, other| one.0 == other.0);
        Self {
            names: names.into(),
            forms: forms.into(),
        }
    }

    /// The names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names of the values that are too short to be masked.
    pub fn too_short(&self) -> impl Iterator<Item = &str> {
        let is_masked = |number| self.forms.iter().any(|(_, it)| *it == number);
        let names = self.names.iter().enumerate();
        names
            .filter(move |(number, _)| !is_masked(*number))
            .map(|(_, name)| name.as_str())
    }

    /// The name of a secret that is in some bytes, if one is.
    pub fn found_in(&self, bytes: &[u8]) -> Option<&str> {
        let found = self
            .forms
            .iter()
            .find(|(form, _)| position(bytes, form).is_some());
        found.map(|(_, number)| self.names[*number].as_str())
    }

    /// Bytes without the secrets; `None` if there are none in it.
    pub fn masked(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.found_in(bytes)?;
        let mut masked = bytes.to_vec();
        for (form, _) in self.forms.iter() {
            masked = replaced(&masked, form);
        }
        Some(masked)
    }

    /// What is masked, the longest first.
    pub(super) fn forms(&self) -> impl Iterator<Item = &[u8]> {
        self.forms.iter().map(|(form, _)| form.as_slice())
    }

    /// A text without the secrets.
    pub fn masked_text(&self, mut text: String) -> String {
        self.mask_text(&mut text);
        text
    }

    /// The same for a text. True if something was masked.
    pub(super) fn mask_text(&self, text: &mut String) -> bool {
        let Some(masked) = self.masked(text.as_bytes()) else {
            return false;
        };
        *text = String::from_utf8_lossy(&masked).into_owned();
        true
    }
}

fn position(bytes: &[u8], form: &[u8]) -> Option<usize> {
    let (first, rest) = form.split_first()?;
    let mut begin = 0;
    // Most bytes are not the first of a secret.
    while let Some(next) = bytes[begin..].iter().position(|byte| byte == first) {
        begin += next;
        if bytes[begin + 1..].starts_with(rest) {
            return Some(begin);
        }
        begin += 1;
    }
    None
}

fn replaced(bytes: &[u8], form: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = position(rest, form) {
        result.extend_from_slice(&rest[..at]);
        result.extend_from_slice(MASK);
        rest = &rest[at + form.len()..];
    }
    result.extend_from_slice(rest);
    result
}

/// A value, and what it looks like inside other things.
fn forms_of(value: &str) -> Vec<Vec<u8>> {
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let json = serde_json::Value::from(value).to_string();
    vec![
        value.as_bytes().to_vec(),
        json.as_bytes()[1..json.len() - 1].to_vec(),
        in_xml(value).into_bytes(),
        in_url(value, true).into_bytes(),
        in_url(value, false).into_bytes(),
        in_base64(value.as_bytes()),
        in_base64(&wide),
    ]
}

fn in_xml(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

fn in_url(value: &str, is_upper: bool) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            _ if is_upper => text.push_str(&format!("%{byte:02X}")),
            _ => text.push_str(&format!("%{byte:02x}")),
        }
        text
    })
}

/// Without what depends on the bytes behind.
fn in_base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 6 {
            count -= 6;
            text.push(LETTERS[(bits >> count & 63) as usize]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new([("password", "p\"ss&wörd"), ("pin", "123")])
    }

    fn masked(text: &str) -> String {
        let mut text = text.to_owned();
        secrets().mask_text(&mut text);
        text
    }

    #[test]
    fn every_form_is_masked() {
        for form in [
            "p\"ss&wörd",
            "p\\\"ss&wörd",
            "p&quot;ss&amp;wörd",
            "p%22ss%26w%C3%B6rd",
            "p%22ss%26w%c3%b6rd",
        ] {
            assert_eq!(masked(&format!("<{form}>{form}")), "<***>***", "{form}");
        }
        // As other tools write it.
        assert_eq!(masked("cCJzcyZ3w7ZyZA=="), "***A==");
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        assert_eq!(secrets().masked(b"p\"ss&w and 123"), None);
        assert_eq!(secrets().found_in(b"x p\"ss&w\xC3\xB6rd"), Some("password"));
        assert!(Secrets::default().is_empty());
    }

    #[test]
    fn short_ones_are_named() {
        assert_eq!(secrets().too_short().collect::<Vec<_>>(), ["pin"]);
    }

    #[test]
    fn values_are_not_shown() {
        assert_eq!(format!("{:?}", secrets()), "[\"password\", \"pin\"]");
    }
}

//! How a program writes its texts.

/// How a program writes its texts, as far as the standard library reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
}

impl Encoding {
    /// The names that are offered.
    pub const NAMES: &'static [&'static str] = &["utf-8", "utf-16le", "utf-16be"];

    /// The encoding of a name; PowerShell's names count, too.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "utf-16le" | "utf16le" | "unicode" => Some(Self::Utf16Le),
            "utf-16be" | "utf16be" | "bigendianunicode" => Some(Self::Utf16Be),
            _ => None,
        }
    }
}

//! PowerShell's numbers: `60`, `0407`, `0x1F`, `0b101`, `1.5e3`, `10l`, `2gb`.

use crate::playbook::value::Data;

use super::fault::Fault;

/// What a number may end in, before the multiplier; the longest first.
const SUFFIXES: &[(&str, Suffix)] = &[
    ("ul", Suffix::Within(0, u64::MAX as i128)),
    ("us", Suffix::Within(0, u16::MAX as i128)),
    ("uy", Suffix::Within(0, u8::MAX as i128)),
    ("u", Suffix::Within(0, u64::MAX as i128)),
    ("l", Suffix::Within(i64::MIN as i128, i64::MAX as i128)),
    ("s", Suffix::Within(i16::MIN as i128, i16::MAX as i128)),
    ("y", Suffix::Within(i8::MIN as i128, i8::MAX as i128)),
    ("n", Suffix::Within(i64::MIN as i128, i64::MAX as i128)),
    ("d", Suffix::Decimal),
];

const MULTIPLIERS: &[(&str, i128)] = &[
    ("kb", 1 << 10),
    ("mb", 1 << 20),
    ("gb", 1 << 30),
    ("tb", 1 << 40),
    ("pb", 1 << 50),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Suffix {
    None,
    Decimal,
    /// A whole number within these bounds.
    Within(i128, i128),
}

/// A number taken apart.
struct Parts<'t> {
    digits: &'t str,
    suffix: Suffix,
    multiplier: i128,
}

/// The value of a word that begins like a number.
pub(super) fn parse(word: &str, is_negative: bool) -> Result<Data, Fault> {
    let lower = word.to_ascii_lowercase();
    let no_number = || Fault::NoNumber { word: word.into() };
    let too_large = || Fault::NumberTooLarge { word: word.into() };
    let sign = if is_negative { -1 } else { 1 };
    if let Some(rest) = lower.strip_prefix("0x").or(lower.strip_prefix("0b")) {
        let base = if lower.starts_with("0x") { 16 } else { 2 };
        let parts = split(rest, base);
        let digits = in_base(&parts, base).ok_or_else(no_number)?;
        let value = digits.ok_or_else(too_large)?.checked_mul(parts.multiplier);
        let value = value.ok_or_else(too_large)? * sign;
        return whole(value, parts.suffix).ok_or_else(too_large);
    }
    let parts = split(&lower, 10);
    if is_whole(parts.digits) {
        let digits: i128 = parts.digits.parse().map_err(|_| too_large())?;
        let value = digits.checked_mul(parts.multiplier * sign);
        return value
            .and_then(|value| whole(value, parts.suffix))
            .ok_or_else(too_large);
    }
    let value = fraction(parts.digits).ok_or_else(no_number)?;
    real(value * parts.multiplier as f64 * sign as f64, parts.suffix).ok_or_else(too_large)
}

fn split(word: &str, base: u32) -> Parts<'_> {
    let mut parts = Parts {
        digits: word,
        suffix: Suffix::None,
        multiplier: 1,
    };
    for (name, multiplier) in MULTIPLIERS {
        if let Some(rest) = word.strip_suffix(name) {
            parts.digits = rest;
            parts.multiplier = *multiplier;
        }
    }
    // The letters that are digits are no suffixes.
    let mut suffixes = SUFFIXES
        .iter()
        .filter(|(name, _)| base != 16 || *name != "d");
    let found =
        suffixes.find_map(|(name, suffix)| Some((parts.digits.strip_suffix(name)?, suffix)));
    if let Some((digits, suffix)) = found {
        parts.digits = digits;
        parts.suffix = *suffix;
    }
    parts
}

/// The value of digits in base 16 or 2; `Some(None)` if it is too large. Digits that
/// fill a type of the machine, with the highest bit set, are a negative number.
fn in_base(parts: &Parts<'_>, base: u32) -> Option<Option<i128>> {
    let digits = parts.digits;
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    let Ok(value) = i128::from_str_radix(digits, base) else {
        return Some(None);
    };
    let bits = digits.len() as u32 * if base == 16 { 4 } else { 1 };
    let is_signed = match (parts.suffix, base) {
        (Suffix::Within(0, _), _) => false,
        (Suffix::Within(_, maximum), 16) => bits == 128 - maximum.leading_zeros() + 1,
        (_, 16) => bits == 32 || bits == 64,
        (_, _) => matches!(bits, 8 | 16 | 32 | 64),
    };
    let has_sign = is_signed && value >> (bits - 1) == 1;
    Some(Some(if has_sign { value - (1 << bits) } else { value }))
}

fn whole(value: i128, suffix: Suffix) -> Option<Data> {
    if let Suffix::Within(minimum, maximum) = suffix {
        if !(minimum..=maximum).contains(&value) {
            return None;
        }
    }
    i64::try_from(value).ok().map(Data::Int)
}

fn real(value: f64, suffix: Suffix) -> Option<Data> {
    if !value.is_finite() {
        return None;
    }
    match suffix {
        Suffix::Within(..) => whole(value.round_ties_even() as i128, suffix),
        Suffix::None | Suffix::Decimal => Some(Data::Float(value)),
    }
}

fn is_whole(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Only what PowerShell writes so: the standard library also reads `inf`.
fn fraction(digits: &str) -> Option<f64> {
    let is_written_so = |byte: u8| byte.is_ascii_digit() || b".e+-".contains(&byte);
    let is_fraction = digits.bytes().all(is_written_so);
    is_fraction.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What PowerShell 7.6 reads.
    #[test]
    fn whole_numbers_are_read_as_powershell_reads_them() {
        let cases: &[(&str, i64)] = &[
            ("60", 60),
            ("0407", 407),
            ("0xFF", 255),
            ("0xFFFFFFFF", -1),
            ("0x0FFFFFFFF", 4_294_967_295),
            ("0xFFs", 255),
            ("0xFFy", -1),
            ("0xFFul", 255),
            ("0b11111111", -1),
            ("0b1111", 15),
            ("2gb", 2_147_483_648),
            ("1lkb", 1024),
            ("1dkb", 1024),
            ("0x10kb", 16_384),
            ("1e3l", 1000),
            ("5.5l", 6),
            ("2.5l", 2),
            ("1.5u", 2),
            ("1y", 1),
            ("5n", 5),
        ];
        for (word, value) in cases {
            assert_eq!(parse(word, false), Ok(Data::Int(*value)), "{word}");
        }
        assert_eq!(parse("0xFF", true), Ok(Data::Int(-255)));
        assert_eq!(parse("9223372036854775808", true), Ok(Data::Int(i64::MIN)));
    }

    #[test]
    fn fractions_are_read_as_powershell_reads_them() {
        let cases = [
            ("1.5kb", 1536.0),
            ("1.5d", 1.5),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
        ];
        for (word, value) in cases {
            assert_eq!(parse(word, false), Ok(Data::Float(value)), "{word}");
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_refused() {
        for word in [
            "1_000", "1kbl", "1.5kbd", "0b2", "1e", "00x1", "0x", "1.2.3", "5-3", "1inf",
        ] {
            assert_eq!(
                parse(word, false),
                Err(Fault::NoNumber { word: word.into() }),
                "{word}"
            );
        }
        for word in [
            "9223372036854775808",
            "200y",
            "1e999",
            "9999999pb",
            "70000us",
        ] {
            let fault = Fault::NumberTooLarge { word: word.into() };
            assert_eq!(parse(word, false), Err(fault), "{word}");
        }
    }
}

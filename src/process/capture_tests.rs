use super::Kept;
use crate::engine::batch::CapturedText;

fn keep(limit: usize, chunks: &[&[u8]]) -> CapturedText {
    let mut kept = Kept::new(limit);
    for chunk in chunks {
        kept.push(chunk);
        assert!(kept.head.len() + kept.tail.len() <= limit);
    }
    kept.finish()
}

#[test]
fn what_fits_is_kept_as_it_is() {
    for chunks in [vec![&b"hello\n"[..]], vec![b"hel", b"", b"lo\n"]] {
        for limit in [6, 7, 1000] {
            let captured = keep(limit, &chunks);
            assert_eq!(captured.text, "hello\n");
            assert_eq!((captured.total_bytes, captured.omitted_bytes), (6, 0));
            assert!(!captured.lossy);
        }
    }
    assert_eq!(keep(10, &[]), CapturedText::default());
}

#[test]
fn of_more_the_first_and_the_last_half_are_kept() {
    let bytes: Vec<u8> = (0..100).map(|index| b'a' + index % 26).collect();
    let expected = "abcde\n[... 90 bytes left out ...]\nrstuv";
    for size in [1, 3, 7, 50, 100] {
        let chunks: Vec<_> = bytes.chunks(size).collect();
        let captured = keep(10, &chunks);
        assert_eq!(captured.text, expected, "in chunks of {size}");
        assert_eq!((captured.total_bytes, captured.omitted_bytes), (100, 90));
    }
    let captured = keep(3, &[b"abcdef"]);
    assert_eq!(captured.text, "ab\n[... 3 bytes left out ...]\nf");
    let captured = keep(8, &[b"abc\ndefghi"]);
    assert_eq!(captured.text, "abc\n[... 2 bytes left out ...]\nfghi");
}

#[test]
fn nothing_can_be_kept() {
    let captured = keep(0, &[b"abc", b"def"]);
    assert_eq!(captured.text, "[... 6 bytes left out ...]\n");
    assert_eq!((captured.total_bytes, captured.omitted_bytes), (6, 6));
    let captured = keep(1, &[b"abc"]);
    assert_eq!(captured.text, "a\n[... 2 bytes left out ...]\n");
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced_and_that_is_said() {
    let captured = keep(100, &[b"a\xFFb\xE2\x82"]);
    assert_eq!(captured.text, "a\u{FFFD}b\u{FFFD}");
    assert!(captured.lossy);
}

#[test]
fn a_character_in_two_chunks_is_one() {
    let captured = keep(100, &[b"\xE2", b"\x82\xAC"]);
    assert_eq!((captured.text.as_str(), captured.lossy), ("€", false));
}

#[test]
fn a_cut_through_a_character_leaves_it_out_whole() {
    let text = "€".repeat(10);
    for (limit, kept) in [(12, (2, 2)), (10, (1, 1)), (11, (2, 1)), (4, (0, 0))] {
        let captured = keep(limit, &[text.as_bytes()]);
        let left_out = 30 - 3 * (kept.0 + kept.1) as u64;
        assert!(!captured.lossy, "at {limit}: {}", captured.text);
        assert_eq!(captured.omitted_bytes, left_out, "at {limit}");
        let (head, rest) = captured.text.split_once('[').unwrap();
        assert_eq!(head.trim_end(), "€".repeat(kept.0));
        assert!(rest.ends_with(&format!("]\n{}", "€".repeat(kept.1))));
    }
}

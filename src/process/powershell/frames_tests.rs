use super::*;

fn frame(body: &[u8]) -> Vec<u8> {
    let mut bytes = (body.len() as u32).to_le_bytes().to_vec();
    bytes.extend_from_slice(body);
    bytes
}

/// What is said by these bytes, in words, until the first error.
async fn said(bytes: &[u8]) -> Vec<String> {
    let mut reader = FrameReader::new(bytes);
    let mut words = Vec::new();
    loop {
        match reader.next().await {
            Ok(Said::Ready) => words.push("ready".to_owned()),
            Ok(Said::Began(number)) => words.push(format!("began {number}")),
            Ok(Said::Wrote(number, stream, text)) => {
                words.push(format!("wrote {number} {stream} {text}"));
            }
            Ok(Said::Done(number, answer)) => words.push(format!("done {number} {answer}")),
            Err(error) => {
                words.push(error.to_string());
                return words;
            }
        }
    }
}

const CLOSED: &str = "the channel was closed";

#[tokio::test]
async fn frames_are_read_one_after_another() {
    let mut bytes = frame(br#"{"kind":"ready","version":"7.6"}"#);
    bytes.extend(frame(br#"{"kind":"began","number":7}"#));
    bytes.extend(frame(
        br#"{"kind":"wrote","number":7,"stream":16,"text":"a\n"}"#,
    ));
    bytes.extend(frame(
        br#"{"kind":"done","number":7,"answer":{"output":[1.0, "x"]}}"#,
    ));
    let expected = [
        "ready",
        "began 7",
        "wrote 7 16 a\n",
        r#"done 7 {"output":[1.0, "x"]}"#,
        CLOSED,
    ];
    assert_eq!(said(&bytes).await, expected);
}

#[tokio::test]
async fn a_frame_may_come_byte_by_byte() {
    let (mut far, near) = tokio::io::duplex(1);
    let bytes = frame(br#"{"kind":"began","number":1}"#);
    let sending = tokio::spawn(async move { far.write_all(&bytes).await });
    let mut reader = FrameReader::new(near);
    assert!(matches!(reader.next().await, Ok(Said::Began(1))));
    sending.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_frame_that_is_cut_short_is_none() {
    let bytes = frame(br#"{"kind":"ready"}"#);
    for length in 0..bytes.len() {
        assert_eq!(said(&bytes[..length]).await, [CLOSED], "{length} bytes");
    }
}

#[tokio::test]
async fn what_no_worker_says_ends_the_reading() {
    let bodies: [&[u8]; 14] = [
        b"",
        b"null",
        b"[]",
        b"{",
        b"ready",
        b"\xff\xfe",
        br#"{"kind":7}"#,
        br#"{"kind":"run","number":1}"#,
        br#"{"kind":"began"}"#,
        br#"{"kind":"began","number":-1}"#,
        br#"{"kind":"began","number":99999999999999999999}"#,
        br#"{"kind":"done","number":1}"#,
        br#"{"kind":"done","number":1,"answer":{},"more":1}"#,
        br#"{"kind":"ready"} {"kind":"ready"}"#,
    ];
    for body in bodies {
        let mut bytes = frame(body);
        bytes.extend(frame(br#"{"kind":"ready"}"#));
        let words = said(&bytes).await;
        let text = String::from_utf8_lossy(body);
        assert_eq!(words.len(), 1, "{text}: {words:?}");
        assert!(words[0].starts_with("it said what"), "{text}: {words:?}");
    }
}

#[tokio::test]
async fn a_length_beyond_the_limit_is_not_waited_for() {
    for length in [MOST_BYTES as u32 + 1, u32::MAX] {
        let (mut far, near) = tokio::io::duplex(16);
        far.write_all(&length.to_le_bytes()).await.unwrap();
        let error = FrameReader::new(near).next().await.unwrap_err();
        let expected = format!("it said what no worker says: a frame of {length} bytes");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn nested_deeper_than_any_answer_is_refused() {
    let mut body = br#"{"kind":"done","number":1,"answer":"#.to_vec();
    body.extend(std::iter::repeat_n(b'[', 1_000_000));
    let words = said(&frame(&body)).await;
    assert!(words[0].starts_with("it said what"), "{words:?}");
}

#[tokio::test]
async fn what_is_sent_is_what_is_read() {
    let mut bytes = Vec::new();
    send(&mut bytes, r#"{"kind":"ready"}"#).await.unwrap();
    assert_eq!(said(&bytes).await, ["ready", CLOSED]);
}

//! HTTP/2, as gateways speak it.

use samverkan::http::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::app::{App, Running, status};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `GET / HTTP/2` with `:scheme` http and `:authority` "a".
const HEAD: [u8; 6] = [0x82, 0x84, 0x86, 0x41, 0x01, b'a'];
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

#[tokio::test]
async fn a_client_that_takes_back_all_it_asks_is_let_go() {
    let server = App::new().await.serve(Settings::default()).await;
    let mut connection = server.connect().await;
    let mut bytes = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    for stream in (1..20_000).step_by(2) {
        bytes.extend(frame(HEADERS, END_STREAM | END_HEADERS, stream, &HEAD));
        // As cancelled.
        bytes.extend(frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
    }
    let _let_go = connection.write_all(&bytes).await;
    let mut answer = Vec::new();
    let _reset = connection.read_to_end(&mut answer).await;
    let goes_away = answer.windows(9).any(|head| head[3] == GOAWAY && head[5..9] == [0; 4]);
    assert!(goes_away, "a GOAWAY frame ends the connection");
    assert_eq!(status(&server.get("/health/live", "").await), 200);
}

/// The data of the answer to a request with a field of so many bytes.
async fn answer(server: &Running, length: usize) -> Vec<u8> {
    let mut connection = server.connect().await;
    // A literal field without indexing, of the name "a"; its length as HPACK writes numbers.
    let mut head = [&HEAD[..], &[0x00, 0x01, b'a', 0x7f]].concat();
    let mut rest = length - 127;
    while rest >= 128 {
        head.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    head.push(u8::try_from(rest).unwrap());
    head.extend(std::iter::repeat_n(b'x', length));
    let mut bytes = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    let parts: Vec<&[u8]> = head.chunks(16 * 1024).collect();
    for (at, part) in parts.iter().enumerate() {
        let kind = if at == 0 { HEADERS } else { CONTINUATION };
        let begins = if at == 0 { END_STREAM } else { 0 };
        let ends = if at + 1 == parts.len() { END_HEADERS } else { 0 };
        bytes.extend(frame(kind, begins | ends, 1, part));
    }
    connection.write_all(&bytes).await.unwrap();
    let mut data = Vec::new();
    loop {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await.unwrap();
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        connection.read_exact(&mut payload).await.unwrap();
        let [.., kind, flags, _, _, _, stream] = head;
        if stream == 1 && kind == DATA {
            data.extend(payload);
        }
        if stream == 1 && flags & END_STREAM != 0 {
            return data;
        }
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_like_all_else() {
    let server = App::new().await.serve(Settings::default()).await;
    let page = answer(&server, 10_000).await;
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("<html"), "{page}");
    let refused: serde_json::Value = serde_json::from_slice(&answer(&server, 20_000).await).unwrap();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert!(refused["errors"][0]["message"].as_str().unwrap().contains("16 KiB"), "{refused}");
}

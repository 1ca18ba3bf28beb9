//! Is RFC 6455 kept frame by frame, with a client that does not keep it?

use everwire_server::Server;

use crate::{
    client::start,
    raw::{BINARY, CLOSE, CONTINUATION, FIN, Frame, PING, PONG, RSV1, Raw, TEXT, head_of, masked},
};

#[tokio::test]
async fn fragments_come_back_as_one_message() {
    let (_server, mut raw) = echo().await;
    raw.send(TEXT, b"Hel").await;
    raw.send(CONTINUATION, b"").await;
    raw.send(CONTINUATION, b"l").await;
    raw.send(FIN | CONTINUATION, b"o").await;
    assert_eq!(raw.frame().await, Some(text("Hello")));
    raw.send(BINARY, &[1]).await;
    raw.send(FIN | CONTINUATION, &[2]).await;
    assert_eq!(raw.frame().await, Some(Frame { first: FIN | BINARY, payload: vec![1, 2] }));
}

#[tokio::test]
async fn control_frames_between_fragments_are_answered_at_once() {
    let (_server, mut raw) = echo().await;
    raw.send(TEXT, b"one ").await;
    raw.send(FIN | PING, b"are you there?").await;
    assert_eq!(raw.frame().await, Some(Frame { first: FIN | PONG, payload: b"are you there?".to_vec() }));
    raw.send(FIN | PONG, b"unasked").await;
    raw.send(FIN | CONTINUATION, b"two").await;
    assert_eq!(raw.frame().await, Some(text("one two")));
}

#[tokio::test]
async fn a_close_between_fragments_is_a_close() {
    let (_server, mut raw) = echo().await;
    raw.send(TEXT, b"unfinished").await;
    raw.send(FIN | CLOSE, &1000_u16.to_be_bytes()).await;
    assert_eq!(raw.closed_with().await, 1000);
}

#[tokio::test]
async fn frames_arriving_byte_by_byte_are_the_same_frames() {
    let (_server, mut raw) = echo().await;
    for byte in masked(FIN | TEXT, &[b'x'; 300]) {
        raw.write(&[byte]).await;
    }
    assert_eq!(raw.frame().await, Some(text(&"x".repeat(300))));
}

#[tokio::test]
async fn messages_of_every_length_encoding_come_back_whole() {
    let (_server, mut raw) = echo().await;
    for size in [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000] {
        let payload: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        raw.send(FIN | BINARY, &payload).await;
        assert_eq!(raw.frame().await, Some(Frame { first: FIN | BINARY, payload }), "{size}");
    }
}

#[tokio::test]
async fn text_that_is_not_utf8_closes_with_1007() {
    for bad in [&b"\xff"[..], b"ok \xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"cut \xe2\x82"] {
        let (_server, mut raw) = echo().await;
        raw.send(FIN | TEXT, bad).await;
        assert_eq!(raw.closed_with().await, 1007, "{bad:?}");
    }
}

#[tokio::test]
async fn utf8_may_be_split_between_fragments_but_not_be_left_unfinished() {
    let (_server, mut raw) = echo().await;
    raw.send(TEXT, b"\xe2\x82").await;
    raw.send(FIN | CONTINUATION, b"\xac").await;
    assert_eq!(raw.frame().await, Some(text("€")));
    raw.send(TEXT, b"\xe2\x82").await;
    raw.send(FIN | CONTINUATION, b"x").await;
    assert_eq!(raw.closed_with().await, 1007);
}

#[tokio::test]
async fn binary_may_hold_any_bytes() {
    let (_server, mut raw) = echo().await;
    raw.send(FIN | BINARY, b"\xff\xfe").await;
    assert_eq!(raw.frame().await, Some(Frame { first: FIN | BINARY, payload: b"\xff\xfe".to_vec() }));
}

#[tokio::test]
async fn reserved_bits_close_with_1002() {
    for bit in [0x40, 0x20, 0x10] {
        for opcode in [TEXT, PING, CLOSE] {
            let (_server, mut raw) = echo().await;
            raw.send(FIN | bit | opcode, b"").await;
            assert_eq!(raw.closed_with().await, 1002, "bit {bit:#x}, opcode {opcode}");
        }
    }
}

#[tokio::test]
async fn reserved_opcodes_close_with_1002() {
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        let (_server, mut raw) = echo().await;
        raw.send(FIN | opcode, b"").await;
        assert_eq!(raw.closed_with().await, 1002, "opcode {opcode}");
    }
}

#[tokio::test]
async fn control_frames_that_are_too_long_or_fragmented_close_with_1002() {
    for opcode in [PING, PONG, CLOSE] {
        let (_server, mut raw) = echo().await;
        raw.send(FIN | opcode, &[b'x'; 126]).await;
        assert_eq!(raw.closed_with().await, 1002, "opcode {opcode} of 126 bytes");
        let (_server, mut raw) = echo().await;
        raw.send(opcode, b"").await;
        assert_eq!(raw.closed_with().await, 1002, "opcode {opcode} without FIN");
    }
    let (_server, mut raw) = echo().await;
    raw.send(FIN | PING, &[b'x'; 125]).await;
    assert_eq!(raw.frame().await.expect("a pong").payload.len(), 125);
}

#[tokio::test]
async fn frames_that_are_not_masked_close_with_1002() {
    let (_server, mut raw) = echo().await;
    raw.write(&[FIN | TEXT, 2, b'h', b'i']).await;
    assert_eq!(raw.closed_with().await, 1002);
}

#[tokio::test]
async fn lengths_that_are_not_encoded_minimally_close_with_1002() {
    let (_server, mut raw) = echo().await;
    raw.write(&[FIN | TEXT, 0x80 | 126, 0, 5, 0, 0, 0, 0]).await;
    assert_eq!(raw.closed_with().await, 1002);
}

#[tokio::test]
async fn continuations_without_a_beginning_and_beginnings_without_an_end_close_with_1002() {
    let (_server, mut raw) = echo().await;
    raw.send(FIN | CONTINUATION, b"of what?").await;
    assert_eq!(raw.closed_with().await, 1002);
    let (_server, mut raw) = echo().await;
    raw.send(TEXT, b"begun").await;
    raw.send(FIN | TEXT, b"begun again").await;
    assert_eq!(raw.closed_with().await, 1002);
}

#[tokio::test]
async fn close_codes_that_may_be_sent_are_answered_in_kind() {
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999] {
        let (_server, mut raw) = echo().await;
        raw.send(FIN | CLOSE, &close_payload(code, "why")).await;
        let frame = raw.frame().await.expect("an answer");
        assert_eq!((frame.close_code(), &frame.payload[2..]), (code, &b"why"[..]));
        assert_eq!(raw.frame().await, None);
    }
    let (_server, mut raw) = echo().await;
    raw.send(FIN | CLOSE, b"").await;
    assert_eq!(raw.closed_with().await, 1005);
}

#[tokio::test]
async fn close_codes_that_may_not_be_sent_close_with_1002() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
        let (_server, mut raw) = echo().await;
        raw.send(FIN | CLOSE, &close_payload(code, "")).await;
        assert_eq!(raw.closed_with().await, 1002, "{code}");
    }
}

#[tokio::test]
async fn a_close_of_one_byte_and_a_reason_that_is_not_utf8_are_refused() {
    let (_server, mut raw) = echo().await;
    raw.send(FIN | CLOSE, &[3]).await;
    assert_eq!(raw.closed_with().await, 1002);
    let (_server, mut raw) = echo().await;
    raw.send(FIN | CLOSE, b"\x03\xe8\xff").await;
    assert_eq!(raw.closed_with().await, 1007);
}

#[tokio::test]
async fn nothing_after_a_close_frame_counts() {
    let (_server, mut raw) = echo().await;
    let mut bytes = masked(FIN | CLOSE, &1000_u16.to_be_bytes());
    bytes.extend(masked(FIN | TEXT, b"too late"));
    bytes.extend(masked(FIN | 15, b"and broken"));
    raw.write(&bytes).await;
    assert_eq!(raw.closed_with().await, 1000);
}

#[tokio::test]
async fn what_came_before_a_violation_is_answered_before_the_close() {
    let (_server, mut raw) = echo().await;
    let mut bytes = masked(FIN | TEXT, b"fine");
    bytes.extend(masked(FIN | TEXT, b"\xff"));
    raw.write(&bytes).await;
    assert_eq!(raw.frame().await, Some(text("fine")));
    assert_eq!(raw.closed_with().await, 1007);
}

#[tokio::test]
async fn a_message_as_large_as_allowed_comes_back_and_a_larger_one_closes_with_1009() {
    let server = start(&["--max-message", "1000"]).await;
    let mut raw = Raw::open(&server, "/ws/echo").await;
    raw.send(FIN | TEXT, &[b'x'; 1000]).await;
    assert_eq!(raw.frame().await, Some(text(&"x".repeat(1000))));
    // by its head alone: nobody waits for the terabyte that it promises
    raw.write(&head_of(FIN | TEXT, 1 << 40)).await;
    raw.write(&[0; 4]).await;
    assert_eq!(raw.closed_with().await, 1009);

    let mut raw = Raw::open(&server, "/ws/echo").await;
    raw.send(TEXT, &[b'x'; 600]).await;
    raw.send(FIN | CONTINUATION, &[b'x'; 600]).await;
    assert_eq!(raw.closed_with().await, 1009, "in fragments");
}

#[tokio::test]
async fn compressed_frames_are_understood_once_agreed_and_bounded_by_what_they_inflate_to() {
    let server = start(&["--max-message", "100000"]).await;
    let mut raw = Raw::open_deflating(&server, "/ws/echo").await;
    assert!(raw.head.contains("sec-websocket-extensions: permessage-deflate\r\n"), "{}", raw.head);
    // the example of RFC 7692 §7.2.3.1
    raw.send(FIN | RSV1 | TEXT, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]).await;
    let frame = raw.frame().await.expect("an echo");
    assert_eq!(frame, text("Hello"), "too short to be worth compressing on the way back");
    // 300 zero-filled blocks: a bomb of some 300 bytes
    let zeros = deflated_zeros();
    raw.send(FIN | RSV1 | BINARY, &zeros).await;
    assert_eq!(raw.closed_with().await, 1009);
}

#[tokio::test]
async fn rsv1_is_refused_on_control_frames_and_continuations_even_with_deflate() {
    let server = start(&[]).await;
    let mut raw = Raw::open_deflating(&server, "/ws/echo").await;
    raw.send(FIN | RSV1 | PING, b"").await;
    assert_eq!(raw.closed_with().await, 1002);
    let mut raw = Raw::open_deflating(&server, "/ws/echo").await;
    raw.send(TEXT, b"a").await;
    raw.send(FIN | RSV1 | CONTINUATION, b"b").await;
    assert_eq!(raw.closed_with().await, 1002);
}

#[tokio::test]
async fn compressed_data_that_does_not_inflate_and_compressed_text_that_is_not_utf8_close_with_1007() {
    let server = start(&[]).await;
    let mut raw = Raw::open_deflating(&server, "/ws/echo").await;
    raw.send(FIN | RSV1 | TEXT, &[0xff, 0xff, 0xff, 0xff]).await;
    assert_eq!(raw.closed_with().await, 1007);
    let mut raw = Raw::open_deflating(&server, "/ws/echo").await;
    // a stored block holding one byte, 0xff
    raw.send(FIN | RSV1 | TEXT, &[0x00, 0x01, 0x00, 0xfe, 0xff, 0xff, 0x00]).await;
    assert_eq!(raw.closed_with().await, 1007);
}

async fn echo() -> (Server, Raw) {
    let server = start(&[]).await;
    let raw = Raw::open(&server, "/ws/echo").await;
    (server, raw)
}

fn text(content: &str) -> Frame {
    Frame { first: FIN | TEXT, payload: content.as_bytes().to_vec() }
}

fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend(reason.as_bytes());
    payload
}

/// 200 000 zeros in one block of deflate with fixed codes: a literal 0, then copies of 258 from a byte back.
fn deflated_zeros() -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut push = |value: u32, count: u32, most_significant_first: bool| {
        for n in 0..count {
            let shift = if most_significant_first { count - 1 - n } else { n };
            bits.push(value >> shift & 1 == 1);
        }
    };
    push(0, 1, false); // not the last block
    push(1, 2, false); // fixed codes
    push(0b0011_0000, 8, true); // the literal 0
    for _ in 0..200_000 / 258 {
        push(0b1100_0101, 8, true); // length 258 (code 285)
        push(0, 5, true); // distance 1
    }
    push(0, 7, true); // end of block
    push(0, 3, false); // the empty stored block that a message's end stands for
    let mut bytes = vec![0; bits.len().div_ceil(8)];
    for (index, _) in bits.iter().enumerate().filter(|(_, bit)| **bit) {
        bytes[index / 8] |= 1 << (index % 8);
    }
    bytes
}

//! Whatever a peer says in place of PING, HELO or PONG: no panic, no more bytes taken than came, and nobody is let in who
//! does not know the key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice_forward::{ClientHandshake, HandshakeConfig, ServerHandshake};

fuzz_target!(|data: &[u8]| {
    let config = HandshakeConfig {
        hostname: "server".to_owned(),
        shared_key: b"a key nobody guesses".to_vec(),
        users: vec![("user".to_owned(), b"a password nobody guesses".to_vec())],
        keepalive: true,
    };
    let mut server = ServerHandshake::new(config, [7; 32]);
    if let Ok(Some(answer)) = server.ping(data) {
        assert!(answer.consumed <= data.len());
        assert!(answer.accepted.is_err());
    }
    let client = ClientHandshake {
        hostname: "client".to_owned(),
        shared_key: b"a key nobody guesses".to_vec(),
        user: ("user".to_owned(), b"a password nobody guesses".to_vec()),
        salt: [9; 16],
    };
    // What the client answers to any HELO is a whole PING.
    if let Ok(Some(ping)) = client.ping(data)
        && ping.ping.len() <= 8 << 10
    {
        let answer = server.ping(&ping.ping).expect("a greeting").expect("whole");
        assert_eq!(answer.consumed, ping.ping.len());
    }
    if let Ok(Some((consumed, knows))) = client.pong(data, b"nonce") {
        assert!(consumed <= data.len() && !knows);
    }
    let _ = sluice_forward::encode::decode_ack(data);
});

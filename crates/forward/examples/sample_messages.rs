//! Writes a message of each mode, and greetings, into a folder: seeds for the fuzz targets.
//!
//! `cargo run -p sluice-forward --example sample_messages -- FOLDER`; those of the scanner start with a size of pieces.

use std::path::Path;
use std::{env, fs, io};

use sluice_forward::{ClientHandshake, Compression, HandshakeConfig, ServerHandshake, Time, Value, encode};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).ok_or_else(|| io::Error::other("usage: sample_messages FOLDER"))?;
    let folder = Path::new(&folder);
    let (scanner, handshake) = (folder.join("forward_scanner"), folder.join("forward_handshake"));
    fs::create_dir_all(&scanner)?;
    fs::create_dir_all(&handshake)?;

    let record = [
        ("log", Value::Str(b"ready \"\n")),
        ("n", Value::Int(-7)),
        ("f", Value::F64(1.5)),
        ("b", Value::Bin(&[0xff])),
    ];
    let time = Time::from_ms(1_795_482_123_456);
    let events = [(time, &record[..]), (time, &record[..])];
    let options = encode::Options { chunk: Some(b"id"), size: Some(2), ..encode::Options::default() };
    let empty = encode::Options { empty: true, ..encode::Options::default() };
    let mut seeds =
        ["firelens", "message", "forward", "packed", "gzip", "zstd"].map(|name| (name, Vec::new()));
    let [firelens, message, forward, packed, gzip, zstd] = &mut seeds;
    encode::message(&mut firelens.1, "tag", time, &record[..1], &empty);
    encode::message(&mut message.1, "tag", time, &record, &options);
    encode::forward(&mut forward.1, "tag", &events, &options);
    encode::packed(&mut packed.1, "tag", &events, &options);
    encode::compressed(&mut gzip.1, "tag", &events, Compression::Gzip, &options)?;
    encode::compressed(&mut zstd.1, "tag", &events, Compression::Zstd, &options)?;
    for (name, bytes) in &seeds {
        fs::write(scanner.join(name), [&[3], &bytes[..]].concat())?;
    }
    let all: Vec<u8> = seeds.iter().flat_map(|(_, bytes)| bytes).copied().collect();
    fs::write(scanner.join("all"), [&[7], &all[..]].concat())?;
    let metadata = [&[1, 0x92, 0xa1, b't', 0x91, 0x92, 0x92, 0xd7, 0][..], &[1; 8], &[0x80, 0x80]].concat();
    fs::write(scanner.join("metadata"), metadata)?;

    let config = HandshakeConfig { hostname: "server".to_owned(), ..HandshakeConfig::default() };
    let mut server = ServerHandshake::new(config, [7; 32]);
    let client = ClientHandshake {
        hostname: "client".to_owned(),
        shared_key: Vec::new(),
        user: (String::new(), Vec::new()),
        salt: [9; 16],
    };
    let helo = server.helo();
    if let Some(ping) = client.ping(&helo).map_err(io::Error::other)? {
        if let Some(answer) = server.ping(&ping.ping).map_err(io::Error::other)? {
            fs::write(handshake.join("pong"), answer.pong)?;
        }
        fs::write(handshake.join("ping"), ping.ping)?;
    }
    fs::write(handshake.join("helo"), helo)
}

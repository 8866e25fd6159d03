//! Compressed chunks: whole, in parts, damaged, hostile.

mod support;

use sluice_forward::{Compression, Decoder, Kind, Limits, Refused, Scanned, Scanner};
use support::*;

fn message(content: Vec<u8>, name: &str) -> Vec<u8> {
    let options = Tree::Map(vec![(Tree::str("compressed"), Tree::str(name))]);
    Tree::Array(vec![Tree::str("tag"), Tree::Bin(content), options]).bytes()
}

fn event(bytes: usize) -> Vec<u8> {
    let record = Tree::Map(vec![(Tree::str("log"), Tree::Str(vec![b'x'; bytes]))]);
    Tree::Array(vec![Tree::UInt(1), record]).bytes()
}

fn scan(bytes: &[u8], limits: Limits) -> Result<Scanned, Refused> {
    Scanner::new(limits).next(bytes).map(|scanned| scanned.expect("the message is whole"))
}

type Compress = fn(&[u8]) -> Vec<u8>;

const BOTH: [(Compress, &str, Compression); 2] =
    [(gzip, "gzip", Compression::Gzip), (zstd, "zstd", Compression::Zstd)];

#[test]
fn every_member_and_every_frame_of_a_chunk_counts() {
    for (compress, name, how) in BOTH {
        let bytes =
            message([compress(&event(10)), compress(&event(20)), compress(&event(30))].concat(), name);
        let scanned = scan(&bytes, Limits::default()).unwrap();
        assert_eq!((scanned.events, scanned.kind), (3, Kind::CompressedPacked(how)));
        assert_eq!(Decoder::new(Limits::default()).events(&bytes, &mut |_| {}), Ok(3));
    }
}

#[test]
fn an_event_may_lie_across_members_and_windows() {
    for (compress, name, _) in BOTH {
        let content = [event(100_000), event(3), event(70_000)].concat();
        let (first, second) = content.split_at(50_000);
        let bytes = message([compress(first), compress(second)].concat(), name);
        assert_eq!(scan(&bytes, Limits::default()).unwrap().events, 3);
    }
}

#[test]
fn a_skippable_frame_is_passed_over() {
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let content =
        [skippable.clone(), zstd(&event(5)), skippable.clone(), zstd(&event(5)), skippable].concat();
    assert_eq!(scan(&message(content, "zstd"), Limits::default()).unwrap().events, 2);
}

#[test]
fn what_stands_behind_a_chunk_is_not_lost_in_silence() {
    for (compress, name, how) in BOTH {
        let bytes = message([&compress(&event(5))[..], b"rest"].concat(), name);
        let refused = scan(&bytes, Limits::default()).unwrap_err();
        assert!(
            matches!(refused, Refused::BadCompression { algorithm, .. } if algorithm == how),
            "{refused}"
        );
    }
}

#[test]
fn a_damaged_checksum_is_noticed() {
    for (compress, name, _) in BOTH {
        let mut content = compress(&event(1000));
        // gzip: CRC and length; zstd: the checksum.
        let at = content.len() - if name == "gzip" { 8 } else { 4 };
        content[at] ^= 1;
        assert!(matches!(
            scan(&message(content, name), Limits::default()),
            Err(Refused::BadCompression { .. })
        ));
    }
}

#[test]
fn a_chunk_cut_short_is_refused() {
    for (compress, name, _) in BOTH {
        let content = compress(&event(1000));
        for len in 1..content.len() {
            assert!(
                scan(&message(content[..len].to_vec(), name), Limits::default()).is_err(),
                "{name} {len}"
            );
        }
    }
}

#[test]
fn a_bomb_is_refused_at_the_limit() {
    let limits = Limits { max_decompressed: 1 << 20, ..Limits::default() };
    for (compress, name, _) in BOTH {
        let bytes = message(compress(&event(1000).repeat(3000)), name);
        assert_eq!(scan(&bytes, limits), Err(Refused::Bomb { limit: 1 << 20 }));
    }
}

#[test]
fn an_event_beyond_the_frame_limit_is_refused() {
    let limits = Limits { max_frame: 100_000, ..Limits::default() };
    for (compress, name, _) in BOTH {
        let bytes = message(compress(&event(100_000)), name);
        assert!(matches!(scan(&bytes, limits), Err(Refused::TooLarge { limit: 100_000, .. })));
    }
}

#[test]
fn a_zstandard_window_beyond_eight_mebibytes_is_refused_before_it_is_made() {
    // A frame header with a window of 64 MiB, then an empty last block.
    let content = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x80, 0x01, 0x00, 0x00];
    assert!(matches!(
        scan(&message(content, "zstd"), Limits::default()),
        Err(Refused::BadCompression { algorithm: Compression::Zstd, .. })
    ));
}

#[test]
fn a_size_that_lies_changes_nothing_and_an_unknown_name_is_told() {
    let empty = message(Vec::new(), "gzip");
    assert_eq!(scan(&empty, Limits::default()).unwrap().events, 0);
    let unknown = scan(&message(event(1), "lz4"), Limits::default());
    assert_eq!(unknown, Err(Refused::UnknownCompression { name: "lz4".to_owned() }));
}

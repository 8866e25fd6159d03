//! Split messages of container runtimes.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::join::{PartialJoiner, PartialLimits};

type Line = (Vec<u8>, Vec<u8>, usize, bool);

/// Id, ordinal, whether it is the last, text, time of receipt.
type Part<'a> = (&'a [u8], Option<u32>, bool, &'a [u8], i64);

fn assemble(limits: PartialLimits, parts: &[Part<'_>]) -> Vec<Line> {
    let mut joiner = PartialJoiner::new(limits);
    let mut got = Vec::new();
    let mut emit = |a: crate::join::partial::Assembled<'_>| {
        got.push((a.id.to_vec(), a.text.to_vec(), a.parts, a.complete));
    };
    for (id, ordinal, last, part, at) in parts {
        joiner.push(id, *ordinal, *last, part, *at, &mut emit);
    }
    joiner.flush(&mut emit);
    assert!(joiner.is_idle() && joiner.held_bytes() == 0);
    got
}

#[test]
fn interleaved_ids_are_put_together_each_on_its_own() {
    let got = assemble(
        PartialLimits::default(),
        &[
            (b"a", Some(1), false, b"he", 0),
            (b"b", Some(1), false, b"wor", 0),
            (b"a", Some(2), true, b"llo", 0),
            (b"b", Some(2), true, b"ld", 0),
        ],
    );
    assert_eq!(got[0], (b"a".to_vec(), b"hello".to_vec(), 2, true));
    assert_eq!(got[1], (b"b".to_vec(), b"world".to_vec(), 2, true));
}

#[test]
fn flag_style_parts_need_no_ordinal() {
    let got = assemble(
        PartialLimits::default(),
        &[(b"", None, false, b"a", 0), (b"", None, true, b"b", 1), (b"", None, true, b"c", 2)],
    );
    assert_eq!(got, [(vec![], b"ab".to_vec(), 2, true), (vec![], b"c".to_vec(), 1, true)]);
}

#[test]
fn lost_parts_mark_the_line_as_incomplete() {
    let got = assemble(
        PartialLimits::default(),
        &[
            (b"a", Some(1), false, b"x", 0),
            (b"a", Some(3), true, b"z", 0),
            (b"b", Some(2), true, b"tail", 0),
            (b"c", Some(1), false, b"no end", 0),
        ],
    );
    let complete: Vec<_> = got.iter().map(|line| (&line.1[..], line.3)).collect();
    assert_eq!(complete, [(&b"x"[..], false), (b"z", false), (b"tail", false), (b"no end", false)]);
}

#[test]
fn an_id_used_again_from_its_first_part_is_complete() {
    let got = assemble(
        PartialLimits::default(),
        &[(b"a", Some(1), false, b"x", 0), (b"a", Some(1), false, b"y", 0), (b"a", Some(2), true, b"z", 0)],
    );
    assert_eq!(got, [(b"a".to_vec(), b"x".to_vec(), 1, false), (b"a".to_vec(), b"yz".to_vec(), 2, true)]);
}

#[test]
fn parts_expire() {
    let mut joiner = PartialJoiner::new(PartialLimits::default());
    let mut got = Vec::new();
    joiner.push(b"a", Some(1), false, b"x", 0, &mut |_| {});
    joiner.expire(5000, &mut |_| got.push(false));
    assert!(got.is_empty());
    joiner.expire(5001, &mut |a| got.push(a.complete));
    assert_eq!((got, joiner.is_idle()), (vec![false], true));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_part_is_in_exactly_one_line_in_the_order_of_its_id(
        parts in prop::collection::vec((0u8..6, prop::option::of(0u32..5), any::<bool>(), "[a-z]{0,12}", 0i64..3000), 0..80),
        max_bytes in 0usize..60, max_open in 0usize..5,
    ) {
        let limits = PartialLimits { max_bytes, max_open, max_wait_ms: 5000 };
        let mut joiner = PartialJoiner::new(limits);
        let mut got: HashMap<Vec<u8>, (Vec<u8>, usize)> = HashMap::new();
        let mut want = got.clone();
        let mut now = 0;
        let mut emit = |a: crate::join::partial::Assembled<'_>| {
            let line = got.entry(a.id.to_vec()).or_default();
            line.0.extend_from_slice(a.text);
            line.1 += a.parts;
        };
        for (id, ordinal, last, part, wait) in &parts {
            now += wait;
            joiner.push(&[*id], *ordinal, *last, part.as_bytes(), now, &mut emit);
            prop_assert!(joiner.held_bytes() <= max_bytes);
            let line = want.entry(vec![*id]).or_default();
            line.0.extend_from_slice(part.as_bytes());
            line.1 += 1;
        }
        joiner.flush(&mut emit);
        prop_assert_eq!(got, want);
    }
}

//! Laws over random mixtures of real trace fragments, noise and limits.

use proptest::prelude::*;

use super::{fixtures, join, lines_of};
use crate::join::{JoinLimits, Shape};

fn pool() -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> =
        fixtures().iter().flat_map(|(_, text)| lines_of(text).into_iter().map(<[u8]>::to_vec)).collect();
    let noise: [&[u8]; 12] = [
        b"",
        b" ",
        b"\t",
        b"{\"a\":1}",
        b"}",
        b"\xff\xfe",
        b"Caused by:",
        b"Error: x",
        b"  indented",
        b"ERROR: x",
        b"id",
        b"\r",
    ];
    lines.extend(noise.map(<[u8]>::to_vec));
    lines
}

/// Runs of the fixtures cut at random places, so that both whole traces and torn ones come up.
fn mixture() -> impl Strategy<Value = Vec<(Vec<u8>, i64)>> {
    let pool = pool();
    let n = pool.len();
    prop::collection::vec((0..n, 1usize..30, 0i64..8000), 1..20).prop_map(move |runs| {
        let mut now = 0;
        let mut all = Vec::new();
        for (start, len, wait) in runs {
            now += wait;
            all.extend(pool.iter().skip(start).take(len).map(|line| (line.clone(), now)));
        }
        all
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_is_in_exactly_one_message_in_order(
        lines in mixture(), max_lines in 0usize..40, max_bytes in 0usize..3000, max_wait_ms in 0i64..10_000,
    ) {
        let limits = JoinLimits { enabled: true, max_lines, max_bytes, max_wait_ms };
        let pushed: Vec<_> = lines.iter().map(|(line, at)| (&line[..], *at)).collect();
        let got = join(limits, &pushed);
        let texts: Vec<_> = got.iter().map(|g| &g.text[..]).collect();
        let input: Vec<_> = pushed.iter().map(|(line, _)| *line).collect();
        prop_assert_eq!(texts.join(&b'\n'), input.join(&b'\n'));
        let mut at = 0;
        for g in &got {
            prop_assert_eq!(g.lines, g.text.split(|b| *b == b'\n').count());
            prop_assert_eq!(g.received_ms, pushed[at].1);
            prop_assert!(g.lines <= max_lines.max(1));
            prop_assert!(g.text.len() <= max_bytes.max(1) || g.lines == 1);
            prop_assert!(g.head_len <= g.text.len());
            prop_assert!(g.shape != Shape::Line || (g.lines == 1 && g.head_len == g.text.len()));
            for pair in pushed[at..at + g.lines].windows(2) {
                prop_assert!(pair[1].1 - pair[0].1 <= max_wait_ms);
            }
            if g.head_len > 0 && g.head_len < g.text.len() {
                prop_assert_eq!(g.text[g.head_len], b'\n');
            }
            at += g.lines;
        }
        prop_assert_eq!(at, pushed.len());
    }

    #[test]
    fn what_was_cut_off_by_a_limit_says_so(max_lines in 2usize..20) {
        let mut text = b"Traceback (most recent call last):\n".to_vec();
        for i in 0..50 {
            text.extend_from_slice(format!("  File \"a.py\", line {i}, in f\n").as_bytes());
        }
        text.extend_from_slice(b"KeyError: 'x'");
        let lines: Vec<_> = lines_of(&text).into_iter().map(|l| (l, 0)).collect();
        let got = join(JoinLimits { max_lines, ..JoinLimits::default() }, &lines);
        prop_assert_eq!(got.len(), 52usize.div_ceil(max_lines));
        for (i, g) in got.iter().enumerate() {
            prop_assert_eq!(g.continued, i > 0);
            prop_assert!(matches!(g.shape, Shape::Trace(_)));
        }
    }
}

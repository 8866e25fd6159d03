//! Answers that Trino spools to S3.

use sluice_trino::{Encoding, Options, Trino};

use crate::Rig;

/// Enough that rows do not go inside the pages.
const ROWS: u64 = 200_000;

pub(super) fn large_answers_are_spooled(rig: &Rig) {
    let sql = format!(
        "SELECT a * 1000 + b AS n, format('row %s of a text that is long enough', a * 1000 + b) AS t \
         FROM UNNEST(sequence(0, {})) AS x(a), UNNEST(sequence(0, 999)) AS y(b)",
        ROWS / 1000 - 1
    );
    for encodings in [vec![Encoding::Zstd], vec![Encoding::Lz4], vec![Encoding::None], Vec::new()] {
        let mut cluster = Rig::cluster(&rig.server);
        cluster.encodings = encodings.clone();
        let trino = Trino::new(cluster).unwrap();
        let outcome = rig.runtime.block_on(trino.query(&sql, &Options::default()));
        let outcome = outcome.unwrap_or_else(|error| panic!("{encodings:?}: {error}"));
        assert_eq!(outcome.answer.rows() as u64, ROWS, "{encodings:?}");
        assert_eq!(outcome.spooled_segments > 0, !encodings.is_empty(), "{encodings:?}");
        let mut sum = 0;
        for batch in &outcome.answer.batches {
            let numbers = arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(batch.column(0));
            sum += numbers.values().iter().sum::<i64>();
        }
        assert_eq!(sum.unsigned_abs(), ROWS * (ROWS - 1) / 2, "{encodings:?}");
    }
}

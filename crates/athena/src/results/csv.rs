//! The CSV that Athena writes to S3: every value in quotes, a quote doubled, NULL as nothing at all.

use super::Row;
use crate::client::Athena;
use crate::error::{Error, aws};

/// Loads the CSV of a query.
pub(super) async fn fetch(athena: &Athena, id: &str, place: &str) -> Result<Vec<u8>, Error> {
    let parts = place.strip_prefix("s3://").and_then(|path| path.split_once('/'));
    let (bucket, key) = parts.ok_or_else(|| Error::Answer {
        id: id.to_owned(),
        what: format!("its results are said to be at {place}, which is no address in S3"),
    })?;
    let what = || format!("read the results of query {id} at {place}");
    let object = athena.s3.get_object().bucket(bucket).key(key).send().await.map_err(aws(what()))?;
    let body = object.body.collect().await;
    Ok(body
        .map_err(|error| Error::Answer { id: id.to_owned(), what: format!("{}: {error}", what()) })?
        .to_vec())
}

/// The rows. A value without quotes that is not empty is taken as it stands.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| format!("its results are not UTF-8: {error}"))?;
    let mut rows = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut row = Row::new();
        loop {
            let (value, behind) =
                value(rest).ok_or_else(|| format!("row {} has an open quote", rows.len()))?;
            row.push(value);
            match behind.strip_prefix(',') {
                Some(more) => rest = more,
                None => {
                    let end = behind.strip_prefix("\r\n").or_else(|| behind.strip_prefix('\n'));
                    rest = match end {
                        Some(more) => more,
                        None if behind.is_empty() => behind,
                        None => return Err(format!("row {} has something behind a quote", rows.len())),
                    };
                    break;
                }
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

/// A value and what stands behind it; nothing when its quote does not end.
fn value(text: &str) -> Option<(Option<String>, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n', '\r']).unwrap_or(text.len());
        let (bare, behind) = text.split_at(end);
        return Some(((!bare.is_empty()).then(|| bare.to_owned()), behind));
    };
    let mut value = String::new();
    loop {
        let (inside, behind) = rest.split_once('"')?;
        value.push_str(inside);
        match behind.strip_prefix('"') {
            Some(more) => {
                value.push('"');
                rest = more;
            }
            None => return Some((Some(value), behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[Option<&str>]) -> Row {
        values.iter().map(|value| value.map(str::to_owned)).collect()
    }

    #[test]
    fn null_is_nothing_and_an_empty_text_is_two_quotes() {
        let rows = rows(b"\"a\",\"b\"\n,\"\"\n\"x\",\n,\n").unwrap();
        let wanted = [
            row(&[Some("a"), Some("b")]),
            row(&[None, Some("")]),
            row(&[Some("x"), None]),
            row(&[None, None]),
        ];
        assert_eq!(rows, wanted);
    }

    #[test]
    fn quotes_commas_line_ends_and_unicode_stay_in_their_value() {
        let rows = rows("\"say \"\"hé\"\"\",\"a,b\nc\r\n日本 🚰\"\r\n1,\"\"\"\"".as_bytes()).unwrap();
        assert_eq!(
            rows,
            [row(&[Some("say \"hé\""), Some("a,b\nc\r\n日本 🚰")]), row(&[Some("1"), Some("\"")])]
        );
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        for bytes in [&b"\"a"[..], b"\"a\"b\n", b"\xff\n", b"\"a\"\n\"b"] {
            assert!(rows(bytes).is_err(), "{bytes:?}");
        }
        assert_eq!(rows(b"").unwrap(), Vec::<Row>::new());
    }
}

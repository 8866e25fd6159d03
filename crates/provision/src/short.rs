//! Texts as short as AWS takes them. What is cut off is told apart by a hash of the whole.

/// Characters of an alarm's name.
pub(crate) const ALARM_NAME: usize = 255;
/// Characters of a tag's value.
pub(crate) const TAG_VALUE: usize = 256;
/// The offset of FNV-1a, of 64 bits.
pub(crate) const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// A hash of texts (FNV-1a), which is the same on every machine and in every version.
pub(crate) fn hash(start: u64, texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A text of at most so many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let hash = format!("-{:016x}", hash(FNV, &[text]));
    text.chars().take(most - hash.len()).chain(hash.chars()).collect()
}

/// A text as the value of a tag, which is short and takes few signs: an ARN as it is, mostly.
pub(crate) fn tag_value(text: &str) -> String {
    let is_taken = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    if text.chars().all(is_taken) {
        return shortened(text, TAG_VALUE);
    }
    let plain: String = text.chars().map(|c| if is_taken(c) { c } else { '_' }).collect();
    shortened(&format!("{plain}-{:016x}", hash(FNV, &[text])), TAG_VALUE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_that_differ_at_their_end_stay_different() {
        let long = |end: &str| format!("{}{end}", "é".repeat(300));
        let (a, b) = (shortened(&long("a"), ALARM_NAME), shortened(&long("b"), ALARM_NAME));
        assert_eq!((a.chars().count(), b.chars().count()), (255, 255));
        assert_ne!(a, b);
        assert_eq!(shortened("api-ecs-cpu", ALARM_NAME), "api-ecs-cpu");
    }

    #[test]
    fn tags_take_what_arns_may_hold() {
        let arn = "arn:aws:ecs:eu-west-1:123456789012:service/main/web";
        assert_eq!(tag_value(arn), arn);
        assert!(tag_value("log-group:a#b").starts_with("log-group:a_b-"));
        assert_ne!(tag_value("a#b"), tag_value("a$b"));
        assert_eq!(tag_value(&"x".repeat(600)).len(), TAG_VALUE);
    }
}

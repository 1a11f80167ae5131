//! Numbers as people read them in a sentence.

/// Returns a count with a comma between its thousands.
pub(crate) fn grouped(count: impl TryInto<i64>) -> String {
    // What does not fit is more than anybody reads.
    let count = count.try_into().unwrap_or(i64::MAX);
    let digits = count.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let is_between = index > 0 && (digits.len() - index).is_multiple_of(3);
        if is_between {
            text.push(',');
        }
        text.push(digit);
    }
    if count < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_have_commas_between_them() {
        let told = [0_i64, 7, 999, 1_434, 123_456, 1_234_567, -1_000].map(grouped).join(" ");
        assert_eq!(told, "0 7 999 1,434 123,456 1,234,567 -1,000");
        assert_eq!(grouped(u64::MAX), "9,223,372,036,854,775,807");
    }
}

//! How does a number get into a sentence?
//!
//! The npm package shows these sentences, too, and `core::fmt` with all that it brings would be a tenth of it. So what is
//! shown there is put together from words.

/// The words as one sentence.
pub(crate) fn sentence(words: &[&str]) -> String {
    let mut whole = String::new(); // `concat` counts first, in a kilobyte of WebAssembly
    for word in words {
        whole.push_str(word);
    }
    whole
}

/// In decimal.
pub(crate) fn number(number: u64) -> String {
    let mut digits = if number < 10 { String::new() } else { self::number(number / 10) };
    digits.push(char::from(b'0' + (number % 10) as u8));
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_as_it_is_written() {
        for some in [0, 9, 10, 4_999, 65_535, u64::MAX] {
            assert_eq!(number(some), some.to_string());
        }
    }
}

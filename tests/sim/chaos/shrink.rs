//! What is the shortest part of a session that still shows it?

/// Leaves out ever smaller parts as long as it still fails without them.
pub(super) fn shortest<T: Clone>(whole: &[T], still_fails: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut rest = whole.to_vec();
    loop {
        let before = rest.len();
        let mut part = rest.len().div_ceil(2);
        while part > 0 {
            let mut from = 0;
            while from < rest.len() {
                let until = (from + part).min(rest.len());
                let shorter = [&rest[..from], &rest[until..]].concat();
                if still_fails(&shorter) {
                    rest = shorter;
                } else {
                    from = until;
                }
            }
            part /= 2;
        }
        if rest.len() == before {
            return rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shortest;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let all: Vec<u32> = (0..1_000).collect();
        assert_eq!(shortest(&all, |some| some.contains(&7) && some.contains(&900)), [7, 900]);
        assert_eq!(shortest(&all, |some| some.len() >= 3).len(), 3);
        assert_eq!(shortest(&all, |_| true), []);
    }
}

//! How do numbers pass between JavaScript and Rust?
//!
//! In one row that both read and write, in WebAssembly's memory: so a call costs what a call costs, and nothing is made
//! for it. Only one of the two is at work at any time. What is not there is NaN, what never comes or has no bound is
//! infinite, times are microseconds; text is told as its length and its bytes in UTF-8, and heard as its characters.

/// The row, and how far it has been read or written.
#[derive(Debug, Default)]
pub(super) struct Row {
    numbers: Vec<f64>,
    at: usize,
}

impl Row {
    /// Has room for so many; what was there stays.
    pub(super) fn make_room(&mut self, numbers: usize) {
        if self.numbers.len() < numbers {
            self.numbers.resize(numbers, 0.0);
        }
    }

    /// Where JavaScript finds it in the memory; it may be another place after each call.
    pub(super) fn address(&self) -> u32 {
        self.numbers.as_ptr() as u32
    }

    /// From here on it is read or written.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    pub(super) fn here(&self) -> usize {
        self.at
    }

    pub(super) fn next(&mut self) -> f64 {
        let number = self.numbers.get(self.at).copied().unwrap_or(f64::NAN);
        self.at += 1;
        number
    }

    pub(super) fn next_if_any(&mut self) -> Option<f64> {
        Some(self.next()).filter(|number| !number.is_nan())
    }

    /// An id, a size or a time. `as` saturates, and makes 0 of what is not there.
    pub(super) fn next_whole(&mut self) -> u64 {
        self.next() as u64
    }

    pub(super) fn next_flag(&mut self) -> bool {
        self.next() == 1.0
    }

    pub(super) fn next_text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.next() as usize {
            text.push(char::from_u32(self.next() as u32).unwrap_or(char::REPLACEMENT_CHARACTER)); // half a pair is none
        }
        text
    }

    #[inline(never)] // there are a hundred of them
    pub(super) fn put(&mut self, number: f64) {
        match self.numbers.get_mut(self.at) {
            Some(place) => *place = number,
            None => self.numbers.push(number),
        }
        self.at += 1;
    }

    pub(super) fn put_nothing(&mut self) {
        self.put(f64::NAN);
    }

    #[inline(never)]
    pub(super) fn put_whole(&mut self, number: u64) {
        self.put(if number == u64::MAX { f64::INFINITY } else { number as f64 });
    }

    pub(super) fn put_flag(&mut self, flag: bool) {
        self.put(f64::from(u8::from(flag)));
    }

    #[inline(never)]
    pub(super) fn put_text(&mut self, text: &str) {
        self.put(text.len() as f64);
        for byte in text.bytes() {
            self.put(f64::from(byte));
        }
    }
}

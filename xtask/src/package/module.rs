//! How is a WebAssembly module read and written, section by section? (WebAssembly, "Binary Format", "Modules".)

pub(super) const IMPORTS: u8 = 2;
pub(super) const EXPORTS: u8 = 7;
pub(super) const CODE: u8 = 10;
pub(super) const DATA: u8 = 11;
pub(super) const CUSTOM: u8 = 0;

/// The module with its sections as `change` gives them back; `None` where it is no module, or `change` says so.
pub(super) fn each_section(module: &[u8], mut change: impl FnMut(u8, &[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let mut rest = Bytes(module);
    let mut changed = rest.take(8)?.to_vec(); // magic and version
    while !rest.0.is_empty() {
        let id = rest.take(1)?[0];
        let size = rest.number()?;
        let section = change(id, rest.take(size)?)?;
        changed.push(id);
        put_number(&mut changed, section.len());
        changed.extend(section);
    }
    Some(changed)
}

/// A section that is a list.
pub(super) fn each_entry(
    section: &[u8],
    mut copy: impl FnMut(&mut Bytes<'_>, &mut Vec<u8>) -> Option<()>,
) -> Option<Vec<u8>> {
    let mut rest = Bytes(section);
    let mut copied = Vec::new();
    let count = rest.number()?;
    put_number(&mut copied, count);
    for _ in 0..count {
        copy(&mut rest, &mut copied)?;
    }
    Some(copied)
}

/// What is left to read.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(taken)
    }

    /// LEB128, unsigned.
    pub(super) fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn name(&mut self) -> Option<&'a str> {
        let size = self.number()?;
        str::from_utf8(self.take(size)?).ok()
    }

    /// What kind of thing is imported: a function by its type, a table, a memory, a global.
    pub(super) fn import(&mut self) -> Option<&'a [u8]> {
        let before = self.0;
        match self.take(1)?[0] {
            0 => drop(self.number()?),
            1 => {
                self.take(1)?;
                self.limits()?;
            }
            2 => self.limits()?,
            3 => drop(self.take(2)?),
            _ => return None,
        }
        Some(&before[..before.len() - self.0.len()])
    }

    fn limits(&mut self) -> Option<()> {
        let has_most = self.number()? & 1 == 1;
        self.number()?;
        if has_most {
            self.number()?;
        }
        Some(())
    }
}

pub(super) fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn put_name(out: &mut Vec<u8>, name: &str) {
    put_number(out, name.len());
    out.extend(name.as_bytes());
}

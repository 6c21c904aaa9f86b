//! Numbers by row, as narrow as they can be: most columns have fewer than 256 different values.

/// One code a row; rows past the end have code 0.
#[derive(Clone, Debug)]
pub(crate) enum Codes {
    Narrow(Vec<u8>),
    Middle(Vec<u16>),
    Wide(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Codes::Narrow(Vec::new())
    }
}

impl Codes {
    #[inline]
    pub(crate) fn get(&self, row: usize) -> u32 {
        match self {
            Codes::Narrow(codes) => codes.get(row).copied().map_or(0, u32::from),
            Codes::Middle(codes) => codes.get(row).copied().map_or(0, u32::from),
            Codes::Wide(codes) => codes.get(row).copied().unwrap_or(0),
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, row: usize, code: u32) {
        match self {
            Codes::Narrow(codes) if code <= u32::from(u8::MAX) => put(codes, row, code as u8, 0),
            Codes::Middle(codes) if code <= u32::from(u16::MAX) => put(codes, row, code as u16, 0),
            Codes::Wide(codes) => put(codes, row, code, 0),
            Codes::Narrow(_) | Codes::Middle(_) => self.widen_and_set(row, code),
        }
    }

    #[cold]
    fn widen_and_set(&mut self, row: usize, code: u32) {
        self.widen();
        self.set(row, code);
    }

    fn widen(&mut self) {
        *self = match self {
            Codes::Narrow(codes) => {
                let mut wider = Vec::with_capacity(codes.capacity());
                wider.extend(codes.iter().map(|code| u16::from(*code)));
                Codes::Middle(wider)
            }
            Codes::Middle(codes) => {
                let mut wider = Vec::with_capacity(codes.capacity());
                wider.extend(codes.iter().map(|code| u32::from(*code)));
                Codes::Wide(wider)
            }
            Codes::Wide(codes) => Codes::Wide(std::mem::take(codes)),
        };
    }

    /// The greatest code; 0 where there is none.
    pub(crate) fn greatest(&self) -> u32 {
        match self {
            Codes::Narrow(codes) => codes.iter().max().copied().map_or(0, u32::from),
            Codes::Middle(codes) => codes.iter().max().copied().map_or(0, u32::from),
            Codes::Wide(codes) => codes.iter().max().copied().unwrap_or(0),
        }
    }

    pub(crate) fn shrink(&mut self) {
        match self {
            Codes::Narrow(codes) => codes.shrink_to_fit(),
            Codes::Middle(codes) => codes.shrink_to_fit(),
            Codes::Wide(codes) => codes.shrink_to_fit(),
        }
    }
}

/// Writes to a column that ends with its last value.
#[inline]
pub(crate) fn put<T: Copy>(column: &mut Vec<T>, row: usize, value: T, absent: T) {
    if row == column.len() {
        column.push(value);
        return;
    }
    if row > column.len() {
        column.resize(row + 1, absent);
    }
    column[row] = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_widen_and_keep_what_they_held() {
        let mut codes = Codes::default();
        let wanted = [(0, 255), (3, 256), (1, 65_535), (5, 65_536), (2, u32::MAX)];
        for (row, code) in wanted {
            codes.set(row, code);
        }
        let seen: Vec<u32> = (0..7).map(|row| codes.get(row)).collect();
        assert_eq!(seen, [255, 65_535, u32::MAX, 256, 0, 65_536, 0]);
    }
}

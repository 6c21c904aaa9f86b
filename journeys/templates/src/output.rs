//! Where texts are written: bounded in length and in work, so that no template can hang or fill the memory.

/// Largest message, in bytes: an e-mail with all its parts (templates.md 5).
pub(crate) const MAX_OUTPUT: usize = crate::limits::EMAIL_MESSAGE_BYTES;
/// Most work for one message, in units: a byte read by a helper or written is one, a step is [`STEP`].
pub(crate) const MAX_WORK: usize = 32 << 20;
/// Work of one node or expression.
pub(crate) const STEP: usize = 32;

/// The message becomes longer than a message can be, or takes too much work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// The work that is left for a message. Every text that is made costs its bytes, so the memory is bounded with it.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    pub(crate) fn new() -> Budget {
        Budget { left: MAX_WORK }
    }

    #[inline]
    pub(crate) fn spend(&mut self, units: usize) -> Result<(), TooLarge> {
        self.left = self.left.checked_sub(units).ok_or(TooLarge)?;
        Ok(())
    }
}

/// A text being written.
#[derive(Debug)]
pub(crate) struct Output<'o> {
    text: &'o mut String,
    budget: &'o mut Budget,
}

impl<'o> Output<'o> {
    pub(crate) fn new(text: &'o mut String, budget: &'o mut Budget) -> Output<'o> {
        Output { text, budget }
    }

    #[inline]
    pub(crate) fn push_str(&mut self, text: &str) -> Result<(), TooLarge> {
        self.budget.spend(text.len())?;
        if self.text.len() + text.len() > MAX_OUTPUT {
            return Err(TooLarge);
        }
        self.text.push_str(text);
        Ok(())
    }

    #[inline]
    pub(crate) fn push(&mut self, c: char) -> Result<(), TooLarge> {
        self.push_str(c.encode_utf8(&mut [0; 4]))
    }

    pub(crate) fn extend(&mut self, chars: impl Iterator<Item = char>) -> Result<(), TooLarge> {
        for c in chars {
            self.push(c)?;
        }
        Ok(())
    }

    /// Writes with `& < > " '` escaped (templates.md 3, chosen).
    pub(crate) fn push_escaped(&mut self, text: &str) -> Result<(), TooLarge> {
        let mut plain = 0;
        for (place, byte) in text.bytes().enumerate() {
            // Most bytes are letters: one comparison decides for them.
            if byte > b'>' {
                continue;
            }
            let entity = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#x27;",
                _ => continue,
            };
            self.push_str(&text[plain..place])?;
            self.push_str(entity)?;
            plain = place + 1;
        }
        self.push_str(&text[plain..])
    }
}

//! Encodings, digests and unique ids.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Digest;

use super::{Answer, Arguments, Written};
use crate::output::{Output, TooLarge};

pub(super) fn encode64(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    out.push_str(&STANDARD.encode(arguments.text(0).as_bytes()))?;
    Ok(Written::Text)
}

pub(super) fn decode64(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let bytes = STANDARD.decode(arguments.text(0).trim()).map_err(|_| "the text is not Base64")?;
    out.push_str(std::str::from_utf8(&bytes).map_err(|_| "the decoded bytes are not a text")?)?;
    Ok(Written::Text)
}

pub(super) fn md5(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    hex(&md5::Md5::digest(arguments.text(0).as_bytes()), out)?;
    Ok(Written::Text)
}

pub(super) fn sha256(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    hex(&sha2::Sha256::digest(arguments.text(0).as_bytes()), out)?;
    Ok(Written::Text)
}

pub(super) fn sha512(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    hex(&sha2::Sha512::digest(arguments.text(0).as_bytes()), out)?;
    Ok(Written::Text)
}

/// A version 4 UUID whose bits come from the seed, so that a message rendered again is the same message.
pub(super) fn uuid(arguments: &Arguments<'_>, out: &mut Output<'_>) -> Answer {
    let digest = sha2::Sha256::digest(arguments.seed.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    for (place, part) in [&bytes[..4], &bytes[4..6], &bytes[6..8], &bytes[8..10], &bytes[10..]].into_iter().enumerate()
    {
        if place > 0 {
            out.push('-')?;
        }
        hex(part, out)?;
    }
    Ok(Written::Text)
}

/// In lower case (templates.md 4.4).
fn hex(bytes: &[u8], out: &mut Output<'_>) -> Result<(), TooLarge> {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    for byte in bytes {
        out.push(digit(byte >> 4))?;
        out.push(digit(byte & 0x0f))?;
    }
    Ok(())
}

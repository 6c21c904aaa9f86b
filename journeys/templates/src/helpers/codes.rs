//! Encodings, digests and unique ids.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Digest;

use super::{Answer, Arguments};
use crate::value::Val;

pub(super) fn encode64<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    Ok(Val::text(STANDARD.encode(arguments.text(0).as_bytes())))
}

pub(super) fn decode64<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let bytes = STANDARD.decode(arguments.text(0).trim()).map_err(|_| "the text is not Base64".to_owned())?;
    let text = String::from_utf8(bytes).map_err(|_| "the decoded bytes are not a text".to_owned())?;
    Ok(Val::text(text))
}

pub(super) fn md5<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    Ok(Val::text(hex(&md5::Md5::digest(arguments.text(0).as_bytes()))))
}

pub(super) fn sha256<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    Ok(Val::text(hex(&sha2::Sha256::digest(arguments.text(0).as_bytes()))))
}

pub(super) fn sha512<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    Ok(Val::text(hex(&sha2::Sha512::digest(arguments.text(0).as_bytes()))))
}

/// A version 4 UUID whose bits come from the seed, so that a message rendered again is the same message.
pub(super) fn uuid<'a>(arguments: &Arguments<'a>) -> Answer<'a> {
    let digest = sha2::Sha256::digest(arguments.seed.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes);
    let parts = [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]];
    Ok(Val::text(parts.join("-")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a String can not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

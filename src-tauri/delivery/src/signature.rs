//! Our own signature: HMAC-SHA256 over a moment and a body, so that neither can be changed nor be sent again later.
//!
//! ```text
//! X-Waymark-Timestamp: 1796029200                     seconds since 1970
//! X-Waymark-Signature: v1=9f86d0…                     hexadecimal, of `TIMESTAMP.BODY` with the shared secret
//! ```

use aws_lc_rs::hmac;

/// The header with the moment.
pub const TIMESTAMP: &str = "X-Waymark-Timestamp";
/// The header with the signature.
pub const SIGNATURE: &str = "X-Waymark-Signature";

/// How far the moment of a signed request may lie from ours, seconds.
pub const LARGEST_SKEW: i64 = 300;

fn key(secret: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret)
}

/// The signature of a body at a moment (seconds since 1970).
pub fn sign(secret: &[u8], timestamp: i64, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(&key(secret));
    context.update(format!("{timestamp}.").as_bytes());
    context.update(body);
    format!("v1={}", hex(context.sign().as_ref()))
}

/// Whether a request is signed with the secret and not older or newer than [`LARGEST_SKEW`] at `now` (seconds since 1970).
pub fn is_signed(secret: &[u8], timestamp: &str, signature: &str, body: &[u8], now: i64) -> bool {
    let Ok(moment) = timestamp.trim().parse::<i64>() else { return false };
    if now.abs_diff(moment) > LARGEST_SKEW.unsigned_abs() {
        return false;
    }
    let Some(tag) = signature.trim().strip_prefix("v1=").and_then(unhex) else { return false };
    let text = [format!("{moment}.").as_bytes(), body].concat();
    hmac::verify(&key(secret), &text, &tag).is_ok()
}

/// A tag over a text that we gave out ourselves, such as an unsubscribe link: 32 bytes, hexadecimal.
pub fn tag(secret: &[u8], text: &str) -> String {
    hex(hmac::sign(&key(secret), text.as_bytes()).as_ref())
}

/// Whether a tag is ours; takes the same time for every wrong one.
pub fn is_tag(secret: &[u8], text: &str, tag: &str) -> bool {
    unhex(tag).is_some_and(|tag| hmac::verify(&key(secret), text.as_bytes(), &tag).is_ok())
}

/// A new secret: 32 bytes from the system, hexadecimal; `None` = the system has none to give.
pub fn new_secret() -> Option<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn the_tag_is_hmac_sha256() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(tag(b"Jefe", "what do ya want for nothing?"), expected);
        assert!(is_tag(b"Jefe", "what do ya want for nothing?", expected));
        assert!(!is_tag(b"Jefe", "what do ya want for nothing", expected));
        assert!(!is_tag(b"Jefe", "what do ya want for nothing?", "zz"));
    }

    #[test]
    fn a_signature_holds_for_its_body_its_secret_and_its_time() {
        let signature = sign(b"secret", 1000, b"{}");
        assert!(is_signed(b"secret", "1000", &signature, b"{}", 1300));
        assert!(!is_signed(b"secret", "1000", &signature, b"{}", 1301), "too old");
        assert!(!is_signed(b"secret", "1001", &signature, b"{}", 1000), "another moment");
        assert!(!is_signed(b"secret", "1000", &signature, b"{ }", 1000), "another body");
        assert!(!is_signed(b"other", "1000", &signature, b"{}", 1000), "another secret");
        assert!(!is_signed(b"secret", "1000", signature.trim_start_matches("v1="), b"{}", 1000), "no version");
    }
}

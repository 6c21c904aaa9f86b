//! Signed tokens (JWT, RFC 7519), as push services ask for them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// A key that signs.
pub enum Key {
    /// ES256, as Apple wants it.
    Ec(Box<EcdsaKeyPair>),
    /// RS256, as Google wants it.
    Rsa(Box<RsaKeyPair>),
}

impl Key {
    /// An EC key of P-256 from a PEM text (PKCS #8); `None` = it is none.
    pub fn ec(pem: &str) -> Option<Key> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der(pem)?).ok().map(|key| Key::Ec(Box::new(key)))
    }

    /// An RSA key from a PEM text (PKCS #8); `None` = it is none.
    pub fn rsa(pem: &str) -> Option<Key> {
        RsaKeyPair::from_pkcs8(&der(pem)?).ok().map(|key| Key::Rsa(Box::new(key)))
    }

    /// The token of these claims; `None` = the system gives no random numbers.
    pub fn token(&self, header: &Value, claims: &Value) -> Option<String> {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", encode(header), encode(claims));
        let random = SystemRandom::new();
        let signature = match self {
            Key::Ec(key) => key.sign(&random, text.as_bytes()).ok()?.as_ref().to_vec(),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).ok()?;
                signature
            }
        };
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// What stands between the two lines of a PEM text.
fn der(pem: &str) -> Option<Vec<u8>> {
    let body = pem.split_once("-----BEGIN PRIVATE KEY-----")?.1.split_once("-----END PRIVATE KEY-----")?.0;
    STANDARD.decode(body.split_whitespace().collect::<String>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, KeyPair as _, UnparsedPublicKey};
    use serde_json::json;

    #[test]
    fn a_token_is_signed_by_its_key() {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(document.as_ref()));
        let Some(Key::Ec(key)) = Key::ec(&pem) else { panic!("the key is one") };
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref().to_vec());
        let token = Key::Ec(key).token(&json!({"alg": "ES256"}), &json!({"iss": "T"})).unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        assert_eq!(text, "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJUIn0");
        assert!(public.verify(text.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).is_ok());
        assert!(Key::ec("no key").is_none() && Key::rsa(&pem).is_none());
    }
}

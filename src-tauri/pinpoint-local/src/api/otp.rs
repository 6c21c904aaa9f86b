//! One-time passwords: sent as a text, kept as a hash, good once (api.md 8).

use model::Millis;
use model::time::MINUTE;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::api::{Answer, Call, Context, Handler, apps, campaign_rules, messages, naming};
use crate::outbox::Message;
use crate::refusal::Result;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[("SendOTPMessage", send), ("VerifyOTPMessage", verify)];

/// Digits of a code, minutes that it is good for, and attempts, where the request does not say (api.md 8, chosen).
const LENGTH: i64 = 6;
const VALIDITY: i64 = 15;
const ATTEMPTS: i64 = 3;

/// The text by language, with the places of code and brand (api.md 8; the translations are ours).
const TEXTS: &[(&str, &str)] = &[
    ("de-DE", "Dies ist Ihr Einmalpasswort: {otp} von {brand}"),
    ("en-GB", "This is your One Time Password: {otp} from {brand}"),
    ("en-US", "This is your One Time Password: {otp} from {brand}"),
    ("es-419", "Esta es su contraseña de un solo uso: {otp} de {brand}"),
    ("es-ES", "Esta es tu contraseña de un solo uso: {otp} de {brand}"),
    ("fr-CA", "Voici votre mot de passe à usage unique : {otp} de {brand}"),
    ("fr-FR", "Voici votre mot de passe à usage unique : {otp} de {brand}"),
    ("it-IT", "Questa è la tua password monouso: {otp} da {brand}"),
    ("ja-JP", "{brand}のワンタイムパスワード: {otp}"),
    ("ko-KR", "{brand}의 일회용 비밀번호: {otp}"),
    ("pt-BR", "Esta é a sua senha de uso único: {otp} de {brand}"),
    ("zh-CN", "这是您的一次性密码：{otp}，来自{brand}"),
    ("zh-TW", "這是您的一次性密碼：{otp}，來自{brand}"),
];

/// Sends a new code; one of the same number and reference is not good any more (chosen).
fn send(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let text = |name: &str| call.body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (brand, number, reference) = (text("BrandName"), text("DestinationIdentity"), text("ReferenceId"));
    for (member, most) in [("BrandName", 20), ("ReferenceId", 48)] {
        if !(1..=most).contains(&text(member).chars().count()) {
            return call.refuse(member, &format!("must have 1 to {most} characters"));
        }
    }
    if text("Channel") != "SMS" {
        return call.refuse("Channel", "codes go out by `SMS` alone");
    }
    if !is_number(number) {
        return call.refuse("DestinationIdentity", "expected a phone number in E.164 format, such as +12065550100");
    }
    if text("OriginationIdentity").is_empty() {
        return call.refuse("OriginationIdentity", "required, but missing");
    }
    let whole = |member: &str, least: i64, most: i64, other: i64| {
        let value = call.body.get(member).and_then(Value::as_i64).unwrap_or(other);
        match (least..=most).contains(&value) {
            true => Ok(value),
            false => call.refuse(member, &format!("expected {least} to {most}")),
        }
    };
    let length = whole("CodeLength", 5, 8, LENGTH)?;
    let validity = whole("ValidityPeriod", 5, 60, VALIDITY)?;
    let attempts = whole("AllowedAttempts", 1, 5, ATTEMPTS)?;
    let language = call.body.get("Language").and_then(Value::as_str).unwrap_or("en-US");
    let Some((_, body)) = TEXTS.iter().find(|(known, _)| *known == language) else {
        let known: Vec<&str> = TEXTS.iter().map(|(known, _)| *known).collect();
        return call.refuse("Language", &format!("`{language}` is not one of {}", known.join(", ")));
    };
    if !campaign_rules::channels(context.store, app)?.iter().any(|channel| channel == "SMS") {
        return Ok(messages::answer(call, app, number, messages::not_tried("the SMS channel is not enabled")));
    }
    let code = digits(uuid::Uuid::new_v4().as_u128(), length);
    let salt = naming::id();
    context.store.execute(
        "INSERT OR REPLACE INTO codes (app, number, reference, salt, hash, expires, attempts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![app, number, reference, salt, hash(&salt, &code), context.now + validity * MINUTE, attempts],
    )?;
    let mut envelope = Map::from_iter([
        ("MessageType".to_owned(), json!("TRANSACTIONAL")),
        ("OriginationNumber".to_owned(), json!(text("OriginationIdentity"))),
    ]);
    for member in ["EntityId", "TemplateId"] {
        if !text(member).is_empty() {
            envelope.insert(member.into(), text(member).into());
        }
    }
    let message = Message {
        id: naming::id(),
        application_id: app.to_owned(),
        sender: messages::sender(call),
        endpoint_id: String::new(),
        channel_type: "SMS".to_owned(),
        address: number.to_owned(),
        at: context.now,
        parts: vec![("Body".to_owned(), body.replace("{otp}", &code).replace("{brand}", brand))],
        envelope,
        failure: None,
    };
    Ok(messages::answer(call, app, number, messages::hand_over(context, message)?))
}

/// Whether the code is the one that was sent. A success uses it up (chosen), and so does the last attempt.
fn verify(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let text = |name: &str| call.body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (number, reference) = (text("DestinationIdentity"), text("ReferenceId"));
    let found: Option<(String, String, Millis, i64)> = context
        .store
        .prepare_cached(
            "SELECT salt, hash, expires, attempts FROM codes WHERE app = ?1 AND number = ?2 AND reference = ?3",
        )?
        .query_row(params![app, number, reference], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((salt, kept, expires, attempts)) = found else { return Ok(call.answer(json!({"Valid": false}))) };
    let is_valid = context.now <= expires && attempts > 0 && hash(&salt, text("Otp")) == kept;
    let sql = match is_valid || attempts <= 1 || context.now > expires {
        true => "DELETE FROM codes WHERE app = ?1 AND number = ?2 AND reference = ?3",
        false => "UPDATE codes SET attempts = attempts - 1 WHERE app = ?1 AND number = ?2 AND reference = ?3",
    };
    context.store.prepare_cached(sql)?.execute(params![app, number, reference])?;
    Ok(call.answer(json!({"Valid": is_valid})))
}

/// A plus, and 8 to 15 digits of which the first is not 0.
fn is_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (8..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// So many decimal digits of a random number.
fn digits(random: u128, length: i64) -> String {
    // The version bits of the id are fixed: only what lies below them counts.
    let mut left = random & u128::from(u64::MAX >> 2);
    let mut code = String::new();
    for _ in 0..length {
        code.push(char::from(b'0' + (left % 10) as u8));
        left /= 10;
    }
    code
}

fn hash(salt: &str, code: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(code);
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes() {
        assert!(is_number("+12065550100"));
        for wrong in ["12065550100", "+0206555010", "+1206", "+1206555010x", "+1234567890123456"] {
            assert!(!is_number(wrong), "{wrong}");
        }
        assert_eq!(digits(12_345, 5), "54321");
        assert_eq!(digits(7, 6), "700000");
        assert_eq!(hash("a", "1").len(), 64);
        assert_ne!(hash("a", "1"), hash("b", "1"));
    }
}

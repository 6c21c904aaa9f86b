//! Ids, ARNs and tags (api.md 5).

use serde_json::Value;

use crate::refusal::{Refusal, Result};

/// The account that answers: one that does not exist.
pub const ACCOUNT: &str = "000000000000";

/// `arn:aws:mobiletargeting:<region>:<account>:`, of an account that does not exist.
const PREFIX: &str = "arn:aws:mobiletargeting:us-east-1:000000000000:";

/// A new id: 32 lower-case hexadecimal characters.
pub fn id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The ARN of a resource: `apps/ID`, `apps/ID/segments/ID`, `templates/NAME/EMAIL`.
pub fn arn(resource: &str) -> String {
    format!("{PREFIX}{resource}")
}

/// The resource that an ARN names; region and account do not matter here.
pub fn resource(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let service = (parts.next()? == "arn").then(|| parts.nth(1))??;
    (service == "mobiletargeting").then(|| parts.nth(2))?
}

/// Tags: at most 50, keys to 128 and values to 256 characters, no key that starts with `aws:`.
pub fn check_tags(tags: Option<&Value>) -> Result<()> {
    let Some(tags) = tags.and_then(Value::as_object) else { return Ok(()) };
    let refuse = |message: String| Err(Refusal::bad_request(format!("tags: {message}")));
    if tags.len() > 50 {
        return refuse(format!("{} tags, 50 are allowed", tags.len()));
    }
    let allowed = |text: &str| text.chars().all(|c| c.is_alphabetic() || c.is_numeric() || " _.:/=+-".contains(c));
    for (key, value) in tags {
        let value = value.as_str().unwrap_or_default();
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return refuse(format!("`{key}` or its value is too long"));
        }
        if key.starts_with("aws:") {
            return refuse(format!("`{key}` starts with the reserved `aws:`"));
        }
        if !allowed(key) || !allowed(value) {
            return refuse(format!("`{key}` or its value has a character that tags may not have"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_its_resource() {
        assert_eq!(resource(&arn("apps/a/segments/b")), Some("apps/a/segments/b"));
        assert_eq!(resource("arn:aws:s3:::bucket"), None);
        assert_eq!(resource("apps/a"), None);
        let id = id();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    }
}

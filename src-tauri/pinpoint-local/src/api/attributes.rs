//! `RemoveAttributes`: names of attributes, and their values with them, go from all endpoints of a project
//! (segments-and-endpoints.md 1.5; the values go now, and later writes are allowed, chosen).

use rusqlite::params;
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, apps};
use crate::refusal::Result;
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[("RemoveAttributes", remove)];

/// Endpoints that are read at once.
const PAGE: i64 = 1000;

fn remove(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let kind = call.parameter("attribute-type");
    let member = match kind {
        "endpoint-custom-attributes" => "Attributes",
        "endpoint-metric-attributes" => "Metrics",
        "endpoint-user-attributes" => "UserAttributes",
        _ => {
            let kinds = "endpoint-custom-attributes, endpoint-metric-attributes, endpoint-user-attributes";
            return call.refuse("attribute-type", &format!("`{kind}` is not one of {kinds}"));
        }
    };
    let globs: Vec<&str> =
        call.body.get("Blacklist").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if globs.is_empty() {
        return call.refuse("Blacklist", "expected at least one name, or a pattern with * and ?");
    }
    let names: Vec<String> = context
        .store
        .prepare_cached("SELECT name FROM attribute_names WHERE app = ?1 ORDER BY name")?
        .query_map(params![app], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let gone: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_prefix(member)?.strip_prefix('.'))
        .filter(|name| globs.iter().any(|glob| fits(glob, name)))
        .collect();
    if !gone.is_empty() {
        if member == "UserAttributes" {
            remove_from_users(context, app, &gone)?;
        }
        remove_from_endpoints(context, app, member, &gone)?;
        for name in &gone {
            context
                .store
                .prepare_cached("DELETE FROM attribute_names WHERE app = ?1 AND name = ?2")?
                .execute(params![app, format!("{member}.{name}")])?;
        }
        let count = i64::try_from(gone.len()).unwrap_or(i64::MAX);
        context.store.execute("UPDATE apps SET names = names - ?2 WHERE id = ?1", params![app, count])?;
    }
    Ok(call.answer(json!({"ApplicationId": app, "AttributeType": kind, "Attributes": gone})))
}

fn remove_from_endpoints(context: &Context<'_>, app: &str, member: &str, gone: &[&str]) -> Result<()> {
    let mut read = context
        .store
        .prepare_cached("SELECT seq, document FROM endpoints WHERE app = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")?;
    let mut write = context.store.prepare_cached("UPDATE endpoints SET document = ?2 WHERE seq = ?1")?;
    let mut last = 0;
    loop {
        let page: Vec<(i64, Value)> = read
            .query_map(params![app, last, PAGE], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((end, _)) = page.last() else { return Ok(()) };
        last = *end;
        for (seq, mut document) in page {
            let Some(endpoint) = document.as_object_mut() else { continue };
            // An endpoint without user keeps its user attributes itself.
            let changed = match (member, endpoint.get_mut("User").and_then(Value::as_object_mut)) {
                ("UserAttributes", Some(user)) => take(user, member, gone),
                ("UserAttributes", None) => false,
                _ => take(endpoint, member, gone),
            };
            if changed {
                write.execute(params![seq, store::text(&document)])?;
            }
        }
    }
}

fn remove_from_users(context: &Context<'_>, app: &str, gone: &[&str]) -> Result<()> {
    let mut read = context
        .store
        .prepare_cached("SELECT id, attributes FROM users WHERE app = ?1 AND id > ?2 ORDER BY id LIMIT ?3")?;
    let mut write = context.store.prepare_cached("UPDATE users SET attributes = ?3 WHERE app = ?1 AND id = ?2")?;
    let mut last = String::new();
    loop {
        let page: Vec<(String, Value)> = read
            .query_map(params![app, last, PAGE], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((end, _)) = page.last() else { return Ok(()) };
        last.clone_from(end);
        for (id, mut attributes) in page {
            let names = attributes.as_object_mut();
            if names.is_some_and(|names| take_names(names, gone)) {
                write.execute(params![app, id, store::text(&attributes)])?;
            }
        }
    }
}

/// Takes names out of a member; an empty member goes too. Whether any was there.
fn take(document: &mut Map<String, Value>, member: &str, gone: &[&str]) -> bool {
    let Some(names) = document.get_mut(member).and_then(Value::as_object_mut) else { return false };
    let changed = take_names(names, gone);
    if names.is_empty() {
        document.shift_remove(member);
    }
    changed
}

fn take_names(names: &mut Map<String, Value>, gone: &[&str]) -> bool {
    let before = names.len();
    names.retain(|name, _| !gone.contains(&name.as_str()));
    names.len() < before
}

/// Whether a name fits a pattern: `*` stands for any characters, `?` for one.
fn fits(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut g, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match glob.get(g) {
            Some('*') => {
                star = Some((g, n));
                g += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (g, n) = (g + 1, n + 1),
            // The last star takes one character more.
            _ => match star {
                Some((at, taken)) => {
                    (g, n) = (at + 1, taken + 1);
                    star = Some((at, taken + 1));
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_names() {
        for (glob, name, expected) in [
            ("Plan", "Plan", true),
            ("Plan", "plan", false),
            ("Plan*", "Plans", true),
            ("*an", "Planan", true),
            ("*a?s*", "Plans", true),
            ("?", "é", true),
            ("?", "", false),
            ("*", "", true),
            ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1b2b3", false),
        ] {
            assert_eq!(fits(glob, name), expected, "{glob} {name}");
        }
    }
}

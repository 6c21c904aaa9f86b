//! Attachments of a mail, by URL or by file.
//!
//! Pinpoint's templates have no member for them, so we **choose** a header: `X-Waymark-Attachment: PLACE`, once for each.
//! It is rendered like every header, so that each person can get a file of their own, and it is not sent. `PLACE` is an
//! https URL, or the path of a file; both must lie below one of the places that the settings allow.

use std::path::{Component, Path};
use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, SinglePart};

use crate::http::{Http, Version};
use crate::{Outcome, Outgoing, config};

/// The header, in small letters.
pub const HEADER: &str = "x-waymark-attachment";

/// Longest wait for a URL.
const WITHIN: Duration = Duration::from_secs(30);

/// A file that goes with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The name that the reader sees.
    pub name: String,
    /// Its media type.
    pub kind: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Attachment {
    /// As a part of a mail.
    pub fn part(&self) -> SinglePart {
        let kind = ContentType::parse(&self.kind).ok().or_else(|| ContentType::parse("application/octet-stream").ok());
        let part = Part::new(self.name.clone());
        part.body(self.bytes.clone(), kind.unwrap_or(ContentType::TEXT_PLAIN))
    }
}

/// Fetches the attachments that a message names; `allowed` = the places of the settings.
///
/// # Errors
/// Permanent when a place is not allowed or not there, temporary when it does not answer.
pub async fn fetch(http: &Http, message: &Outgoing, allowed: &[String]) -> Result<Vec<Attachment>, Outcome> {
    let mut found = Vec::new();
    for (name, place) in &message.parts {
        if !name.strip_prefix("Headers.").is_some_and(|name| name.eq_ignore_ascii_case(HEADER)) {
            continue;
        }
        let place = place.trim();
        let attachment = if place.contains("://") {
            from_url(http, place, allowed).await?
        } else {
            from_file(Path::new(place), allowed).await?
        };
        found.push(attachment);
    }
    Ok(found)
}

async fn from_url(http: &Http, url: &str, allowed: &[String]) -> Result<Attachment, Outcome> {
    let fits = |place: &&String| place.contains("://") && is_below(url, place);
    if url.contains("..") || allowed.iter().find(fits).is_none() {
        return Err(Outcome::invalid(format!("attachment `{url}`: not below an address in `attachments`")));
    }
    let request = Request::get(url).body(Full::new(Bytes::new()));
    let request = request.map_err(|_| Outcome::invalid(format!("attachment `{url}`: not an address")))?;
    let reply = http.send(request, Version::Either, WITHIN).await?;
    if !reply.is_success() {
        return Err(reply.failure(format!("attachment `{url}`: status {}", reply.status)));
    }
    let name = url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let kind = reply.header("content-type").unwrap_or_else(|| kind_of(name)).to_owned();
    Ok(Attachment { name: name.to_owned(), kind, bytes: reply.body.to_vec() })
}

/// Whether a URL lies below a place: the same up to its end, and there a new part of the path.
fn is_below(url: &str, place: &str) -> bool {
    url.strip_prefix(place.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

async fn from_file(path: &Path, allowed: &[String]) -> Result<Attachment, Outcome> {
    let shown = path.display();
    if path.components().any(|part| part == Component::ParentDir) {
        return Err(Outcome::invalid(format!("attachment `{shown}`: `..` is not allowed")));
    }
    for folder in config::folders(allowed) {
        // A path below the folder, or one that is written out and lies there.
        let file = folder.join(path);
        // A link out of the folder leads to a path that is not below it.
        let (Ok(file), Ok(folder)) = (tokio::fs::canonicalize(&file).await, tokio::fs::canonicalize(&folder).await)
        else {
            continue;
        };
        if file.starts_with(&folder) {
            let bytes = tokio::fs::read(&file).await;
            let bytes = bytes.map_err(|error| Outcome::invalid(format!("attachment `{shown}`: {error}")))?;
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let kind = kind_of(&name).to_owned();
            return Ok(Attachment { name, kind, bytes });
        }
    }
    Err(Outcome::invalid(format!("attachment `{shown}`: there is no such file below a folder in `attachments`")))
}

/// The media type of a file name.
fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_come_from_allowed_folders_only() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.pdf"), "%PDF-").unwrap();
        let allowed = [folder.path().display().to_string()];
        let found = from_file(Path::new("a.pdf"), &allowed).await.unwrap();
        assert_eq!(
            found,
            Attachment { name: "a.pdf".into(), kind: "application/pdf".into(), bytes: b"%PDF-".to_vec() }
        );
        assert_eq!(from_file(&folder.path().join("a.pdf"), &allowed).await.unwrap(), found);
        for refused in ["/etc/hostname", "../a.pdf", "b.pdf"] {
            assert!(from_file(Path::new(refused), &allowed).await.is_err(), "{refused}");
        }
        assert!(from_file(Path::new("a.pdf"), &[]).await.is_err());
    }

    #[test]
    fn addresses_are_compared_part_by_part() {
        assert!(is_below("https://files.example.com/a.pdf", "https://files.example.com"));
        assert!(is_below("https://files.example.com/x/a.pdf", "https://files.example.com/x/"));
        assert!(!is_below("https://files.example.com.evil.example/a.pdf", "https://files.example.com"));
        assert!(!is_below("https://files.example.com@evil.example/a.pdf", "https://files.example.com"));
    }
}

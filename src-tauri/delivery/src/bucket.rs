//! Buckets of S3 and of what speaks like it: list, read, write.
//!
//! Addresses have the bucket in the path, which every one of them understands.

use std::time::Duration;

use hyper::Method;
use hyper::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::aws::Aws;
use crate::config::AwsTarget;
use crate::http::Reply;
use crate::{Http, OpenError, Outcome};

/// What a key may keep in a path, and in a query without `/`.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Longest wait for an answer.
const WITHIN: Duration = Duration::from_secs(60);

/// A bucket.
pub struct Bucket {
    aws: Aws,
    name: String,
}

/// A key and the bytes of its object.
pub type Listed = (String, u64);

impl Bucket {
    /// Finds region and credentials; asks nobody yet.
    ///
    /// # Errors
    /// When no region or no credentials are known.
    pub async fn open(http: &Http, target: &AwsTarget, name: &str) -> Result<Bucket, OpenError> {
        Ok(Bucket { aws: Aws::open(http, &target.at("s3"), "s3", "s3").await?, name: name.to_owned() })
    }

    /// All objects whose keys begin with `prefix`, by key; at most `most` and those of the page on which it was reached.
    ///
    /// # Errors
    /// An [`Outcome`] that is never [`Outcome::Accepted`].
    pub async fn list(&self, prefix: &str, most: usize) -> Result<Vec<Listed>, Outcome> {
        let (mut found, mut token) = (Vec::new(), None::<String>);
        loop {
            let encoded = |text: &str| utf8_percent_encode(text, QUERY).to_string();
            // In the order of their names, as the signature has them.
            let token_member = token.as_deref().map(|token| format!("continuation-token={}&", encoded(token)));
            let query = format!("{}list-type=2&prefix={}", token_member.unwrap_or_default(), encoded(prefix));
            let reply = self.ask(Method::GET, &format!("?{query}"), &[], Vec::new()).await?;
            let page = page(&reply.body).map_err(|reason| Outcome::Temporary { code: reply.status, reason })?;
            found.extend(page.objects);
            token = page.next;
            if token.is_none() || found.len() > most {
                return Ok(found);
            }
        }
    }

    /// At most `most` bytes of an object, from the byte `from` on; none behind its end.
    ///
    /// # Errors
    /// As [`list`](Bucket::list).
    pub async fn read(&self, key: &str, from: u64, most: u64) -> Result<Bytes, Outcome> {
        let range = format!("bytes={from}-{}", from.saturating_add(most.max(1) - 1));
        match self.ask(Method::GET, &path(key), &[("range", &range)], Vec::new()).await {
            Ok(reply) => Ok(reply.body),
            Err(outcome) if outcome.code() == 416 => Ok(Bytes::new()),
            Err(outcome) => Err(outcome),
        }
    }

    /// Writes an object, whole or not at all; it replaces one of that key.
    ///
    /// # Errors
    /// As [`list`](Bucket::list).
    pub async fn write(&self, key: &str, bytes: Vec<u8>) -> Result<(), Outcome> {
        self.ask(Method::PUT, &path(key), &[], bytes).await.map(drop)
    }

    async fn ask(&self, method: Method, rest: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Reply, Outcome> {
        let name = utf8_percent_encode(&self.name, QUERY);
        let reply = self.aws.send(method, &format!("/{name}{rest}"), headers, body, WITHIN).await?;
        if reply.is_success() {
            return Ok(reply);
        }
        let said = [text_of(&reply.body, "Code"), text_of(&reply.body, "Message")];
        let said: Vec<String> = said.into_iter().flatten().collect();
        let reason = if said.is_empty() { format!("status {}", reply.status) } else { said.join(": ") };
        Err(reply.failure(reason))
    }
}

fn path(key: &str) -> String {
    format!("/{}", utf8_percent_encode(key, KEY))
}

/// What an answer of `ListObjectsV2` says.
#[derive(Debug, Default, PartialEq)]
struct Page {
    objects: Vec<Listed>,
    next: Option<String>,
}

/// Calls `tell` with the names of the elements around each text, outermost first, and the text; with an empty text where an
/// element ends.
fn each_text(xml: &[u8], mut tell: impl FnMut(&[String], Option<&str>)) -> Result<(), String> {
    let broken = |error: &dyn std::fmt::Display| format!("the answer is no XML: {error}");
    let mut reader = Reader::from_reader(xml);
    let (mut names, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(element) => {
                names.push(String::from_utf8_lossy(element.local_name().as_ref()).into_owned());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part.decode().map_err(|error| broken(&error))?),
            Event::CData(part) => text.push_str(&part.decode().map_err(|error| broken(&error))?),
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|error| broken(&error))?;
                match reference.resolve_char_ref().map_err(|error| broken(&error))? {
                    Some(character) => text.push(character),
                    None => text.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default()),
                }
            }
            Event::End(_) => {
                tell(&names, Some(&text));
                names.pop();
                text.clear();
            }
            Event::Eof if names.is_empty() => return Ok(()),
            Event::Eof => return Err("the answer breaks off".to_owned()),
            _ => {}
        }
    }
}

fn page(xml: &[u8]) -> Result<Page, String> {
    let mut page = Page::default();
    let (mut key, mut size) = (None, 0);
    each_text(xml, |names, text| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = text.unwrap_or_default();
        match names.as_slice() {
            [_, "Contents", "Key"] => key = Some(text.to_owned()),
            [_, "Contents", "Size"] => size = text.trim().parse().unwrap_or(0),
            [_, "Contents"] => page.objects.extend(key.take().map(|key| (key, std::mem::take(&mut size)))),
            [_, "NextContinuationToken"] => page.next = Some(text.to_owned()),
            _ => {}
        }
    })?;
    Ok(page)
}

/// The text of an element right below the root.
fn text_of(xml: &[u8], element: &str) -> Option<String> {
    let mut found = None;
    let read = each_text(xml, |names, text| {
        if names.len() == 2 && names[1] == element {
            found = text.map(str::to_owned);
        }
    });
    read.ok()?;
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::{Peer, Seen};
    use serde_json::Value;

    #[test]
    fn a_page_of_a_list() {
        let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>a</Prefix>
            <Contents><Key>a &amp; b/&#252;.csv</Key><Size>12</Size><ETag>&quot;x&quot;</ETag></Contents>
            <Contents><Size>3</Size><Key>c</Key><Owner><ID>Key</ID></Owner></Contents>
            <IsTruncated>true</IsTruncated><NextContinuationToken>t+1</NextContinuationToken></ListBucketResult>"#;
        let objects = vec![("a & b/ü.csv".to_owned(), 12), ("c".to_owned(), 3)];
        assert_eq!(page(xml.as_bytes()), Ok(Page { objects, next: Some("t+1".to_owned()) }));
        for broken in ["<a><b></a>", "<a>", "<a>&#xFFFFFFFF;</a>"] {
            assert!(page(broken.as_bytes()).is_err(), "{broken}");
        }
        let error = b"<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>";
        assert_eq!(text_of(error, "Code").as_deref(), Some("NoSuchBucket"));
        assert_eq!(text_of(b"not xml <", "Code"), None);
    }

    #[tokio::test]
    async fn requests_are_signed_and_name_what_they_want() {
        fn answer(seen: &Seen) -> (u16, Value) {
            match seen.header("range") {
                Some(range) if range.starts_with("bytes=9-") => (416, Value::Null),
                _ => (200, Value::Null),
            }
        }
        let peer = Peer::start(answer).await;
        let target = AwsTarget { endpoint_url: Some(peer.url.clone()), ..AwsTarget::default() };
        let bucket = Bucket::open(&Http::new().expect("roots"), &target, "b").await.expect("a bucket");
        bucket.write("a b/ü.gz", b"x".to_vec()).await.expect("written");
        assert_eq!(bucket.read("k", 9, 5).await.expect("behind the end"), Bytes::new());
        bucket.read("k", 2, 5).await.expect("read");
        let seen = peer.seen();
        assert_eq!(seen[0].path(), "/b/a%20b/%C3%BC.gz");
        assert_eq!((seen[0].body.as_str(), seen[2].header("range")), ("x", Some("bytes=2-6")));
        assert!(seen[0].header("x-amz-content-sha256").is_some());
        assert!(seen[0].header("authorization").expect("signed").contains("/us-east-1/s3/aws4_request"));
    }
}

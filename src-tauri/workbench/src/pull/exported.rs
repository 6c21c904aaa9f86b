//! The endpoints of a target on this computer: exported by a job of the target, read from the folder or the bucket that it
//! wrote to, and written as one file of JSON lines.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bridge::FailureCode;
use delivery::{AwsTarget, Bucket, Http};
use files::Draft;
use flate2::read::MultiGzDecoder;
use model::Target;
use publishing::Remote;

use crate::failure::{Outcome, bad_input, disk, failure, not_found};
use crate::publication::target_failure;

/// How long is waited between two questions about an export.
const PAUSE: Duration = Duration::from_millis(500);

/// Bytes of an object that one request fetches.
const PIECE: u64 = 8 << 20;

/// Most objects of one export.
const MOST: usize = 10_000;

/// The role that targets without roles are told.
const NO_ROLE: &str = "arn:aws:iam::000000000000:role/waymark";

/// What is exported, and where to.
pub(crate) struct Export<'a> {
    /// The target and how it is reached.
    pub remote: &'a Remote,
    pub target: &'a Target,
    /// Id of the application.
    pub application: &'a str,
    /// `file:///FOLDER/` or `s3://BUCKET/PREFIX`.
    pub address: &'a str,
    /// The IAM role with which the target writes to a bucket.
    pub role: Option<&'a str>,
}

/// How far it is: objects that were read, of how many; 0 of 0 while the target still exports.
pub(crate) type Tell<'a> = dyn Fn(u64, u64) + Send + Sync + 'a;

/// Exports the endpoints, and writes them to the file `into`; answers how many the target says there are.
///
/// # Errors
/// `BadInput`: an address of another kind, or a bucket without role. `Target`: the target or the bucket refuses. `Disk`: the
/// file can not be written; there is then none.
pub(crate) async fn bring(export: &Export<'_>, into: &Path, tell: &Tell<'_>) -> Outcome<u64> {
    let Export { remote, target, application, address, role } = export;
    let bucket = match (address.strip_prefix("s3://"), address.strip_prefix("file://")) {
        (Some(_), _) if role.is_none() => {
            return Err(bad_input(
                "no role is named with which the target writes to the bucket",
                "name the ARN of an IAM role that Pinpoint may take and that may write there",
            ));
        }
        (Some(place), _) => Some(open(target, place).await?),
        (None, Some(_)) => None,
        (None, None) => {
            return Err(bad_input(
                format!("`{address}` is neither `s3://BUCKET/PREFIX` nor `file:///FOLDER/`"),
                "name a bucket, or for a server on this computer a folder that it may use",
            ));
        }
    };
    tell(0, 0);
    let pause = || tokio::time::sleep(PAUSE);
    let exported = publishing::export_endpoints(remote, application, address, role.unwrap_or(NO_ROLE), pause);
    let exported = exported.await.map_err(target_failure)?;
    let fail = |error: io::Error| disk("write", into, &error);
    let mut draft = Draft::begin(into).map_err(fail)?;
    match bucket {
        Some((bucket, prefix)) => from_bucket(&bucket, &prefix, &exported.job, &mut draft, tell).await?,
        None => from_folder(address.trim_start_matches("file://"), &exported.job, &mut draft, tell)?,
    }
    draft.keep().map_err(fail)?;
    Ok(exported.endpoints)
}

/// The bucket of `BUCKET/PREFIX`, and the prefix.
async fn open(target: &Target, place: &str) -> Outcome<(Bucket, String)> {
    let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
    if name.is_empty() {
        return Err(bad_input(format!("`s3://{place}` names no bucket"), "write it as `s3://BUCKET/PREFIX`"));
    }
    let http = Http::new().map_err(|error| refused(&format!("no certificates to trust: {error}")))?;
    // The address of a target is Pinpoint's; that of the bucket is S3's own, or what the environment says.
    let settings = AwsTarget { region: target.region.clone(), profile: target.profile.clone(), endpoint_url: None };
    let bucket = Bucket::open(&http, &settings, name).await.map_err(|error| refused(&error.to_string()))?;
    Ok((bucket, prefix.to_owned()))
}

fn refused(reason: &str) -> bridge::Failure {
    failure(
        FailureCode::Target,
        format!("the exported endpoints can not be read: {reason}"),
        "check the bucket, and whether your own credentials may list and read it",
    )
}

async fn from_bucket(bucket: &Bucket, prefix: &str, job: &str, into: &mut impl Write, tell: &Tell<'_>) -> Outcome<()> {
    let said = |outcome: delivery::Outcome| refused(outcome.reason());
    let listed = bucket.list(prefix, MOST).await.map_err(said)?;
    // The service puts the job's id between the prefix and the names.
    let keys: Vec<(String, u64)> =
        listed.into_iter().filter(|(key, size)| *size > 0 && key.contains(job) && is_part(Path::new(key))).collect();
    let total = keys.len() as u64;
    for (done, (key, size)) in (0u64..).zip(&keys) {
        tell(done, total);
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < *size {
            let piece = bucket.read(key, bytes.len() as u64, PIECE).await.map_err(said)?;
            if piece.is_empty() {
                break;
            }
            bytes.extend_from_slice(&piece);
        }
        unpack(key, &bytes[..], into)?;
    }
    tell(total, total);
    Ok(())
}

fn from_folder(prefix: &str, job: &str, into: &mut impl Write, tell: &Tell<'_>) -> Outcome<()> {
    let folder = PathBuf::from(format!("{prefix}{job}"));
    let mut parts: Vec<PathBuf> = fs::read_dir(&folder)
        .map_err(|error| disk("read", &folder, &error))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_part(path))
        .collect();
    parts.sort();
    let total = parts.len() as u64;
    for (done, part) in (0u64..).zip(&parts) {
        tell(done, total);
        let file = fs::File::open(part).map_err(|error| disk("read", part, &error))?;
        unpack(&part.display().to_string(), file, into)?;
    }
    tell(total, total);
    Ok(())
}

fn is_part(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gz")
}

/// Writes what is packed in a part, with a line end behind the last line.
fn unpack(name: &str, part: impl Read, into: &mut impl Write) -> Outcome<()> {
    let damaged = |error: io::Error| refused(&format!("`{name}`: {error}"));
    let mut part = MultiGzDecoder::new(part);
    let mut piece = vec![0; 1 << 16];
    let mut last = b'\n';
    loop {
        let read = part.read(&mut piece).map_err(damaged)?;
        let Some(end) = piece[..read].last() else { break };
        last = *end;
        into.write_all(&piece[..read]).map_err(damaged)?;
    }
    if last != b'\n' {
        into.write_all(b"\n").map_err(damaged)?;
    }
    Ok(())
}

/// The id of the application that a folder is bound to on a target.
///
/// # Errors
/// `NotFound`: nothing of the project is there yet.
pub(crate) fn bound_application(bound: Option<String>, target: &Target, name: &str) -> Outcome<String> {
    target.application_id.clone().or(bound).ok_or_else(|| {
        not_found(
            format!("nothing of the project is on `{name}` yet"),
            "publish first, or write `application_id` below its target in waymark.toml",
        )
    })
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::sync::Mutex;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    /// Something that answers as S3 does, with these objects; the address.
    fn s3(objects: Vec<(&'static str, Vec<u8>)>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let asked = lines.next().unwrap().unwrap();
                let mut range = None;
                for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
                    let line = line.to_ascii_lowercase();
                    if let Some(bytes) = line.strip_prefix("range: bytes=") {
                        let (from, to) = bytes.split_once('-').unwrap();
                        range = Some((from.parse::<usize>().unwrap(), to.parse::<usize>().unwrap()));
                    }
                }
                let path = asked.split(' ').nth(1).unwrap();
                let body = match objects.iter().find(|(key, _)| path == format!("/people/{key}")) {
                    Some((_, bytes)) => {
                        let (from, to) = range.unwrap_or((0, usize::MAX - 1));
                        bytes[from.min(bytes.len())..(to + 1).min(bytes.len())].to_vec()
                    }
                    None => {
                        let listed: String = objects
                            .iter()
                            .map(|(key, bytes)| {
                                format!("<Contents><Key>{key}</Key><Size>{}</Size></Contents>", bytes.len())
                            })
                            .collect();
                        format!("<ListBucketResult>{listed}</ListBucketResult>").into_bytes()
                    }
                };
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(&body).unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn the_parts_of_a_job_are_read_from_a_bucket_in_order() {
        let address = s3(vec![
            ("out/a/job-1/part-0.gz", packed("{\"Id\":\"a\"}\n{\"Id\":\"b\"}")),
            ("out/a/job-1/part-1.gz", packed("{\"Id\":\"c\"}\n")),
            ("out/a/job-2/part-0.gz", packed("{\"Id\":\"other\"}\n")),
            ("out/a/job-1/_SUCCESS", b"x".to_vec()),
        ]);
        let target = AwsTarget { endpoint_url: Some(address), ..AwsTarget::default() };
        let bucket = Bucket::open(&Http::new().unwrap(), &target, "people").await.unwrap();
        let told = Mutex::new(Vec::new());
        let mut written = Vec::new();
        let tell = |done: u64, total: u64| told.lock().unwrap().push((done, total));
        from_bucket(&bucket, "out/", "job-1", &mut written, &tell).await.unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "{\"Id\":\"a\"}\n{\"Id\":\"b\"}\n{\"Id\":\"c\"}\n");
        assert_eq!(*told.lock().unwrap(), [(0, 2), (1, 2), (2, 2)]);
    }

    #[tokio::test]
    async fn a_damaged_part_is_named() {
        let address = s3(vec![("out/job-1/part-0.gz", b"no gzip".to_vec())]);
        let target = AwsTarget { endpoint_url: Some(address), ..AwsTarget::default() };
        let bucket = Bucket::open(&Http::new().unwrap(), &target, "people").await.unwrap();
        let error = from_bucket(&bucket, "out/", "job-1", &mut Vec::new(), &|_, _| {}).await.unwrap_err();
        assert!(error.message.contains("out/job-1/part-0.gz"), "{error:?}");
    }
}

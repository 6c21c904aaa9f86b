//! Events to Kinesis data streams and Firehose streams (events-and-analytics.md 1).
//!
//! Neither keeps an order within a request of many records. So a request never has two records of one key, and the next
//! one of a key goes out when the one before was taken.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::aws::{self, Aws};
use crate::config::AwsTarget;
use crate::{Cause, Http, OpenError, Outcome};

/// Most records of a request, and most bytes of their data: Firehose takes 4 MiB, Kinesis more.
const MOST: usize = 500;
const MOST_BYTES: usize = 4 << 20;

/// Most bytes of one record: 1,000 KiB, the limit of Firehose; Kinesis takes a little more.
pub const LARGEST_RECORD: usize = 1000 << 10;

/// Longest key, characters.
const LONGEST_KEY: usize = 256;

/// Longest wait for an answer, and how often the records that were not taken are tried once more, with a wait between that
/// doubles.
const WITHIN: Duration = Duration::from_secs(30);
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// A record: whose it is, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRecord {
    /// Records of one key stay in their order. Kinesis: the partition key.
    pub key: String,
    /// At most [`LARGEST_RECORD`] bytes.
    pub data: Vec<u8>,
}

/// What a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Kinesis,
    Firehose,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Kinesis => "kinesis",
            Kind::Firehose => "firehose",
        }
    }

    /// The request for some records.
    fn request(self, name: &str, records: &[&StreamRecord]) -> Value {
        let data = |record: &StreamRecord| STANDARD.encode(&record.data);
        match self {
            Kind::Kinesis => {
                let key = |record: &StreamRecord| record.key.chars().take(LONGEST_KEY).collect::<String>();
                let records = records.iter().map(|record| json!({"Data": data(record), "PartitionKey": key(record)}));
                json!({"StreamName": name, "Records": records.collect::<Vec<_>>()})
            }
            Kind::Firehose => {
                let records = records.iter().map(|record| json!({"Data": data(record)}));
                json!({"DeliveryStreamName": name, "Records": records.collect::<Vec<_>>()})
            }
        }
    }

    fn operation(self) -> &'static str {
        match self {
            Kind::Kinesis => "Kinesis_20131202.PutRecords",
            Kind::Firehose => "Firehose_20150804.PutRecordBatch",
        }
    }

    /// Where the answer says what came of each record.
    fn results(self) -> &'static str {
        match self {
            Kind::Kinesis => "Records",
            Kind::Firehose => "RequestResponses",
        }
    }
}

/// Puts records into streams. A stream's region is that of its ARN.
pub struct Streams {
    http: Http,
    target: AwsTarget,
    known: Mutex<BTreeMap<(Kind, String), Arc<Aws>>>,
}

impl Streams {
    /// Asks nobody yet.
    pub fn new(http: &Http, target: &AwsTarget) -> Streams {
        Streams { http: http.clone(), target: target.clone(), known: Mutex::default() }
    }

    /// Puts records into the stream that an ARN names, those of one key in their order. `Ok` = it has all of them; else it
    /// may have some.
    ///
    /// # Errors
    /// An [`Outcome`] that is never [`Outcome::Accepted`].
    pub async fn put(&self, arn: &str, records: &[StreamRecord]) -> Result<(), Outcome> {
        let wrong = || Outcome::invalid(format!("`{arn}` is no ARN of a Kinesis data stream or of a Firehose stream"));
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, _, service, region, _, resource] = parts.as_slice() else { return Err(wrong()) };
        let kind =
            [Kind::Kinesis, Kind::Firehose].into_iter().find(|kind| kind.word() == *service).ok_or_else(wrong)?;
        let name = resource.split_once('/').map(|(_, name)| name).ok_or_else(wrong)?;
        let aws = self.aws(kind, region).await.map_err(|error| forbidden(&error))?;
        for wave in waves(records) {
            for request in requests(&wave) {
                put(&aws, kind, name, request).await?;
            }
        }
        Ok(())
    }

    async fn aws(&self, kind: Kind, region: &str) -> Result<Arc<Aws>, OpenError> {
        let mut known = self.known.lock().await;
        let key = (kind, region.to_owned());
        if let Some(aws) = known.get(&key) {
            return Ok(aws.clone());
        }
        let target = AwsTarget { region: Some(region.to_owned()), ..self.target.at(kind.word()) };
        let aws = Arc::new(Aws::open(&self.http, &target, kind.word(), kind.word()).await?);
        known.insert(key, aws.clone());
        Ok(aws)
    }
}

fn forbidden(error: &OpenError) -> Outcome {
    Outcome::Permanent { cause: Cause::Forbidden, code: 403, reason: error.to_string() }
}

/// The first record of each key, then the second of each, and so on.
fn waves(records: &[StreamRecord]) -> Vec<Vec<&StreamRecord>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut waves: Vec<Vec<&StreamRecord>> = Vec::new();
    for record in records {
        let number = counts.entry(&record.key).or_default();
        if waves.len() == *number {
            waves.push(Vec::new());
        }
        waves[*number].push(record);
        *number += 1;
    }
    waves
}

/// A wave in pieces that one request may have.
fn requests<'w, 'r>(wave: &'w [&'r StreamRecord]) -> Vec<&'w [&'r StreamRecord]> {
    let (mut requests, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, record) in wave.iter().enumerate() {
        let size = record.data.len() + record.key.len();
        if at > start && (at - start == MOST || bytes + size > MOST_BYTES) {
            requests.push(&wave[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < wave.len() {
        requests.push(&wave[start..]);
    }
    requests
}

/// One request, and once more for those that were not taken.
async fn put(aws: &Aws, kind: Kind, name: &str, records: &[&StreamRecord]) -> Result<(), Outcome> {
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", kind.operation())];
    let mut left: Vec<&StreamRecord> = records.to_vec();
    let mut wait = FIRST_WAIT;
    for attempt in 1.. {
        let body = kind.request(name, &left).to_string().into_bytes();
        let failure = match aws.post("/", &headers, body, WITHIN).await {
            Ok(reply) if reply.is_success() => {
                let answer = reply.json();
                let Some(results) = answer.get(kind.results()).and_then(Value::as_array) else {
                    return Err(Outcome::Temporary {
                        code: reply.status,
                        reason: "the answer names no records".into(),
                    });
                };
                let code =
                    |at: usize| results.get(at).and_then(|result| result.get("ErrorCode")).and_then(Value::as_str);
                let first = (0..left.len()).find_map(code).map(str::to_owned);
                left = (0..left.len()).filter(|at| code(*at).is_some()).map(|at| left[at]).collect();
                match first {
                    None => return Ok(()),
                    Some(reason) => {
                        Outcome::Throttled { after: None, code: 200, reason: format!("{}: {reason}", left.len()) }
                    }
                }
            }
            Ok(reply) => aws::failure(&reply),
            Err(outcome) => outcome,
        };
        if attempt == TRIES || matches!(failure, Outcome::Permanent { .. }) {
            return Err(failure);
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::{Peer, Seen};

    fn record(key: &str, number: usize) -> StreamRecord {
        StreamRecord { key: key.to_owned(), data: format!("{key}{number}").into_bytes() }
    }

    fn streams(url: &str) -> Streams {
        let target = AwsTarget { endpoint_url: Some(url.to_owned()), ..AwsTarget::default() };
        Streams::new(&Http::new().expect("roots"), &target)
    }

    /// What was taken, by request.
    fn taken(seen: &[Seen]) -> Vec<String> {
        let texts = |seen: &Seen| {
            let body: Value = serde_json::from_str(&seen.body).expect("JSON");
            let data = |record: &Value| {
                String::from_utf8(STANDARD.decode(record["Data"].as_str().expect("data")).expect("base64"))
                    .expect("text")
            };
            body["Records"].as_array().expect("records").iter().map(data).collect::<Vec<_>>().join(" ")
        };
        seen.iter().map(texts).collect()
    }

    #[test]
    fn requests_have_their_limits() {
        let records: Vec<StreamRecord> = (0..1201).map(|number| record(&format!("k{number}"), 0)).collect();
        let waves = waves(&records);
        assert_eq!(waves.len(), 1);
        assert_eq!(requests(&waves[0]).iter().map(|request| request.len()).collect::<Vec<_>>(), [500, 500, 201]);
        let large = StreamRecord { key: "k".into(), data: vec![0; LARGEST_RECORD] };
        let wave = vec![&large; 9];
        assert_eq!(requests(&wave).iter().map(|request| request.len()).collect::<Vec<_>>(), [4, 4, 1]);
        assert!(requests(&[]).is_empty());
    }

    #[tokio::test]
    async fn records_of_a_key_stay_in_order_when_one_is_not_taken() {
        // The first request for `a0` takes `b0` only.
        fn answer(seen: &Seen) -> (u16, Value) {
            let body: Value = serde_json::from_str(&seen.body).expect("JSON");
            let count = body["Records"].as_array().map_or(0, Vec::len);
            let mut results = vec![json!({"SequenceNumber": "1"}); count];
            if count == 2 {
                results[0] = json!({"ErrorCode": "ProvisionedThroughputExceededException"});
            }
            (200, json!({"FailedRecordCount": 0, "Records": results}))
        }
        let peer = Peer::start(answer).await;
        let records = [record("a", 0), record("b", 0), record("a", 1)];
        let arn = "arn:aws:kinesis:eu-central-1:000000000000:stream/events";
        streams(&peer.url).put(arn, &records).await.expect("taken");
        let seen = peer.seen();
        assert_eq!(taken(&seen), ["a0 b0", "a0", "a1"]);
        assert_eq!(seen[0].header("x-amz-target"), Some("Kinesis_20131202.PutRecords"));
        assert!(seen[0].header("authorization").expect("signed").contains("/eu-central-1/kinesis/aws4_request"));
        let body: Value = serde_json::from_str(&seen[0].body).expect("JSON");
        assert_eq!((&body["StreamName"], &body["Records"][1]["PartitionKey"]), (&json!("events"), &json!("b")));
    }

    #[tokio::test]
    async fn firehose_has_its_own_words_and_what_is_refused_for_good_is_not_repeated() {
        fn answer(seen: &Seen) -> (u16, Value) {
            match seen.body.contains("none") {
                true => (400, json!({"__type": "ResourceNotFoundException", "message": "no such stream"})),
                false => (200, json!({"FailedPutCount": 0, "RequestResponses": [{"RecordId": "1"}]})),
            }
        }
        let peer = Peer::start(answer).await;
        let streams = streams(&peer.url);
        let arn = "arn:aws:firehose:us-east-1:000000000000:deliverystream/";
        streams.put(&format!("{arn}events"), &[record("a", 0)]).await.expect("taken");
        let refused = streams.put(&format!("{arn}none"), &[record("a", 0)]).await.expect_err("no such stream");
        assert_eq!(refused.reason(), "ResourceNotFoundException: no such stream");
        let seen = peer.seen();
        assert_eq!(seen.len(), 2);
        assert_eq!(seen[0].header("x-amz-target"), Some("Firehose_20150804.PutRecordBatch"));
        assert!(seen[0].body.contains(r#""DeliveryStreamName":"events""#));
        assert!(streams.put("arn:aws:sqs:us-east-1:0:events", &[]).await.is_err());
    }
}

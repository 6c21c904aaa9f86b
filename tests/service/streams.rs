//! Event streams and buckets against what others made of AWS (moto). `cargo verify` installs it.

use std::time::Duration;

use aws_sdk_pinpoint::types::{
    ChannelType, EndpointRequest, Event, EventsBatch, EventsRequest, ExportJobRequest, Format, ImportJobRequest,
    JobStatus, PublicEndpoint, WriteEventStream,
};
use serde_json::Value;

use crate::Local;
use crate::delivery::{Peers, settings};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

/// Asks until the answer will do; a stream is told of within a second of the machine's clock, moto answers when it can.
async fn eventually<T>(mut ask: impl FnMut() -> T, is_there: impl Fn(&T) -> bool) -> T {
    for _ in 0..200 {
        let answer = ask();
        if is_there(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ask()
}

async fn events(local: &Local, app: &str, endpoint: &str, names: &[String]) {
    for name in names {
        let event = Event::builder().event_type(name).timestamp("2026-11-30T09:00:00Z").build();
        let batch = EventsBatch::builder().endpoint(PublicEndpoint::builder().build()).events("e", event).build();
        let request = EventsRequest::builder().batch_item(endpoint, batch).build();
        local.client.put_events().application_id(app).events_request(request).send().await.unwrap();
    }
}

async fn stream(local: &Local, app: &str, arn: &str) {
    let stream = WriteEventStream::builder().destination_stream_arn(arn).role_arn(ROLE).build();
    local.client.put_event_stream().application_id(app).write_event_stream(stream).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kinesis_and_firehose_get_every_event_in_the_order_of_its_endpoint() {
    let Some((mut peers, at)) = Peers::start("aws") else { return };
    let moto = at["moto"].as_str().unwrap();
    let local = Local::with(settings(&format!("[event_stream]\nendpoint_url = \"{moto}\"\n"))).await;
    let app = local.app().await;
    events(&local, &app, "ann", &["before".to_owned()]).await;
    stream(&local, &app, "arn:aws:kinesis:us-east-1:123456789012:stream/events").await;
    let names: Vec<String> = (0..20).map(|number| format!("n{number:02}")).collect();
    for endpoint in ["ann", "bob", "cem"] {
        events(&local, &app, endpoint, &names).await;
    }
    let count = |shards: &Value| shards.as_array().unwrap().iter().map(|shard| shard.as_array().unwrap().len()).sum();
    let shards = eventually(
        || peers.ask("records"),
        |shards| {
            let n: usize = count(shards);
            n >= 60
        },
    )
    .await;
    let records: Vec<&Value> = shards.as_array().unwrap().iter().flat_map(|shard| shard.as_array().unwrap()).collect();
    let text: String = records.iter().map(|record| record[1].as_str().unwrap()).collect();
    for endpoint in ["ann", "bob", "cem"] {
        let of: Vec<String> = records
            .iter()
            .filter(|record| record[0] == endpoint)
            .map(|record| serde_json::from_str::<Value>(record[1].as_str().unwrap()).unwrap())
            .map(|record| record["event_type"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(of, names, "{endpoint}: from PutEventStream on, in order: {text}");
    }
    stream(&local, &app, "arn:aws:firehose:us-east-1:123456789012:deliverystream/events").await;
    events(&local, &app, "ann", &["last".to_owned()]).await;
    let objects = eventually(|| peers.ask("objects firehose/"), |found| found.to_string().contains("last")).await;
    let written: String = objects.as_array().unwrap().iter().map(|object| object[1].as_str().unwrap()).collect();
    let lines: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "the new destination goes on where the one before was: {written}");
    assert_eq!(lines[0]["event_type"], "last");
    local.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_read_and_write_buckets() {
    let Some((mut peers, at)) = Peers::start("aws") else { return };
    let moto = at["moto"].as_str().unwrap();
    let local = Local::with(settings(&format!("[s3]\nendpoint_url = \"{moto}\"\n"))).await;
    let app = local.app().await;
    let lines: String = (0..3000)
        .map(|number| {
            format!("{{\"ChannelType\":\"EMAIL\",\"Id\":\"p{number}\",\"Address\":\"p{number}@y.example\"}}\n")
        })
        .collect();
    peers.ask(&format!("put in/a+b&c/people.json {}", serde_json::to_string(&lines).unwrap()));
    peers.ask(&format!("put in/notes.csv {}", serde_json::to_string("Id\n").unwrap()));
    let import = ImportJobRequest::builder()
        .format(Format::Json)
        .role_arn(ROLE)
        .s3_url("s3://people/in/")
        .register_endpoints(true);
    let made = local.client.create_import_job().application_id(&app);
    let made = made.import_job_request(import.build()).send().await.unwrap().import_job_response.unwrap();
    let job = loop {
        let asked = local.client.get_import_job().application_id(&app).job_id(made.id().unwrap_or_default());
        let job = asked.send().await.unwrap().import_job_response.unwrap();
        if matches!(job.job_status(), Some(JobStatus::Completed | JobStatus::Failed)) {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((job.total_processed(), job.failures().len()), (Some(3000), 0), "{job:?}");
    let request = EndpointRequest::builder().channel_type(ChannelType::Email).address("ann@y.example").build();
    let update = local.client.update_endpoint().application_id(&app).endpoint_id("ann").endpoint_request(request);
    update.send().await.unwrap();
    let export = ExportJobRequest::builder().role_arn(ROLE).s3_url_prefix("s3://people/out/").build();
    local.client.create_export_job().application_id(&app).export_job_request(export).send().await.unwrap();
    let objects = eventually(|| peers.ask("objects out/"), |found| found.to_string().contains("ann@y")).await;
    let written: String = objects.as_array().unwrap().iter().map(|object| object[1].as_str().unwrap()).collect();
    assert_eq!(written.lines().count(), 3001);
    let import = ImportJobRequest::builder()
        .format(Format::Json)
        .role_arn(ROLE)
        .s3_url("s3://nobodys/in/")
        .register_endpoints(true);
    let made = local.client.create_import_job().application_id(&app);
    let made = made.import_job_request(import.build()).send().await.unwrap().import_job_response.unwrap();
    for _ in 0..200 {
        let asked = local.client.get_import_job().application_id(&app).job_id(made.id().unwrap_or_default());
        let job = asked.send().await.unwrap().import_job_response.unwrap();
        if job.job_status() == Some(&JobStatus::Failed) {
            assert!(job.failures()[0].contains("NoSuchBucket"), "{:?}", job.failures());
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job does not end");
}

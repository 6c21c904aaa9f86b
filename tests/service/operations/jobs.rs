//! A job as the official client sees it: people from a file become a segment, and go back into files.

use aws_sdk_pinpoint::types::{ExportJobRequest, Format, ImportJobRequest, JobStatus, SegmentType};
use pinpoint_local::{ClockSetting, Settings};

use crate::{Local, START};

/// What this file calls.
pub const CALLS: &[&str] = &[
    "CreateExportJob",
    "CreateImportJob",
    "GetExportJob",
    "GetExportJobs",
    "GetImportJob",
    "GetImportJobs",
    "GetSegmentExportJobs",
    "GetSegmentImportJobs",
];

const ROLE: &str = "arn:aws:iam::000000000000:role/jobs";

#[tokio::test]
async fn people_come_from_files_and_go_back() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().to_owned();
    let people = files.join("people.jsonl");
    let line = |id: &str| format!("{{\"Id\":\"{id}\",\"ChannelType\":\"EMAIL\",\"Address\":\"{id}@x.example\"}}\n");
    std::fs::write(&people, line("ann") + &line("bob") + "{\"Id\":\"nobody\"}\n").unwrap();
    let clock = ClockSetting::Virtual { start: Some(START) };
    let local = Local::with(Settings { clock, files: Some(files.clone()), ..Settings::default() }).await;
    let app = local.app().await;

    let request = ImportJobRequest::builder()
        .format(Format::Json)
        .s3_url(format!("file://{}", people.display()))
        .role_arn(ROLE)
        .define_segment(true)
        .register_endpoints(true)
        .segment_name("friends")
        .build();
    let created = local.client.create_import_job().application_id(&app).import_job_request(request);
    let created = created.send().await.unwrap();
    let id = created.import_job_response().unwrap().id().unwrap().to_owned();
    // Everything that is to be done is done before the clock answers.
    local.server.advance_to(START + 1).await.unwrap();
    let got = local.client.get_import_job().application_id(&app).job_id(&id).send().await.unwrap();
    let job = got.import_job_response().unwrap();
    assert_eq!(job.job_status(), Some(&JobStatus::Completed));
    assert_eq!((job.total_processed(), job.total_failures(), job.completed_pieces()), (Some(3), Some(1), Some(1)));
    assert!(job.failures()[0].contains("line 3"), "{:?}", job.failures());
    let segment = job.definition().unwrap().segment_id().unwrap().to_owned();
    let got = local.client.get_segment().application_id(&app).segment_id(&segment).send().await.unwrap();
    let made = got.segment_response().unwrap();
    assert_eq!((made.name(), made.segment_type()), (Some("friends"), Some(&SegmentType::Import)));
    assert_eq!(made.import_definition().unwrap().size(), Some(2));
    let listed = local.client.get_segment_import_jobs().application_id(&app).segment_id(&segment).send().await.unwrap();
    assert_eq!(listed.import_jobs_response().unwrap().item()[0].id(), Some(id.as_str()));
    let listed = local.client.get_import_jobs().application_id(&app).send().await.unwrap();
    assert_eq!(listed.import_jobs_response().unwrap().item(), std::slice::from_ref(job));

    let request = ExportJobRequest::builder()
        .role_arn(ROLE)
        .s3_url_prefix(format!("file://{}/out/", files.display()))
        .segment_id(&segment)
        .build();
    let created = local.client.create_export_job().application_id(&app).export_job_request(request);
    let created = created.send().await.unwrap();
    let id = created.export_job_response().unwrap().id().unwrap().to_owned();
    local.server.advance_to(START + 2).await.unwrap();
    let got = local.client.get_export_job().application_id(&app).job_id(&id).send().await.unwrap();
    let job = got.export_job_response().unwrap();
    assert_eq!((job.job_status(), job.total_processed()), (Some(&JobStatus::Completed), Some(2)));
    assert!(files.join("out").join(&id).join("part-00000.json.gz").is_file());
    let listed = local.client.get_export_jobs().application_id(&app).send().await.unwrap();
    assert_eq!(listed.export_jobs_response().unwrap().item().len(), 1);
    let listed = local.client.get_segment_export_jobs().application_id(&app).segment_id(&segment).send().await.unwrap();
    assert_eq!(listed.export_jobs_response().unwrap().item(), std::slice::from_ref(job));
    local.calls.assert(CALLS);
}

//! Everything of an application, as the target answers it.

use model::TemplateKind;
use model::open::Opened;
use model::{DocumentId, open};
use serde_json::{Map, Value, json};

use crate::error::PublishError;
use crate::remote::Remote;

/// An application and all that is in it. Values are the service's answers, unchanged.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulled {
    /// Segments, journeys and campaigns of the application, and the templates of the account: those belong to no
    /// application. Names are those that files can have; two of one name differ by a number.
    pub documents: Vec<Opened>,
    /// What is no document of a project: `ApplicationResponse`, `ApplicationSettingsResource`, `ChannelsResponse`,
    /// `EventStream` where there is one, and the versions of each template, by file name.
    pub application: Vec<(&'static str, Value)>,
}

/// Reads everything of an application.
///
/// # Errors
/// When the target can not be read, or has no such application.
pub async fn pull(remote: &Remote, application: &str) -> Result<Pulled, PublishError> {
    let unknown = || PublishError::UnknownApplication { id: application.to_owned(), place: remote.place().to_owned() };
    let own = remote.application_response(application).await?.ok_or_else(unknown)?;
    let mut all = vec![
        json!({"SegmentsResponse": {"Item": remote.segments(application).await?}}),
        json!({"JourneysResponse": {"Item": remote.journeys(application).await?}}),
        json!({"CampaignsResponse": {"Item": remote.campaigns(application).await?}}),
    ];
    let mut versions = Map::new();
    for listed in remote.templates().await? {
        let (Some(name), Some(kind)) = (listed["TemplateName"].as_str(), kind_of(&listed)) else { continue };
        // It may have been deleted since it was listed.
        let Some(mut template) = remote.template(kind, name).await? else { continue };
        if let Some(object) = template.as_object_mut() {
            object.entry("TemplateName").or_insert_with(|| name.into());
            object.entry("TemplateType").or_insert_with(|| kind.template_type().into());
        }
        all.push(template);
        let id = DocumentId::Template(kind, name.to_owned());
        versions.insert(id.to_string(), Value::Array(remote.template_versions(kind, name).await?));
    }
    let mut parts = vec![
        ("application", own),
        ("settings", remote.application_settings(application).await?),
        ("channels", remote.channels(application).await?),
        ("template-versions", Value::Object(versions)),
    ];
    if let Some(stream) = remote.event_stream(application).await? {
        parts.push(("event-stream", stream));
    }
    Ok(Pulled { documents: open::resources(&Value::Array(all), "untitled"), application: parts })
}

fn kind_of(listed: &Value) -> Option<TemplateKind> {
    let word = listed["TemplateType"].as_str()?;
    TemplateKind::ALL.into_iter().find(|kind| kind.template_type() == word)
}

/// How an export of endpoints ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The job.
    pub job: String,
    /// Endpoints that it wrote.
    pub endpoints: u64,
}

/// Exports the endpoints of an application to an address that the target may write to, and waits for the end. `pause` is
/// waited for between two questions.
///
/// # Errors
/// When the target can not be asked, or the job fails; the reason is the job's own.
pub async fn export_endpoints<F: Future<Output = ()>>(
    remote: &Remote,
    application: &str,
    address: &str,
    role: &str,
    pause: impl Fn() -> F,
) -> Result<Exported, PublishError> {
    let body = json!({"RoleArn": role, "S3UrlPrefix": address});
    let job = remote.create_export_job(application, &body).await?;
    loop {
        let state = remote.export_job(application, &job).await?;
        match state["JobStatus"].as_str().unwrap_or_default() {
            "COMPLETED" => {
                let endpoints = state["TotalProcessed"].as_u64().unwrap_or_default();
                return Ok(Exported { job, endpoints });
            }
            "FAILED" => {
                let reasons: Vec<&str> =
                    state["Failures"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let reason = if reasons.is_empty() { "no reason given".to_owned() } else { reasons.join("; ") };
                return Err(PublishError::Refused {
                    place: remote.place().to_owned(),
                    operation: "CreateExportJob",
                    status: 400,
                    reason,
                });
            }
            _ => pause().await,
        }
    }
}

//! What a target tells of a journey or campaign that was published to it, by the operations that every Pinpoint has.

use model::time::parse_instant;
use model::{DocumentId, Journey, Millis, Project};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::bindings::TargetBindings;
use crate::error::PublishError;
use crate::plan::{application, matches};
use crate::remote::Remote;

/// Questions about activities that are asked at a time.
const AT_ONCE: usize = 8;

/// A document as the target has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Id of the application.
    pub application: String,
    /// Id of the journey or campaign.
    pub id: String,
    /// `JourneyResponse` or `CampaignResponse`.
    pub document: Value,
}

/// A journey that was published, and how people fare in it.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveJourney {
    /// As of when the numbers are (`LastEvaluatedTime`); `None` = not told.
    pub at: Option<Millis>,
    /// `Metrics` of the journey, or of the run that was asked for.
    pub metrics: Value,
    /// `Metrics` of each activity of which something is told, in the order of the document.
    pub activities: Vec<(String, Value)>,
    /// `JourneyRunResponse`s, the newest first; at most a page.
    pub runs: Vec<Value>,
}

/// A campaign that was published, and its runs.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveCampaign {
    /// `ActivityResponse`s, the newest first; at most a page.
    pub activities: Vec<Value>,
}

/// A journey or campaign of a project as the target has it: the bound one, else the one that publishing would take for it.
/// `None` = it was not published there.
///
/// # Errors
/// When the target can not be read.
pub async fn find(
    remote: &Remote,
    project: &Project,
    bindings: &TargetBindings,
    id: &DocumentId,
) -> Result<Option<Found>, PublishError> {
    let Some(application) = application(project, bindings, remote).await? else { return Ok(None) };
    let is_journey = matches!(id, DocumentId::Journey(_));
    let bound = if is_journey { &bindings.journeys } else { &bindings.campaigns };
    let by_id = async |remote_id: &str| match is_journey {
        true => remote.journey(&application, remote_id).await,
        false => remote.campaign(&application, remote_id).await,
    };
    if let Some(remote_id) = bound.get(id.name())
        && let Some(document) = by_id(remote_id).await?
    {
        return Ok(Some(Found { application, id: remote_id.clone(), document }));
    }
    let all = match is_journey {
        true => remote.journeys(&application).await?,
        false => remote.campaigns(&application).await?,
    };
    let found = matches(&[id.name().to_owned()], bound, &all, |_| project.documents.get(id));
    let Some(remote_id) = found.get(id.name()).cloned() else { return Ok(None) };
    let document = all.into_iter().find(|resource| resource["Id"].as_str() == Some(&remote_id));
    Ok(document.map(|document| Found { application, id: remote_id, document }))
}

/// The numbers of a journey, of all its runs or of one of them.
///
/// # Errors
/// When the target can not be asked.
pub async fn live_journey(remote: &Remote, found: &Found, run: Option<&str>) -> Result<LiveJourney, PublishError> {
    let Found { application, id, document } = found;
    let told = remote.journey_metrics(application, id, run).await?;
    let mut runs = remote.journey_runs(application, id).await?;
    runs.sort_by(|a, b| b["CreationTime"].as_str().cmp(&a["CreationTime"].as_str()));
    let steps: Vec<String> = Journey::of(document)
        .map(|journey| journey.activities().iter().map(|activity| activity.id.to_owned()).collect())
        .unwrap_or_default();
    let mut activities = Vec::new();
    for some in steps.chunks(AT_ONCE) {
        let mut asking = JoinSet::new();
        for (place, step) in some.iter().cloned().enumerate() {
            let (remote, application, id) = (remote.clone(), application.clone(), id.clone());
            let run = run.map(str::to_owned);
            asking.spawn(async move {
                (place, remote.activity_metrics(&application, &id, run.as_deref(), &step).await, step)
            });
        }
        let mut answers = asking.join_all().await;
        answers.sort_by_key(|(place, ..)| *place);
        for (_, answer, step) in answers {
            if let Some(mut answer) = answer? {
                activities.push((step, answer["Metrics"].take()));
            }
        }
    }
    let at = told["LastEvaluatedTime"].as_str().and_then(parse_instant);
    Ok(LiveJourney { at, metrics: told["Metrics"].clone(), activities, runs })
}

/// The runs of a campaign.
///
/// # Errors
/// When the target can not be asked.
pub async fn live_campaign(remote: &Remote, found: &Found) -> Result<LiveCampaign, PublishError> {
    let mut activities = remote.campaign_activities(&found.application, &found.id).await?;
    activities.sort_by(|a, b| b["ScheduledStart"].as_str().cmp(&a["ScheduledStart"].as_str()));
    Ok(LiveCampaign { activities })
}

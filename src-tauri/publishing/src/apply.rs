//! Carries a plan out, step by step, so that it can be interrupted anywhere and made again.

use std::time::Duration;

use model::{DocumentId, Project};
use serde_json::Value;

use crate::bindings::{Bindings, TargetBindings};
use crate::error::PublishError;
use crate::plan::{Plan, Step, TAG, Work, write_remote_ids};
use crate::remote::Remote;

/// How often a create is tried.
const ATTEMPTS: u32 = 4;

/// Whoever waits for a publication.
pub trait Observer: Send {
    /// Keeps the bindings, before anything else happens on the target.
    ///
    /// # Errors
    /// When they can not be kept; the publication then stops.
    fn bound(&mut self, bindings: &Bindings) -> Result<(), String>;

    /// A step is done; `done` counts it, of `total`.
    fn done(&mut self, step: &Step, done: usize, total: usize);
}

/// Carries out `plan`, which was made of `project` for this `remote` a moment ago.
///
/// # Errors
/// At the first step that fails; everything before it stays done, and a plan made anew goes on there. A plan with
/// obstacles is refused before its first step.
pub async fn apply(
    plan: &Plan,
    project: &Project,
    bindings: &mut Bindings,
    remote: &Remote,
    observer: &mut dyn Observer,
) -> Result<(), PublishError> {
    if !plan.obstacles.is_empty() {
        return Err(PublishError::Obstacles(plan.obstacles.clone()));
    }
    let mut work = Publication {
        project,
        remote,
        target: plan.found.clone(),
        application: plan.application.clone().unwrap_or_default(),
        bindings,
        observer,
    };
    work.keep()?;
    for (index, step) in plan.steps.iter().enumerate() {
        work.carry_out(&step.work).await?;
        work.observer.done(step, index + 1, plan.steps.len());
    }
    Ok(())
}

struct Publication<'a> {
    project: &'a Project,
    remote: &'a Remote,
    /// What has been found and made so far.
    target: TargetBindings,
    /// Id of the application; empty before the step that makes it, which is the first.
    application: String,
    bindings: &'a mut Bindings,
    observer: &'a mut dyn Observer,
}

impl Publication<'_> {
    async fn carry_out(&mut self, work: &Work) -> Result<(), PublishError> {
        let remote = self.remote;
        match work {
            Work::CreateApplication { name, tag } => {
                self.application = self.create(Made::Application { name, tag }).await?;
                self.target.application = Some(self.application.clone());
                self.keep()
            }
            Work::CreateTemplate { kind, name, body } => {
                let mut tried = 0;
                loop {
                    match remote.create_template(*kind, name, body).await {
                        Ok(()) => return Ok(()),
                        Err(error) if error.passing() && again(&mut tried).await => {
                            if remote.template(*kind, name).await?.is_some() {
                                return remote.update_template(*kind, name, body).await;
                            }
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
            Work::UpdateTemplate { kind, name, body } => remote.update_template(*kind, name, body).await,
            Work::CreateSegment { name, body } => {
                let body = self.with_remote_ids(&DocumentId::Segment(name.clone()), body);
                let id = self.create(Made::Segment(&body)).await?;
                self.target.segments.insert(name.clone(), id);
                self.keep()
            }
            Work::UpdateSegment { name, id, body } => {
                let body = self.with_remote_ids(&DocumentId::Segment(name.clone()), body);
                remote.update_segment(&self.application, id, &body).await
            }
            Work::CreateJourney { name, body } => {
                let body = self.with_remote_ids(&DocumentId::Journey(name.clone()), body);
                let id = self.create(Made::Journey(&body)).await?;
                self.target.journeys.insert(name.clone(), id);
                self.keep()
            }
            Work::UpdateJourney { name, id, body } => {
                let body = self.with_remote_ids(&DocumentId::Journey(name.clone()), body);
                remote.update_journey(&self.application, id, &body).await
            }
            Work::CreateCampaign { name, body } => {
                let body = self.with_remote_ids(&DocumentId::Campaign(name.clone()), body);
                let id = self.create(Made::Campaign(&body)).await?;
                self.target.campaigns.insert(name.clone(), id);
                self.keep()
            }
            Work::UpdateCampaign { name, id, body } => {
                let body = self.with_remote_ids(&DocumentId::Campaign(name.clone()), body);
                remote.update_campaign(&self.application, id, &body).await
            }
            Work::EnableChannel { channel } => remote.enable_absent_channel(&self.application, channel).await,
            Work::ActivateJourney { name } => match self.target.journeys.get(name) {
                Some(id) => remote.activate_journey(&self.application, id).await,
                None => Ok(()),
            },
        }
    }

    /// Makes something that gets an id from the service, exactly once: when it is not known whether an attempt went
    /// through, the target is searched for it before the next.
    async fn create(&mut self, made: Made<'_>) -> Result<String, PublishError> {
        let remote = self.remote;
        let mut tried = 0;
        loop {
            let outcome = match made {
                Made::Application { name, tag } => remote.create_application(name, (TAG, tag)).await,
                Made::Segment(body) => remote.create_segment(&self.application, body).await,
                Made::Journey(body) => remote.create_journey(&self.application, body).await,
                Made::Campaign(body) => remote.create_campaign(&self.application, body).await,
            };
            match outcome {
                Err(error) if error.passing() && again(&mut tried).await => {
                    if let Some(id) = self.search(made).await? {
                        return Ok(id);
                    }
                }
                outcome => return outcome,
            }
        }
    }

    /// The id of what an attempt to create it has left behind.
    async fn search(&mut self, made: Made<'_>) -> Result<Option<String>, PublishError> {
        let (resources, taken): (Vec<Value>, Vec<&String>) = match made {
            Made::Application { .. } => (self.remote.applications().await?, Vec::new()),
            Made::Segment(_) => {
                (self.remote.segments(&self.application).await?, self.target.segments.values().collect())
            }
            Made::Journey(_) => {
                (self.remote.journeys(&self.application).await?, self.target.journeys.values().collect())
            }
            Made::Campaign(_) => {
                (self.remote.campaigns(&self.application).await?, self.target.campaigns.values().collect())
            }
        };
        let fits = |resource: &&Value| match made {
            Made::Application { tag, .. } => resource["tags"][TAG].as_str() == Some(tag),
            Made::Segment(body) | Made::Journey(body) | Made::Campaign(body) => resource["Name"] == body["Name"],
        };
        let ids = resources.iter().filter(fits).filter_map(|resource| resource["Id"].as_str().map(str::to_owned));
        Ok(ids.into_iter().find(|id| !taken.contains(&id)))
    }

    fn with_remote_ids(&self, id: &DocumentId, body: &Value) -> Value {
        let mut body = body.clone();
        write_remote_ids(id, &mut body, self.project, &self.target.segments);
        body
    }

    fn keep(&mut self) -> Result<(), PublishError> {
        self.bindings.targets.insert(self.remote.name().to_owned(), self.target.clone());
        self.observer.bound(self.bindings).map_err(PublishError::Bindings)
    }
}

/// What is to be made.
#[derive(Clone, Copy)]
enum Made<'a> {
    Application { name: &'a str, tag: &'a str },
    Segment(&'a Value),
    Journey(&'a Value),
    Campaign(&'a Value),
}

/// Waits before one more attempt, longer each time; `false` = it was the last.
async fn again(tried: &mut u32) -> bool {
    *tried += 1;
    if *tried >= ATTEMPTS {
        return false;
    }
    tokio::time::sleep(Duration::from_millis(200 << *tried)).await;
    true
}

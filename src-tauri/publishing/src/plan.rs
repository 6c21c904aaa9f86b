//! What publishing would do: the target is read, nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use model::changes::Change;
use model::view::Word;
use model::{DocumentId, Project, TemplateKind};
use model::{comparison, references, shapes};
use serde_json::Value;
use validation::{CheckedCampaign, CheckedJourney};

use crate::bindings::TargetBindings;
use crate::campaign;
use crate::difference::{Difference, differences};
use crate::error::PublishError;
use crate::remote::Remote;
use model::request as resource;

/// The tag by which an application is known as the one of a project.
pub(crate) const TAG: &str = "waymark";

/// Channels that can be enabled without credentials of a provider, the one that is taken first; and by which operation.
const WITHOUT_PROVIDER: &[(&str, &str)] = &[
    ("EMAIL", "UpdateEmailChannel"),
    ("SMS", "UpdateSmsChannel"),
    ("GCM", "UpdateGcmChannel"),
    ("APNS", "UpdateApnsChannel"),
    ("APNS_SANDBOX", "UpdateApnsSandboxChannel"),
];

/// The steps that bring the target to what the project says, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The target: where, and which application.
    pub target: String,
    /// What would be done; empty = nothing to do.
    pub steps: Vec<Step>,
    /// Resources that are as they should be.
    pub unchanged: usize,
    /// What stands in the way; the plan can be carried out when there is nothing.
    pub obstacles: Vec<Obstacle>,
    /// What is on the target of what is published, as the service answers it.
    pub(crate) there: Vec<(DocumentId, Value)>,
    /// The application, where it exists.
    pub(crate) application: Option<String>,
    /// Remote ids of everything that was found, by which references are written.
    pub(crate) found: TargetBindings,
}

/// Something on the target or in the project that a publication can not get past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What it is.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its name in the API.
    pub operation: &'static str,
    /// What it is about, in words: "segment `new-customers`".
    pub subject: String,
    /// What an update changes; empty for a create.
    pub changes: Vec<Difference>,
    /// What an update changes, in sentences; of a journey what people go through, sentences that are new (`+ …`) and gone
    /// (`- …`).
    pub words: Vec<String>,
    pub(crate) work: Work,
}

/// Something on the target that is not as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// What it is, in words, as in [`Step::subject`].
    pub subject: String,
    /// What differs: as it was published, and as it is now.
    pub changes: Vec<Difference>,
}

impl Plan {
    /// Everything that carrying the plan out would send, as text that is the same for the same plan.
    pub fn said(&self) -> String {
        let body = |work: &Work| match work {
            Work::CreateTemplate { body, .. }
            | Work::UpdateTemplate { body, .. }
            | Work::CreateSegment { body, .. }
            | Work::UpdateSegment { body, .. }
            | Work::CreateJourney { body, .. }
            | Work::UpdateJourney { body, .. }
            | Work::CreateCampaign { body, .. }
            | Work::UpdateCampaign { body, .. } => body.to_string(),
            Work::CreateApplication { name, .. } | Work::ActivateJourney { name } => name.clone(),
            Work::EnableChannel { channel } => (*channel).to_owned(),
        };
        let line = |step: &Step| format!("{}\t{}\t{}\n", step.operation, step.subject, body(&step.work));
        self.steps.iter().fold(format!("{}\n", self.target), |text, step| text + &line(step))
    }

    /// What somebody else changed on the target of what the plan is about. `published` are the former publications as
    /// projects, the latest first: what is as any of them says was not changed by others.
    pub fn drift(&self, published: &[Project]) -> Vec<Drift> {
        let mut found = Vec::new();
        for (id, there) in &self.there {
            let differs = |project: &Project| -> Option<Vec<Difference>> {
                let document = project.documents.get(id)?;
                let mut body = resource::body(id, document);
                if matches!(id, DocumentId::Campaign(_)) {
                    body = campaign::update(there, body, false);
                }
                write_remote_ids(id, &mut body, project, &self.found.segments);
                Some(changes(id, &body, there))
            };
            let all: Vec<Vec<Difference>> = published.iter().filter_map(differs).collect();
            if let Some(last) = all.first().filter(|_| all.iter().all(|changes| !changes.is_empty())) {
                found.push(Drift { subject: subject(id), changes: last.clone() });
            }
        }
        found
    }
}

/// A document in words.
fn subject(id: &DocumentId) -> String {
    match id {
        DocumentId::Template(kind, name) => format!("{} template `{name}`", kind.folder()),
        DocumentId::Segment(name) => format!("segment `{name}`"),
        DocumentId::Campaign(name) => format!("campaign `{name}`"),
        DocumentId::Journey(name) | DocumentId::Canvas(name) | DocumentId::Conflicts(name) => {
            format!("journey `{name}`")
        }
        DocumentId::Source(_, _, name) => format!("source of `{name}`"),
        DocumentId::Partial(name) => format!("partial `{name}`"),
    }
}

impl Step {
    /// What is to be done: "create segment `new-customers`".
    pub fn title(&self) -> String {
        let doing = match &self.work {
            Work::CreateApplication { .. }
            | Work::CreateTemplate { .. }
            | Work::CreateSegment { .. }
            | Work::CreateJourney { .. }
            | Work::CreateCampaign { .. } => "create",
            Work::UpdateTemplate { .. }
            | Work::UpdateSegment { .. }
            | Work::UpdateJourney { .. }
            | Work::UpdateCampaign { .. } => "change",
            Work::EnableChannel { .. } => "enable",
            Work::ActivateJourney { name } => return format!("start journey `{name}`"),
        };
        format!("{doing} {}", self.subject)
    }

    /// What was done, once it is: "created segment `new-customers`".
    pub fn sentence(&self) -> String {
        let done = match &self.work {
            Work::CreateApplication { .. }
            | Work::CreateTemplate { .. }
            | Work::CreateSegment { .. }
            | Work::CreateJourney { .. }
            | Work::CreateCampaign { .. } => "created",
            Work::UpdateTemplate { .. }
            | Work::UpdateSegment { .. }
            | Work::UpdateJourney { .. }
            | Work::UpdateCampaign { .. } => "updated",
            Work::EnableChannel { .. } => "enabled",
            Work::ActivateJourney { name } => return format!("started journey `{name}`"),
        };
        format!("{done} {}", self.subject)
    }
}

/// What a step does. Bodies have names of segments where remote ids will stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work {
    CreateApplication { name: String, tag: String },
    EnableChannel { channel: &'static str },
    CreateTemplate { kind: TemplateKind, name: String, body: Value },
    UpdateTemplate { kind: TemplateKind, name: String, body: Value },
    CreateSegment { name: String, body: Value },
    UpdateSegment { name: String, id: String, body: Value },
    CreateJourney { name: String, body: Value },
    UpdateJourney { name: String, id: String, body: Value },
    ActivateJourney { name: String },
    CreateCampaign { name: String, body: Value },
    UpdateCampaign { name: String, id: String, body: Value },
}

/// What is to be published; all of one project.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checked<'c, 'a> {
    /// Journeys.
    pub journeys: &'c [CheckedJourney<'a>],
    /// Campaigns.
    pub campaigns: &'c [CheckedCampaign<'a>],
    /// Whether channels are enabled that the campaigns send by and the application has no settings for, so that a target
    /// without providers takes them (campaigns.md 11, C020). Of a channel with settings nothing is changed.
    pub enable_channels: bool,
}

/// Reads the target and says what has to be done for journeys and campaigns, and everything that they need, to be there.
///
/// Published are the journeys and campaigns, the templates of their messages, the segments that they name, and the segments
/// that those are made of. With `activate`, the journeys are started too, and campaigns are as paused as they say. Without
/// it a campaign is made paused, for it would be sent at its time, and one that is there stays as paused as it is.
///
/// # Errors
/// When the target can not be read. What is in the way of a publication is in [`Plan::obstacles`] instead.
pub async fn plan(
    checked: Checked<'_, '_>,
    project: &Project,
    bindings: &TargetBindings,
    remote: &Remote,
    activate: bool,
) -> Result<Plan, PublishError> {
    let mut planner = Planner {
        project,
        plan: Plan {
            target: String::new(),
            steps: Vec::new(),
            unchanged: 0,
            obstacles: Vec::new(),
            there: Vec::new(),
            application: application(project, bindings, remote).await?,
            found: TargetBindings::default(),
        },
    };
    let application = planner.plan.application.clone();
    planner.plan.target = match &application {
        Some(id) => format!("{}, application {id}", remote.place()),
        None => format!("{}, a new application", remote.place()),
    };
    planner.plan.found.application = application.clone();
    if application.is_none() {
        let name = if project.settings.name.trim().is_empty() { "waymark" } else { project.settings.name.trim() };
        planner.step(
            "CreateApp",
            format!("application `{name}`"),
            Vec::new(),
            Work::CreateApplication { name: name.to_owned(), tag: tag(project) },
        );
    }

    // Each once, a segment after those that it is made of.
    let mut uses: Vec<&DocumentId> = Vec::new();
    let Checked { journeys, campaigns, enable_channels } = checked;
    for id in journeys.iter().flat_map(CheckedJourney::uses).chain(campaigns.iter().flat_map(CheckedCampaign::uses)) {
        if !uses.contains(id) {
            uses.push(id);
        }
    }
    for id in &uses {
        if let DocumentId::Template(kind, name) = id {
            planner.template(*kind, name, remote).await?;
        }
    }
    let (remote_segments, remote_journeys) = match &application {
        Some(id) => (remote.segments(id).await?, remote.journeys(id).await?),
        None => (Vec::new(), Vec::new()),
    };
    let remote_campaigns = match &application {
        Some(id) if !campaigns.is_empty() => remote.campaigns(id).await?,
        _ => Vec::new(),
    };
    let segments: Vec<String> =
        uses.iter().filter(|id| matches!(id, DocumentId::Segment(_))).map(|id| id.name().to_owned()).collect();
    planner.plan.found.segments = matches(&segments, &bindings.segments, &remote_segments, |name| {
        project.documents.get(&DocumentId::Segment(name.to_owned()))
    });
    for name in &segments {
        planner.segment(name, &remote_segments);
    }
    let names: Vec<String> = journeys.iter().map(|journey| journey.name().to_owned()).collect();
    planner.plan.found.journeys = matches(&names, &bindings.journeys, &remote_journeys, |name| {
        project.documents.get(&DocumentId::Journey(name.to_owned()))
    });
    for name in &names {
        planner.journey(name, &remote_journeys, activate);
    }
    let names: Vec<String> = campaigns.iter().map(|campaign| campaign.name().to_owned()).collect();
    if campaigns.is_empty() {
        // Nobody asked whether they are still there.
        planner.plan.found.campaigns.clone_from(&bindings.campaigns);
    } else {
        planner.plan.found.campaigns = matches(&names, &bindings.campaigns, &remote_campaigns, |name| {
            project.documents.get(&DocumentId::Campaign(name.to_owned()))
        });
    }
    if enable_channels {
        planner.channels(campaigns, remote).await?;
    }
    for name in &names {
        planner.campaign(name, &remote_campaigns, activate);
    }
    Ok(planner.plan)
}

/// The application that the project is published to: the one `waymark.toml` names, the one bound, the one that carries
/// the project's tag; `None` = it has to be made.
///
/// # Errors
/// When the target can not be read, the application that `waymark.toml` names does not exist, or several carry the tag.
pub async fn application(
    project: &Project,
    bindings: &TargetBindings,
    remote: &Remote,
) -> Result<Option<String>, PublishError> {
    if let Some(id) = remote.application() {
        if remote.has_application(id).await? {
            return Ok(Some(id.to_owned()));
        }
        return Err(PublishError::UnknownApplication { id: id.to_owned(), place: remote.place().to_owned() });
    }
    if let Some(id) = &bindings.application
        && remote.has_application(id).await?
    {
        return Ok(Some(id.clone()));
    }
    let tag = tag(project);
    let tagged: Vec<Value> = remote
        .applications()
        .await?
        .into_iter()
        .filter(|application| application["tags"][TAG].as_str() == Some(&tag))
        .collect();
    match tagged.as_slice() {
        [] => Ok(None),
        [one] => Ok(one["Id"].as_str().map(str::to_owned)),
        several => Err(PublishError::SeveralApplications {
            place: remote.place().to_owned(),
            name: project.settings.name.clone(),
            count: several.len(),
        }),
    }
}

/// The value of a project's tag: its name in the characters that tags allow (api.md 5), at most 256.
pub(crate) fn tag(project: &Project) -> String {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-".contains(c);
    let name = project.settings.name.trim();
    let tag: String = name.chars().map(|c| if allowed(c) { c } else { '-' }).take(256).collect();
    if tag.is_empty() { "project".to_owned() } else { tag }
}

/// Which remote resource each name is: the bound one, the one whose id the document (a dump) carries, the first of its
/// `Name` that is nobody else's.
pub(crate) fn matches<'a>(
    names: &[String],
    bound: &BTreeMap<String, String>,
    remote: &[Value],
    document: impl Fn(&str) -> Option<&'a Value>,
) -> BTreeMap<String, String> {
    let exists = |id: &str| remote.iter().any(|resource| resource["Id"].as_str() == Some(id));
    let mut found: BTreeMap<String, String> =
        bound.iter().filter(|(_, id)| exists(id)).map(|(name, id)| (name.clone(), id.clone())).collect();
    for name in names {
        let Some(document) = document(name).filter(|_| !found.contains_key(name)) else { continue };
        let taken: BTreeSet<&str> = found.values().map(String::as_str).collect();
        let own_id = document["Id"].as_str().filter(|id| exists(id) && !taken.contains(id));
        let title = document["Name"].as_str().filter(|title| !title.is_empty()).unwrap_or(name);
        let by_name = || {
            let named = remote.iter().filter(|resource| resource["Name"].as_str() == Some(title));
            named.filter_map(|resource| resource["Id"].as_str()).find(|id| !taken.contains(id))
        };
        if let Some(id) = own_id.or_else(by_name) {
            let id = id.to_owned();
            found.insert(name.clone(), id);
        }
    }
    found
}

struct Planner<'a> {
    project: &'a Project,
    plan: Plan,
}

impl Planner<'_> {
    fn step(&mut self, operation: &'static str, subject: String, changes: Vec<Difference>, work: Work) {
        let words = changes.iter().map(|change| change.words.clone()).collect();
        self.plan.steps.push(Step { operation, subject, changes, words, work });
    }

    fn obstacle(&mut self, message: String, help: impl Into<String>) {
        self.plan.obstacles.push(Obstacle { message, help: help.into() });
    }

    /// Enables, for each message of the campaigns, a channel that it goes out by, where none is.
    async fn channels(&mut self, campaigns: &[CheckedCampaign<'_>], remote: &Remote) -> Result<(), PublishError> {
        let there = match &self.plan.application {
            Some(id) if !campaigns.is_empty() => remote.channels(id).await?,
            _ => Value::Null,
        };
        let of = |channel: &str| &there["Channels"][channel];
        let mut enabled: Vec<&str> = Vec::new();
        for channels in campaigns.iter().flat_map(|campaign| campaign.channels()) {
            let names = || channels.iter().map(|channel| channel.as_str());
            if names().any(|name| enabled.contains(&name) || of(name)["Enabled"] == true) {
                continue;
            }
            let found = WITHOUT_PROVIDER.iter().find(|(name, _)| names().any(|one| one == *name) && of(name).is_null());
            if let Some((channel, operation)) = found {
                enabled.push(channel);
                self.step(operation, format!("channel `{channel}`"), Vec::new(), Work::EnableChannel { channel });
            }
        }
        Ok(())
    }

    async fn template(&mut self, kind: TemplateKind, name: &str, remote: &Remote) -> Result<(), PublishError> {
        let id = DocumentId::Template(kind, name.to_owned());
        let subject = subject(&id);
        let Some(document) = self.project.documents.get(&id) else { return Ok(()) };
        let before = remote.template(kind, name).await?;
        let body = resource::body(&id, document);
        let name = name.to_owned();
        match before {
            None => self.step(create_template(kind), subject, Vec::new(), Work::CreateTemplate { kind, name, body }),
            Some(before) => {
                let changes = changes(&id, &before, &body);
                self.plan.there.push((id, before));
                if changes.is_empty() {
                    self.plan.unchanged += 1;
                } else {
                    self.step(update_template(kind), subject, changes, Work::UpdateTemplate { kind, name, body });
                }
            }
        }
        Ok(())
    }

    fn segment(&mut self, name: &str, remote: &[Value]) {
        let id = DocumentId::Segment(name.to_owned());
        let Some(document) = self.project.documents.get(&id) else { return };
        let subject = subject(&id);
        let imported = document["SegmentType"] == "IMPORT";
        let body = resource::body(&id, document);
        let remote_id = self.plan.found.segments.get(name).cloned();
        match remote_id.and_then(|id| Some((find(remote, &id)?, id))) {
            // What is in an imported segment is not in its JSON: it can be named, not written.
            Some(_) if imported => self.plan.unchanged += 1,
            None if imported => self.obstacle(
                format!("the {subject} was imported from a file, and the target does not have it"),
                "import the file there into a segment of the same name, or describe the segment by dimensions",
            ),
            None => {
                self.step("CreateSegment", subject, Vec::new(), Work::CreateSegment { name: name.to_owned(), body });
            }
            Some((before, remote_id)) => {
                let changes = changes(&id, before, &self.with_remote_ids(&id, body.clone()));
                self.plan.there.push((id, before.clone()));
                if changes.is_empty() {
                    self.plan.unchanged += 1;
                } else {
                    let work = Work::UpdateSegment { name: name.to_owned(), id: remote_id, body };
                    self.step("UpdateSegment", subject, changes, work);
                }
            }
        }
    }

    fn journey(&mut self, name: &str, remote: &[Value], activate: bool) {
        let id = DocumentId::Journey(name.to_owned());
        let Some(document) = self.project.documents.get(&id) else { return };
        let subject = subject(&id);
        let body = resource::body(&id, document);
        let remote_id = self.plan.found.journeys.get(name).cloned();
        let Some((before, remote_id)) = remote_id.and_then(|id| Some((find(remote, &id)?, id))) else {
            self.step(
                "CreateJourney",
                subject.clone(),
                Vec::new(),
                Work::CreateJourney { name: name.to_owned(), body },
            );
            if activate {
                self.step(
                    "UpdateJourneyState",
                    start(&subject),
                    Vec::new(),
                    Work::ActivateJourney { name: name.to_owned() },
                );
            }
            return;
        };
        let state = before["State"].as_str().unwrap_or("DRAFT");
        let after = self.with_remote_ids(&id, body.clone());
        let changes = changes(&id, before, &after);
        let told = comparison::document(&id, Some(before), Some(&after)).map(|change| change.telling);
        self.plan.there.push((id, before.clone()));
        // Only drafts can be changed (journeys.md 1); a journey that has ended can not be started again.
        match state {
            _ if changes.is_empty() => self.plan.unchanged += 1,
            "DRAFT" => {
                let work = Work::UpdateJourney { name: name.to_owned(), id: remote_id, body };
                self.step("UpdateJourney", subject.clone(), changes, work);
                if let Some(step) = self.plan.steps.last_mut() {
                    let sentence = |line: comparison::Told| match line.what? {
                        Change::Removed => Some(format!("- {}", line.text)),
                        _ => Some(format!("+ {}", line.text)),
                    };
                    let told: Vec<String> = told.into_iter().flatten().filter_map(sentence).collect();
                    // What people go through stays the same where only a setting is another.
                    if !told.is_empty() {
                        step.words = told;
                    }
                }
            }
            _ => {
                let places: Vec<String> = changes.iter().map(|change| format!("`{}`", change.path)).collect();
                self.obstacle(
                    format!(
                        "the {subject} is {state} on the target, and only a draft can be changed: {}",
                        places.join(", ")
                    ),
                    "take the changes back, or publish them as a journey of another name and cancel this one there",
                );
                return;
            }
        }
        match state {
            "DRAFT" | "PAUSED" if activate => {
                self.step(
                    "UpdateJourneyState",
                    start(&subject),
                    Vec::new(),
                    Work::ActivateJourney { name: name.to_owned() },
                );
            }
            "COMPLETED" | "CANCELLED" | "CLOSED" if activate => self.obstacle(
                format!("the {subject} is {state} on the target, and can not be started again"),
                "publish it as a journey of another name",
            ),
            _ => {}
        }
    }

    fn campaign(&mut self, name: &str, remote: &[Value], activate: bool) {
        let id = DocumentId::Campaign(name.to_owned());
        let Some(document) = self.project.documents.get(&id) else { return };
        let subject = subject(&id);
        let body = resource::body(&id, document);
        let remote_id = self.plan.found.campaigns.get(name).cloned();
        let Some((before, remote_id)) = remote_id.and_then(|id| Some((find(remote, &id)?, id))) else {
            let body = if activate { Some(body) } else { campaign::at_rest(body) };
            return match body {
                Some(body) => {
                    let work = Work::CreateCampaign { name: name.to_owned(), body };
                    self.step("CreateCampaign", subject, Vec::new(), work);
                }
                None => self.obstacle(
                    format!("the {subject} is sent the moment it is made, and can not be made paused"),
                    "activate what is published (`--activate`), or give the campaign a start time",
                ),
            };
        };
        let state = before["State"]["CampaignStatus"].as_str().unwrap_or("SCHEDULED");
        self.plan.there.push((id.clone(), before.clone()));
        let body = campaign::update(before, body, activate);
        let changes = changes(&id, before, &self.with_remote_ids(&id, body.clone()));
        if changes.is_empty() {
            self.plan.unchanged += 1;
            if activate && matches!(state, "DELETED" | "INVALID") {
                self.obstacle(
                    format!("the {subject} is {state} on the target, and can not be started again"),
                    "publish it as a campaign of another name",
                );
            }
            return;
        }
        let settings: Vec<String> = changes
            .iter()
            .filter(|change| change.path.to_string() != "IsPaused")
            .map(|change| format!("`{}`", change.path))
            .collect();
        if !campaign::takes(state, !settings.is_empty()) {
            let places = if settings.is_empty() { "`IsPaused`".to_owned() } else { settings.join(", ") };
            return self.obstacle(
                format!("the {subject} is {state} on the target, and can not be changed any more: {places}"),
                "take the changes back, or publish them as a campaign of another name",
            );
        }
        let work = Work::UpdateCampaign { name: name.to_owned(), id: remote_id, body };
        self.step("UpdateCampaign", subject, changes, work);
    }

    /// The body with the ids that are known already; others stay names.
    fn with_remote_ids(&self, id: &DocumentId, mut body: Value) -> Value {
        write_remote_ids(id, &mut body, self.project, &self.plan.found.segments);
        body
    }
}

/// Writes remote ids for the names of segments in a body, as far as they are known.
pub(crate) fn write_remote_ids(id: &DocumentId, body: &mut Value, project: &Project, ids: &BTreeMap<String, String>) {
    references::segment_references(id, body, &mut |reference| {
        let remote = project.segment(reference).and_then(|(segment, _)| ids.get(segment.name()));
        if let Some(remote) = remote {
            reference.clone_from(remote);
        }
    });
}

fn start(subject: &str) -> String {
    format!("{subject}: ACTIVE")
}

fn find<'a>(remote: &'a [Value], id: &str) -> Option<&'a Value> {
    remote.iter().find(|resource| resource["Id"].as_str() == Some(id))
}

/// Tags are written at creation only (api.md 5), the state of a journey by a step of its own.
fn changes(id: &DocumentId, before: &Value, after: &Value) -> Vec<Difference> {
    let Some(request) = id.shape().and_then(shapes::find) else { return Vec::new() };
    let ignore: Vec<&str> =
        ["tags", "State"].into_iter().chain(resource::WRITTEN_BY_THE_SERVICE.iter().copied()).collect();
    differences(request, resource::response_shape(id), &ignore, before, after)
}

fn create_template(kind: TemplateKind) -> &'static str {
    match kind {
        TemplateKind::Email => "CreateEmailTemplate",
        TemplateKind::Sms => "CreateSmsTemplate",
        TemplateKind::Push => "CreatePushTemplate",
        TemplateKind::InApp => "CreateInAppTemplate",
        TemplateKind::Voice => "CreateVoiceTemplate",
    }
}

fn update_template(kind: TemplateKind) -> &'static str {
    match kind {
        TemplateKind::Email => "UpdateEmailTemplate",
        TemplateKind::Sms => "UpdateSmsTemplate",
        TemplateKind::Push => "UpdatePushTemplate",
        TemplateKind::InApp => "UpdateInAppTemplate",
        TemplateKind::Voice => "UpdateVoiceTemplate",
    }
}

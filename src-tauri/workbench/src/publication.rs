//! Publishing from a project folder: checks, plans, applies, and keeps the bindings in `.waymark/`.

pub(crate) mod jobs;

use std::path::{Path, PathBuf};

use bridge::{DriftView, Failure, FailureCode, PlanStep, PlanView};
use model::conflicts::Undecided;
use model::{DocumentId, Project, Settings, Severity, Target};
use publishing::{Bindings, Checked, Observer, PublishError, Remote, Step};
use simulation::expectations::Verdict;
use validation::Facts;

use crate::failure::{Outcome, bad_input, disk, failure, not_found};
use crate::history::{self, Entry};
use crate::testing::Testing;

/// What is to be published, and where to.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The project.
    pub project: Project,
    /// Its folder, where the bindings are; `None` = they are not kept.
    pub folder: Option<PathBuf>,
    /// File names of the journeys, and of campaigns as `campaigns/NAME`; empty = all journeys.
    pub journeys: Vec<String>,
    /// Whether all campaigns go along. They send to whole segments, and a target takes them only where their channels are
    /// enabled (campaigns.md 11, C020): never unasked.
    pub campaigns: bool,
    /// Name of the target.
    pub target: String,
    /// Whether the journeys are started too; campaigns are made paused otherwise.
    pub activate: bool,
    /// Why it is published, and over what.
    pub terms: Terms,
}

/// What is said when something is published.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Why; it stands in the history.
    pub message: String,
    /// Whether what others changed on the target is written over.
    pub over_drift: bool,
}

/// A step that is done: its sentence, how many are done, of how many.
pub type Tell<'a> = dyn FnMut(String, usize, usize) + Send + 'a;

impl Publication {
    /// What applying would do. `local` is the address of the studio's own Pinpoint, where it runs.
    ///
    /// # Errors
    /// `Errors`: a journey has errors. `Target`: the target can not be read. `NotFound`: no such journey or target.
    pub async fn plan(&self, local: Option<&str>) -> Outcome<PlanView> {
        let remote = self.connect(local).await?;
        let bindings = bindings_of(self.folder.as_deref())?;
        let filled = self.filled()?;
        let plan = filled.make(&remote, &bindings, local.is_some()).await?;
        self.seen(&plan)
    }

    /// Carries the publication out; answers what was planned.
    ///
    /// # Errors
    /// As [`plan`](Publication::plan), and when a step fails; what is done stays done, and a repetition goes on there.
    pub async fn apply(&self, local: Option<&str>, tell: &mut Tell<'_>) -> Outcome<PlanView> {
        let remote = self.connect(local).await?;
        let mut bindings = bindings_of(self.folder.as_deref())?;
        let filled = self.filled()?;
        let plan = filled.make(&remote, &bindings, local.is_some()).await?;
        let view = self.seen(&plan)?;
        let approved_by = self.demanded(&plan, &view)?;
        let mut entry = match &self.folder {
            Some(folder) => {
                let last = history::entries(folder, &self.target)?.last().map_or(0, |last| last.number);
                // Nothing to do and nothing new to remember: the history stays as it is.
                (last == 0 || !plan.steps.is_empty())
                    .then(|| (folder, filled.entry(folder, last + 1, &plan, approved_by)))
            }
            None => None,
        };
        // Before the first step: whoever goes on after an interruption knows that these changes are ours.
        if let Some((folder, entry)) = &entry {
            history::keep(folder, &self.target, entry)?;
        }
        let mut keeper = Keeper { folder: self.folder.as_deref(), tell };
        publishing::apply(&plan, &filled.project, &mut bindings, &remote, &mut keeper).await.map_err(target_failure)?;
        if let Some((folder, entry)) = &mut entry {
            entry.complete = true;
            history::keep(folder, &self.target, entry)?;
        }
        Ok(view)
    }

    /// Brings the target back to a former publication: that of the number, else the latest whose state the target does not
    /// have now. What was made since stays there, and nothing leads to it. Answers what was done, and the number.
    ///
    /// # Errors
    /// As [`apply`](Publication::apply); `NotFound`: there is no such publication.
    pub async fn roll_back(
        &self,
        number: Option<u32>,
        local: Option<&str>,
        tell: &mut Tell<'_>,
    ) -> Outcome<(PlanView, u32)> {
        let (back, _, entry) = self.former(number, local).await?;
        Ok((back.apply(local, tell).await?, entry.number))
    }

    /// What [`roll_back`](Publication::roll_back) would carry out, with its plan and the publication that it goes back to.
    ///
    /// # Errors
    /// As [`plan`](Publication::plan); `NotFound`: there is no such publication.
    pub async fn former(&self, number: Option<u32>, local: Option<&str>) -> Outcome<(Publication, PlanView, Entry)> {
        let Some(folder) = &self.folder else {
            return Err(bad_input("there is no folder with a history", "name the project folder"));
        };
        let entries = history::entries(folder, &self.target)?;
        let complete = entries.into_iter().rev().filter(|entry| entry.complete);
        for entry in complete.filter(|entry| number.is_none_or(|number| number == entry.number)) {
            let message = match self.terms.message.as_str() {
                "" => format!("back to publication {}", entry.number),
                said => said.to_owned(),
            };
            let mut back = self.clone();
            back.project = history::project(&self.project, &entry);
            back.journeys.clone_from(&entry.published);
            back.campaigns = false;
            back.terms = Terms { message, over_drift: true };
            let view = back.plan(local).await?;
            if !view.steps.is_empty() || number.is_some() {
                return Ok((back, view, entry));
            }
        }
        Err(not_found(
            match number {
                Some(number) => format!("there is no publication {number} to `{}`", self.target),
                None => format!("there is no former publication to `{}` that says anything else", self.target),
            },
            "see `waymark history`",
        ))
    }

    /// The same with the variables of the target.
    pub(crate) fn filled(&self) -> Outcome<Publication> {
        match model::variables::fill(&self.project, &self.target) {
            Ok(project) => Ok(Publication { project, ..self.clone() }),
            Err(unset) => {
                let first =
                    unset.first().map(|one| format!("`{}` in {} at {}", one.name, one.place.document, one.place.path));
                Err(bad_input(
                    format!("the target `{}` does not set {}", self.target, first.unwrap_or_default()),
                    format!("set it in [target.{}.variables] of waymark.toml", self.target),
                ))
            }
        }
    }

    /// A plan as it is shown, with what others changed meanwhile.
    fn seen(&self, plan: &publishing::Plan) -> Outcome<PlanView> {
        let mut shown = view(plan);
        if let Some(folder) = &self.folder {
            let entries = history::entries(folder, &self.target)?;
            // The last complete publication, and all that were stopped since: what is ours.
            let last = entries.iter().rposition(|entry| entry.complete).unwrap_or_default();
            let ours: Vec<Project> = entries[last.min(entries.len())..]
                .iter()
                .rev()
                .map(|entry| history::project(&self.project, entry))
                .collect();
            shown.drift = plan.drift(&ours).into_iter().map(drift_view).collect();
        }
        Ok(shown)
    }

    /// Refuses what the target does not allow: changes of others that would be written over, expectations that do not come
    /// true, a plan that nobody else has approved. Answers who did.
    fn demanded(&self, plan: &publishing::Plan, view: &PlanView) -> Outcome<Option<String>> {
        let over = view.drift.iter().find(|drift| plan.steps.iter().any(|step| step.subject == drift.subject));
        if let Some(drift) = over.filter(|_| !self.terms.over_drift) {
            let places: Vec<&str> = drift.changes.iter().map(|(place, ..)| place.as_str()).collect();
            return Err(failure(
                FailureCode::WouldLose,
                format!(
                    "the {} was changed on {} since it was published, and would be written over: {}",
                    drift.subject,
                    view.target,
                    places.join(", ")
                ),
                "see it with `waymark plan`; bring it home with `waymark pull`, or publish with --over-drift",
            ));
        }
        let Some(target) = self.project.settings.target.get(&self.target) else { return Ok(None) };
        let Some(folder) = &self.folder else {
            return match target.approval || target.expectations {
                true => Err(bad_input(
                    format!("the target `{}` demands approval or expectations, which are in a folder", self.target),
                    "save the project first",
                )),
                false => Ok(None),
            };
        };
        if target.expectations {
            let report = Testing::with(folder, self.project.clone()).run();
            let wrong = report.count(Verdict::Failed) + report.count(Verdict::Broken) + report.unreadable.len();
            if wrong > 0 {
                return Err(failure(
                    FailureCode::Errors,
                    format!("{wrong} expectations do not come true, and the target `{}` demands all", self.target),
                    "see them with `waymark test`",
                ));
            }
        }
        if !target.approval || plan.steps.is_empty() {
            return Ok(None);
        }
        let approval = history::approval(folder, &self.target, &view.fingerprint)?;
        match approval {
            Some(approval) if approval.by != history::who(folder) => Ok(Some(approval.by)),
            Some(approval) => Err(failure(
                FailureCode::Errors,
                format!("the plan was approved by {}, who can not publish it too", approval.by),
                "a second person publishes it, or approves it",
            )),
            None => Err(failure(
                FailureCode::Errors,
                format!(
                    "nobody has approved the plan {}, and the target `{}` demands it",
                    view.fingerprint, self.target
                ),
                "a second person looks at it and runs `waymark approve` with the same arguments",
            )),
        }
    }

    fn entry(&self, folder: &Path, number: u32, plan: &publishing::Plan, approved_by: Option<String>) -> Entry {
        let published = |id: &DocumentId| match id {
            DocumentId::Journey(name) => Some(name.clone()),
            DocumentId::Campaign(_) if self.campaigns => Some(id.to_string()),
            _ => None,
        };
        let mut names = self.journeys.clone();
        if names.is_empty() {
            names = self
                .project
                .documents
                .keys()
                .filter(|id| matches!(id, DocumentId::Journey(_)))
                .filter_map(published)
                .collect();
        }
        if self.campaigns {
            names.extend(
                self.project.documents.keys().filter(|id| matches!(id, DocumentId::Campaign(_))).filter_map(published),
            );
        }
        names.sort();
        names.dedup();
        let documents = self.project.documents.iter().filter(|(id, _)| id.shape().is_some());
        Entry {
            number,
            at: history::instant(),
            by: history::who(folder),
            message: self.terms.message.clone(),
            complete: false,
            approved_by,
            steps: plan.steps.iter().map(Step::sentence).collect(),
            published: names,
            documents: documents.map(|(id, value)| (id.clone(), value.clone())).collect(),
        }
    }

    /// Puts endpoints on the target's application; makes the application where the project has none there yet.
    ///
    /// # Errors
    /// `Target`: the target can not be reached or refuses. `Disk`: the bindings can not be kept.
    pub async fn load_people(&self, local: Option<&str>, endpoints: &[serde_json::Value]) -> Outcome<u64> {
        let remote = self.connect(local).await?;
        let application = self.make_application(&remote, bindings_of(self.folder.as_deref())?).await?;
        publishing::load_people(&remote, &application, endpoints).await.map_err(target_failure)
    }

    /// Nothing to publish, only a target to ask.
    pub(crate) fn of_target(project: &Project, folder: Option<&str>, target: &str) -> Publication {
        Publication {
            project: project.clone(),
            folder: folder.map(PathBuf::from),
            journeys: Vec::new(),
            campaigns: false,
            target: target.to_owned(),
            activate: false,
            terms: Terms::default(),
        }
    }

    /// Makes the application of the project on a target where it has none yet, and keeps its id; answers it.
    pub(crate) async fn make_application(&self, remote: &Remote, mut bindings: Bindings) -> Outcome<String> {
        let plan = publishing::plan(Checked::default(), &self.project, &bindings.of(&self.target), remote, false)
            .await
            .map_err(target_failure)?;
        let mut keeper = Keeper { folder: self.folder.as_deref(), tell: &mut |_, _, _| {} };
        publishing::apply(&plan, &self.project, &mut bindings, remote, &mut keeper).await.map_err(target_failure)?;
        Ok(bindings.of(&self.target).application.unwrap_or_default())
    }

    pub(crate) async fn connect(&self, local: Option<&str>) -> Outcome<Remote> {
        let target = target_of(&self.project.settings, &self.target, local)?;
        Remote::connect(&self.target, &target).await.map_err(target_failure)
    }

    /// `is_own`: the target is the Pinpoint of this studio. Nothing leaves the machine from there, and it takes campaigns of
    /// every channel.
    async fn make(&self, remote: &Remote, bindings: &Bindings, is_own: bool) -> Outcome<publishing::Plan> {
        let all = |wanted: &dyn Fn(&DocumentId) -> Option<String>| {
            self.project.documents.keys().filter_map(wanted).collect::<Vec<String>>()
        };
        let mut names = self.journeys.clone();
        if names.is_empty() {
            names = all(&|id| matches!(id, DocumentId::Journey(_)).then(|| id.name().to_owned()));
        }
        if self.campaigns {
            names.extend(all(&|id| matches!(id, DocumentId::Campaign(_)).then(|| id.to_string())));
            names.sort();
            names.dedup();
        }
        if names.is_empty() {
            return Err(bad_input("the project has no journey", "draw one, or open one"));
        }
        let target = self.project.settings.target.get(&self.target);
        let facts = Facts { account: target.and_then(|target| target.account.as_ref()), ..Facts::default() };
        let (mut journeys, mut campaigns) = (Vec::new(), Vec::new());
        for name in &names {
            let id = match name.strip_prefix("campaigns/") {
                Some(name) => DocumentId::Campaign(name.to_owned()),
                None => DocumentId::Journey(name.clone()),
            };
            if !self.project.documents.contains_key(&id) {
                return Err(not_found(
                    format!("the project has no {}", words(&id)),
                    "name it as its file in `journeys/`, without `.json`; a campaign as `campaigns/NAME`",
                ));
            }
            if let Some(undecided) = Undecided::of(&self.project, id.name()).filter(|found| found.document == id) {
                return Err(failure(
                    FailureCode::Errors,
                    format!(
                        "of a merge of the {}, {} undecided",
                        words(&id),
                        match undecided.conflicts.len() {
                            1 => "1 conflict is".to_owned(),
                            count => format!("{count} conflicts are"),
                        }
                    ),
                    "decide them on the canvas, and save",
                ));
            }
            match &id {
                DocumentId::Campaign(name) => {
                    let checked = validation::checked_campaign(&self.project, name, facts);
                    campaigns.push(checked.map_err(|report| errors(&id, &report))?);
                }
                _ => {
                    let checked = validation::checked_with(&self.project, name, facts);
                    journeys.push(checked.map_err(|report| errors(&id, &report))?);
                }
            }
        }
        let checked = Checked { journeys: &journeys, campaigns: &campaigns, enable_channels: is_own };
        publishing::plan(checked, &self.project, &bindings.of(&self.target), remote, self.activate)
            .await
            .map_err(target_failure)
    }
}

/// The target as `waymark.toml` has it; `local` is the Pinpoint of this studio where one runs.
pub(crate) fn target_of(settings: &Settings, name: &str, local: Option<&str>) -> Outcome<Target> {
    let named = settings.target.get(name);
    match (named, local) {
        (named, Some(address)) if name == "local" => {
            Ok(Target { endpoint_url: Some(address.to_owned()), profile: None, ..named.cloned().unwrap_or_default() })
        }
        (Some(target), _) if name == "local" && target.endpoint_url.is_none() => {
            Ok(Target { endpoint_url: Some(format!("http://{}", crate::local::USUAL_ADDRESS)), ..target.clone() })
        }
        (Some(target), _) => Ok(target.clone()),
        (None, _) if name == "local" => {
            Ok(Target { endpoint_url: Some(format!("http://{}", crate::local::USUAL_ADDRESS)), ..Target::default() })
        }
        (None, _) => {
            let names: Vec<&str> = settings.target.keys().map(String::as_str).collect();
            let help = match names.is_empty() {
                true => {
                    format!("add [target.{name}] with a `region` or an `endpoint_url` to waymark.toml")
                }
                false => {
                    format!("choose one of {}, or add [target.{name}] to waymark.toml", names.join(", "))
                }
            };
            Err(not_found(format!("waymark.toml has no target `{name}`"), help))
        }
    }
}

/// What a folder knows of its targets.
pub(crate) fn bindings_of(folder: Option<&Path>) -> Outcome<Bindings> {
    let Some(folder) = folder else { return Ok(Bindings::default()) };
    let path = bindings_file(folder);
    match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| {
            failure(
                FailureCode::Disk,
                format!("`{}` is damaged: {error}", path.display()),
                "delete it: everything on the target is then found by name",
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Bindings::default()),
        Err(error) => Err(disk("read", &path, &error)),
    }
}

fn bindings_file(folder: &Path) -> PathBuf {
    folder.join(".waymark").join("bindings.json")
}

/// Writes down what a folder knows of its targets.
pub(crate) fn keep_bindings(folder: &Path, bindings: &Bindings) -> Result<(), String> {
    let mut text = serde_json::to_string_pretty(bindings).map_err(|error| error.to_string())?;
    text.push('\n');
    let path = bindings_file(folder);
    let write = || {
        crate::folder::own(folder)?;
        files::write(&path, text.as_bytes())
    };
    write().map_err(|error| format!("{}: {error}", path.display()))
}

/// Keeps the bindings on the disk, and passes on what is done.
struct Keeper<'a, 'b> {
    folder: Option<&'a Path>,
    tell: &'a mut Tell<'b>,
}

impl Observer for Keeper<'_, '_> {
    fn bound(&mut self, bindings: &Bindings) -> Result<(), String> {
        self.folder.map_or(Ok(()), |folder| keep_bindings(folder, bindings))
    }

    fn done(&mut self, step: &Step, done: usize, total: usize) {
        (self.tell)(step.sentence(), done, total);
    }
}

fn drift_view(drift: publishing::Drift) -> DriftView {
    let words = drift.changes.iter().map(|one| one.words.clone()).collect();
    let change = |one: publishing::Difference| (one.path.to_string(), one.before, one.after);
    DriftView { subject: drift.subject, words, changes: drift.changes.into_iter().map(change).collect() }
}

fn view(plan: &publishing::Plan) -> PlanView {
    PlanView {
        target: plan.target.clone(),
        steps: plan
            .steps
            .iter()
            .map(|step| PlanStep {
                operation: step.operation.to_owned(),
                subject: step.subject.clone(),
                title: step.title(),
                words: step.words.clone(),
                changes: step
                    .changes
                    .iter()
                    .map(|change| (change.path.to_string(), change.before.clone(), change.after.clone()))
                    .collect(),
            })
            .collect(),
        unchanged: plan.unchanged as u64,
        drift: Vec::new(),
        fingerprint: history::fingerprint(plan),
        obstacles: plan
            .obstacles
            .iter()
            .map(|obstacle| failure(FailureCode::Target, obstacle.message.clone(), obstacle.help.clone()))
            .collect(),
    }
}

pub(crate) fn target_failure(error: PublishError) -> Failure {
    let code = match error {
        PublishError::Bindings(_) => FailureCode::Disk,
        _ => FailureCode::Target,
    };
    failure(code, error.to_string(), error.help())
}

/// A journey or campaign as a phrase.
fn words(id: &DocumentId) -> String {
    let kind = if matches!(id, DocumentId::Campaign(_)) { "campaign" } else { "journey" };
    format!("{kind} `{}`", id.name())
}

fn errors(id: &DocumentId, report: &validation::Report) -> Failure {
    let found: Vec<_> = report.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    let first = found.iter().find(|found| &found.place.document == id).or(found.first());
    let first = first.map(|first| format!(": {}", first.message)).unwrap_or_default();
    let count = match found.len() {
        1 => "an error".to_owned(),
        count => format!("{count} errors"),
    };
    failure(
        FailureCode::Errors,
        format!("the {} has {count}{first}", words(id)),
        "correct what the checks say (`waymark check`), and publish again",
    )
}

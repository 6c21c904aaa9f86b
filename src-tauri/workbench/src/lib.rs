//! The commands behind the bridge: open, check, save, import, simulate, publish.
//!
//! Takes commands of the bridge by name, or plain calls from the command line; gives their answers. Holds what the window
//! can not: the disk, threads, the local Pinpoint, and what was read from each folder, so that a save loses nothing. Never
//! draws, and knows nothing of Tauri or HTTP: `src-tauri` and `waymark studio --web` carry the same texts here.

pub mod bench;
pub mod calibrate;
pub mod campaign;
pub mod check;
mod content;
mod contents;
mod crowd;
pub mod dump;
pub mod elsewhere;
pub mod examples;
pub mod explain;
pub mod export;
pub mod failure;
pub mod folder;
mod git;
pub mod history;
mod journal;
mod known;
mod live;
pub mod local;
pub mod merge;
mod outbox;
mod outside;
pub mod people;
pub mod picture;
mod preheader;
pub mod publication;
pub mod pull;
mod recent;
pub mod responses;
mod runs;
pub mod save;
mod segments;
mod settings_file;
pub mod simulate;
mod source;
pub mod stand;
mod template_versions;
mod test_message;
pub mod testing;
mod tour;
pub mod versions;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bridge::{Command, Failure, Opened, ProgressView};
use model::Settings as ProjectSettings;
pub use model::numbers::grouped;
pub use model::{Project, Target};

use crate::examples::Examples;
use crate::failure::{Outcome, bad_input, internal, not_found};
use crate::folder::Folder;
use crate::journal::{Journals, Recovery};
use crate::local::Local;
use crate::publication::Publication;
use crate::runs::Runs;

/// How the workbench starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The project that is open at the start.
    pub folder: Option<PathBuf>,
    /// Where the local Pinpoint keeps its store and copies of examples go; `WAYMARK_DATA`, else the usual place of this
    /// system, when absent.
    pub data: Option<PathBuf>,
    /// Where examples come from; those inside the program when absent.
    pub examples: Option<PathBuf>,
    /// Whether a local Pinpoint runs inside.
    pub start_local: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { folder: None, data: None, examples: None, start_local: true }
    }
}

/// Everything that is open; a clone is the same workbench.
#[derive(Clone)]
pub struct Workbench {
    inner: Arc<Inner>,
}

struct Inner {
    startup: Option<PathBuf>,
    data: PathBuf,
    examples: Examples,
    local: Local,
    /// What was read from or written to each folder.
    folders: Mutex<BTreeMap<PathBuf, Folder>>,
    /// What is not in the folders yet. Locked after `folders`, where both are.
    journals: Mutex<Journals>,
    /// Times and sizes of the files of each folder when its documents were last as they were opened or saved.
    stamps: Mutex<BTreeMap<PathBuf, outside::Stamps>>,
    recent: recent::List,
    /// The people that questions are asked of.
    crowds: Mutex<crowd::Crowds>,
    /// Imports of people, by the number that `Import` answered.
    imports: Mutex<Vec<Arc<people::import::Job>>>,
    /// Fetches of people, by the number that `FetchPeople` answered.
    fetches: Mutex<Vec<Arc<people::fetch::Job>>>,
    /// The last simulated runs, by number.
    runs: Mutex<Runs<simulate::Cohort>>,
    /// The last simulated campaigns, by number.
    campaigns: Mutex<Runs<campaign::Rows>>,
    /// Publications, by the number that `Apply` answered.
    jobs: Mutex<Vec<ProgressView>>,
    /// What was predicted last for a journey that runs.
    predicted: Mutex<Option<Arc<live::Predicted>>>,
}

impl Workbench {
    /// Starts; must be called inside a tokio runtime. The local Pinpoint starts in the background.
    ///
    /// # Errors
    /// When the folder that is to be open can not be read.
    pub fn start(settings: Settings) -> anyhow::Result<Workbench> {
        let data = settings.data.unwrap_or_else(data_folder);
        let local = if settings.start_local { Local::start(data.join("local")) } else { Local::absent() };
        let startup = match settings.folder {
            Some(folder) => Some(std::path::absolute(folder)?),
            None => None,
        };
        if let Some(folder) = &startup
            && !folder.exists()
        {
            anyhow::bail!("there is no folder `{}`; `waymark new` makes one", folder.display());
        }
        people::import::tidy(&data);
        Ok(Workbench {
            inner: Arc::new(Inner {
                startup,
                journals: Mutex::new(Journals::new(&data)),
                recent: recent::List::new(&data),
                stamps: Mutex::default(),
                data,
                examples: Examples { folder: settings.examples },
                local,
                folders: Mutex::default(),
                crowds: Mutex::default(),
                imports: Mutex::default(),
                fetches: Mutex::default(),
                runs: Mutex::default(),
                campaigns: Mutex::default(),
                jobs: Mutex::default(),
                predicted: Mutex::default(),
            }),
        })
    }

    /// The local Pinpoint inside.
    pub fn local(&self) -> &Local {
        &self.inner.local
    }

    /// Where the window stood when it was closed last.
    pub fn stand(&self) -> Option<stand::Stand> {
        stand::read(&self.inner.data)
    }

    /// Keeps where a window stands.
    ///
    /// # Errors
    /// When the data folder can not be written.
    pub fn keep_stand(&self, stand: stand::Stand) -> Outcome<()> {
        stand::keep(&self.inner.data, stand)
    }

    /// Carries out the command of that name: `body` is the command as JSON text, the answer is its answer as JSON text.
    ///
    /// # Errors
    /// A [`Failure`] as JSON text.
    pub async fn call(&self, name: &str, body: &str) -> Result<String, String> {
        self.dispatch(name, body).await.map_err(|failure| {
            serde_json::to_string(&failure).unwrap_or_else(|error| format!("{}: {error}", failure.message))
        })
    }

    async fn dispatch(&self, name: &str, body: &str) -> Outcome<String> {
        match name {
            bridge::ListExamples::NAME => {
                self.answer(body, |inner, _: bridge::ListExamples| Ok(inner.examples.list())).await
            }
            bridge::Startup::NAME => self.answer(body, |inner, _: bridge::Startup| inner.startup()).await,
            bridge::OpenExample::NAME => self.answer(body, Inner::open_example).await,
            bridge::OpenPath::NAME => {
                self.answer(body, |inner, command: bridge::OpenPath| inner.open(Path::new(&command.path))).await
            }
            bridge::OpenText::NAME => {
                self.answer(body, |_, command: bridge::OpenText| Ok(unsaved(elsewhere::text(&command.text)?))).await
            }
            bridge::Save::NAME => self.answer(body, Inner::save).await,
            bridge::StartJournal::NAME => self.answer(body, Inner::start_journal).await,
            bridge::Keep::NAME => self.answer(body, Inner::keep).await,
            bridge::Shelve::NAME => self.answer(body, Inner::shelve).await,
            bridge::AskOlder::NAME => self.answer(body, Inner::ask_older).await,
            bridge::Bring::NAME => self.answer(body, Inner::bring).await,
            bridge::ForgetJournal::NAME => {
                let forget = |inner: &Inner, command: bridge::ForgetJournal| {
                    lock(&inner.journals).forget(command.journal);
                    Ok(())
                };
                self.answer(body, forget).await
            }
            bridge::LookOutside::NAME => self.answer(body, Inner::look_outside).await,
            bridge::Reread::NAME => self.answer(body, Inner::reread).await,
            bridge::ListRecent::NAME => self.answer(body, |inner, _: bridge::ListRecent| Ok(inner.recent())).await,
            bridge::OpenUnsaved::NAME => self.answer(body, Inner::open_unsaved).await,
            bridge::ForgetRecent::NAME => self.answer(body, Inner::forget_recent).await,
            bridge::TourSeen::NAME => {
                self.answer(body, |inner, _: bridge::TourSeen| Ok(tour::is_seen(&inner.data))).await
            }
            bridge::EndTour::NAME => self.answer(body, |inner, _: bridge::EndTour| tour::keep_seen(&inner.data)).await,
            bridge::AskKnown::NAME => self.answer(body, |_, command| known::known(&command)).await,
            bridge::CountSegment::NAME => self.answer(body, Inner::count_segment).await,
            bridge::AskWhy::NAME => self.answer(body, Inner::ask_why).await,
            bridge::AskOverlap::NAME => self.answer(body, Inner::ask_overlap).await,
            bridge::AskSizes::NAME => self.answer(body, Inner::ask_sizes).await,
            bridge::ListPeople::NAME => self.answer(body, Inner::list_people).await,
            bridge::ShowPerson::NAME => self.answer(body, Inner::show_person).await,
            bridge::ChangePerson::NAME => self.answer(body, Inner::change_person).await,
            bridge::Pseudonymise::NAME => self.answer(body, Inner::pseudonymise).await,
            bridge::InventPeople::NAME => self.answer(body, Inner::invent_people).await,
            bridge::KeepPiece::NAME => self.answer(body, Inner::keep_piece).await,
            bridge::LookAtFile::NAME => self.answer(body, Inner::look_at_file).await,
            bridge::Import::NAME => say::<bridge::Import>(&self.inner.import(read(body)?)?),
            bridge::Importing::NAME => say::<bridge::Importing>(&self.inner.importing(read(body)?)?),
            bridge::FetchPeople::NAME => say::<bridge::FetchPeople>(&self.fetch_people(read(body)?).await?),
            bridge::Fetching::NAME => say::<bridge::Fetching>(&self.inner.fetching(read(body)?)?),
            bridge::CountPeople::NAME => self.answer(body, Inner::count_people).await,
            bridge::Simulate::NAME => self.answer(body, Inner::simulate).await,
            bridge::Flow::NAME => self.answer(body, Inner::flow).await,
            bridge::Moment::NAME => self.answer(body, Inner::moment).await,
            bridge::Waiting::NAME => self.answer(body, Inner::waiting).await,
            bridge::FindPeople::NAME => self.answer(body, Inner::find_people).await,
            bridge::Person::NAME => self.answer(body, Inner::person).await,
            bridge::Messages::NAME => self.answer(body, Inner::messages).await,
            bridge::WriteMessages::NAME => self.answer(body, Inner::write_messages).await,
            bridge::ManyRuns::NAME => self.answer(body, Inner::many_runs).await,
            bridge::Compare::NAME => self.answer(body, Inner::compare).await,
            bridge::Test::NAME => self.answer(body, |_, command| testing::test(&command)).await,
            bridge::Picture::NAME => self.answer(body, |_, command| export::picture(&command)).await,
            bridge::Expect::NAME => self.answer(body, Inner::expect).await,
            bridge::Generate::NAME => self.answer(body, |_, command| testing::generate(&command)).await,
            bridge::Promised::NAME => self.answer(body, |_, command| testing::promised(&command)).await,
            bridge::Promise::NAME => self.answer(body, |_, command| testing::promise(&command)).await,
            bridge::SimulateCampaign::NAME => self.answer(body, Inner::simulate_campaign).await,
            bridge::CampaignMessages::NAME => self.answer(body, Inner::campaign_messages).await,
            bridge::WriteCampaignMessages::NAME => self.answer(body, Inner::write_campaign_messages).await,
            bridge::Build::NAME => self.answer(body, |_, command| Ok(source::build(command))).await,
            bridge::WritePreheader::NAME => self.answer(body, |_, command| preheader::write(&command)).await,
            bridge::SimulateProject::NAME => self.answer(body, Inner::simulate_project).await,
            bridge::Preview::NAME => self.answer(body, Inner::preview).await,
            bridge::ListVersions::NAME => say::<bridge::ListVersions>(&self.list_versions(read(body)?).await?),
            bridge::CompareVersion::NAME => say::<bridge::CompareVersion>(&self.compare_version(read(body)?).await?),
            bridge::ActivateVersion::NAME => {
                self.activate_version(read(body)?).await?;
                say::<bridge::ActivateVersion>(&())
            }
            bridge::SendTest::NAME => say::<bridge::SendTest>(&self.send_test(read(body)?).await?),
            bridge::Plan::NAME => {
                let plan: bridge::Plan = read(body)?;
                self.inner.refuse_damaged(&plan)?;
                let local = self.local_address(&plan.target).await;
                say::<bridge::Plan>(&publication::jobs::publication(plan).plan(local.as_deref()).await?)
            }
            bridge::Apply::NAME => {
                let command: bridge::Apply = read(body)?;
                self.inner.refuse_damaged(&command.plan)?;
                say::<bridge::Apply>(&self.apply(command).await)
            }
            bridge::ListPublications::NAME => self.answer(body, |_, command| publication::jobs::list(&command)).await,
            bridge::PlanBack::NAME => say::<bridge::PlanBack>(&self.plan_back(read(body)?).await?),
            bridge::RollBack::NAME => say::<bridge::RollBack>(&self.roll_back(read(body)?).await),
            bridge::Progress::NAME => {
                let command: bridge::Progress = read(body)?;
                say::<bridge::Progress>(&self.inner.progress(command.job)?)
            }
            bridge::LocalStatus::NAME => say::<bridge::LocalStatus>(&self.inner.local.view().await),
            bridge::Outbox::NAME => {
                let command: bridge::Outbox = read(body)?;
                say::<bridge::Outbox>(&outbox::page(&self.inner.local, &command).await?)
            }
            bridge::MailSource::NAME => {
                let command: bridge::MailSource = read(body)?;
                say::<bridge::MailSource>(&outbox::source(&self.inner.local, command.at.as_ref(), &command.id).await?)
            }
            bridge::Replay::NAME => {
                let command: bridge::Replay = read(body)?;
                say::<bridge::Replay>(&outbox::replay(&self.inner.local, command.at.as_ref(), &command.id).await?)
            }
            bridge::Live::NAME => say::<bridge::Live>(&self.live(read(body)?).await?),
            bridge::SetState::NAME => say::<bridge::SetState>(&self.set_state(read(body)?).await?),
            bridge::Figures::NAME => say::<bridge::Figures>(&self.figures(read(body)?).await?),
            bridge::LoadPeople::NAME => {
                let command: bridge::LoadPeople = read(body)?;
                say::<bridge::LoadPeople>(&self.load_people(command).await?)
            }
            _ => {
                Err(not_found(format!("there is no command `{name}`"), "use a page and a program of the same version"))
            }
        }
    }

    /// Carries out a command that reads files or computes, away from the threads that answer.
    async fn answer<C: Command + Send + 'static>(
        &self,
        body: &str,
        work: impl FnOnce(&Inner, C) -> Outcome<C::Answer> + Send + 'static,
    ) -> Outcome<String> {
        let command: C = read(body)?;
        let inner = self.inner.clone();
        let done = tokio::task::spawn_blocking(move || say::<C>(&work(&inner, command)?));
        done.await.map_err(|error| internal(format!("the command `{}` did not end: {error}", C::NAME)))?
    }

    /// The address of the local Pinpoint inside, for the target `local`.
    async fn local_address(&self, target: &str) -> Option<String> {
        if target != "local" {
            return None;
        }
        self.inner.local.server().await.ok().map(|server| server.endpoint_url())
    }

    async fn load_people(&self, command: bridge::LoadPeople) -> Outcome<u64> {
        let folder = PathBuf::from(&command.folder);
        let local = self.local_address(&command.target).await;
        let read = tokio::task::spawn_blocking(move || {
            let project = folder::read(&folder)?.project;
            let (people, _) = people::endpoints(&folder);
            let endpoints = people::items(&people);
            Ok((folder, project, endpoints))
        });
        let (folder, project, endpoints) = read.await.map_err(|error| internal(error.to_string()))??;
        let publication = Publication {
            project,
            folder: Some(folder),
            journeys: Vec::new(),
            campaigns: false,
            target: command.target,
            activate: false,
            terms: publication::Terms::default(),
        };
        publication.load_people(local.as_deref(), &endpoints).await
    }
}

impl Inner {
    fn startup(&self) -> Outcome<Option<Opened>> {
        self.startup.as_deref().map(|path| self.open(path)).transpose()
    }

    fn open_example(&self, command: bridge::OpenExample) -> Outcome<Opened> {
        let parent = self.data.join("examples");
        let numbered = |number: u32| match number {
            1 => parent.join(&command.name),
            _ => parent.join(format!("{}-{number}", command.name)),
        };
        let free = (1..).map(numbered).find(|folder| !folder.exists()).ok_or_else(|| internal("no name is free"))?;
        self.examples.copy(&command.name, &free)?;
        self.open(&free)
    }

    /// Opens a project folder, a file in one, or JSON from elsewhere.
    fn open(&self, path: &Path) -> Outcome<Opened> {
        match check::project_of(path) {
            Some((project, _)) => self.open_folder(&project),
            None if path.is_dir() && is_empty(path) => self.open_folder(path),
            None if path.is_dir() => Ok(unsaved(elsewhere::folder(path)?)),
            None => Ok(unsaved(elsewhere::file(path)?)),
        }
    }

    fn open_folder(&self, path: &Path) -> Outcome<Opened> {
        let path = &std::path::absolute(path).map_err(|error| failure::disk("find", path, &error))?;
        let folder = folder::read(path)?;
        let mut opened = opened(&folder, &self.crowd(path));
        let mut folders = lock(&self.folders);
        let recovery = lock(&self.journals).open(&key(path), &folder.project, now())?;
        let Recovery { number, kept, aside, .. } = recovery;
        (opened.journal, opened.kept, opened.aside) = (number, kept, aside);
        folders.insert(key(path), folder);
        drop(folders);
        self.note_recent(path, &opened.project);
        Ok(opened)
    }

    /// A list that can not be written is no reason not to open a project.
    fn note_recent(&self, folder: &Path, project: &Project) {
        let _ = self.recent.note(&key(folder), &project.settings.name, now());
    }

    fn save(&self, command: bridge::Save) -> Outcome<bridge::Saved> {
        if command.folder.trim().is_empty() {
            return Err(bad_input("no folder is named", "choose a folder to save into"));
        }
        let path = PathBuf::from(&command.folder);
        let (project, journal) = (&command.project, command.journal);
        let mut folders = lock(&self.folders);
        let mut journals = lock(&self.journals);
        let before = journals.folder(journal).and_then(|folder| folders.get(folder));
        let before = before.map(|folder| folder.project.clone()).unwrap_or_default();
        // A folder that was never opened here is empty as far as we know: what is in it is not overwritten.
        let opened = folders.entry(key(&path)).or_default();
        // What can not be kept is no reason not to save: after the save there is nothing to keep.
        let _ = journals.before_save(journal, &key(&path), project, &opened.project, now());
        let request = save::Request {
            folder: &path,
            project,
            removed: &command.removed,
            overwrite_damaged: command.overwrite_damaged,
        };
        let saved = save::save(request, opened)?;
        if journals.after_save(journal, &key(&path), project, &before, now()).is_err() {
            journals.forget(journal);
        }
        drop(journals);
        drop(folders);
        self.note_recent(&path, project);
        Ok(saved)
    }

    fn start_journal(&self, command: bridge::StartJournal) -> Outcome<u64> {
        let folder = command.folder.map(|folder| key(Path::new(&folder)));
        let files = folder.as_deref().map(|folder| self.files(folder)).unwrap_or_default();
        let session = model::journal::Session { project: command.project, history: command.history };
        lock(&self.journals).start(folder, &files, &session, now())
    }

    fn keep(&self, command: bridge::Keep) -> Outcome<bool> {
        let folders = lock(&self.folders);
        let files = |folder: &Path| folders.get(folder).map(|folder| folder.project.clone()).unwrap_or_default();
        lock(&self.journals).keep(&command, files, now())
    }

    fn shelve(&self, command: bridge::Shelve) -> Outcome<bridge::Shelved> {
        let folders = lock(&self.folders);
        let files = |folder: &Path| folders.get(folder).map(|folder| folder.project.clone()).unwrap_or_default();
        lock(&self.journals).shelve(command.journal, files, now())
    }

    fn ask_older(&self, command: bridge::AskOlder) -> Outcome<bridge::Older> {
        let folders = lock(&self.folders);
        let files = |folder: &Path| folders.get(folder).map(|folder| folder.project.clone()).unwrap_or_default();
        lock(&self.journals).older(&command, files, now())
    }

    /// What is in the files of a folder, as they were opened or saved.
    fn files(&self, folder: &Path) -> Project {
        lock(&self.folders).get(folder).map(|folder| folder.project.clone()).unwrap_or_default()
    }

    fn look_outside(&self, command: bridge::LookOutside) -> Outcome<Vec<bridge::OutsideChange>> {
        let path = Path::new(&command.folder);
        let stamps = outside::stamps(path);
        if lock(&self.stamps).get(&key(path)) == Some(&stamps) {
            return Ok(Vec::new());
        }
        let now = folder::read(path)?;
        let mut folders = lock(&self.folders);
        let Some(opened) = folders.get_mut(&key(path)) else { return Ok(Vec::new()) };
        let changes = outside::changes(&opened.project, &now.project);
        if changes.is_empty() {
            // Files that say the same in other words are those that a save is compared with from now on.
            *opened = now;
            lock(&self.stamps).insert(key(path), stamps);
        }
        Ok(changes)
    }

    fn reread(&self, command: bridge::Reread) -> Outcome<Opened> {
        let path = PathBuf::from(&command.folder);
        let folder = folder::read(&path)?;
        let opened = Opened { journal: command.journal, ..opened(&folder, &self.crowd(&path)) };
        let mut folders = lock(&self.folders);
        let before = folders.get(&key(&path)).map(|folder| folder.project.clone()).unwrap_or_default();
        lock(&self.journals).relate(command.journal, &before, &folder.project, now())?;
        folders.insert(key(&path), folder);
        Ok(opened)
    }

    fn recent(&self) -> Vec<bridge::Recent> {
        let unsaved = lock(&self.journals).unsaved();
        let unsaved = unsaved.into_iter().map(|(journal, name, at)| bridge::Recent {
            place: bridge::Place::Unsaved(journal),
            name,
            at,
            missing: false,
        });
        let mut all: Vec<_> = unsaved.chain(self.recent.folders()).collect();
        all.sort_by_key(|recent| std::cmp::Reverse(recent.at));
        all
    }

    fn open_unsaved(&self, command: bridge::OpenUnsaved) -> Outcome<Opened> {
        let Recovery { number, kept, project, .. } = lock(&self.journals).open_unsaved(&command.name, now())?;
        Ok(Opened { project, journal: number, kept, ..Opened::default() })
    }

    fn forget_recent(&self, command: bridge::ForgetRecent) -> Outcome<()> {
        match command.place {
            bridge::Place::Folder(folder) => self.recent.forget(&folder),
            bridge::Place::Unsaved(name) => lock(&self.journals).forget_unsaved(&name),
        }
    }

    /// Refuses to publish what was read in part only.
    fn refuse_damaged(&self, plan: &bridge::Plan) -> Outcome<()> {
        let Some(folder) = &plan.folder else { return Ok(()) };
        lock(&self.folders).get(&key(Path::new(folder))).map_or(Ok(()), Folder::refuse_damaged)
    }

    fn progress(&self, job: u64) -> Outcome<ProgressView> {
        let jobs = lock(&self.jobs);
        let found = usize::try_from(job).ok().and_then(|job| jobs.get(job));
        found.cloned().ok_or_else(|| not_found(format!("there is no publication {job}"), "publish again"))
    }
}

/// Makes a project folder: empty, or a copy of an example.
///
/// # Errors
/// When the folder is there and not empty, its name is none for a project, or there is no such example.
pub fn new_project(folder: &Path, example: Option<&str>) -> Outcome<()> {
    let absolute = std::path::absolute(folder).map_err(|error| failure::disk("make", folder, &error))?;
    let name = absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if name.is_empty() || name.starts_with('.') || name.starts_with('-') || name.chars().any(char::is_control) {
        return Err(bad_input(
            format!("`{}` is no name for a project", folder.display()),
            "choose a name such as `onboarding`",
        ));
    }
    if folder.exists() && !is_empty(folder) {
        return Err(bad_input(
            format!("`{}` is there already, and not empty", folder.display()),
            "choose another name, or open it with `waymark studio`",
        ));
    }
    if let Some(example) = example {
        return Examples::default().copy(example, folder);
    }
    let project = Project { settings: ProjectSettings { name, ..ProjectSettings::default() }, ..Project::default() };
    let request = save::Request { folder, project: &project, removed: &[], overwrite_damaged: false };
    save::save(request, &mut Folder::default())?;
    for (file, content) in NEW {
        let path = folder.join(file);
        files::write(&path, content.as_bytes()).map_err(|error| failure::disk("write", &path, &error))?;
    }
    Ok(())
}

/// Files of an empty project beside `waymark.toml`.
const NEW: &[(&str, &str)] = &[(".gitignore", ".waymark/\n"), ("journeys/.gitkeep", "")];

pub(crate) fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// A folder as the window gets it, with how many people and events it holds.
fn opened(folder: &Folder, crowd: &crowd::Crowd) -> Opened {
    Opened {
        folder: Some(folder.path.display().to_string()),
        project: folder.project.clone(),
        problems: folder.problems.iter().chain(&crowd.problems).cloned().collect(),
        endpoints: crowd.people.len() as u64,
        events: crowd.recorded as u64,
        attributes: crowd.people.attribute_paths(),
        ..Opened::default()
    }
}

/// The clock, in milliseconds since 1970.
pub(crate) fn now() -> model::Millis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    model::Millis::try_from(since.as_millis()).unwrap_or(model::Millis::MAX)
}

fn unsaved(found: elsewhere::Found) -> Opened {
    Opened { project: found.project, problems: found.problems, ..Opened::default() }
}

/// One name for a folder, however it is written.
fn key(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_path_buf())
}

/// The usual place of this system for what programs keep.
fn data_folder() -> PathBuf {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("WAYMARK_DATA")
        .or_else(|| Some(named("XDG_DATA_HOME").or_else(|| named("APPDATA"))?.join("waymark")))
        .or_else(|| Some(named("HOME")?.join(".local/share/waymark")))
        .unwrap_or_else(|| std::env::temp_dir().join("waymark"))
}

fn read<C: Command>(body: &str) -> Outcome<C> {
    serde_json::from_str(body).map_err(|error| {
        bad_input(format!("this is no command `{}`: {error}", C::NAME), "use a page and a program of the same version")
    })
}

fn say<C: Command>(answer: &C::Answer) -> Outcome<String> {
    serde_json::to_string(answer)
        .map_err(|error| internal(format!("the answer to `{}` can not be written: {error}", C::NAME)))
}

/// What a panicking command left behind is still the best that is known.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A failure in one line, for a terminal.
pub fn sentence(failure: &Failure) -> String {
    match failure.help.is_empty() {
        true => failure.message.clone(),
        false => format!("{}\n  help: {}", failure.message, failure.help),
    }
}

/// An instant as people and programs read it: ISO 8601.
pub fn instant(at: model::Millis) -> String {
    model::time::format_instant(at)
}

/// A way out of an activity, in a word or two.
pub fn slot_words(slot: &model::Slot) -> String {
    match slot {
        model::Slot::Next => "next".to_owned(),
        model::Slot::Yes => "yes".to_owned(),
        model::Slot::No => "no".to_owned(),
        model::Slot::Else => "else".to_owned(),
        model::Slot::Branch(index) => format!("branch {}", index + 1),
    }
}

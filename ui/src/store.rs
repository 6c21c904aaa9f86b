//! The one state of the window, and what is derived from it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bridge::{Failure, FileProblem, Opened, SimulationView, Story};
use diagram::scene::Scene;
use diagram::{Layout, Viewport};
use leptos::prelude::*;
use model::drawing::Origin;
use model::{Act, Diagnostic, DocumentId, History, Journey, Path, Place, Project, Severity, naming};
use serde_json::Value;
use validation::{Facts, Report};

use crate::autosave::Autosave;
use crate::known::Knowing;
use crate::live::Watch;
use crate::people::PeopleFile;
use crate::problems::sentence;
use crate::simulate::playback::Playback;
use crate::theme;
use crate::timing::timed;

/// Around a journey that is shown whole, pixels.
const FIT_MARGIN: f64 = 48.0;

/// The zoom below which a card's second line is hard to read.
const READABLE: f64 = 0.8;

/// The ways to look at a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Draw and edit.
    Design,
    /// Run sample people through it.
    Simulate,
    /// Bring it to Pinpoint.
    Publish,
    /// See what it does there.
    Live,
}

/// What the window is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// The journey on the canvas.
    #[default]
    Journey,
    /// The sample people.
    People,
    /// Everything that is sent, day by day.
    Calendar,
    /// A template, a campaign or a segment.
    Document(DocumentId),
}

/// What is selected on the canvas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Nothing: the inspector shows the journey.
    #[default]
    Journey,
    /// The entry.
    Entry,
    /// Activities, by id; never empty.
    Activities(Vec<String>),
    /// A connection.
    Connection(Origin),
}

/// A short message at the foot of the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub text: String,
    /// What to do about it; may be empty.
    pub help: String,
    /// Whether it went wrong.
    pub bad: bool,
}

/// What stands over the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Asks for the folder to save into.
    SaveAs,
    /// Asks for the path of a folder or file to open.
    Open,
    /// Takes pasted JSON.
    Paste,
    /// Lists the keys.
    Keys,
    /// Lists the commands.
    Commands,
    /// Searches the project.
    Find,
    /// Lists the steps that the selected one can lead to.
    Connect,
    /// Lists the kinds of steps that can be put behind what is selected.
    AddStep,
    /// Asks for the kind and name of a document to add.
    AddDocument,
    /// Damaged files: whether to overwrite them.
    Damaged,
    /// Unsaved changes are about to be left.
    Leave,
    /// What stands between journeys or campaigns and their publication.
    Review(Vec<DocumentId>),
    /// The page of a rule.
    Rule {
        /// The rule.
        id: String,
        /// What stood there before, to go back to.
        back: Option<Box<Dialog>>,
    },
}

/// The state; copying it copies handles.
#[derive(Clone, Copy)]
pub struct Store {
    /// Whether a project is open.
    pub open: RwSignal<bool>,
    /// Whether the journey was painted once. Palette and inspector wait for it: the picture comes first.
    pub settled: RwSignal<bool>,
    /// Whether checks are made: from when the page had nothing else to do for the first time.
    pub checks: RwSignal<bool>,
    /// The project.
    pub project: RwSignal<Project>,
    /// The project as it is on disk.
    pub saved: RwSignal<Project>,
    /// Its folder.
    pub folder: RwSignal<Option<String>>,
    /// Damaged files.
    pub file_problems: RwSignal<Vec<FileProblem>>,
    /// Sample endpoints in the folder.
    pub endpoints: RwSignal<u64>,
    /// Recorded events in the folder.
    pub events: RwSignal<u64>,
    /// Attribute paths of the sample people.
    pub attributes: RwSignal<Vec<String>>,
    /// Whether the outline stands in the place of the palette.
    pub outlined: RwSignal<bool>,
    /// The step of the tour that is being shown, from 0.
    pub tour: RwSignal<Option<usize>>,
    /// What the sample people and events have.
    pub known: Knowing,
    /// File name of the journey on the canvas.
    pub journey: RwSignal<String>,
    /// What the window is about.
    pub room: RwSignal<Room>,
    /// What the fields of a form edit: the journey on the canvas, or the document that the window is about.
    pub subject: Memo<DocumentId>,
    /// That document; while it is the journey on the canvas, the same value and no copy: journeys can be large.
    pub content: Memo<Arc<Value>>,
    /// A file of people that is looked into.
    pub people_file: RwSignal<Option<PeopleFile>>,
    /// What is selected.
    pub selection: RwSignal<Selection>,
    /// The field that a click on a problem leads to.
    pub field: RwSignal<Option<Path>>,
    /// The way to look at the journey.
    pub mode: RwSignal<Mode>,
    /// Where the canvas looks.
    pub viewport: RwSignal<Viewport>,
    /// Width and height of the canvas in CSS pixels; nought before it is measured, and nothing is drawn until then.
    pub canvas_size: RwSignal<(f64, f64)>,
    /// The kind that is being dragged from the palette, with the pointer's place in the window.
    pub carried: RwSignal<Option<(model::ActivityKind, f64, f64)>>,
    /// What stands over the window.
    pub dialog: RwSignal<Option<Dialog>>,
    /// The message at the foot.
    pub notice: RwSignal<Option<Notice>>,
    /// The last simulated run.
    pub run: RwSignal<Option<SimulationView>>,
    /// The journey as it was when that run was made.
    pub ran: RwSignal<Arc<Value>>,
    /// Recommendations that somebody marked as reviewed, in the words of `review`.
    pub reviewed: RwSignal<BTreeSet<String>>,
    /// The story being read.
    pub story: RwSignal<Option<Story>>,
    /// The run over time, and what was asked about it.
    pub playback: Playback,
    /// The journey as it runs on a target.
    pub live: Watch,
    /// What can be undone and redone.
    pub history: RwSignal<History>,
    /// Keeps what is not saved yet.
    pub autosave: Autosave,
    /// What was done while a step of undo or redo is under way on the machine; `None` = none is.
    pub turn: StoredValue<Option<Vec<Act>>>,
    /// Counts steps of undo and redo that changed files that are no documents: people, expectations.
    pub files: RwSignal<u64>,
    /// The journey document on the canvas.
    pub document: Memo<Arc<Value>>,
    /// The scene of it.
    pub scene: Memo<Scene>,
    /// Where everything stands; what is above a change stays as it stood.
    pub layout: Memo<Layout>,
    /// Counts how often everything was laid out anew, whatever stood before.
    pub anew: RwSignal<u32>,
    /// Whether the desktop is dark.
    pub dark: RwSignal<bool>,
    /// What the checks say.
    pub report: Memo<Report>,
    /// By activity of the journey on the canvas (`@entry` for the entry): the worst problem, and how many.
    pub problems: Memo<HashMap<String, (Severity, usize)>>,
    /// Whether there are unsaved changes.
    pub dirty: Memo<bool>,
}

impl Store {
    /// An empty window.
    pub fn new() -> Store {
        let project = RwSignal::new(Project::default());
        let saved = RwSignal::new(Project::default());
        let journey = RwSignal::new(String::new());
        let room = RwSignal::new(Room::Journey);
        let checks = RwSignal::new(false);
        let of_project =
            move |id: &DocumentId| project.with(|project| project.documents.shared(id)).unwrap_or_default();
        let document = Memo::new(move |_| of_project(&DocumentId::Journey(journey.get())));
        let subject = Memo::new(move |_| match room.get() {
            Room::Journey | Room::People | Room::Calendar => DocumentId::Journey(journey.get()),
            Room::Document(id) => id,
        });
        let content = Memo::new(move |_| match room.get() {
            Room::Journey | Room::People | Room::Calendar => document.get(),
            Room::Document(id) => of_project(&id),
        });
        let scene = Memo::new(move |_| {
            let id = DocumentId::Canvas(journey.get());
            let canvas = project.with(|project| project.documents.shared(&id));
            document.with(|value| Journey::of(value).map(|j| Scene::of(j, canvas.as_deref())).unwrap_or_default())
        });
        let (anew, drawn) = (RwSignal::new(0), StoredValue::new(0));
        let layout = Memo::new(move |before: Option<&Layout>| {
            let goes_on = drawn.get_value() == anew.get();
            drawn.set_value(anew.get());
            let nothing = Layout::default();
            let earlier = before.filter(|_| goes_on).unwrap_or(&nothing);
            let graph = |scene: &Scene| diagram::layout_after(&scene.graph, &diagram::scene::spacing(), earlier);
            timed("layout", || scene.with(graph))
        });
        let run = RwSignal::new(None);
        let ran = RwSignal::new(Arc::new(Value::Null));
        Effect::new(move |_| {
            run.track();
            ran.set(document.get_untracked());
        });
        let known = Knowing::new();
        let report = live_report(project, checks, run, known);
        Store {
            open: RwSignal::new(false),
            settled: RwSignal::new(false),
            checks,
            project,
            saved,
            folder: RwSignal::new(None),
            file_problems: RwSignal::new(Vec::new()),
            endpoints: RwSignal::new(0),
            events: RwSignal::new(0),
            attributes: RwSignal::new(Vec::new()),
            outlined: RwSignal::new(false),
            tour: RwSignal::new(None),
            known,
            journey,
            room,
            subject,
            content,
            people_file: RwSignal::new(None),
            selection: RwSignal::new(Selection::Journey),
            field: RwSignal::new(None),
            mode: RwSignal::new(Mode::Design),
            viewport: RwSignal::new(Viewport { x: 0.0, y: 0.0, zoom: 1.0 }),
            canvas_size: RwSignal::new((0.0, 0.0)),
            carried: RwSignal::new(None),
            dialog: RwSignal::new(None),
            notice: RwSignal::new(None),
            run,
            ran,
            reviewed: RwSignal::new(BTreeSet::new()),
            story: RwSignal::new(None),
            playback: Playback::new(),
            live: Watch::new(),
            history: RwSignal::new(History::default()),
            autosave: Autosave::new(),
            turn: StoredValue::new(None),
            files: RwSignal::new(0),
            document,
            scene,
            layout,
            anew,
            dark: theme::dark(),
            report,
            problems: Memo::new(move |_| by_activity(report, journey)),
            dirty: Memo::new(move |_| {
                project.with(|now| saved.with(|then| now.documents != then.documents || now.settings != then.settings))
            }),
        }
    }

    /// The document id of the journey on the canvas.
    pub fn id(&self) -> DocumentId {
        DocumentId::Journey(self.journey.get_untracked())
    }

    /// The names of targets; the Pinpoint inside the studio is always one.
    pub fn targets(&self) -> Vec<String> {
        let mut names: Vec<String> = self.project.with(|project| project.settings.target.keys().cloned().collect());
        if !names.iter().any(|name| name == "local") {
            names.insert(0, "local".to_owned());
        }
        names
    }

    /// Asks `read` about the journey on the canvas, without following later changes.
    pub fn peek<T>(&self, read: impl FnOnce(Journey) -> T) -> Option<T> {
        self.document.with_untracked(|value| Journey::of(value).map(read))
    }

    /// What the canvas calls an activity: its label, else its id. Later changes are not followed.
    pub fn label(&self, id: &str) -> String {
        let label = self.peek(|journey| journey.activity(id).map(|activity| activity.label().to_owned()));
        label.flatten().unwrap_or_else(|| id.to_owned())
    }

    /// A sentence about the journey on the canvas, with its activities as the canvas calls them. Later changes are not followed.
    pub fn told(&self, text: &str) -> String {
        self.peek(|journey| sentence(&naming::by_label(journey, text))).unwrap_or_else(|| sentence(text))
    }

    /// Words of a problem: as [`Store::told`] where it is about the journey on the canvas, else as they are.
    pub fn told_of(&self, found: &Diagnostic, words: &str) -> String {
        if found.place.document == self.id() { self.told(words) } else { sentence(words) }
    }

    /// Takes what the machine opened.
    pub fn take(&self, opened: Opened) {
        let kept = opened.kept.unwrap_or_default();
        self.autosave.begin(*self, opened.journal);
        self.turn.set_value(None);
        let unsaved = opened.folder.is_some() && (!kept.changed.is_empty() || kept.settings.is_some());
        self.autosave.brought_back.set(unsaved.then_some(kept.at));
        let mut project = opened.project;
        project.documents.shrink_to_fit();
        self.saved.set(if opened.folder.is_some() { project.clone() } else { Project::default() });
        model::journal::put(&mut project, kept.changed);
        if let Some(settings) = kept.settings {
            project.settings = settings;
        }
        self.project.set(project);
        self.history.set(kept.history);
        self.folder.set(opened.folder);
        self.file_problems.set(opened.problems);
        self.endpoints.set(opened.endpoints);
        self.events.set(opened.events);
        self.attributes.set(opened.attributes);
        self.known.forget();
        self.people_file.set(None);
        self.mode.set(Mode::Design);
        self.dialog.set(None);
        self.notice.set(None);
        self.reviewed.set(BTreeSet::new());
        let first = self.project.with_untracked(|project| project.journeys().next().map(|(name, _)| name.to_owned()));
        self.show(&first.unwrap_or_default());
        self.open.set(true);
        if let Some(why) = opened.aside {
            self.tell_bad(why, "");
        }
    }

    /// Puts a journey on the canvas and shows all of it.
    pub fn show(&self, journey: &str) {
        self.room.set(Room::Journey);
        self.journey.set(journey.to_owned());
        self.anew.update(|times| *times += 1);
        self.selection.set(Selection::Journey);
        self.run.set(None);
        self.story.set(None);
        self.playback.clear();
        self.live.clear();
        self.frame();
    }

    /// Shows the canvas, in one of its modes.
    pub fn look(&self, mode: Mode) {
        self.room.set(Room::Journey);
        self.mode.set(mode);
    }

    /// Shows a document: a journey on the canvas, others in their own room.
    pub fn visit(&self, id: &DocumentId) {
        match id {
            DocumentId::Journey(name) | DocumentId::Canvas(name) | DocumentId::Conflicts(name) => self.show(name),
            DocumentId::Source(kind, _, name) => {
                self.room.set(Room::Document(DocumentId::Template(*kind, name.clone())));
            }
            _ => self.room.set(Room::Document(id.clone())),
        }
    }

    /// Moves the canvas to the entry, as small as the whole journey needs but large enough to read.
    pub fn frame(&self) {
        self.fit();
        let (width, _) = self.canvas_size.get_untracked();
        let zoom = self.viewport.get_untracked().zoom;
        if zoom < READABLE {
            let entry = self.layout.with_untracked(|layout| layout.nodes.first().map(|rect| rect.center()));
            let Some(entry) = entry else { return };
            let y = 40.0 - (entry.y - diagram::scene::CARD.1 / 2.0) * READABLE;
            self.viewport.set(Viewport { x: width / 2.0 - entry.x * READABLE, y, zoom: READABLE });
        }
    }

    /// Moves the canvas so that the whole journey can be seen; of one that is too large, the part with the entry.
    pub fn fit(&self) {
        let (width, height) = self.canvas_size.get_untracked();
        if width == 0.0 {
            return;
        }
        let (bounds, entry) = self.layout.with_untracked(|layout| (layout.bounds, layout.nodes.first().copied()));
        let whole = Viewport::fit(&bounds, width, height, FIT_MARGIN);
        self.viewport.set(entry.map_or(whole, |entry| whole.reveal(&entry, width, height, FIT_MARGIN)));
    }

    /// Where the card of an activity, or of `@entry`, stands on the canvas.
    pub fn area_of(&self, id: &str) -> Option<diagram::Rect> {
        let place = self.scene.with_untracked(|scene| scene.place(id))?;
        self.layout.with_untracked(|layout| layout.nodes.get(place).copied())
    }

    /// Moves the canvas as little as needed to show an activity.
    pub fn reveal(&self, id: &str) {
        if let Some(rect) = self.area_of(id) {
            let (width, height) = self.canvas_size.get_untracked();
            self.viewport.update(|view| *view = view.reveal(&rect, width, height, 60.0));
        }
    }

    /// Selects one activity and shows it.
    pub fn select_activity(&self, id: &str) {
        self.selection.set(Selection::Activities(vec![id.to_owned()]));
        self.reveal(id);
    }

    /// Goes to what a problem is about: the journey, the activity and the field.
    pub fn go_to(&self, found: &Diagnostic) {
        self.go_to_place(&found.place);
    }

    /// Goes to a place in the project: the journey, the activity and the field.
    pub fn go_to_place(&self, place: &Place) {
        if let DocumentId::Journey(name) = &place.document {
            self.look(Mode::Design);
            if *name != self.journey.get_untracked() {
                self.show(name);
            }
            match place.path.activity() {
                Some(id) => self.select_activity(id),
                None if place.path.starts_with(&model::path!["StartCondition"]) => {
                    self.selection.set(Selection::Entry);
                    self.reveal("@entry");
                }
                None => self.selection.set(Selection::Journey),
            }
            self.field.set(Some(place.path.clone()));
        } else {
            self.visit(&place.document);
            self.field.set(Some(place.path.clone()));
        }
    }

    /// Says something.
    pub fn tell(&self, text: impl Into<String>) {
        let said = Notice { text: text.into(), help: String::new(), bad: false };
        let notice = self.notice;
        notice.set(Some(said.clone()));
        // Good news goes by itself; bad news stays until it is closed.
        let fade = move || notice.update(|now| *now = now.take().filter(|now| *now != said));
        set_timeout(fade, std::time::Duration::from_secs(6));
    }

    /// Says that something went wrong.
    pub fn tell_bad(&self, text: impl Into<String>, help: impl Into<String>) {
        self.notice.set(Some(Notice { text: text.into(), help: help.into(), bad: true }));
    }

    /// Says why the machine could not do something.
    pub fn tell_failure(&self, failure: Failure) {
        self.tell_bad(failure.message, failure.help);
    }
}

/// What the checks say, with the templates that did not change remembered from one edit to the next.
fn live_report(
    project: RwSignal<Project>,
    checks: RwSignal<bool>,
    run: RwSignal<Option<SimulationView>>,
    known: Knowing,
) -> Memo<Report> {
    let people = known.names();
    let live = StoredValue::new(validation::LiveCheck::default());
    Memo::new(move |_| {
        if !checks.get() {
            return Report::default();
        }
        let check = |live: &mut validation::LiveCheck| {
            run.with(|run| {
                let evidence = run.as_ref().map(|run| &run.evidence);
                let people = people.get();
                let facts = Facts { evidence, people: people.as_deref(), ..Facts::default() };
                project.with(|project| live.check(project, facts))
            })
        };
        timed("check", || live.try_update_value(check).unwrap_or_default())
    })
}

/// Problems by activity. Those of the entry are about the start condition and where it leads.
fn by_activity(report: Memo<Report>, journey: RwSignal<String>) -> HashMap<String, (Severity, usize)> {
    let id = DocumentId::Journey(journey.get());
    let about_entry = [model::path!["StartCondition"], model::path!["StartActivity"]];
    let mut all: HashMap<String, (Severity, usize)> = HashMap::new();
    report.with(|report| {
        for found in report.of(&id) {
            let path = &found.place.path;
            let of = match path.activity() {
                Some(activity) => activity,
                None if about_entry.iter().any(|about| path.starts_with(about)) => "@entry",
                None => continue,
            };
            let (worst, count) = all.entry(of.to_owned()).or_insert((found.severity, 0));
            *worst = (*worst).min(found.severity);
            *count += 1;
        }
    });
    all
}

/// The store of the window.
pub fn store() -> Store {
    expect_context::<Store>()
}

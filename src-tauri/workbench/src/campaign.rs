//! Simulated campaigns: from the file of a campaign to counts and stories.

pub(crate) mod expected;
mod hours;
mod person;
mod rows;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use audience::People;
use bridge::{FailureCode, FileProblem};
use engine::campaign::What;
use engine::campaign::{Context, Program, Renderer};
use model::time::{DAY, clock_in_zone, parse_instant};
use model::wire::WriteCampaignRequest;
use model::{DocumentId, Millis, Project, TemplateKind, View};
use simulation::{
    CampaignInputs, CampaignRun, CampaignSettings, CampaignStep, Event, Forecast, Note, ResponseModel, Sent, Story,
};

use crate::failure::{Outcome, bad_input, failure, not_found};
use crate::simulate::segments::Segments;
use crate::simulate::{Request, START, first_day, inputs, response_model};
use crate::{Inner, check, elsewhere, folder, lock, people, simulate};

use self::rows::Row;
pub(crate) use self::rows::Rows;

/// Messages whose outcome is drawn for a forecast, all seeds together; and the seeds that are drawn at least and at most.
const DRAWS: usize = 1_000_000;
const FEWEST_SEEDS: u32 = 20;
const MOST_SEEDS: u32 = 200;

/// Everything that a simulated campaign is made of; the same gives the same run.
pub struct Campaign {
    program: Program,
    renderer: Renderer,
    people: Arc<People>,
    events: Arc<Vec<Event>>,
    settings: CampaignSettings,
    response: ResponseModel,
    seed: u64,
    notes: Vec<Note>,
}

/// The campaign of a file, in a project folder or on its own; `None` = the file holds none, or a journey too.
fn of_path(path: &Path) -> Outcome<Option<(Project, String)>> {
    match check::project_of(path) {
        Some((folder, Some(DocumentId::Campaign(name)))) => Ok(Some((folder::read(&folder)?.project, name))),
        None if path.is_file() => {
            let project = elsewhere::file(path)?.project;
            let campaigns: Vec<String> = project.documents.keys().filter_map(campaign_name).collect();
            Ok(match campaigns.as_slice() {
                [name] if project.journeys().next().is_none() => Some((project, name.clone())),
                _ => None,
            })
        }
        _ => Ok(None),
    }
}

fn campaign_name(id: &DocumentId) -> Option<String> {
    match id {
        DocumentId::Campaign(name) => Some(name.clone()),
        _ => None,
    }
}

/// A campaign of a file, with the people and events that are named or lie beside it; `None` = the file holds none, or a
/// journey too.
///
/// Answers the campaign, and what could not be read of the people and events.
///
/// # Errors
/// When a file can not be read, nothing could ever be sent, or the start is no instant.
pub fn of_file(
    path: &Path,
    endpoints: Option<&Path>,
    events: Option<&Path>,
    request: &Request,
) -> Outcome<Option<(Campaign, Vec<FileProblem>)>> {
    let Some((project, name)) = of_path(path)? else { return Ok(None) };
    if request.test.is_some() {
        return Err(bad_input(
            format!("`{}` is a campaign, and a campaign has no waits to change", path.display()),
            "leave out --skip-waits and --each-wait, or name a journey",
        ));
    }
    let folder = check::project_of(path).map(|(folder, _)| folder);
    let (people, events, problems) = inputs(&project, folder.as_deref(), endpoints, events)?;
    let request = Request { unknown_segments_hold_all: folder.is_none(), ..request.clone() };
    let request = request.in_folder(folder.as_deref())?;
    Ok(Some((Campaign::new(&project, &name, people, events, &request)?, problems)))
}

impl Campaign {
    /// Compiles the campaign `name`. Its templates must be there, unless unknown segments hold everybody too: then
    /// messages that need one are taken to be possible.
    ///
    /// # Errors
    /// When there is no such campaign, nothing could ever be sent, or the start is no instant.
    pub fn new(
        project: &Project,
        name: &str,
        people: impl Into<Arc<People>>,
        events: impl Into<Arc<Vec<Event>>>,
        request: &Request,
    ) -> Outcome<Campaign> {
        let (people, events) = (people.into(), events.into());
        let document = project.documents.get(&DocumentId::Campaign(name.to_owned()));
        let document = document.and_then(WriteCampaignRequest::of).ok_or_else(|| {
            not_found(
                format!("the project has no campaign `{name}`"),
                "name it as its file in `campaigns/`, without `.json`",
            )
        })?;
        let segments = Segments::of(project, &people, request.unknown_segments_hold_all);
        let segment = |reference: &str| segments.find(reference);
        let start = start(project, document, &events, request)?;
        let wrong = |error: String| {
            failure(
                FailureCode::Errors,
                format!("the campaign `{name}` can not run: {error}"),
                "correct what the checks say (`waymark check`), and simulate again",
            )
        };
        let program = engine::campaign::compile(
            document,
            name,
            &Context { settings: request.application.as_ref(), ..Context::new(&segment, start) },
        )
        .map_err(|error| wrong(error.to_string()))?;
        let template = |kind: TemplateKind, name: &engine::campaign::TemplateName| project.template(kind, &name.name);
        let mut notes = Vec::new();
        let response = response_model(project, request, &segment, &mut notes)?;
        let seed = request.seed.or(project.settings.simulation.seed).unwrap_or(1);
        notes.extend(segments.notes());
        let renderer = match Renderer::compile(&program, &template) {
            Ok(renderer) => renderer,
            Err(error) if request.unknown_segments_hold_all => {
                let text = format!("{error} here: messages are taken to be possible for everybody");
                notes.push(Note { path: model::Path::default(), text });
                Renderer::default()
            }
            Err(error) => return Err(wrong(error.to_string())),
        };
        let settings = CampaignSettings { start, ..CampaignSettings::default() };
        Ok(Campaign { program, renderer, people, events, settings, response, seed, notes })
    }

    /// Runs the campaign to its end; `watch` sees every step.
    pub fn run(&self, watch: &mut dyn FnMut(CampaignStep<'_>)) -> CampaignRun {
        let mut run = simulation::simulate_campaign(&self.inputs(), &self.settings, watch);
        run.notes.extend(self.notes.iter().cloned());
        run
    }

    /// Runs the campaign, and says who gets what, and when messages arrive by the clocks of those who get them.
    fn view(&self) -> (bridge::CampaignView, Vec<Row>) {
        let (mut days, mut hours, mut without_zone) = (BTreeMap::new(), vec![0; 24], 0);
        let (mut sent, mut rows) = (Vec::new(), Vec::new());
        let run = self.run(&mut |step| {
            sent.extend(Sent::of(step));
            rows.extend(Row::of(step));
            let What::Send { row, .. } = &step.effect.what else { return };
            let zone = self.people.row(*row as usize).timezone();
            let clock = zone.and_then(|zone| clock_in_zone(step.at, zone));
            without_zone += u64::from(clock.is_none());
            let clock = clock.or_else(|| clock_in_zone(step.at, "UTC")).unwrap_or_default();
            let Some((day, time)) = clock.split_once(' ') else { return };
            *days.entry(day.to_owned()).or_default() += 1;
            if let Some(count) = time.get(..2).and_then(|hour| hours.get_mut(hour.parse::<usize>().ok()?)) {
                *count += 1;
            }
        });
        let forecast = self.forecast(&sent);
        let days = days.into_iter().collect();
        let over_time = hours::figure(&rows);
        (bridge::CampaignView { run_id: 0, run, days, hours, over_time, without_zone, forecast }, rows)
    }

    /// What comes of the messages, with as many seeds as are drawn in a moment.
    fn forecast(&self, sent: &[Sent]) -> Forecast {
        let seeds = (DRAWS / sent.len().max(1)).clamp(FEWEST_SEEDS as usize, MOST_SEEDS as usize);
        let seeds = u32::try_from(seeds).unwrap_or(MOST_SEEDS);
        simulation::forecast(&self.program, &self.people, sent, &self.response, self.settings.start, self.seed, seeds)
    }

    /// What happened to one person.
    ///
    /// # Errors
    /// When there is nobody of that name.
    pub fn story(&self, person: &str) -> Outcome<Story> {
        simulation::campaign_story(&self.inputs(), &self.settings, person)
            .ok_or_else(|| crate::simulate::nobody(person))
    }

    /// How it is simulated, cut off at `horizon`.
    pub(crate) fn settings_until(&self, horizon: Millis) -> CampaignSettings {
        CampaignSettings { horizon: Some(horizon), ..self.settings }
    }

    /// What is simulated: to make rows of steps with [`simulation::message_of`].
    pub fn inputs(&self) -> CampaignInputs<'_> {
        CampaignInputs { program: &self.program, renderer: &self.renderer, people: &self.people, events: &self.events }
    }
}

impl Inner {
    pub(crate) fn simulate_campaign(&self, command: bridge::SimulateCampaign) -> Outcome<bridge::CampaignView> {
        let folder = command.folder.as_deref().map(Path::new);
        let people = folder.map(|folder| people::endpoints(folder).0).unwrap_or_default();
        let people = if people.is_empty() { simulate::invent(&command.project) } else { people };
        let events = folder.map(|folder| simulate::events_of_folder(folder).0).unwrap_or_default();
        let request = Request { unknown_segments_hold_all: folder.is_none(), ..Request::default() };
        let request = request.in_folder(folder)?;
        let campaign = Arc::new(Campaign::new(&command.project, &command.campaign, people, events, &request)?);
        let (view, rows) = campaign.view();
        let run_id = lock(&self.campaigns).keep(Rows::new(campaign, rows));
        Ok(bridge::CampaignView { run_id, ..view })
    }

    pub(crate) fn campaign_messages(&self, command: bridge::CampaignMessages) -> Outcome<bridge::CampaignPage> {
        Ok(lock(&self.campaigns).find(command.run_id)?.page(&command))
    }

    pub(crate) fn write_campaign_messages(&self, command: bridge::WriteCampaignMessages) -> Outcome<u64> {
        let rows = lock(&self.campaigns).find(command.run_id)?;
        rows.write(simulate::file(&command.path)?)
    }
}

/// When the campaign is created: as asked for, else a day before its start, so that no time zone is missed.
fn start(
    project: &Project,
    document: WriteCampaignRequest<'_>,
    events: &[Event],
    request: &Request,
) -> Outcome<Millis> {
    if let Some(text) = request.start.as_ref().or(project.settings.simulation.start.as_ref()) {
        return parse_instant(text)
            .ok_or_else(|| bad_input(format!("`{text}` is no instant"), "write it as 2026-11-30T09:00:00Z"));
    }
    let scheduled = document.schedule().and_then(|schedule| parse_instant(schedule.start_time()?));
    Ok(scheduled.map(|at| at - DAY).or_else(|| first_day(events)).or_else(|| parse_instant(START)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_are_counted_by_the_clocks_of_those_who_get_them() {
        let mut project = Project::default();
        project.documents.insert(DocumentId::Segment("all".into()), json!({"Name": "all"}));
        project.documents.insert(
            DocumentId::Campaign("news".into()),
            json!({"Name": "news", "SegmentId": "all", "Schedule": {"StartTime": "2026-12-03T23:30:00Z", "Frequency": "ONCE"},
                "MessageConfiguration": {"EmailMessage": {"Title": "News", "Body": "There is some."}}}),
        );
        let mut people = People::default();
        for (id, zone) in [("a", Some("Asia/Tokyo")), ("b", Some("America/New_York")), ("c", None)] {
            let demographic = zone.map(|zone| json!({"Timezone": zone})).unwrap_or_else(|| json!({}));
            let endpoint =
                json!({"ChannelType": "EMAIL", "Address": format!("{id}@x.example"), "Demographic": demographic});
            people.push(Some(id), &endpoint).unwrap();
        }
        let view = Campaign::new(&project, "news", people, Vec::new(), &Request::default()).unwrap();
        let (view, rows) = view.view();
        assert_eq!(view.days, [("2026-12-03".to_owned(), 2), ("2026-12-04".to_owned(), 1)]);
        let busy: Vec<(usize, u64)> = view.hours.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect();
        assert_eq!(busy, [(8, 1), (18, 1), (23, 1)]);
        assert_eq!((view.run.messages, view.without_zone), (3, 1));
        let cells: Vec<String> = view.over_time.rows.iter().map(|row| row.cells.join(" ")).collect();
        assert_eq!((cells, rows.len()), (vec!["2026-12-03 23:00 3".to_owned()], 3), "in one hour of UTC");
        let [treatment] = view.forecast.treatments.as_slice() else { panic!("{:?}", view.forecast) };
        assert_eq!((view.forecast.seeds, treatment.messages, treatment.people), (MOST_SEEDS, 3, 3));
        assert!(treatment.delivered.mean > 2.5 && treatment.opened.mean < treatment.delivered.mean, "{treatment:?}");
        assert_eq!(view.forecast.comparisons, []);
    }
}

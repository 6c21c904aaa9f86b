//! `waymark.toml`: read as far as it can be read, changed without losing comments or unknown keys.

use bridge::FileProblem;
use model::{CalendarLimits, PeopleMarks, Settings, SimulationDefaults, Target};
use simulation::response::ResponseFault;
use simulation::{ResponseModel, Series};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::failure::{Outcome, bad_input};
use crate::responses;

/// Its name in the project folder.
pub const FILE: &str = "waymark.toml";

/// Reads the settings; what can not be read is left at its default and named by a problem.
pub fn read(text: &str) -> (Settings, Vec<FileProblem>) {
    let error = match toml::from_str(text) {
        Ok(settings) => {
            let problems = simulation_problems(text, &settings);
            return (settings, problems);
        }
        Err(error) => error,
    };
    let (line, column) = error.span().map_or((0, 0), |span| place(text, span.start));
    let problem = FileProblem {
        file: FILE.to_owned(),
        document: None,
        line,
        column,
        message: error.message().trim().replace('\n', "; "),
    };
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let word = |name: &str| table.get(name).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let targets = table.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let settings = Settings {
        name: word("name"),
        description: word("description"),
        target: targets.filter_map(|(name, target)| Some((name.clone(), target.clone().try_into().ok()?))).collect(),
        simulation: table.get("simulation").and_then(|value| value.clone().try_into().ok()).unwrap_or_default(),
        people: table.get("people").and_then(|value| value.clone().try_into().ok()).unwrap_or_default(),
        calendar: table.get("calendar").and_then(|value| value.clone().try_into().ok()).unwrap_or_default(),
    };
    (settings, vec![problem])
}

/// The text that says `settings`, with everything of the former `text` that they do not name.
///
/// # Errors
/// When the former text is not TOML, or a number is too large for it.
pub fn write(text: &str, settings: &Settings) -> Outcome<String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        bad_input(format!("`{FILE}` is not TOML: {}", error.message()), "correct it by hand")
    })?;
    set(&mut document, "name", (!settings.name.is_empty()).then_some(&settings.name));
    set(&mut document, "description", (!settings.description.is_empty()).then_some(&settings.description));
    write_targets(&mut document, settings);
    let calendar = settings.calendar;
    if let Some(table) = table(&mut document, "calendar", calendar != CalendarLimits::default()) {
        for (name, number, usual) in [
            ("per_day", calendar.per_day, CalendarLimits::default().per_day),
            ("per_week", calendar.per_week, CalendarLimits::default().per_week),
        ] {
            let said = table.get(name).and_then(Item::as_integer);
            if said.unwrap_or(i64::from(usual)) != i64::from(number) {
                table[name] = value(i64::from(number));
            }
        }
    }
    let people = &settings.people;
    if let Some(table) = table(&mut document, "people", *people != PeopleMarks::default()) {
        for (name, marks) in [("personal", &people.personal), ("not_personal", &people.not_personal)] {
            let marks = (!marks.is_empty()).then(|| serde_json::json!(marks));
            keep(table, name, marks.as_ref())?;
        }
    }
    let simulation = &settings.simulation;
    let wanted = *simulation != SimulationDefaults::default();
    if let Some(table) = table(&mut document, "simulation", wanted) {
        match simulation.seed {
            Some(seed) => {
                let seed = i64::try_from(seed).map_err(|_| {
                    bad_input(format!("the seed {seed} is too large"), "choose one below 9,000,000,000,000,000,000")
                })?;
                table["seed"] = value(seed);
            }
            None => {
                table.remove("seed");
            }
        }
        set(table, "start", simulation.start.as_ref());
        keep(table, "responses", simulation.responses.as_ref())?;
        let rates = (!simulation.rates.is_empty()).then(|| serde_json::json!(simulation.rates));
        keep(table, "rates", rates.as_ref())?;
        let prices = (!simulation.prices.is_empty()).then(|| serde_json::json!(simulation.prices));
        keep(table, "prices", prices.as_ref())?;
    }
    Ok(document.to_string())
}

fn write_targets(document: &mut DocumentMut, settings: &Settings) {
    let Some(targets) = table(document, "target", !settings.target.is_empty()) else { return };
    targets.set_implicit(true);
    let gone: Vec<String> =
        targets.iter().map(|(name, _)| name.to_owned()).filter(|name| !settings.target.contains_key(name)).collect();
    gone.iter().for_each(|name| drop(targets.remove(name)));
    for (name, target) in &settings.target {
        // The account, variables and what is demanded are written by hand, and stay as they were written.
        let Target { region, application_id, endpoint_url, profile, .. } = target;
        let Some(table) = table(targets, name, true) else { continue };
        set(table, "region", region.as_ref());
        set(table, "application_id", application_id.as_ref());
        set(table, "endpoint_url", endpoint_url.as_ref());
        set(table, "profile", profile.as_ref());
    }
}

/// The table below `parent`, made when it is wanted and not there.
fn table<'a>(parent: &'a mut Table, name: &str, wanted: bool) -> Option<&'a mut Table> {
    if wanted && !parent.get(name).is_some_and(Item::is_table) {
        // An inline table becomes one with a heading; its members stay.
        let made = parent.remove(name).and_then(|item| item.into_table().ok()).unwrap_or_default();
        parent.insert(name, Item::Table(made));
    }
    parent.get_mut(name).and_then(Item::as_table_mut)
}

/// Makes a member say `wanted`; where it says so already, its text stays, comments and all.
fn keep(table: &mut Table, name: &str, wanted: Option<&serde_json::Value>) -> Outcome<()> {
    let Some(wanted) = wanted else {
        table.remove(name);
        return Ok(());
    };
    let alone = |item: &Item| {
        let mut document = DocumentMut::new();
        document.insert(name, item.clone());
        toml::from_str::<serde_json::Value>(&document.to_string()).ok()?.get(name).cloned()
    };
    if table.get(name).and_then(alone).as_ref() == Some(wanted) {
        return Ok(());
    }
    let whole = serde_json::json!({ name: wanted });
    let text = toml::to_string(&whole).ok().and_then(|text| text.parse::<DocumentMut>().ok());
    let item = text
        .and_then(|mut document| document.remove(name))
        .ok_or_else(|| bad_input(format!("`{name}` can not be written to `{FILE}`"), "leave out what holds nothing"))?;
    table.insert(name, item);
    Ok(())
}

/// What `[simulation]` says and the simulator can not take.
fn simulation_problems(text: &str, settings: &Settings) -> Vec<FileProblem> {
    let prefix = ["simulation", "responses"];
    let responses = settings.simulation.responses.as_ref();
    let faults = responses.and_then(|file| ResponseModel::read(file).err()).unwrap_or_default();
    let mut problems = responses::problems(text, &prefix, FILE, &faults);
    let rates: Vec<&String> = settings.simulation.rates.keys().collect();
    for (member, names) in [("rates", rates), ("prices", settings.simulation.prices.keys().collect())] {
        let unknown = names.into_iter().filter(|name| !Series::CHANNELS.contains(&name.as_str()));
        let fault = |name: &String| ResponseFault {
            path: name.clone(),
            message: format!("is no channel; channels are {}", Series::CHANNELS.join(", ")),
        };
        let faults: Vec<ResponseFault> = unknown.map(fault).collect();
        problems.extend(responses::problems(text, &["simulation", member], FILE, &faults));
    }
    problems
}

fn set(table: &mut Table, name: &str, text: Option<&String>) {
    match text {
        Some(text) if table.get(name).and_then(Item::as_str) == Some(text) => {}
        Some(text) => table[name] = value(text),
        None => {
            table.remove(name);
        }
    }
}

/// Line and column of a place in a text, from 1.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_comments_and_unknown_keys() {
        let text = "# ours\nname = \"A\"\nowner = \"me\" # who\n\n[target.local]\nregion = \"us-east-1\"\n\n[target.local.account]\nchannels = [\"EMAIL\"]\n\n# [target.prod]\n[simulation]\nseed = 1\n";
        let (mut settings, problems) = read(text);
        assert_eq!(problems, []);
        assert_eq!(write(text, &settings).unwrap(), text);
        settings.name = "B".to_owned();
        settings.simulation.seed = None;
        settings.simulation.prices = [("sms".to_owned(), serde_json::Number::from_f64(0.0075).unwrap())].into();
        settings.simulation.start = Some("2026-01-01T00:00:00Z".to_owned());
        let after = write(text, &settings).unwrap();
        assert_eq!(read(&after).0, settings);
        for kept in ["# ours", "owner = \"me\" # who", "# [target.prod]", "channels = [\"EMAIL\"]"] {
            assert!(after.contains(kept), "{kept} in {after}");
        }
    }

    #[test]
    fn limits_of_the_calendar_and_marks_of_people_are_kept() {
        let text = "name = \"A\"\n\n[calendar]\nper_day = 2 # quiet\n\n[people]\n# theirs\npersonal = [\"Attributes.Notes\"]\n";
        let (mut settings, problems) = read(text);
        assert_eq!(problems, []);
        assert_eq!((settings.calendar.per_day, settings.calendar.per_week), (2, 7));
        assert_eq!(write(text, &settings).unwrap(), text);
        settings.people.mark("Attributes.ZIP", false, true);
        settings.people.mark("Attributes.Notes", false, false);
        settings.calendar.per_week = 5;
        let after = write(text, &settings).unwrap();
        assert_eq!(read(&after).0, settings);
        assert!(
            after.contains("per_day = 2 # quiet") && after.contains("not_personal = [\"Attributes.ZIP\"]"),
            "{after}"
        );
        assert_eq!(
            (settings.people.says("Attributes.ZIP"), settings.people.says("Attributes.Notes")),
            (Some(false), None)
        );
        let (settings, problems) = read("[calendar]\nper_day = \"many\"\n");
        assert_eq!((settings.calendar.per_day, problems[0].line), (3, 2));
    }

    #[test]
    fn a_fault_is_placed_and_the_rest_is_read() {
        let (settings, problems) =
            read("name = \"A\"\n[target.x]\nregoin = \"eu-west-1\"\n[target.y]\nregion = \"eu-west-1\"\n");
        assert_eq!(settings.name, "A");
        assert_eq!(settings.target.keys().collect::<Vec<_>>(), ["y"]);
        assert_eq!((problems[0].line, problems[0].column), (3, 1));
        assert!(problems[0].message.contains("regoin"), "{}", problems[0].message);
        let (_, problems) = read("name = \"A\n");
        assert_eq!(problems[0].line, 1);
    }
}

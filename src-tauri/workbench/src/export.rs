//! A journey on its way out: as Pinpoint's own JSON, as a picture.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bridge::{FileProblem, PictureKind};
use diagram::comparison::{self, Version};
use diagram::picture::Marks;
use diagram::scene::{self, Scene};
use model::{DocumentId, Journey, Project};

use crate::check::project_of;
use crate::failure::{Outcome, bad_input, disk, not_found};
use crate::{elsewhere, folder, picture};

/// A journey that a file holds.
#[derive(Clone, Debug)]
pub struct JourneyOfFile {
    /// The project around it.
    pub project: Project,
    /// Its name there.
    pub name: String,
    /// What of it could not be read: the journey is what is left.
    pub problems: Vec<FileProblem>,
}

/// A journey and the project around it: of a file in a project folder, or of a file of its own.
///
/// # Errors
/// When the file can not be read or holds no journey; when it holds several.
pub fn journey_of_file(path: &Path) -> Outcome<JourneyOfFile> {
    if let Some((project, Some(DocumentId::Journey(name)))) = project_of(path) {
        let folder = folder::read(&project)?;
        return match folder.project.journey(&name) {
            Some(_) => Ok(of_folder(folder, name)),
            None => Err(elsewhere::file(path)
                .err()
                .unwrap_or_else(|| not_found(format!("`{}` holds no journey", path.display()), ""))),
        };
    }
    let (project, problems) = if path.is_dir() && folder::is_project(path) {
        let folder = folder::read(path)?;
        (folder.project, folder.problems)
    } else {
        let found = if path.is_dir() { elsewhere::folder(path)? } else { elsewhere::file(path)? };
        (found.project, found.problems)
    };
    let names: Vec<String> = project.journeys().map(|(name, _)| name.to_owned()).collect();
    match names.as_slice() {
        [name] => Ok(JourneyOfFile { project, name: name.clone(), problems }),
        [] => Err(not_found(format!("`{}` holds no journey", path.display()), "name the file of a journey")),
        several => Err(bad_input(
            format!("`{}` holds {} journeys: {}", path.display(), several.len(), several.join(", ")),
            "name the file of one of them",
        )),
    }
}

/// A journey of a project folder, with what could not be read of its own file.
fn of_folder(folder: folder::Folder, name: String) -> JourneyOfFile {
    let id = DocumentId::Journey(name.clone());
    let own = |problem: &FileProblem| problem.document.as_ref() == Some(&id);
    JourneyOfFile { project: folder.project, name, problems: folder.problems.into_iter().filter(own).collect() }
}

/// The journey as Pinpoint takes it (`WriteJourneyRequest`), as text.
///
/// # Errors
/// When the project has no such journey.
pub fn pinpoint(project: &Project, name: &str) -> Outcome<String> {
    let id = DocumentId::Journey(name.to_owned());
    let document = project.documents.get(&id).ok_or_else(|| no_journey(name))?;
    Ok(model::text::write(&publishing::request_body(&id, document)))
}

/// The journey as a picture, laid out as on the canvas.
///
/// # Errors
/// When the project has no such journey.
pub fn svg(project: &Project, name: &str) -> Outcome<String> {
    let journey = project.journey(name).ok_or_else(|| no_journey(name))?;
    let scene = Scene::of(journey, project.documents.get(&DocumentId::Canvas(name.to_owned())));
    let layout = diagram::layout(&scene.graph, &scene::spacing());
    Ok(diagram::picture::svg(&scene, &layout, &diagram::picture::LIGHT))
}

/// The picture as the window shows it.
fn drawn(command: &bridge::Picture) -> Outcome<String> {
    let no_journey = || bad_input("what is to be drawn is no journey", "open the journey again");
    let journey = Journey::of(&command.journey).ok_or_else(no_journey)?;
    let scene = Scene::of(journey, command.canvas.as_ref());
    let layout = command.layout.clone();
    if !layout.fits(&scene.graph) {
        return Err(bad_input("what is to be drawn does not stand as the journey does", "open the journey again"));
    }
    let other = command.marks.other.as_ref().and_then(|(value, canvas)| {
        let then = Journey::of(value)?;
        let old = Scene::of(then, canvas.as_ref());
        let old_layout = diagram::layout(&old.graph, &scene::spacing());
        let then = Version { journey: then, scene: &old, layout: &old_layout };
        Some(comparison::compare(then, Version { journey, scene: &scene, layout: &layout }))
    });
    let bridge::PictureMarks { problems, counts, traffic, lit, lit_ways, standing, walking, .. } =
        command.marks.clone();
    let notes = command.canvas.as_ref().map(model::drawing::canvas::notes).unwrap_or_default();
    let comparison = other.unwrap_or_default();
    let marks = Marks { notes, problems, counts, traffic, lit, lit_ways, standing, walking, comparison, entry: None };
    let theme = if command.dark { diagram::picture::DARK } else { diagram::picture::LIGHT };
    Ok(diagram::picture::marked(&scene, &layout, &theme, &marks))
}

/// The picture in another form: written to a file, or as base64 to be handed on.
///
/// # Errors
/// When it can not be drawn, or the file not be written.
pub fn picture(command: &bridge::Picture) -> Outcome<String> {
    let content = picture_as(&drawn(command)?, command.kind)?;
    let Some(path) = &command.path else { return Ok(STANDARD.encode(content)) };
    let path = Path::new(path);
    files::write(path, &content).map_err(|error| disk("write", path, &error))?;
    Ok(String::new())
}

/// The picture in another form.
///
/// # Errors
/// When it can not be drawn.
pub fn picture_as(svg: &str, kind: PictureKind) -> Outcome<Vec<u8>> {
    match kind {
        PictureKind::Svg => Ok(svg.as_bytes().to_vec()),
        PictureKind::Png => picture::png(svg),
        PictureKind::Pdf => picture::pdf(svg),
    }
}

fn no_journey(name: &str) -> bridge::Failure {
    not_found(format!("the project has no journey `{name}`"), "name it as its file in `journeys/`, without `.json`")
}

/// A format of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A script of the AWS CLI.
    AwsCli,
    /// A template of CloudFormation.
    CloudFormation,
    /// A campaign flow of Amazon Connect, of the one journey that there is.
    Connect,
}

/// A project folder, a document of one, or a file from elsewhere in a format of others, with everything that the format can
/// not say. Of a document in a project folder the script and the template are about the whole project.
///
/// # Errors
/// When nothing can be read; for [`Foreign::Connect`] also when there is not exactly one journey.
pub fn foreign(path: &Path, format: Foreign) -> Outcome<exchange::Exported> {
    if format == Foreign::Connect {
        let JourneyOfFile { project, name, problems } = journey_of_file(path)?;
        let journey = project.journey(&name).ok_or_else(|| no_journey(&name))?;
        let mut exported = exchange::connect::flow(&DocumentId::Journey(name), journey);
        exported.losses.extend(unread(problems));
        return Ok(exported);
    }
    let folder = project_of(path).map(|(folder, _)| folder);
    let (project, problems) = match &folder {
        Some(folder) => {
            let read = folder::read(folder)?;
            (read.project, read.problems)
        }
        None => {
            let found = if path.is_dir() { elsewhere::folder(path)? } else { elsewhere::file(path)? };
            (found.project, found.problems)
        }
    };
    let mut exported = match format {
        Foreign::CloudFormation => {
            let channels = folder.map(|folder| enabled_channels(&folder)).unwrap_or_default();
            exchange::cloudformation::template(&project, &channels)
        }
        _ => exchange::aws_cli::script(&project),
    };
    exported.losses.extend(unread(problems));
    Ok(exported)
}

/// What could not be read is not in the export either.
fn unread(problems: Vec<FileProblem>) -> impl Iterator<Item = exchange::Loss> {
    problems.into_iter().map(|problem| exchange::Loss {
        place: format!("{}:{}", problem.file, problem.line),
        what: format!("could not be read: {}", problem.message),
    })
}

/// The channels that are enabled in `application/channels.json`, as `waymark pull` writes it.
fn enabled_channels(folder: &Path) -> Vec<String> {
    let file = folder.join(crate::pull::APPLICATION).join("channels.json");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let all = value["Channels"].as_object().into_iter().flatten();
    all.filter(|(_, channel)| channel["Enabled"] == true).map(|(name, _)| name.clone()).collect()
}

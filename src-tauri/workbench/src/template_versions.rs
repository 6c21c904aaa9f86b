//! The versions of a template, on a target and in git, and what differs from it as it is in the window.

use std::path::Path;

use bridge::{ActivateVersion, CompareVersion, ListVersions, MemberWords, TemplateVersion};
use model::changes::Change;
use model::{DocumentId, Project, TemplateKind, comparison, reader};
use serde_json::{Map, Value};

use crate::failure::{Outcome, bad_input, internal, not_found};
use crate::publication::{Publication, target_failure};
use crate::{Workbench, git};

/// Revisions of git that are listed at most.
const MOST: &str = "100";
/// Characters that are kept on both sides of a stretch that is the same.
const AROUND: usize = 60;

impl Workbench {
    pub(crate) async fn list_versions(&self, of: ListVersions) -> Outcome<Vec<TemplateVersion>> {
        let (kind, name) = template(&of.template)?;
        let Some(target) = of.target.as_deref() else {
            return blocking(move || in_git(&folder(&of)?, &of.template)).await;
        };
        let remote = self.remote(&of.project, target).await?;
        let active = remote.template(kind, &name).await.map_err(target_failure)?;
        // Nothing was published under that name yet.
        let Some(active) = active else { return Ok(Vec::new()) };
        let active = text(&active, "Version");
        let mut versions = remote.template_versions(kind, &name).await.map_err(target_failure)?;
        versions.sort_by_key(|version| std::cmp::Reverse(text(version, "Version").parse::<u64>().unwrap_or_default()));
        let shown = |version: &Value| TemplateVersion {
            id: text(version, "Version"),
            at: text(version, "LastModifiedDate"),
            by: String::new(),
            words: text(version, "TemplateDescription"),
            is_active: text(version, "Version") == active,
        };
        Ok(versions.iter().map(shown).collect())
    }

    pub(crate) async fn compare_version(&self, command: CompareVersion) -> Outcome<Vec<MemberWords>> {
        let CompareVersion { of, version } = command;
        let (kind, name) = template(&of.template)?;
        let now = of.project.documents.get(&of.template).cloned().unwrap_or_default();
        let id = of.template.clone();
        let then = match of.target.as_deref() {
            None => return blocking(move || since_revision(&of, &version, &now)).await,
            Some(target) => {
                let remote = self.remote(&of.project, target).await?;
                let found = remote.template_version(kind, &name, Some(&version)).await.map_err(target_failure)?;
                found.ok_or_else(|| {
                    not_found(format!("there is no version {version} on `{target}`"), "list them again")
                })?
            }
        };
        // Only what a template can say: the answer of a target has an `Arn` and dates as well.
        Ok(words(&publishing::request_body(&id, &then), &publishing::request_body(&id, &now)))
    }

    pub(crate) async fn activate_version(&self, command: ActivateVersion) -> Outcome<()> {
        let (kind, name) = template(&command.of.template)?;
        let Some(target) = command.of.target.as_deref() else {
            return Err(bad_input("a revision of git can not be active", "choose a target"));
        };
        let remote = self.remote(&command.of.project, target).await?;
        remote.activate_template_version(kind, &name, &command.version).await.map_err(target_failure)
    }

    async fn remote(&self, project: &Project, target: &str) -> Outcome<publishing::Remote> {
        let local = self.local_address(target).await;
        Publication::of_target(project, None, target).connect(local.as_deref()).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(error.to_string()))?
}

fn template(id: &DocumentId) -> Outcome<(TemplateKind, String)> {
    match id {
        DocumentId::Template(kind, name) => Ok((*kind, name.clone())),
        other => Err(not_found(format!("{other} is no template"), "choose a message of the project")),
    }
}

fn folder(of: &ListVersions) -> Outcome<std::path::PathBuf> {
    let folder = of.folder.as_deref().ok_or_else(|| bad_input("the project has no folder yet", "save it first"))?;
    Ok(folder.into())
}

fn text(value: &Value, member: &str) -> String {
    match value.get(member) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The revisions that changed a file of the template.
fn in_git(folder: &Path, id: &DocumentId) -> Outcome<Vec<TemplateVersion>> {
    let of = id.to_string();
    let arguments = ["log", "-n", MOST, "--format=%H%x1f%aI%x1f%an%x1f%s", "--", &of];
    let lines = git::line(folder, &arguments)?;
    let shown = |line: &str| {
        let mut parts = line.split('\u{1f}').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        TemplateVersion { id: next(), at: next(), by: next(), words: next(), is_active: false }
    };
    Ok(lines.lines().filter(|line| !line.is_empty()).map(shown).collect())
}

/// The template as it was in a revision.
fn of_git(folder: &Path, id: &DocumentId, revision: &str) -> Outcome<Value> {
    if revision.is_empty() || !revision.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(bad_input(format!("`{revision}` is no revision"), "choose one of the list"));
    }
    let read = |file: String| {
        let content = git::run(folder, &["show", &format!("{revision}:./{file}")])?;
        Ok::<_, bridge::Failure>(String::from_utf8_lossy(&content).into_owned())
    };
    let (kind, _) = template(id)?;
    let rest = read(id.file());
    let mut object = match &rest {
        Ok(rest) => match reader::read(rest).value {
            Some(Value::Object(object)) => object,
            _ => Map::new(),
        },
        Err(_) => Map::new(),
    };
    let mut found = rest.is_ok();
    for (member, body) in kind.bodies() {
        if let Ok(text) = read(format!("{id}/{body}")) {
            object.insert((*member).to_owned(), text.into());
            found = true;
        }
    }
    match rest {
        Err(failure) if !found => Err(failure),
        _ => Ok(Value::Object(object)),
    }
}

/// What differs from a revision. Where texts are made from a source, then as now, the source says it.
fn since_revision(of: &ListVersions, revision: &str, now: &Value) -> Outcome<Vec<MemberWords>> {
    let (folder, id) = (folder(of)?, &of.template);
    let then = of_git(&folder, id, revision)?;
    let mut found = words(&publishing::request_body(id, &then), &publishing::request_body(id, now));
    let sources = match id {
        DocumentId::Template(kind, name) => of.project.sources(*kind, name),
        _ => Vec::new(),
    };
    for (source, value) in sources {
        let file = source.file();
        let Ok(before) = git::run(&folder, &["show", &format!("{revision}:./{file}")]) else { continue };
        let (before, text) = (String::from_utf8_lossy(&before), written(value));
        if let DocumentId::Source(kind, markup, _) = source
            && let Some(made) = markup.member(kind)
        {
            found.retain(|member| member.place != made);
        }
        if before != text {
            let place = file.rsplit('/').next().unwrap_or_default().to_owned();
            found.insert(0, MemberWords { place, pieces: pieces(&before, &text) });
        }
    }
    Ok(found)
}

/// A source as its file has it.
fn written(source: &Value) -> String {
    source.as_str().map_or_else(|| model::text::write(source), str::to_owned)
}

/// The members that differ, word by word.
fn words(then: &Value, now: &Value) -> Vec<MemberWords> {
    let shown = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => serde_json::to_string_pretty(other).unwrap_or_default(),
        None => String::new(),
    };
    let told = |change: comparison::MemberChange| {
        let pieces = pieces(&shown(change.before.as_ref()), &shown(change.after.as_ref()));
        MemberWords { place: change.place, pieces }
    };
    comparison::members(Some(then), Some(now)).into_iter().map(told).collect()
}

/// Two texts word by word, long stretches that are the same cut.
fn pieces(before: &str, after: &str) -> Vec<(Option<Change>, String)> {
    let pieces = comparison::words(before, after);
    let count = pieces.len();
    let cut = |(place, (what, text)): (usize, (Option<Change>, String))| {
        let text = if what.is_none() { cut(&text, place == 0, place + 1 == count) } else { text };
        (what, text)
    };
    pieces.into_iter().enumerate().map(cut).collect()
}

/// A stretch that is the same, without its middle; of the first and the last also without the far end.
fn cut(text: &str, is_first: bool, is_last: bool) -> String {
    let count = text.chars().count();
    if count <= 2 * AROUND + 1 {
        return text.to_owned();
    }
    let head: String = text.chars().take(if is_first { 0 } else { AROUND }).collect();
    let tail: String = text.chars().skip(if is_last { count } else { count - AROUND }).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn versions_of_git_are_listed_and_compared() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("shop");
        let id: DocumentId = "templates/email/hello".parse().unwrap();
        let run = |arguments: &[&str]| git::run(&folder, arguments).unwrap();
        let write = |name: &str, text: &str| files::write(&folder.join(name), text.as_bytes()).unwrap();
        write("templates/email/hello/template.json", "{\"Subject\": \"Hi\"}\n");
        write("templates/email/hello/body.html", "<p>Good day</p>");
        assert!(in_git(&folder, &id).is_err(), "it is in no git yet");
        run(&["init", "-q"]);
        run(&["config", "user.email", "ann@x.example"]);
        run(&["config", "user.name", "Ann"]);
        run(&["add", "."]);
        run(&["commit", "-qm", "the first"]);
        write("waymark.toml", "name = \"shop\"\n");
        run(&["add", "."]);
        run(&["commit", "-qm", "of another file"]);
        write("templates/email/hello/body.html", "<p>Good evening</p>");
        run(&["commit", "-qam", "evening"]);
        let versions = in_git(&folder, &id).unwrap();
        let said: Vec<_> = versions.iter().map(|one| (one.words.as_str(), one.by.as_str())).collect();
        assert_eq!(said, [("evening", "Ann"), ("the first", "Ann")]);
        let then = of_git(&folder, &id, &versions[1].id).unwrap();
        assert_eq!(then, json!({"Subject": "Hi", "HtmlPart": "<p>Good day</p>"}));
        let found = words(&then, &json!({"Subject": "Hi", "HtmlPart": "<p>Good evening</p>"}));
        let pieces =
            [(None, "<p>Good "), (Some(Change::Removed), "day"), (Some(Change::Added), "evening"), (None, "</p>")];
        let pieces = pieces.map(|(what, text)| (what, text.to_owned())).to_vec();
        assert_eq!(found, [MemberWords { place: "HtmlPart".to_owned(), pieces }]);
        assert!(of_git(&folder, &id, "--help").is_err());

        // Where the HTML is made from a source, that is compared.
        write("templates/email/hello/source.html", "<p>{{> hi}} Ann</p>");
        run(&["add", "."]);
        run(&["commit", "-qm", "a source"]);
        let mut project = Project::default();
        let source = "templates/email/hello/source.html".parse().unwrap();
        project.documents.insert(source, json!("<p>{{> hi}} Eve</p>"));
        let of =
            ListVersions { folder: Some(folder.display().to_string()), project, template: id.clone(), target: None };
        let first = in_git(&folder, &id).unwrap().remove(0);
        let now = json!({"Subject": "Hi", "HtmlPart": "<p>Hi Eve</p>"});
        let found = since_revision(&of, &first.id, &now).unwrap();
        assert_eq!(found.iter().map(|member| member.place.as_str()).collect::<Vec<_>>(), ["source.html"]);
        assert!(found[0].pieces.contains(&(Some(Change::Added), "Eve".to_owned())));
    }

    #[test]
    fn long_stretches_that_are_the_same_are_cut() {
        let long = "a ".repeat(200);
        let found = words(&json!({"Body": format!("{long}one {long}")}), &json!({"Body": format!("{long}two {long}")}));
        let lengths: Vec<usize> = found[0].pieces.iter().map(|(_, text)| text.chars().count()).collect();
        assert_eq!(lengths, [61, 3, 3, 61]);
    }
}

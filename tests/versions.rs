//! Two versions of a project: `waymark diff` and `waymark merge`, by themselves and under git.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

mod command;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use command::{code, example, stderr, stdout, text, waymark};
use serde_json::Value;

/// The journey of the example.
const JOURNEY: &str = "journeys/cart-abandonment.json";

#[test]
fn diff_says_in_words_in_json_and_in_a_picture_what_differs() {
    let place = repository();
    let now = place.path().join(JOURNEY);
    let same = waymark(&["diff", text(place.path()), text(place.path())]);
    assert_eq!((code(&same), stdout(&same).as_str()), (0, ""), "{same:?}");

    let step = edit(&now, |journey| {
        let id = message(journey);
        journey["Activities"][&id]["EMAIL"]["TemplateName"] = "other".into();
        journey["Activities"]["late"] = serde_json::json!({"Wait": {"WaitTime": {"WaitFor": "P3D"}}});
        id
    });
    let told = in_folder(place.path(), &["diff", "HEAD:", "."]);
    assert_eq!(code(&told), 1, "{told:?}");
    let words = stdout(&told);
    assert!(words.contains("journeys/cart-abandonment: changed"), "{words}");
    assert!(words.contains("+   They get the e-mail other."), "{words}");
    assert!(words.contains(&format!("{step}: ")) && words.contains("→ Sends other"), "{words}");
    assert!(words.contains("+ “late” (Wait), late: 3 days"), "{words}");

    let one = format!("HEAD:{JOURNEY}");
    let json = in_folder(place.path(), &["diff", &one, JOURNEY, "--as", "json"]);
    let json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(json["documents"][0]["document"], "journeys/cart-abandonment");
    assert_eq!(json["documents"][0]["steps"].as_array().unwrap().len(), 2, "{json:#}");

    let picture = stdout(&in_folder(place.path(), &["diff", JOURNEY, &one, "--as", "svg"]));
    assert!(picture.starts_with("<svg") && picture.contains("− removed") && picture.contains("~ changed"), "{picture}");
    assert!(picture.contains("stroke-dasharray"), "what is gone does not show by its colour alone");

    for wrong in [["diff", "nowhere", "."], ["diff", "NONE:x", "."], ["diff", &one, "."]] {
        let output = in_folder(place.path(), &wrong);
        assert_eq!(code(&output), 2, "{wrong:?}: {output:?}");
    }
    fs::write(&now, "{\"Activities\": {").unwrap();
    assert_eq!(code(&in_folder(place.path(), &["diff", "HEAD:", "."])), 2, "half a journey is not compared");
}

#[test]
fn git_merges_journeys_by_step_and_member_and_keeps_what_there_is_to_decide() {
    let place = repository();
    let folder = place.path();
    let file = folder.join(JOURNEY);
    let installed = in_folder(folder, &["merge", "--install"]);
    assert_eq!(code(&installed), 0, "{installed:?}");
    assert_eq!(code(&in_folder(folder, &["merge", "--install"])), 0, "it can be repeated");
    assert_eq!(fs::read_to_string(folder.join(".gitattributes")).unwrap().lines().count(), 4);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "merge by member"]);

    // Two lines next to each other, which git alone could not bring together.
    git(folder, &["checkout", "-qb", "theirs"]);
    let id = edit(&file, |journey| {
        let id = message(journey);
        journey["Activities"][&id]["Description"] = "Theirs".into();
        journey["Activities"]["sms9"] = serde_json::json!({"SMS": {"TemplateName": "theirs"}});
        id
    });
    git(folder, &["commit", "-qam", "theirs"]);
    git(folder, &["checkout", "-q", "-"]);
    edit(&file, |journey| {
        journey["Activities"][&id]["EMAIL"]["TemplateName"] = "ours".into();
        journey["Activities"]["sms9"] = serde_json::json!({"SMS": {"TemplateName": "ours"}});
    });
    git(folder, &["commit", "-qam", "ours"]);
    let merge = Command::new("git").arg("-C").arg(folder).args(["merge", "-q", "theirs"]).output().unwrap();
    let merged: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(merged["Activities"][&id]["Description"], "Theirs", "{merge:?}");
    assert_eq!(merged["Activities"][&id]["EMAIL"]["TemplateName"], "ours");
    assert_eq!(merged["Activities"]["sms9"]["SMS"]["TemplateName"], "ours");
    assert_eq!(merged["Activities"]["sms1"]["SMS"]["TemplateName"], "theirs", "{}", stderr(&merge));
    assert!(merge.status.success(), "{merge:?}");

    // Now both change the same member.
    git(folder, &["checkout", "-q", "theirs"]);
    git(folder, &["reset", "-q", "--hard", "@{-1}"]);
    edit(&file, |journey| journey["Activities"][&id]["EMAIL"]["TemplateName"] = "their-second".into());
    git(folder, &["commit", "-qam", "theirs again"]);
    git(folder, &["checkout", "-q", "-"]);
    edit(&file, |journey| journey["Activities"][&id]["EMAIL"]["TemplateName"] = "our-second".into());
    git(folder, &["commit", "-qam", "ours again"]);
    let merge = Command::new("git").arg("-C").arg(folder).args(["merge", "-q", "theirs"]).output().unwrap();
    assert!(!merge.status.success(), "{merge:?}");
    let merged: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(merged["Activities"][&id]["EMAIL"]["TemplateName"], "our-second");
    let undecided = folder.join("journeys/cart-abandonment.conflicts.json");
    let conflicts: Value = serde_json::from_str(&fs::read_to_string(undecided).unwrap()).unwrap();
    assert_eq!(conflicts["conflicts"][0]["theirs"], "their-second", "{conflicts:#}");
    assert_eq!(conflicts["document"], "journeys/cart-abandonment");
    let unmerged = git(folder, &["status", "--porcelain"]);
    assert!(String::from_utf8_lossy(&unmerged.stdout).contains("UU journeys/cart-abandonment.json"), "{unmerged:?}");
    // The file beside it is no journey.
    assert!(!stdout(&waymark(&["check", text(folder)])).contains("conflicts"));
}

#[test]
fn merge_says_what_the_checks_say_of_the_result_alone() {
    let place = repository();
    let folder = place.path();
    let copy = |name: &str, change: &dyn Fn(&mut Value)| {
        let file = folder.join(name);
        fs::copy(folder.join(JOURNEY), &file).unwrap();
        edit(&file, |journey| change(journey));
        file
    };
    let split = |branches: Value| {
        move |journey: &mut Value| {
            journey["Activities"]["r"] = serde_json::json!({"RandomSplit": {"Branches": branches.clone()}});
        }
    };
    let branch = |percent: u32, next: &str| serde_json::json!({"Percentage": percent, "NextActivity": next});
    let base = copy("base.json", &split(serde_json::json!([branch(50, "a"), branch(50, "b")])));
    let ours = copy("ours.json", &split(serde_json::json!([branch(40, "a"), branch(60, "b")])));
    let theirs = copy("theirs.json", &split(serde_json::json!([branch(50, "a"), branch(30, "b"), branch(20, "c")])));
    let merged = waymark(&["merge", text(&base), text(&ours), text(&theirs), "--path", text(&folder.join(JOURNEY))]);
    assert_eq!(code(&merged), 1, "{merged:?}");
    assert!(stderr(&merged).contains("conflict at Activities.r.RandomSplit.Branches[1].Percentage"), "{merged:?}");
    let theirs = copy("theirs.json", &split(serde_json::json!([branch(50, "a"), branch(50, "b"), branch(0, "c")])));
    let ours = copy("ours.json", &split(serde_json::json!([branch(40, "a"), branch(50, "b"), branch(10, "d")])));
    let merged = waymark(&["merge", text(&base), text(&ours), text(&theirs), "-o", text(&ours)]);
    assert_eq!(code(&merged), 1, "{merged:?}");
    let damaged = folder.join("damaged.json");
    fs::write(&damaged, "{").unwrap();
    let merged = waymark(&["merge", text(&base), text(&damaged), text(&theirs)]);
    assert_eq!(code(&merged), 2, "{merged:?}");
}

/// A copy of an example in a repository of its own.
fn repository() -> tempfile::TempDir {
    let place = example("cart-abandonment");
    git(place.path(), &["init", "-q"]);
    git(place.path(), &["config", "user.name", "Ann"]);
    git(place.path(), &["config", "user.email", "ann@example.com"]);
    git(place.path(), &["add", "-A"]);
    git(place.path(), &["commit", "-qm", "a project"]);
    place
}

fn git(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    output
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_waymark")).current_dir(folder).args(arguments).output().unwrap()
}

fn edit<T>(file: &Path, change: impl FnOnce(&mut Value) -> T) -> T {
    let mut value: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let answer = change(&mut value);
    fs::write(file, format!("{value:#}\n")).unwrap();
    answer
}

/// The first step that sends an e-mail.
fn message(journey: &Value) -> String {
    let steps = journey["Activities"].as_object().unwrap();
    steps.iter().find(|(_, step)| step.get("EMAIL").is_some()).unwrap().0.clone()
}

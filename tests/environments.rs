//! Targets as teams use them: variables, plans for CI, what others changed there, history, rollback, approvals.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

mod command;
#[path = "command/serving.rs"]
mod serving;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use command::{code, example, stderr, stdout, text, waymark};
use serde_json::Value;
use serving::Serving;
use tempfile::TempDir;

/// A file of the example that a message is in.
const BODY: &str = "templates/email/welcome/body.html";

/// A copy of an example whose target is a server of ours, with more lines for the target.
fn project(server: &Serving, more: &str) -> TempDir {
    let place = example("onboarding");
    let toml = place.path().join("waymark.toml");
    let settings = fs::read_to_string(&toml).unwrap();
    let settings = settings.replace("http://127.0.0.1:8700", &server.address);
    let address = format!("\"{}\"\n", server.address);
    assert!(settings.contains(&address), "{settings}");
    fs::write(&toml, settings.replacen(&address, &format!("{address}{more}"), 1)).unwrap();
    place
}

fn change(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Appends to the first e-mail template of a folder; answers its file.
fn edit_template(folder: &Path, more: &str) -> String {
    let file = folder.join(BODY);
    let file = if file.is_file() { BODY.to_owned() } else { first_body(folder) };
    let path = folder.join(&file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text + more).unwrap();
    file
}

/// The body of the first e-mail template that the journey sends.
fn first_body(folder: &Path) -> String {
    let journey = fs::read_dir(folder.join("journeys")).unwrap().next().unwrap().unwrap().path();
    let journey: Value = serde_json::from_str(&fs::read_to_string(journey).unwrap()).unwrap();
    let steps = journey["Activities"].as_object().unwrap().values();
    let name = steps.filter_map(|step| step["EMAIL"]["TemplateName"].as_str()).next().unwrap();
    format!("templates/email/{name}/body.html")
}

fn as_person(name: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
    command.args(arguments).env("GIT_AUTHOR_NAME", name).env("GIT_AUTHOR_EMAIL", format!("{name}@x.example"));
    command.output().unwrap()
}

#[test]
fn a_plan_tells_ci_by_its_exit_code_and_in_words() {
    let server = Serving::start(&[]);
    let place = project(&server, "");
    let plan = |more: &[&str]| waymark(&[&["plan", text(place.path()), "--target", "local"], more].concat());
    assert_eq!(code(&plan(&[])), 1, "there is something to do");
    let json: Value = serde_json::from_str(&stdout(&plan(&["--json"]))).unwrap();
    assert_eq!(json["fingerprint"].as_str().unwrap().len(), 32);
    assert_eq!(code(&waymark(&["publish", text(place.path()), "--target", "local"])), 0);
    assert_eq!(code(&plan(&[])), 0, "nothing to do");
    let journey = fs::read_dir(place.path().join("journeys")).unwrap().next().unwrap().unwrap();
    let file = format!("journeys/{}", journey.file_name().to_string_lossy());
    let value: Value = serde_json::from_str(&fs::read_to_string(journey.path()).unwrap()).unwrap();
    let wait =
        value["Activities"].as_object().unwrap().values().find_map(|step| step["Wait"]["WaitTime"]["WaitFor"].as_str());
    change(place.path(), &file, wait.unwrap(), "P17D");
    let told = plan(&[]);
    assert_eq!(code(&told), 1);
    assert!(stdout(&told).contains("+ 17 days later") || stdout(&told).contains("17 days later"), "{told:?}");
    assert_eq!(code(&waymark(&["plan", text(place.path()), "--target", "moon"])), 2);
    fs::write(place.path().join(&file), "{").unwrap();
    assert_eq!(code(&plan(&[])), 2, "half a journey is not planned");
}

#[test]
fn variables_are_set_by_the_target_and_a_missing_one_is_named() {
    let server = Serving::start(&[]);
    let place = project(&server, "variables = { shop = \"Staging shop\" }\n");
    let file = edit_template(place.path(), "<p>${shop} ${other}</p>");
    let published = waymark(&["publish", text(place.path()), "--target", "local"]);
    assert_eq!(code(&published), 0, "{published:?}");
    let home = place.path().join("home");
    let pulled = waymark(&["pull", text(&home), "--target", "t", "--endpoint-url", &server.address]);
    assert_eq!(code(&pulled), 0, "{pulled:?}");
    assert!(fs::read_to_string(home.join(file)).unwrap().contains("<p>Staging shop ${other}</p>"));
    assert_eq!(
        code(&waymark(&["plan", text(place.path()), "--target", "local"])),
        0,
        "it is published as it is filled"
    );
    let toml = place.path().join("waymark.toml");
    let settings = fs::read_to_string(&toml).unwrap();
    fs::write(&toml, settings + &format!("\n[target.prod]\nendpoint_url = \"{}\"\n", server.address)).unwrap();
    let unset = waymark(&["plan", text(place.path()), "--target", "prod"]);
    assert_eq!(code(&unset), 2, "{unset:?}");
    assert!(
        stderr(&unset).contains("does not set `shop`") && stderr(&unset).contains("[target.prod.variables]"),
        "{unset:?}"
    );
}

#[test]
fn what_others_changed_is_shown_and_not_written_over_and_the_past_comes_back() {
    let server = Serving::start(&[]);
    let place = project(&server, "");
    let folder = text(place.path()).to_owned();
    let run = |arguments: &[&str]| {
        as_person("ann", &[&[arguments[0], &folder, "--target", "local"], &arguments[1..]].concat())
    };
    assert_eq!(code(&run(&["publish", "--message", "the first"])), 0);
    // Somebody else, from a folder of their own.
    let other = project(&server, "");
    edit_template(other.path(), "<p>by others</p>");
    let theirs = as_person("bob", &["publish", text(other.path()), "--target", "local"]);
    assert_eq!(code(&theirs), 0, "{theirs:?}");
    let plan = run(&["plan"]);
    assert_eq!(code(&plan), 1, "{plan:?}");
    assert!(stdout(&plan).contains("changed there since it was published: email template"), "{plan:?}");
    let refused = run(&["publish", "--message", "over it"]);
    assert_eq!(code(&refused), 1, "{refused:?}");
    assert!(stderr(&refused).contains("--over-drift"), "{refused:?}");
    assert!(stdout(&run(&["plan"])).contains("by others"), "nothing was written");
    assert_eq!(code(&run(&["publish", "--message", "over it", "--over-drift"])), 0);
    assert_eq!(code(&run(&["plan"])), 0);

    edit_template(place.path(), "<p>a mistake</p>");
    assert_eq!(code(&run(&["publish", "--message", "the third"])), 0);
    let history: Value = serde_json::from_str(&stdout(&run(&["history", "--format", "json"]))).unwrap();
    let told: Vec<(u64, &str)> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["number"].as_u64().unwrap(), entry["message"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(1, "the first"), (2, "over it"), (3, "the third")]);
    assert_eq!(history[2]["by"], "ann <ann@x.example>");
    assert!(history[2]["complete"].as_bool().unwrap() && !history[2]["steps"].as_array().unwrap().is_empty());
    let back = run(&["rollback", "--message", "it was a mistake"]);
    assert_eq!(code(&back), 0, "{back:?}");
    assert!(stderr(&back).contains("publication 2"), "{back:?}");
    let plan = run(&["plan"]);
    assert!(code(&plan) == 1 && stdout(&plan).contains("a mistake"), "the folder still has it: {plan:?}");
    assert!(!stdout(&plan).contains("changed there"), "we did it ourselves: {plan:?}");
    assert!(stdout(&run(&["history"])).contains("it was a mistake"));
    let nothing = run(&["rollback", "--to", "9"]);
    assert_eq!(code(&nothing), 2, "{nothing:?}");
}

#[test]
fn a_target_can_demand_a_second_person_and_expectations_that_come_true() {
    let server = Serving::start(&[]);
    let place = project(&server, "approval = true\nexpectations = true\n");
    let folder = text(place.path()).to_owned();
    for file in fs::read_dir(place.path().join("expectations")).into_iter().flatten() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    let publish = |name: &str| as_person(name, &["publish", &folder, "--target", "local"]);
    let alone = publish("ann");
    assert_eq!(code(&alone), 1, "{alone:?}");
    assert!(stderr(&alone).contains("nobody has approved"), "{alone:?}");
    let approve = |name: &str| as_person(name, &["approve", &folder, "--target", "local", "--message", "fine"]);
    assert_eq!(code(&approve("ann")), 0);
    let own = publish("ann");
    assert!(code(&own) == 1 && stderr(&own).contains("second person"), "{own:?}");
    assert_eq!(code(&approve("bob")), 0);
    let published = publish("ann");
    assert_eq!(code(&published), 0, "{published:?}");
    let history = waymark(&["history", &folder, "--target", "local"]);
    assert!(stdout(&history).contains("approved by bob <bob@x.example>"), "{history:?}");
    // Another plan needs another approval.
    edit_template(place.path(), "<p>more</p>");
    assert!(stderr(&publish("ann")).contains("nobody has approved"));
    assert_eq!(code(&approve("bob")), 0);
    let wrong = "journey = \"nobody\"\n[[expectation]]\nname = \"x\"\nexpect = []\n";
    fs::create_dir_all(place.path().join("expectations")).unwrap();
    fs::write(place.path().join("expectations/wrong.toml"), wrong).unwrap();
    let refused = publish("ann");
    assert!(code(&refused) == 1 && stderr(&refused).contains("expectations"), "{refused:?}");
}

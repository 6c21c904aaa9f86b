//! Projects in the formats of others, judged by those that read them: the script by the AWS CLI, against a server of ours.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]
#![allow(clippy::print_stdout, reason = "says that a test was skipped")]

mod command;
#[path = "command/serving.rs"]
mod serving;

use std::fs;
use std::process::Command;

use command::{code, example, stderr, stdout, text, waymark};
use serde_json::Value;
use serving::Serving;

#[test]
fn the_script_makes_what_publishing_makes() {
    let place = example("cart-abandonment");
    let exported = waymark(&["export", text(place.path()), "--as", "aws-cli"]);
    assert_eq!(code(&exported), 0, "{exported:?}");
    let script = place.path().join("make.sh");
    fs::write(&script, stdout(&exported)).unwrap();
    let syntax = Command::new("sh").arg("-n").arg(&script).output().unwrap();
    assert!(syntax.status.success(), "{syntax:?}");
    let Some(aws) = std::env::var("WAYMARK_AWS").ok().filter(|path| !path.is_empty()) else {
        let everything = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!everything, "WAYMARK_AWS must name a program when everything is checked; `cargo verify` sets it");
        println!("skipped: WAYMARK_AWS is not set; `cargo verify` sets it");
        return;
    };
    let server = Serving::start(&[]);
    let bin = place.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join("aws"), format!("#!/bin/sh\nexec '{aws}' \"$@\"\n")).unwrap();
    Command::new("chmod").arg("+x").arg(bin.join("aws")).status().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let run = |program: &str, arguments: &[&str], application: &str| {
        let mut command = Command::new(program);
        command.args(arguments).env("PATH", &path).env("APPLICATION_ID", application);
        for (name, value) in [
            ("AWS_ENDPOINT_URL", server.address.as_str()),
            ("AWS_ACCESS_KEY_ID", "waymark"),
            ("AWS_SECRET_ACCESS_KEY", "waymark"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_PAGER", ""),
        ] {
            command.env(name, value);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
        stdout(&output)
    };
    let request = "Name=shop";
    let query = ["--query", "ApplicationResponse.Id", "--output", "text"];
    let made =
        run("aws", &[&["pinpoint", "create-app", "--create-application-request", request], &query[..]].concat(), "");
    let application = made.trim();
    let channels = [
        ("email", "FromAddress=a@x.example,Identity=arn:aws:ses:us-east-1:000000000000:identity/x"),
        ("sms", "Enabled=true"),
    ];
    for (channel, settings) in channels {
        let operation = format!("update-{channel}-channel");
        let member = format!("--{channel}-channel-request");
        run("aws", &["pinpoint", &operation, "--application-id", application, &member, settings], "");
    }
    run("sh", &[text(&script)], application);
    // Publishing there afterwards finds everything by name and has nothing to do but for campaigns.
    let toml = place.path().join("waymark.toml");
    let settings = fs::read_to_string(&toml).unwrap();
    let target =
        format!("\n[target.made]\nendpoint_url = \"{}\"\napplication_id = \"{application}\"\n", server.address);
    fs::write(&toml, settings + &target).unwrap();
    let plan = waymark(&["plan", text(place.path()), "--target", "made"]);
    assert_eq!(code(&plan), 0, "{plan:?}");
}

#[test]
fn losses_are_told_for_every_example() {
    for name in ["onboarding", "cart-abandonment", "win-back", "survey"] {
        let place = example(name);
        let template = waymark(&["export", text(place.path()), "--as", "cloudformation"]);
        assert_eq!(code(&template), 0, "{template:?}");
        let value: Value = serde_json::from_str(&stdout(&template)).unwrap();
        assert!(value["Resources"].as_object().unwrap().len() > 3, "{value:#}");
        assert!(stderr(&template).contains("there is no resource for journeys"), "{template:?}");
        let journey = fs::read_dir(place.path().join("journeys")).unwrap().next().unwrap().unwrap().path();
        let flow = waymark(&["export", text(&journey), "--as", "connect"]);
        assert_eq!(code(&flow), 0, "{flow:?}");
        let value: Value = serde_json::from_str(&stdout(&flow)).unwrap();
        assert_eq!(value["Version"], "2019-10-30");
        assert!(stderr(&flow).contains("lost: journeys/"), "{flow:?}");
    }
}

#[test]
fn the_commands_of_the_workflow_run() {
    let place = example("onboarding");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/github-actions.yml");
    let workflow = fs::read_to_string(root).unwrap();
    let server = Serving::start(&[]);
    let toml = place.path().join("waymark.toml");
    let settings = fs::read_to_string(&toml).unwrap().replace("http://127.0.0.1:8700", &server.address);
    fs::write(&toml, settings).unwrap();
    let commands: Vec<&str> = workflow
        .lines()
        .map(|line| line.trim().trim_start_matches("run: "))
        .filter(|line| line.starts_with("waymark "))
        .collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split(" > ").next().unwrap().split_whitespace().skip(1).collect();
        let words: Vec<&str> = words.into_iter().take_while(|word| *word != "||").collect();
        let words: Vec<&str> = words.into_iter().map(|word| if word == "prod" { "local" } else { word }).collect();
        let output =
            Command::new(env!("CARGO_BIN_EXE_waymark")).current_dir(place.path()).args(&words).output().unwrap();
        let fine = if words[0] == "plan" || words[0] == "check" { code(&output) <= 1 } else { code(&output) == 0 };
        assert!(fine, "{command}: {output:?}");
    }
}

//! boto3 and the AWS CLI, over HTTP. `cargo verify` installs them and names them in the environment.

use std::path::Path;
use std::process::Command;

use pinpoint_local::{ClockSetting, Key, Keys, Permission, Settings};

use crate::{Local, START};

/// The program that a variable names. Without one the test is skipped with a note; where everything is checked, it fails.
pub fn program(variable: &str) -> Option<String> {
    match std::env::var(variable) {
        Ok(path) if !path.is_empty() => Some(path),
        _ => {
            let everything = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!everything, "{variable} must name a program when everything is checked; `cargo verify` sets it");
            println!("skipped: {variable} is not set; `cargo verify` sets it");
            None
        }
    }
}

async fn run(script: &str, needs_cli: bool) {
    let Some(python) = program("WAYMARK_PYTHON") else { return };
    let cli = if needs_cli {
        let Some(cli) = program("WAYMARK_AWS") else { return };
        cli
    } else {
        String::new()
    };
    // With a key: their way of signing is judged too.
    let (id, secret) = ("OTHERS", "a secret that only tests know");
    let keys = Keys::new(vec![Key::new(id, secret, &Permission::ALL).unwrap()]);
    let clock = ClockSetting::Virtual { start: Some(START) };
    let files = tempfile::tempdir().unwrap();
    let settings = Settings { clock, keys, files: Some(files.path().to_owned()), ..Settings::default() };
    let local = Local::with(settings).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("service").join(script);
    let mut command = Command::new(python);
    command.arg(script).arg(local.server.endpoint_url());
    if needs_cli {
        command.arg(cli);
    } else {
        command.arg(files.path());
    }
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_PAGER", ""),
        ("NO_PROXY", "127.0.0.1"),
    ] {
        command.env(name, value);
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert_eq!(out.lines().last(), Some("done"), "{out}{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_boto3_as_its_model_says() {
    run("every_operation.py", false).await;
}

#[tokio::test]
async fn boto3() {
    run("boto3_client.py", false).await;
}

#[tokio::test]
async fn aws_cli() {
    run("aws_cli.py", true).await;
}

//! `cargo verify`: every check and every test, the same here and in CI.
//!
//! The steps do not stop at the first failure: each runs, and the end is a table of all of them. They share one target
//! folder and one profile (`dev`), so that the large dependencies are checked once and compiled once.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::page::{self, Profile};
use crate::place::{Place, WASM};
use crate::set_up::{Python, Scope, axe, python, set_up};
use crate::step::{run as run_program, seconds, step};

/// The page's wasm, gzipped, in bytes; more than this fails. The goal is 1 MB: checks, templates, the engine's plans and the
/// tz database are in it, and the page shows the picture before it needs most of them.
const LARGEST_PAGE: usize = 1_750_000;

/// How often the log of the tests is looked at while they run.
const LOOK: Duration = Duration::from_millis(100);

/// All packages but the page, which is built for wasm.
const NATIVE: &[&str] = &["--workspace", "--exclude", "ui"];

/// What the steps came to so far.
#[derive(Default)]
struct Steps {
    done: Vec<Done>,
}

struct Done {
    title: &'static str,
    time: Duration,
    failure: Option<String>,
}

impl Steps {
    /// Runs one step and keeps its failure for the table.
    fn run<T>(&mut self, title: &'static str, work: impl FnOnce() -> anyhow::Result<T>) -> Option<T> {
        let start = Instant::now();
        let (value, failure) = match step(title, work) {
            Ok(value) => (Some(value), None),
            Err(error) => {
                eprintln!("error: {error:#}");
                (None, Some(format!("{error:#}")))
            }
        };
        self.done.push(Done { title, time: start.elapsed(), failure });
        value
    }

    fn print(&self) {
        println!("\n{:<40} {:>13}  outcome", "step", "time");
        for done in &self.done {
            let outcome = if done.failure.is_some() { "FAILED" } else { "ok" };
            println!("{:<40} {:>13}  {outcome}", done.title, seconds(done.time));
        }
        let all: Duration = self.done.iter().map(|done| done.time).sum();
        println!("{:<40} {:>13}", "all", seconds(all));
        for done in &self.done {
            if let Some(failure) = &done.failure {
                println!("{}: {failure}", done.title);
            }
        }
    }
}

/// `cargo verify`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    crate::only_flags(arguments, &[])?;
    let place = Place::find()?;
    std::fs::create_dir_all(place.own()).context("could not create a folder in the target folder")?;
    let mut steps = Steps::default();
    let mut tests = Tests::default();

    steps.run("set-up", || set_up(Scope::Verify));
    let python = steps.run("python for the service tests", || python(&place));
    let axe = steps.run("axe for the tests of the page", || axe(&place));
    steps.run("format", || run_program(place.cargo().args(["fmt", "--all", "--check"])));
    steps.run("page (wasm, small build)", || page::build(&place, Profile::Release));
    steps.run("size of the page", || page_size(&place));
    steps.run("runs (wasm)", || runs(&place));
    steps.run("lints", || lint(&place));
    steps.run("lints for wasm", || lint_wasm(&place));
    steps.run("documentation", || document(&place));
    steps.run("documentation for wasm", || document_wasm(&place));
    steps.run("tests of the page's own functions", || {
        run_program(place.cargo().args(["test", "--package", "ui", "--lib"]))
    });
    if steps.run("programs and tests, compiled", || compile(&place)).is_some() {
        steps.run("tests", || {
            tests = run_tests(&place, python.as_ref(), axe.as_deref())?;
            if tests.ended_well { Ok(()) } else { bail!("{} tests failed", tests.failed) }
        });
    }

    steps.print();
    println!(
        "\n{} tests passed, {} failed, {} ignored in {} test programs",
        tests.passed, tests.failed, tests.ignored, tests.programs
    );
    let failures = steps.done.iter().filter(|done| done.failure.is_some()).count();
    if failures > 0 {
        bail!("{failures} of {} steps failed", steps.done.len());
    }
    Ok(())
}

/// The runs that are compared with those of this machine's processor; of the same crates as the page.
fn runs(place: &Place) -> anyhow::Result<()> {
    run_program(place.cargo().args(["build", "--package", "same-run", "--target", WASM, "--profile", "wasm-release"]))
}

fn page_size(place: &Place) -> anyhow::Result<()> {
    let wasm = place.page().join("ui_bg.wasm");
    let file = File::open(&wasm).context("there is no compiled page")?;
    let plain = file.metadata()?.len();
    let output = Command::new("gzip").args(["-9", "-c"]).stdin(file).output().context("could not start gzip")?;
    let small = output.stdout.len();
    println!("    ui_bg.wasm: {plain} bytes, {small} bytes gzipped, at most {LARGEST_PAGE}");
    if small > LARGEST_PAGE {
        bail!("the page has {small} bytes gzipped, more than {LARGEST_PAGE}");
    }
    Ok(())
}

fn lint(place: &Place) -> anyhow::Result<()> {
    let mut command = place.cargo();
    command.arg("clippy").args(NATIVE).arg("--all-targets");
    run_program(command.args(["--", "-D", "warnings"]))
}

fn lint_wasm(place: &Place) -> anyhow::Result<()> {
    let mut command = place.cargo();
    command.args(["clippy", "--target", WASM]);
    run_program(of_wasm_packages(place, &mut command).args(["--", "-D", "warnings"]))
}

fn document(place: &Place) -> anyhow::Result<()> {
    let mut command = place.cargo();
    command.arg("doc").args(NATIVE).arg("--no-deps");
    run_program(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn document_wasm(place: &Place) -> anyhow::Result<()> {
    let mut command = place.cargo();
    command.args(["doc", "--package", "ui", "--target", WASM, "--no-deps"]);
    run_program(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn of_wasm_packages<'a>(place: &Place, command: &'a mut Command) -> &'a mut Command {
    for name in &place.wasm_packages {
        command.args(["--package", name]);
    }
    command
}

/// Programs and tests in one go: asked for apart, cargo would choose other features for shared dependencies and compile
/// those twice.
fn compile(place: &Place) -> anyhow::Result<()> {
    let mut command = place.cargo();
    command.arg("build").args(NATIVE);
    run_program(command.args(["--lib", "--bins", "--tests"]))
}

/// What the test programs reported.
#[derive(Default)]
struct Tests {
    passed: u32,
    failed: u32,
    ignored: u32,
    programs: u32,
    ended_well: bool,
}

/// Runs all tests, showing what they print. Their output goes through a file: a pipe would stay open for as long as any
/// browser or driver that a failed test left behind.
fn run_tests(place: &Place, python: Option<&Python>, axe: Option<&Path>) -> anyhow::Result<Tests> {
    let log = place.own().join("tests.log");
    let out = File::create(&log).context("could not write the log of the tests")?;
    let mut command = place.cargo();
    command.arg("test").args(NATIVE).arg("--no-fail-fast");
    command
        .env("WAYMARK_BIN", place.program("debug", "waymark"))
        .env("WAYMARK_STUDIO_BIN", place.program("debug", "waymark-studio"))
        .env("WAYMARK_PAGE", place.page())
        .env("WAYMARK_SAME_RUN", place.target.join(WASM).join("wasm-release/same_run.wasm"));
    if let Some(python) = python {
        command.env("WAYMARK_PYTHON", &python.python).env("WAYMARK_AWS", &python.aws);
    }
    if let Some(axe) = axe {
        command.env("WAYMARK_AXE", axe);
    }
    let mut child =
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).spawn().context("could not start cargo")?;
    let mut shown = File::open(&log).context("could not read the log of the tests")?;
    let status = loop {
        // asked before showing, so that the last lines are shown too
        let status = child.try_wait().context("could not wait for the tests")?;
        show(&mut shown)?;
        if let Some(status) = status {
            break status;
        }
        std::thread::sleep(LOOK);
    };
    let mut tests = count(&log)?;
    tests.ended_well = status.success();
    Ok(tests)
}

/// Prints what the log has gained.
fn show(log: &mut File) -> anyhow::Result<()> {
    let mut gained = Vec::new();
    log.read_to_end(&mut gained).context("could not read the log of the tests")?;
    let mut out = std::io::stdout();
    out.write_all(&gained).and_then(|()| out.flush()).context("could not show the log of the tests")
}

fn count(log: &Path) -> anyhow::Result<Tests> {
    let text = std::fs::read(log).context("could not read the log of the tests")?;
    let mut tests = Tests::default();
    for line in String::from_utf8_lossy(&text).lines() {
        let Some((_, counts)) = line.split_once("test result: ") else {
            continue;
        };
        tests.programs += 1;
        tests.passed += number_before(counts, " passed");
        tests.failed += number_before(counts, " failed");
        tests.ignored += number_before(counts, " ignored");
    }
    Ok(tests)
}

/// The number that stands right before `word`, or 0.
fn number_before(text: &str, word: &str) -> u32 {
    text.split_once(word).and_then(|(before, _)| before.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_a_result_line() {
        let line = "FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        let found = [" passed", " failed", " ignored"].map(|word| number_before(line, word));
        assert_eq!(found, [12, 3, 1]);
        assert_eq!(number_before("ok.", " passed"), 0);
    }
}

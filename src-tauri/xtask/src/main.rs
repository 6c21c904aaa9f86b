//! `cargo studio`, `cargo verify` and `cargo xtask …`: set-up, the wasm build, checks.
//!
//! Takes the arguments of one command and runs it; one module per command. It starts other programs (cargo, apt-get,
//! rustup, python) and writes into the target folder and `ui/dist`; it never asks questions, and running a command
//! again is quick.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks on its terminal")]

mod examples;
mod generate;
mod package;
mod page;
mod place;
mod set_up;
mod step;
mod studio;
mod verify;

use std::process::ExitCode;

use anyhow::bail;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  studio [DIR] [--web] [--release]   build Waymark and open the studio on a project folder (default: an example);
                                     --web serves it to a browser on this machine, no display needed
  verify                             every check and every test
  ui [--release]                     build the page (wasm) into ui/dist
  package [--program FILE]           build what people install (.deb, archive) into the target folder's `packages`
  set-up                             install what building and testing need
  generate                           write the model's wire types from journeys/model/api/pinpoint.json
  examples                           write the sample people and events of journeys/examples

`cargo studio` and `cargo verify` are short for the first two.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        bail!("no command given\n\n{USAGE}");
    };
    match command.as_str() {
        "studio" => studio::run(rest),
        "verify" => verify::run(rest),
        "ui" => page::run(rest),
        "package" => package::run(rest),
        "set-up" => set_up::run(rest),
        "generate" => {
            only_flags(rest, &[])?;
            generate::run(&place::Place::find()?.root)
        }
        "examples" => {
            only_flags(rest, &[])?;
            examples::run(&place::Place::find()?.root)
        }
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("`{other}` is not a command\n\n{USAGE}"),
    }
}

/// Fails when `arguments` holds anything but the given `flags`.
fn only_flags(arguments: &[String], flags: &[&str]) -> anyhow::Result<()> {
    match arguments.iter().find(|argument| !flags.contains(&argument.as_str())) {
        Some(argument) => bail!("`{argument}` is not understood here\n\n{USAGE}"),
        None => Ok(()),
    }
}

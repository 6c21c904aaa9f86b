//! The `waymark` command: the studio's work on a terminal.
//!
//! Takes arguments; gives results on the standard output, everything else on the standard error output, and an exit
//! code: 0 done, 1 problems were found or it failed, 2 the input could not be read or the arguments make no sense. Does
//! nothing itself: `workbench` works, `pinpoint-local` serves.

mod arguments;
mod commands;
mod say;
mod web;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::New(new) => commands::new::run(&new),
        Command::Check(check) => commands::check::run(&check),
        Command::Explain(explain) => commands::explain::run(&explain),
        Command::Simulate(simulate) => commands::simulate::run(&simulate),
        Command::Bench(bench) => commands::bench::run(&bench),
        Command::Calibrate(calibrate) => commands::calibrate::run(&calibrate),
        Command::People(people) => commands::people::run(&people),
        Command::Test(test) => commands::test::run(&test),
        Command::Export(export) => commands::export::run(&export),
        Command::Diff(diff) => commands::diff::run(&diff),
        Command::Merge(merge) => commands::merge::run(&merge),
        Command::Plan(plan) => commands::publish::plan(&plan),
        Command::Publish(publish) => commands::publish::publish(&publish),
        Command::Approve(approve) => commands::publish::approve(&approve),
        Command::Rollback(rollback) => commands::publish::roll_back(&rollback),
        Command::History(history) => commands::publish::history(&history),
        Command::Pull(pull) => commands::pull::pull(&pull),
        Command::Copy(copy) => commands::pull::copy(&copy),
        Command::Serve(serve) => commands::serve::run(&serve),
        Command::Studio(studio) => commands::studio::run(&studio),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            say::problem(&workbench::sentence(&failure));
            match failure.code {
                bridge::FailureCode::Disk | bridge::FailureCode::NotFound | bridge::FailureCode::BadInput => {
                    ExitCode::from(2)
                }
                _ => ExitCode::FAILURE,
            }
        }
    }
}

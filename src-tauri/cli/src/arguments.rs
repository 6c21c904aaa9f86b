//! What can be said on the command line; a file for each family of commands.

mod people;
mod project;
mod publishing;
mod serving;
mod simulation;
mod versions;

use clap::{Parser, Subcommand, ValueEnum};

pub use people::*;
pub use project::*;
pub use publishing::*;
pub use serving::*;
pub use simulation::*;
pub use versions::*;

/// Draw, check, simulate and publish Amazon Pinpoint journeys.
#[derive(Debug, Parser)]
#[command(
    name = "waymark",
    version,
    after_help = "\
Examples:
  waymark new shop --from cart-abandonment   a project folder to start from
  waymark check shop                         what is wrong with it
  waymark simulate shop/journeys/cart-abandonment.json
  waymark test shop                          whether it does what is expected of it
  waymark serve                              a Pinpoint of your own on 127.0.0.1:8700
  waymark publish shop --target local        bring the journeys there
  waymark studio shop                        the window"
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a project folder, empty or from an example
    New(New),
    /// Check journeys, segments, campaigns and templates
    Check(Check),
    /// Explain a rule of the checks
    Explain(Explain),
    /// Run people through a journey, on a virtual clock
    Simulate(Simulate),
    /// Learn from recorded events how people respond
    Calibrate(Calibrate),
    /// Say who the sample people are, or write a copy of them in which nobody can be recognised
    People(People),
    /// Measure how fast this computer runs journeys, segments, templates and imports
    Bench(Bench),
    /// Test journeys: who must get what by when, and what must hold for everybody
    Test(Test),
    /// Write a journey as Pinpoint's JSON or as a picture, or a project in the formats of others
    Export(Export),
    /// Say what differs between two versions of a project or a document
    Diff(Diff),
    /// Bring two versions of a document together, also for git
    Merge(Merge),
    /// Show what publishing would create and change; changes nothing
    Plan(Plan),
    /// Publish the journeys of a project, with all that they need
    Publish(Publish),
    /// Approve what publishing would do, for somebody else to publish it
    Approve(Approve),
    /// Bring a target back to a former publication
    Rollback(Rollback),
    /// Say what was published to a target, when, by whom and why
    History(History),
    /// Bring everything of an application into a project folder
    Pull(Pull),
    /// Copy journeys and campaigns from one target to another, with all that they need
    Copy(Copy),
    /// Run the local Pinpoint
    Serve(Serve),
    /// Open the studio
    Studio(Studio),
}

/// How a result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        Arguments::command().debug_assert();
    }
}

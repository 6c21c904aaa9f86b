//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Write a journey as Pinpoint's JSON or as a picture
    Export(Export),
    /// Show what publishing would create and change; changes nothing
    Plan(Plan),
    /// Publish the journeys of a project, with all that they need
    Publish(Publish),
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

/// `waymark new`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  waymark new spring-campaign
  waymark new shop --from cart-abandonment
  waymark new --list")]
pub struct New {
    /// The folder to make
    #[arg(required_unless_present = "list")]
    pub dir: Option<PathBuf>,
    /// Copy this example
    #[arg(long, value_name = "EXAMPLE")]
    pub from: Option<String>,
    /// List the examples
    #[arg(long)]
    pub list: bool,
}

/// `waymark check`
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code: 0 nothing is wrong, 1 problems (errors or warnings), 2 something could not be read.

Examples:
  waymark check .
  waymark check journeys/welcome.json
  waymark check dump.json --format json | jq '.findings[].rule'")]
pub struct Check {
    /// Project folders, files of one, or JSON as `aws pinpoint get-journey` prints it
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `waymark explain`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  waymark explain unreachable-activity")]
pub struct Explain {
    /// The id of the rule, as `waymark check` prints it; all rules when absent
    pub rule: Option<String>,
}

/// `waymark simulate`
#[derive(Debug, Args)]
#[command(after_help = "\
A journey in a project folder is simulated with the segments, templates, endpoints and events of the project.
The same input and seed give the same run, on any computer.

Examples:
  waymark simulate shop/journeys/cart-abandonment.json
  waymark simulate welcome.json --endpoints people.csv --seed 7 --start 2026-11-30T09:00:00Z
  waymark simulate shop/journeys/cart-abandonment.json --trace user:42")]
pub struct Simulate {
    /// The journey
    #[arg(value_name = "JOURNEY.json")]
    pub journey: PathBuf,
    /// People: CSV or JSON lines in Pinpoint's import format [default: endpoints/ of the project]
    #[arg(long, value_name = "FILE")]
    pub endpoints: Option<PathBuf>,
    /// Events to replay: JSON lines as Pinpoint's event stream writes them [default: events/ of the project]
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// Seed of all chance [default: of waymark.toml, else 1]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Virtual start, ISO 8601 [default: of waymark.toml, else of the journey]
    #[arg(long, value_name = "TIME")]
    pub start: Option<String>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Tell the story of one person: an endpoint id, or user:ID
    #[arg(long, value_name = "PERSON")]
    pub trace: Option<String>,
}

/// What a journey is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExportAs {
    /// `WriteJourneyRequest`, as Pinpoint takes it.
    #[default]
    Pinpoint,
    /// A picture.
    Svg,
}

/// `waymark export`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  waymark export journeys/welcome.json > create-journey.json
  waymark export journeys/welcome.json --as svg -o welcome.svg")]
pub struct Export {
    /// The journey
    #[arg(value_name = "JOURNEY.json")]
    pub journey: PathBuf,
    /// What to write
    #[arg(long = "as", value_enum, default_value_t)]
    pub kind: ExportAs,
    /// Where to write it [default: the standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `waymark plan`
#[derive(Debug, Args)]
#[command(after_help = "\
Targets stand in waymark.toml; `local` without an address is http://127.0.0.1:8700, where `waymark serve` listens.

Examples:
  waymark plan --target local
  waymark plan shop --target prod --journey cart-abandonment")]
pub struct Plan {
    /// The project folder
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Name of the target in waymark.toml
    #[arg(long, value_name = "NAME")]
    pub target: String,
    /// Only this journey; can be given several times [default: all]
    #[arg(long = "journey", value_name = "NAME")]
    pub journeys: Vec<String>,
    /// Start the journeys too
    #[arg(long)]
    pub activate: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `waymark publish`
#[derive(Debug, Args)]
#[command(after_help = "\
Publishing can be repeated: it goes on where it stopped, makes nothing twice, and does nothing when nothing has changed.
Journeys stay drafts unless --activate is given.

Examples:
  waymark publish --target local
  waymark publish shop --target prod --journey cart-abandonment --activate")]
pub struct Publish {
    /// What to publish, and where to.
    #[command(flatten)]
    pub plan: Plan,
    /// Put the people of endpoints/ on the target too, for a target that has none of its own
    #[arg(long)]
    pub people: bool,
}

/// Which clock the local Pinpoint goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Clock {
    /// The clock of this computer.
    #[default]
    Real,
    /// One that stands still until it is moved.
    Virtual,
}

/// `waymark serve`
#[derive(Debug, Args)]
#[command(after_help = "\
Any credentials pass on loopback. Messages are kept in an outbox; nothing leaves this computer.

Examples:
  waymark serve
  waymark serve --listen 127.0.0.1:0 --data ./store
  aws pinpoint get-apps --endpoint-url http://127.0.0.1:8700 --region us-east-1
  waymark serve --clock virtual &
  curl -X POST http://127.0.0.1:8700/waymark/clock -d '{\"advance\":\"P1D\"}'")]
pub struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
    /// Folder of the store [default: in memory, gone at the end]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Which clock to go by
    #[arg(long, value_enum, default_value_t)]
    pub clock: Clock,
}

/// `waymark studio`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  waymark studio shop
  waymark studio shop --web      in a browser, on this computer only")]
pub struct Studio {
    /// The project folder
    pub dir: Option<PathBuf>,
    /// Serve it to a browser instead of opening a window
    #[arg(long)]
    pub web: bool,
    /// Folder of the page, for --web [default: `page` beside this program]
    #[arg(long, value_name = "FOLDER", requires = "web")]
    pub page: Option<PathBuf>,
    /// Port to listen on, for --web; 0 takes a free one
    #[arg(long, requires = "web", default_value_t = 0)]
    pub port: u16,
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

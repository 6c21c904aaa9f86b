//! Of a project folder: making it, checking it, writing it in other forms.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

/// `waymark new`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  waymark new spring-campaign
  waymark new shop --from cart-abandonment
  waymark new shop --from-dump journeys.json exports/ backup.zip
  waymark new --list")]
pub struct New {
    /// The folder to make
    #[arg(required_unless_present = "list")]
    pub dir: Option<PathBuf>,
    /// Copy this example
    #[arg(long, value_name = "EXAMPLE")]
    pub from: Option<String>,
    /// Make it of dumps of an account: output of the AWS CLI and API answers, endpoints as import and export jobs have them
    /// (CSV, JSON lines), records of the event stream; files, folders and zip archives, also gzipped
    #[arg(long, value_name = "DUMP", num_args = 1.., conflicts_with_all = ["from", "list"])]
    pub from_dump: Vec<PathBuf>,
    /// How to tell what became of the dumps
    #[arg(long, value_enum, default_value_t, requires = "from_dump")]
    pub format: Format,
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

/// What a journey is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExportAs {
    /// `WriteJourneyRequest`, as Pinpoint takes it.
    #[default]
    Pinpoint,
    /// A picture.
    Svg,
    /// A picture in pixels.
    Png,
    /// A picture on a page.
    Pdf,
    /// A shell script that makes the whole project through the AWS CLI.
    AwsCli,
    /// A CloudFormation template of segments, campaigns, templates and channels.
    Cloudformation,
    /// A campaign flow of Amazon Connect; a journey alone.
    Connect,
}

/// `waymark export`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  waymark export journeys/welcome.json > create-journey.json
  waymark export journeys/welcome.json --as svg -o welcome.svg
  waymark export journeys/welcome.json --as pdf -o welcome.pdf
  waymark export shop --as cloudformation -o shop.template.json
  waymark export journeys/welcome.json --as connect -o flow.json     what is lost stands on the error output")]
pub struct Export {
    /// The journey; for aws-cli and cloudformation the project
    #[arg(value_name = "JOURNEY.json")]
    pub journey: PathBuf,
    /// What to write
    #[arg(long = "as", value_enum, default_value_t)]
    pub kind: ExportAs,
    /// Where to write it [default: the standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

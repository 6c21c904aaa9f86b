//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pinpoint_local::ApiRates;
use workbench::simulate::{Waits, each_wait};

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

/// `waymark simulate`
#[derive(Debug, Args)]
#[command(after_help = "\
A journey or campaign in a project folder is simulated with the segments, templates, endpoints and events of the project.
The same input and seed give the same run, on any computer.

Examples:
  waymark simulate shop/journeys/cart-abandonment.json
  waymark simulate welcome.json --endpoints people.csv --seed 7 --start 2026-11-30T09:00:00Z
  waymark simulate shop/journeys/cart-abandonment.json --trace user:42 --at 2026-12-02T10:00:00Z
  waymark simulate shop/journeys/cart-abandonment.json --messages messages.parquet --render
  waymark simulate shop/journeys/cart-abandonment.json --series hours.csv --rate email=14 --rate sms=1
  waymark simulate shop/journeys/cart-abandonment.json --runs 200 --responses responses.toml
  waymark simulate shop/journeys/cart-abandonment.json --each-wait PT1M --trace user:42
  waymark simulate shop/campaigns/weekend-deals.json
  waymark simulate shop --days 30 --messages messages.csv")]
pub struct Simulate {
    /// The journey or campaign; or a project folder, for all of its journeys and campaigns together
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
    /// Where that person is at an instant, ISO 8601, and what they have received by then
    #[arg(long, value_name = "TIME", requires = "trace")]
    pub at: Option<String>,
    /// Write who gets what when, a row a message; the name ends in .csv, .jsonl or .parquet
    #[arg(long, value_name = "FILE")]
    pub messages: Option<PathBuf>,
    /// Of a project folder: how many days from the start on [default: 90]
    #[arg(long, value_name = "N")]
    pub days: Option<u32>,
    /// Write subject and body of each message too
    #[arg(long, requires = "messages")]
    pub render: bool,
    /// Write the counts over time; the name ends in .csv, .jsonl or .parquet
    #[arg(long, value_name = "FILE")]
    pub series: Option<PathBuf>,
    /// Steps of the counts over time
    #[arg(long, value_enum, default_value_t, requires = "series")]
    pub per: Per,
    /// Messages a second that a channel takes (email, sms, push, voice, custom); can be given several times
    /// [default: of waymark.toml]
    #[arg(long = "rate", value_name = "CHANNEL=N", value_parser = rate)]
    pub rates: Vec<(String, u32)>,
    /// How people respond, a TOML file as `waymark calibrate` writes it [default: of waymark.toml]
    #[arg(long, value_name = "FILE")]
    pub responses: Option<PathBuf>,
    /// Run so many times, with one seed after the other, and print how far the counts spread. The seed decides what people
    /// do; random splits draw as they will in reality, the same in every run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub runs: Option<u32>,
    /// Write what the messages cause as the event stream would carry it: JSON lines, to replay or to learn from
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Simulate the test copy of the journey, named Test-NAME: without schedule, quiet time and limits of re-entry, and with
    /// all waits taking no time
    #[arg(long)]
    pub skip_waits: bool,
    /// The same, with every wait and every split that waits taking this long, as PT1M or P1D
    #[arg(long, value_name = "DURATION", value_parser = each_wait, conflicts_with = "skip_waits")]
    pub each_wait: Option<Waits>,
}

/// Steps of counts over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Per {
    /// Hours.
    #[default]
    Hour,
    /// Days of UTC.
    Day,
}

/// `email=14`
fn rate(text: &str) -> Result<(String, u32), String> {
    let channels = workbench::simulate::CHANNELS;
    let (channel, number) = text.split_once('=').ok_or("write it as email=14")?;
    if !channels.contains(&channel) {
        return Err(format!("`{channel}` is no channel; channels are {}", channels.join(", ")));
    }
    match number.parse() {
        Ok(0) | Err(_) => Err(format!("`{number}` is no number of messages a second")),
        Ok(rate) => Ok((channel.to_owned(), rate)),
    }
}

/// `waymark calibrate`
#[derive(Debug, Args)]
#[command(after_help = "\
The result is a file for `waymark simulate --responses`, or for [simulation.responses] of waymark.toml; comments say
from how much each rate and delay was learned. Who clicked counts as having opened; mails to addresses that were lost
before are left out.

Examples:
  waymark calibrate events.jsonl
  waymark calibrate june.jsonl july.jsonl --out responses.toml
  waymark calibrate events.jsonl --project shop --segment gold --segment new")]
pub struct Calibrate {
    /// Events as Pinpoint's event stream writes them: JSON lines or a JSON list
    #[arg(required = true, value_name = "EVENTS.jsonl")]
    pub events: Vec<PathBuf>,
    /// Where to write what was learned [default: the standard output]
    #[arg(short, long, value_name = "FILE.toml")]
    pub out: Option<PathBuf>,
    /// Messages that an activity or a segment needs to be learned apart
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub least: u64,
    /// Leave out messages of so many last days, because people still respond to them
    #[arg(long, value_name = "DAYS", default_value_t = 3)]
    pub settle: u32,
    /// The project whose segments are meant
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Learn the people of this segment apart; can be given several times, the first that a person is in counts
    #[arg(long = "segment", value_name = "SEGMENT", requires = "project")]
    pub segments: Vec<String>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `waymark people`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  waymark people shop
  waymark people shop --pseudonymise people-shared.jsonl
  waymark people shop --pseudonymise copy.jsonl --personal Attributes.Notes --keep Location.PostalCode")]
pub struct People {
    /// The project folder
    #[arg(default_value = ".", value_name = "DIR")]
    pub folder: PathBuf,
    /// Write a copy as JSON lines: ids, addresses and whatever is personal are replaced by a keyed hash of the same shape
    #[arg(long, value_name = "FILE.jsonl")]
    pub pseudonymise: Option<PathBuf>,
    /// Replace this too; can be given several times
    #[arg(long, value_name = "MEMBER", requires = "pseudonymise")]
    pub personal: Vec<String>,
    /// Do not replace this, though its name is that of something personal; can be given several times
    #[arg(long, value_name = "MEMBER", requires = "pseudonymise")]
    pub keep: Vec<String>,
    /// A file with the key, at least 16 bytes [default: the project's own, in .waymark]
    #[arg(long, value_name = "FILE", requires = "pseudonymise")]
    pub key: Option<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `waymark test`
#[derive(Debug, Args)]
#[command(after_help = "\
Runs expectations/*.toml. An expectation gives people and what they do, and says what must come of it:

  journey = \"welcome-series\"

  [people.ann]
  ChannelType = \"EMAIL\"
  Address = \"ann@example.com\"

  [[expectation]]
  name = \"who opens the welcome gets the tips within three days\"
  given = [{ person = \"ann\", opens = \"welcomeEmail\", after = \"3 hours\" }]
  expect = [{ person = \"ann\", gets = \"tipsEmail\", within = \"3 days\" }]

  [promises]
  nobody_gets_the_same_message_twice = true

Exit code: 0 all is as expected, 1 something is not, 2 something could not be read or names what is not there.

Examples:
  waymark test .
  waymark test shop --generate             one person for each path that can be taken
  waymark test shop --junit report.xml")]
pub struct Test {
    /// The project folder
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// First write expectations/generated.toml: one person for each path that can be taken; says why others can not
    #[arg(long)]
    pub generate: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write the result as JUnit XML too
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
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

/// How differences are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffAs {
    /// In words.
    #[default]
    Text,
    /// For programs.
    Json,
    /// One picture of the journey that differs.
    Svg,
}

/// `waymark diff`
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code: 0 nothing differs, 1 something does, 2 one of them could not be read.

Examples:
  waymark diff shop-before shop
  waymark diff HEAD~1:shop shop
  waymark diff main:shop/journeys/welcome.json shop/journeys/welcome.json --as svg -o welcome.svg")]
pub struct Diff {
    /// A folder, a file, or either of a revision of git as REV:path
    #[arg(value_name = "A")]
    pub before: String,
    /// The same, later
    #[arg(value_name = "B")]
    pub after: String,
    /// How to write what differs
    #[arg(long = "as", value_enum, default_value_t)]
    pub kind: DiffAs,
    /// Where to write it [default: the standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `waymark merge`
#[derive(Debug, Args)]
#[command(after_help = "\
Edits of both sides that have nothing to do with each other go together. Where both changed the same member the result says
what OURS says, and NAME.conflicts.json beside it says what there is to decide.

Exit code: 0 merged, 1 there are conflicts, or the checks say an error that neither side had, 2 a file could not be read.

Examples:
  waymark merge --install shop          git merges the project's documents this way from now on
  waymark merge base.json ours.json theirs.json -o journeys/welcome.json")]
pub struct Merge {
    /// The version that both were made from, ours, theirs
    #[arg(value_name = "BASE OURS THEIRS", num_args = 3, required_unless_present = "install")]
    pub versions: Vec<PathBuf>,
    /// Where to write the result; may be one of the three [default: the standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The document's path in the project, where the files have other names; conflicts are written beside it
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
    /// How to tell what came of it
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Make git use this for the project in this folder
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".", conflicts_with_all = ["versions", "output", "path"])]
    pub install: Option<PathBuf>,
}

/// `waymark plan`
#[derive(Debug, Args)]
#[command(after_help = "\
Targets stand in waymark.toml; `local` without an address is http://127.0.0.1:8700, where `waymark serve` listens. Texts of
documents may say ${name}, which [target.NAME.variables] sets.

Exit code: 0 nothing to do, 1 something would be created or changed, or somebody changed it there, 2 something is in the way
or the plan could not be made.

Examples:
  waymark plan --target local
  waymark plan shop --target prod --json
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
    /// Only this campaign; can be given several times
    #[arg(long = "campaign", value_name = "NAME")]
    pub named_campaigns: Vec<String>,
    /// All campaigns too
    #[arg(long)]
    pub campaigns: bool,
    /// Start the journeys too, and let campaigns be sent at their time
    #[arg(long)]
    pub activate: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Plan {
    /// How to write the result.
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// `waymark approve`
#[derive(Debug, Args)]
#[command(after_help = "\
A target with `approval = true` is published to only when a second person has approved exactly this plan. The approval stands in
publications/ of the project; who you are is what git knows of you. When the project or the target changes, it is another plan.

Example:
  waymark approve shop --target prod --message \"as discussed\"")]
pub struct Approve {
    /// What would be published, and where to.
    #[command(flatten)]
    pub plan: Plan,
    /// What you say about it
    #[arg(short, long, default_value = "")]
    pub message: String,
}

/// `waymark rollback`
#[derive(Debug, Args)]
#[command(after_help = "\
Publishes the documents of a former publication once more. Nothing is deleted: what was made since stays, and a journey that
runs can not be changed any more.

Examples:
  waymark rollback shop --target prod
  waymark rollback shop --target prod --to 3")]
pub struct Rollback {
    /// The project folder
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Name of the target in waymark.toml
    #[arg(long, value_name = "NAME")]
    pub target: String,
    /// Number of the publication [default: the last one that says something else than the target does now]
    #[arg(long, value_name = "N")]
    pub to: Option<u32>,
    /// Why
    #[arg(short, long, default_value = "")]
    pub message: String,
}

/// `waymark history`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  waymark history shop --target prod")]
pub struct History {
    /// The project folder
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Name of the target in waymark.toml
    #[arg(long, value_name = "NAME")]
    pub target: String,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `waymark publish`
#[derive(Debug, Args)]
#[command(after_help = "\
Publishing can be repeated: it goes on where it stopped, makes nothing twice, and does nothing when nothing has changed.
Journeys stay drafts and campaigns are made paused unless --activate is given.

Examples:
  waymark publish --target local
  waymark publish shop --target prod --journey cart-abandonment --activate
  waymark publish shop --target prod --campaign weekly-deals")]
pub struct Publish {
    /// What to publish, and where to.
    #[command(flatten)]
    pub plan: Plan,
    /// Why; it stands in the history
    #[arg(short, long, default_value = "")]
    pub message: String,
    /// Write over what somebody else changed on the target since the last publication
    #[arg(long)]
    pub over_drift: bool,
    /// Put the people of endpoints/ on the target too, for a target that has none of its own
    #[arg(long)]
    pub people: bool,
}

/// `waymark pull`
#[derive(Debug, Args)]
#[command(after_help = "\
Segments, journeys, campaigns and templates come as the target answers them, nothing is left out; settings, channels, event
stream and versions of templates stand in application/. Publishing back what was pulled changes nothing.

Endpoints are written by an export job to where the target may write: --endpoints file:///FOLDER/ for `waymark serve` (a folder
below its --files or --data), s3://BUCKET/PREFIX else.

Examples:
  waymark pull shop --target prod
  waymark pull shop --target prod --region eu-west-1 --application-id 0123456789abcdef0123456789abcdef
  waymark pull shop --target local --endpoints file:///srv/exports/")]
pub struct Pull {
    /// The project folder; made when it is not there
    pub dir: PathBuf,
    /// Name of the target in waymark.toml; written there where it is new
    #[arg(long, value_name = "NAME")]
    pub target: String,
    /// AWS region [default: of waymark.toml]
    #[arg(long)]
    pub region: Option<String>,
    /// Address of the API [default: of waymark.toml, else Amazon's own]
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The application [default: of waymark.toml, else the only one]
    #[arg(long, value_name = "ID")]
    pub application_id: Option<String>,
    /// Profile of the AWS configuration [default: of waymark.toml]
    #[arg(long)]
    pub profile: Option<String>,
    /// Replace documents that say something else in the folder
    #[arg(long)]
    pub replace: bool,
    /// The endpoints too, over this place
    #[arg(long, value_name = "URL")]
    pub endpoints: Option<String>,
    /// IAM role with which Pinpoint writes to the bucket
    #[arg(long, value_name = "ARN", requires = "endpoints")]
    pub role: Option<String>,
}

/// `waymark copy`
#[derive(Debug, Args)]
#[command(after_help = "\
Targets can be other applications, accounts and regions. Segments and templates are copied under their names, unless another
of the target is to be used instead. An imported segment can not be copied: import its file there first.

Examples:
  waymark copy shop --from prod --to staging
  waymark copy shop --from prod --to eu --journey welcome --segment gold=gold-eu --template welcome=willkommen")]
pub struct Copy {
    /// The project folder whose waymark.toml has the targets; nothing else of it is read or written
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Where from
    #[arg(long, value_name = "TARGET")]
    pub from: String,
    /// Where to
    #[arg(long, value_name = "TARGET")]
    pub to: String,
    /// Only this journey; can be given several times [default: all]
    #[arg(long = "journey", value_name = "NAME")]
    pub journeys: Vec<String>,
    /// All campaigns too; they are made paused
    #[arg(long)]
    pub campaigns: bool,
    /// Use this segment of the target instead of a copy; can be given several times
    #[arg(long = "segment", value_name = "HERE=THERE", value_parser = pair)]
    pub segments: Vec<(String, String)>,
    /// Use this template of the target instead of a copy; can be given several times
    #[arg(long = "template", value_name = "HERE=THERE", value_parser = pair)]
    pub templates: Vec<(String, String)>,
    /// Only show what would be done
    #[arg(long)]
    pub plan: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `here=there`
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((here, there)) if !here.is_empty() && !there.is_empty() => Ok((here.to_owned(), there.to_owned())),
        _ => Err("write it as HERE=THERE".to_owned()),
    }
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

/// `waymark bench`
#[derive(Debug, Args)]
#[command(after_help = "\
The input is generated, the same everywhere: people like those that other tools were measured with, a journey of twelve
activities, a segment of five criteria, three templates. Figures are CPU time of one thread where they say CPU; run it
where nothing else runs. A ! marks a goal that is not reached here.

Examples:
  waymark bench
  waymark bench --people 10000000")]
pub struct Bench {
    /// How many endpoints
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..=20_000_000))]
    pub people: u64,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// For people.
    #[default]
    Text,
    /// For programs: an object a line.
    Json,
}

/// What the log tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What the server could not do.
    Error,
    /// What is left out or given up as well.
    Warn,
    /// Start, stop and refused requests as well.
    #[default]
    Info,
    /// Every request and broken connection as well.
    Debug,
}

/// `waymark serve`
#[derive(Debug, Args)]
#[command(after_help = "\
Without access keys it listens on this computer only, and any credentials pass. Messages are kept in an outbox; nothing
leaves this computer but what --delivery says: a file with a table for each channel that has an adapter, and the names of
secrets, never secrets:

  [email]
  adapter = \"smtp\"
  host = \"smtp.example.com\"
  username = \"shop\"
  password = { env = \"SMTP_PASSWORD\" }

With --keys every request is verified (Signature Version 4), from this computer too. The file, which only its owner can
read and which stands outside the project, is read again when it changes. It has for each key:

  [keys.SHOPBACKEND]
  secret = \"at least 20 bytes, better 40 random ones\"
  permissions = [\"read\", \"write\", \"send\", \"admin\"]

read looks; write changes people, segments, templates, campaigns, journeys; send makes messages go out; admin changes
projects and channels, reads the audit log, makes backups. One key that may do everything can come from the environment
instead: WAYMARK_ACCESS_KEY_ID and WAYMARK_SECRET_ACCESS_KEY.

Examples:
  waymark serve
  waymark serve --listen 127.0.0.1:0 --data ./store
  aws pinpoint get-apps --endpoint-url http://127.0.0.1:8700 --region us-east-1
  waymark serve --clock virtual &
  curl -X POST http://127.0.0.1:8700/waymark/clock -d '{\"advance\":\"P1D\"}'
  waymark serve --listen 0.0.0.0:8700 --data store --keys keys.toml --tls-cert cert.pem --tls-key key.pem
  waymark serve --data store --events lake --events-format parquet
  waymark serve --backup monday.sqlite
  waymark serve --restore monday.sqlite --data ./restored
  curl http://127.0.0.1:8700/waymark/health
  curl http://127.0.0.1:8700/waymark/metrics")]
pub struct Serve {
    /// Where to listen; port 0 takes a free one. Beyond this computer --keys and TLS are needed
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
    /// Folder of the store [default: in memory, gone at the end]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder whose files import and export jobs may read and write, beside the store's
    #[arg(long, value_name = "DIR")]
    pub files: Option<PathBuf>,
    /// Which clock to go by
    #[arg(long, value_enum, default_value_t)]
    pub clock: Clock,
    /// Access keys, a TOML file that only its owner can read
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Certificate for TLS, PEM, followed by those that lead to its root
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Listen beyond this computer without TLS, behind something that encrypts
    #[arg(long, conflicts_with = "tls_cert")]
    pub insecure_http: bool,
    /// Write a copy of the store of the server that runs at --listen, and end. With keys it needs --keys, with TLS --tls-cert
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "clock", "tls_key", "insecure_http"])]
    pub backup: Option<PathBuf>,
    /// Make the store in --data from a backup, and end; --data must not hold one yet
    #[arg(long, value_name = "FILE", requires = "data", conflicts_with_all = ["backup", "clock", "keys", "tls_cert"])]
    pub restore: Option<PathBuf>,
    /// How to write the log, on the standard error output
    #[arg(long, value_enum, default_value_t)]
    pub log: Log,
    /// What the log tells of
    #[arg(long, value_enum, default_value_t)]
    pub log_level: LogLevel,
    /// Log and audit log may name what can be addresses of people: endpoint and user ids, paths, words of refusals
    #[arg(long)]
    pub log_addresses: bool,
    /// The audit log tells of writing endpoints and events too, which comes thousands of times a second
    #[arg(long)]
    pub audit_all: bool,
    /// Refuse more requests a second than Amazon Pinpoint takes; of some operations others, as UpdateEndpoint=20000 [default:
    /// as many as this computer can carry out]
    #[arg(long, value_name = "OPERATION=RATE,…", num_args = 0..=1, require_equals = true, default_missing_value = "",
        value_parser = |text: &str| ApiRates::parse(text))]
    pub api_rates: Option<ApiRates>,
    /// Which channels leave this computer, and how [default: none does]
    #[arg(long, value_name = "FILE")]
    pub delivery: Option<PathBuf>,
    /// Write every event below this folder, as app=ID/day=YYYY-MM-DD/, in the records of Pinpoint's event stream
    #[arg(long, value_name = "DIR")]
    pub events: Option<PathBuf>,
    /// What the files of events are
    #[arg(long, value_enum, default_value_t, requires = "events")]
    pub events_format: EventsFormat,
}

/// What the files of events are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EventsFormat {
    /// One record a line
    #[default]
    Jsonl,
    /// One row a record; members that are objects are JSON texts
    Parquet,
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

//! Of runs of journeys and campaigns, and what they tell.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use workbench::simulate::{Waits, each_wait};

use super::Format;

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

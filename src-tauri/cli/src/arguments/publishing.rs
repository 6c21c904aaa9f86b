//! Of targets: bringing documents there and back.

use std::path::PathBuf;

use clap::Args;

use super::Format;

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

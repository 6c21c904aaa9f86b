//! Tests of a journey, for the people who draw it: who gets what by when, as sentences in `expectations/*.toml`.
//!
//! Takes the texts of such files, compiled journeys and sample people; gives an [`Outcome`] for each expectation, with
//! what happened instead, and how much of each journey any of them has taken ([`coverage::Coverage`]). Everything runs
//! through the same walk as a simulated run: what passes here is what the engine does.
//!
//! # The file
//!
//! ```toml
//! journey = "welcome-series"              # file name in journeys/, without .json
//! start = 2026-11-30T09:00:00Z            # when it is published; else as a simulated run starts
//!
//! [people.ann]                            # an endpoint in Pinpoint's members; [[people.ann]] for several of one user
//! ChannelType = "EMAIL"
//! Address = "ann@example.com"
//! User.UserAttributes.SignupDate = ["2026-11-20T00:00:00Z"]
//!
//! [[expectation]]
//! name = "who opens the welcome gets the tips two days later"
//! given = [
//!     { person = "ann", opens = "welcomeEmail", after = "3 hours" },
//! ]
//! expect = [
//!     { person = "ann", gets = "welcomeEmail", by = 2026-11-30T09:05:00Z },
//!     { person = "ann", takes = "Yes", of = "openedWelcome" },
//!     { person = "ann", gets = "tipsEmail", within = "2 days 1 hour" },
//!     { person = "ann", never_gets = "welcomeReminder" },
//!     { person = "ann", leaves = true, within = "20 days" },
//! ]
//! ```
//!
//! Every line reads as a sentence from left to right. `journey`, `start`, `seed`, `responses` and `people` may stand at the
//! top, for the whole file, or in one expectation, for it alone. `person` can be left out where only one is described.
//! Who is not described under `people` is looked for among the project's sample people, by endpoint id or user id.
//!
//! **given**: what people do. Nobody does anything that does not stand here: nothing is opened, clicked or bounced. With
//! `responses = "model"` people respond as the response model says, drawn from `seed`.
//!
//! | words | event |
//! | --- | --- |
//! | `opens`, `clicks`, `receives`, `misses`, `unsubscribes_from`, `complains_about`, `answers` = activity | the event that means this for the activity's channel, see [`Verb::kind`] |
//! | `causes` = event type | that event; with `of` = activity one that the message brought about, else one of the person's own, such as the one that starts the journey; `attributes` and `metrics` are tables |
//! | `after` = how long | after the message was sent, or after `start`; 1 minute when neither stands there |
//! | `at` = when | at that instant |
//! | `endpoint` = id | by this endpoint, where the person has several |
//!
//! **expect**: what comes of it. Times are inclusive.
//!
//! | words | meaning |
//! | --- | --- |
//! | `gets`, `never_gets` = message | an activity, else a template, else a channel (`EMAIL`, `SMS`, `PUSH`, `VOICE`, `CUSTOM`), or `anything` |
//! | `times` = n, `at_most` = n | with `gets`: how often; `at_most` also with `in` = how long, for any stretch of that length |
//! | `takes`, `never_takes` = branch, `of` = activity | `Yes`, `No`, `A`, `Else`, `60%`, `branch 2`, or the activity that it leads to |
//! | `reaches`, `never_reaches` = activity | whether the person comes there |
//! | `leaves` = true, false or activity | whether, or where, the person leaves the journey |
//! | `enters` = true, false | whether the person comes in |
//! | `is_refused` = true or metric | whether, or why, the person does not come in: the metric of journeys.md 11 |
//! | `by`, `not_before` = when, `between` = two of them | instants that it must lie within |
//! | `within`, `not_within` = how long | the same, from the person's first entry |
//!
//! An instant is a TOML date-time or an ISO 8601 text, in UTC where it says nothing else. How long is ISO 8601 (`P2DT1H`) or
//! words (`2 days 1 hour`).
//!
//! **promises** hold for everybody, whatever they do; see [`promises`](crate::promises).

mod check;
pub mod coverage;
mod document;
mod judge;
pub(crate) mod names;
mod read;
pub(crate) mod steps;
mod toml_tree;
mod write;

pub use check::{Failed, Outcome, Subject, Verdict, check};
pub(crate) use check::{doing, subject};
pub use document::{
    Cause, Expectation, Expectations, Expected, Frequency, Given, Moment, Responses, Verb, Wanted, When, Window,
};
pub(crate) use judge::crowded;
pub use read::{Problem, read};
pub use write::write;

//! When people can come to each activity, as far as the journey's text says.

use model::time::{HOUR, parse_duration, parse_instant};
use model::{Millis, Payload, wire};
use petgraph::algo::toposort;

use crate::context::JourneyContext;
use crate::places;

/// The most that a split waits of its own accord for what comes of a message (journeys.md 3.8, "Implicit minimum").
const IMPLICIT: Millis = HOUR;

/// From when to when people can come to an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Nobody comes before.
    pub first: Millis,
    /// Nobody comes after; `None` = that can not be said.
    pub last: Option<Millis>,
}

/// For each activity when people can come there who enter from `first` to `last`; `None` = nobody comes there. A journey with
/// a loop has no windows.
///
/// Where messages are held until they may go out, nobody knows when people go on from one.
pub fn arrivals(ctx: &JourneyContext, first: Millis, last: Option<Millis>) -> Vec<Option<Window>> {
    let mut windows: Vec<Option<Window>> = vec![None; ctx.activities.len()];
    let (Some(start), Ok(order)) = (ctx.start, toposort(&ctx.graph, None)) else { return windows };
    windows[start] = Some(Window { first, last });
    for number in order.into_iter().map(|node| node.index()) {
        let Some(window) = windows[number] else { continue };
        let left = leaves(ctx, number, window);
        for next in ctx.ways[number].iter().filter_map(|way| ctx.number(way.target?)) {
            windows[next] = Some(match windows[next] {
                None => left,
                Some(known) => Window {
                    first: known.first.min(left.first),
                    last: known.last.zip(left.last).map(|(known, left)| known.max(left)),
                },
            });
        }
    }
    windows
}

/// When people go on from an activity to which they come in `window`.
fn leaves(ctx: &JourneyContext, number: usize, window: Window) -> Window {
    let activity = &ctx.activities[number];
    match activity.payload {
        Some(Payload::Wait(wait)) => waited(wait.wait_time(), window, 0),
        Some(Payload::ConditionalSplit(_) | Payload::MultiCondition(_)) => {
            let mut conditions = ctx.conditions.iter().filter(|place| place.activity == number);
            let asks_events = conditions.any(|place| place.condition.event_condition().is_some());
            waited(places::evaluation_wait(activity), window, if asks_events { IMPLICIT } else { 0 })
        }
        _ if activity.kind().is_some_and(|kind| kind.is_message()) && holds(ctx) => Window { last: None, ..window },
        _ => window,
    }
}

/// Whether messages can be held until they may go out.
fn holds(ctx: &JourneyContext) -> bool {
    ctx.journey.wire.wait_for_quiet_time() == Some(true) && ctx.quiet.is_some()
}

/// The window after a wait, to the end of which what is waited for besides can add `more`.
fn waited(wait: Option<wire::WaitTime>, window: Window, more: Millis) -> Window {
    let until = wait.and_then(|wait| wait.wait_until()).and_then(parse_instant);
    let span = wait.and_then(|wait| wait.wait_for()).and_then(parse_duration).unwrap_or_default();
    let after = |at: Millis, span: Millis| until.map_or(at.saturating_add(span), |until| at.max(until));
    Window {
        first: after(window.first, span),
        last: window.last.map(|last| after(last, span).max(last.saturating_add(more))),
    }
}

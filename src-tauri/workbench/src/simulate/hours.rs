//! Sends hour by hour as plots, each with the limit as a line.

use std::collections::BTreeMap;
use std::fmt::Write;

use bridge::HourPlot;
use model::numbers::grouped;
use model::time::{DAY, HOUR, day_name};
use simulation::{Rates, Series};

/// Seconds of an hour: a rate is of a second.
const SECONDS: u64 = 3_600;
/// Width of an hour and height of the columns, in units of the plot; what is above them and below, for words.
const WIDE: f64 = 4.0;
const HEIGHT: f64 = 90.0;
const HEAD: f64 = 14.0;
const FOOT: f64 = 16.0;
/// Between two days that do not follow each other.
const GAP: f64 = 14.0;
/// Most days of a plot: the busiest.
const DAYS: usize = 60;
/// A limit that lies higher than so many times the busiest hour is told, not drawn: the columns would be flat.
const FAR: u64 = 4;

/// The plots of a run: of all messages, and of each channel that has a rate. `hours` has steps of an hour.
pub(crate) fn plots(hours: &Series, rates: &Rates) -> Vec<HourPlot> {
    let all: Vec<u64> =
        (0..hours.len()).map(|step| hours.activities.iter().filter_map(|of| of.sends.get(step)).sum()).collect();
    let channels = hours.channels.iter().filter_map(|of| Some((of, rates.channels.get(&of.channel).copied()?)));
    let own = channels.map(|(of, rate)| plot(hours, &of.sends, name(&of.channel), Some(rate)));
    std::iter::once(plot(hours, &all, "All messages", rates.journey))
        .chain(own)
        .filter(|plot| !plot.svg.is_empty())
        .collect()
}

fn name(channel: &str) -> &'static str {
    match channel {
        "email" => "E-mail",
        "sms" => "SMS",
        "push" => "Push",
        "voice" => "Calls",
        _ => "Custom channel",
    }
}

/// One plot: the days on which something is sent, in 24 columns each.
fn plot(hours: &Series, sends: &[u64], title: &str, rate: Option<u32>) -> HourPlot {
    let mut days: BTreeMap<i64, [u64; 24]> = BTreeMap::new();
    for (step, count) in sends.iter().enumerate().filter(|(_, count)| **count > 0) {
        let at = hours.at(step);
        let hour = at.rem_euclid(DAY) / HOUR;
        days.entry(at.div_euclid(DAY)).or_default()[usize::try_from(hour).unwrap_or(0)] += count;
    }
    let left_out = days.len().saturating_sub(DAYS);
    let mut quiet: Vec<(u64, i64)> =
        days.iter().map(|(day, of)| (of.iter().copied().max().unwrap_or(0), *day)).collect();
    quiet.sort_unstable();
    for (_, day) in quiet.into_iter().take(left_out) {
        days.remove(&day);
    }
    let most = days.values().flatten().copied().max().unwrap_or(0);
    if most == 0 {
        return HourPlot { title: title.to_owned(), ..HourPlot::default() };
    }
    let limit = rate.map(|rate| u64::from(rate) * SECONDS);
    let drawn = limit.filter(|limit| *limit <= most.saturating_mul(FAR));
    let top = most.max(drawn.unwrap_or(0)) as f64;
    let y = |count: u64| HEAD + HEIGHT * (1.0 - count as f64 / top);
    let base = HEAD + HEIGHT;
    let (mut columns, mut words, mut x, mut before) = (String::new(), String::new(), 0.0, None);
    for (day, of) in &days {
        if before.is_some_and(|before: i64| before + 1 != *day) {
            x += GAP;
        }
        before = Some(*day);
        let _ = write!(words, "<text x=\"{x}\" y=\"{}\">{}</text>", base + 12.0, day_name(*day));
        for (hour, count) in of.iter().enumerate().filter(|(_, count)| **count > 0) {
            let height = (base - y(*count)).max(1.0);
            let left = x + hour as f64 * WIDE;
            let _ = write!(columns, "M{left:.1} {base}v-{height:.1}h{:.1}v{height:.1}z", WIDE - 0.6);
        }
        x += 24.0 * WIDE;
    }
    let line = drawn.map_or(String::new(), |limit| {
        let (at, words) = (y(limit), format!("limit {} an hour", grouped(limit)));
        format!("<path class=\"limit\" d=\"M0 {at:.1}h{x}\"/><text x=\"0\" y=\"{:.1}\">{words}</text>", at - 3.0)
    });
    let label = format!("{title}, by hour, at most {} in an hour", grouped(most));
    let height = base + FOOT;
    let svg = format!(
        "<svg class=\"plot hours\" width=\"{x}\" height=\"{height}\" viewBox=\"0 0 {x} {height}\" role=\"img\" aria-label=\"{label}\">\
         <path d=\"{columns}\"/><path class=\"axis\" d=\"M0 {base}h{x}\"/>{words}{line}</svg>"
    );
    let mut notes = Vec::new();
    if let (Some(limit), None) = (limit, drawn) {
        notes.push(format!("The limit of {} an hour lies far above.", grouped(limit)));
    }
    if left_out > 0 {
        notes.push(format!("The {DAYS} busiest days; {left_out} more have sends."));
    }
    HourPlot { title: title.to_owned(), svg, note: notes.join(" ") }
}

#[cfg(test)]
mod tests {
    use simulation::series::{ActivitySeries, ChannelSeries};

    use super::*;

    /// Sends of one e-mail by hour, from midnight of 2026-01-01 on.
    fn series(sends: &[(usize, u64)]) -> Series {
        let mut list = vec![0; sends.iter().map(|(hour, _)| hour + 1).max().unwrap_or(0)];
        for (hour, count) in sends {
            list[*hour] = *count;
        }
        let start = model::time::parse_instant("2026-01-01T00:00:00Z").expect("an instant");
        let activity = ActivitySeries {
            id: "mail".into(),
            arrivals: list.clone(),
            sends: list.clone(),
            ..ActivitySeries::default()
        };
        let channel = ChannelSeries { channel: "email".into(), sends: list };
        Series { start, step: HOUR, activities: vec![activity], connections: Vec::new(), channels: vec![channel] }
    }

    #[test]
    fn each_hour_is_a_column_and_the_limit_a_line() {
        let rates = Rates { journey: Some(1), channels: [("email".to_owned(), 2)].into() };
        let plots = plots(&series(&[(9, 3_600), (10, 900), (24 * 5, 1_800)]), &rates);
        let [all, mail] = plots.as_slice() else { panic!("{plots:?}") };
        assert_eq!((all.title.as_str(), all.note.as_str(), mail.title.as_str()), ("All messages", "", "E-mail"));
        // the busiest hour reaches the limit of the journey, half of that of the channel
        assert!(all.svg.contains("M36.0 104v-90.0") && all.svg.contains("M40.0 104v-22.5"), "{}", all.svg);
        assert!(all.svg.contains("d=\"M0 14.0h206\"") && all.svg.contains("limit 3,600 an hour"), "{}", all.svg);
        assert!(mail.svg.contains("M36.0 104v-45.0") && mail.svg.contains("limit 7,200 an hour"), "{}", mail.svg);
        // days without sends are left out, with a gap
        assert!(all.svg.contains("<text x=\"110\" y=\"116\">2026-01-06</text>"), "{}", all.svg);
    }

    #[test]
    fn what_can_not_be_drawn_is_told() {
        let far = Rates { journey: Some(50), channels: BTreeMap::new() };
        let plots_of = plots(&series(&[(9, 10)]), &far);
        assert_eq!(plots_of[0].note, "The limit of 180,000 an hour lies far above.");
        assert!(!plots_of[0].svg.contains("limit"));
        let many: Vec<(usize, u64)> = (0..62).map(|day| (day * 24, 5 + day as u64)).collect();
        let plots_of = plots(&series(&many), &Rates::default());
        assert_eq!(plots_of[0].note, "The 60 busiest days; 2 more have sends.");
        assert!(!plots_of[0].svg.contains("2026-01-02") && plots_of[0].svg.contains("2026-01-03"));
        assert_eq!(plots(&series(&[]), &far), []);
    }
}

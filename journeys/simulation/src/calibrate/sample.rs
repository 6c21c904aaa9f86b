//! Messages counted: what came of them, and how soon.

use engine::EventKind;
use model::Millis;
use model::time::SECOND;

use super::linking::{Channel, Linked};
use super::{LearnedDelay, LearnedRate};
use crate::response::Delay;

/// Fewest messages that a rate is a share of; below, the interval of an even share spans more than a third of all rates.
const LEAST_OF_RATE: u64 = 30;
/// Fewest measurements of a delay.
const LEAST_OF_DELAY: usize = 50;
/// Measurements from which a table of hundredths is worth more than one of twentieths, whose last step would stretch to
/// the longest of all.
const MANY: usize = 1_000;

/// Counts of messages of one channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// By name: members of the response model, and what they are shares of.
    counts: Vec<(&'static str, u64)>,
    delays: Vec<(&'static str, Vec<Millis>)>,
    inferred: u64,
}

/// Members of the response model with what they are shares of.
fn rates(channel: Channel) -> &'static [(&'static str, &'static str)] {
    match channel {
        Channel::Email => &[
            ("delivered", "sent"),
            ("hard_bounce", "sent"),
            ("soft_bounce", "sent"),
            ("rejected", "sent"),
            ("open", "delivered"),
            ("click", "opened"),
            ("unsubscribe", "opened"),
            ("complaint", "opened"),
        ],
        Channel::Sms => &[("delivered", "sent"), ("failed", "sent"), ("opt_out", "delivered")],
        Channel::Push => &[("received_foreground", "sent"), ("received_background", "sent"), ("opened", "received")],
        Channel::Custom => &[("answered", "sent")],
        Channel::ContactCenter => &[
            ("connected", "sent"),
            ("voicemail", "sent"),
            ("sit_tone", "sent"),
            ("fax", "sent"),
            ("not_answered", "sent"),
        ],
    }
}

fn delays(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Email => &["delivery_delay", "open_delay", "click_delay", "unsubscribe_delay"],
        Channel::Sms => &["delivery_delay", "opt_out_delay"],
        Channel::Push => &["delivery_delay", "open_delay"],
        Channel::Custom | Channel::ContactCenter => &["delay"],
    }
}

impl Sample {
    pub fn sent(&self) -> u64 {
        self.count_of("sent")
    }

    pub fn inferred(&self) -> u64 {
        self.inferred
    }

    /// Counts a message.
    pub fn add(&mut self, message: &Linked<'_>) {
        self.count("sent");
        match message.channel {
            Channel::Email => self.email(message),
            Channel::Sms => self.sms(message),
            Channel::Push => self.push(message),
            Channel::Custom => {
                let answered = message.first(EventKind::CustomResponse);
                self.outcome("answered", "delay", message.sent, answered);
            }
            Channel::ContactCenter => {
                let voicemail = [EventKind::VoicemailBeep, EventKind::VoicemailNoBeep];
                let outcomes = [
                    ("connected", message.first(EventKind::Connected)),
                    ("voicemail", voicemail.into_iter().filter_map(|kind| message.first(kind)).min()),
                    ("sit_tone", message.first(EventKind::SitTone)),
                    ("fax", message.first(EventKind::Fax)),
                    ("not_answered", message.first(EventKind::NotAnswered)),
                ];
                if let Some((member, at)) = outcomes.into_iter().find(|(_, at)| at.is_some()) {
                    self.outcome(member, "delay", message.sent, at);
                }
            }
        }
    }

    fn email(&mut self, message: &Linked<'_>) {
        let first = |kind| message.first(kind);
        let open = first(EventKind::EmailOpen);
        let (click, unsubscribe) = (first(EventKind::EmailClick), first(EventKind::EmailUnsubscribe));
        let complaint = first(EventKind::EmailComplaint);
        // Who clicked without pictures has opened all the same, and what was opened was delivered.
        let opened = [open, click, unsubscribe, complaint].into_iter().flatten().next().is_some();
        self.inferred += u64::from(opened && open.is_none());
        let delivered = first(EventKind::EmailDelivered);
        if delivered.is_some() || opened {
            // A soft bounce that was delivered later is delivered (journeys.md 11, "Engagement").
            self.outcome("delivered", "delivery_delay", message.sent, delivered);
            self.count_if("delivered", delivered.is_none());
        } else {
            let outcomes = [
                ("hard_bounce", first(EventKind::EmailHardBounce)),
                ("soft_bounce", first(EventKind::EmailSoftBounce)),
                ("rejected", first(EventKind::EmailRejected)),
            ];
            if let Some((member, at)) = outcomes.into_iter().find(|(_, at)| at.is_some()) {
                self.outcome(member, "delivery_delay", message.sent, at);
            }
        }
        if opened {
            self.count("opened");
            self.count("open");
            self.measure("open_delay", message.sent, open);
        }
        self.outcome("click", "click_delay", open, click);
        self.outcome("unsubscribe", "unsubscribe_delay", open, unsubscribe);
        self.outcome("complaint", "unsubscribe_delay", open, complaint);
    }

    fn sms(&mut self, message: &Linked<'_>) {
        let (success, failure) = (message.first(EventKind::SmsSuccess), message.first(EventKind::SmsFailure));
        let opt_out = message.first(EventKind::SmsOptOut);
        if success.is_some() || opt_out.is_some() {
            self.inferred += u64::from(success.is_none());
            self.outcome("delivered", "delivery_delay", message.sent, success);
            self.count_if("delivered", success.is_none());
        } else {
            self.outcome("failed", "delivery_delay", message.sent, failure);
        }
        self.outcome("opt_out", "opt_out_delay", success, opt_out);
    }

    fn push(&mut self, message: &Linked<'_>) {
        let front = message.first(EventKind::PushForeground);
        let back = message.first(EventKind::PushBackground);
        let opened = message.first(EventKind::PushOpened);
        let received = front.or(back);
        if front.is_some() {
            self.outcome("received_foreground", "delivery_delay", message.sent, front);
        } else {
            self.outcome("received_background", "delivery_delay", message.sent, back);
        }
        // An app that reports only what was opened: it came while the app was not in front.
        let unseen = received.is_none() && opened.is_some();
        self.inferred += u64::from(unseen);
        self.count_if("received_background", unseen);
        self.count_if("received", received.is_some() || unseen);
        self.outcome("opened", "open_delay", received, opened);
    }

    /// Counts an outcome that came, and how long it took.
    fn outcome(&mut self, member: &'static str, delay: &'static str, from: Option<Millis>, at: Option<Millis>) {
        self.count_if(member, at.is_some());
        self.measure(delay, from, at);
    }

    fn measure(&mut self, delay: &'static str, from: Option<Millis>, at: Option<Millis>) {
        let Some((from, at)) = from.zip(at) else { return };
        // What arrives before its cause came out of order.
        let span = (at - from).max(0);
        match self.delays.iter_mut().find(|(known, _)| *known == delay) {
            Some((_, spans)) => spans.push(span),
            None => self.delays.push((delay, vec![span])),
        }
    }

    fn count(&mut self, member: &'static str) {
        match self.counts.iter_mut().find(|(known, _)| *known == member) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((member, 1)),
        }
    }

    fn count_if(&mut self, member: &'static str, happened: bool) {
        if happened {
            self.count(member);
        }
    }

    fn count_of(&self, member: &str) -> u64 {
        self.counts.iter().find(|(known, _)| *known == member).map_or(0, |(_, count)| *count)
    }

    /// Adds the messages of another sample.
    pub fn merge(&mut self, other: Sample) {
        for (member, count) in other.counts {
            match self.counts.iter_mut().find(|(known, _)| *known == member) {
                Some((_, mine)) => *mine += count,
                None => self.counts.push((member, count)),
            }
        }
        for (delay, spans) in other.delays {
            match self.delays.iter_mut().find(|(known, _)| *known == delay) {
                Some((_, mine)) => mine.extend(spans),
                None => self.delays.push((delay, spans)),
            }
        }
        self.inferred += other.inferred;
    }

    pub fn rates(&self, channel: Channel) -> Vec<LearnedRate> {
        let rate = |(member, base): &(&'static str, &'static str)| {
            let (happened, of) = (self.count_of(member), self.count_of(base));
            let (low, high) = wilson(happened, of);
            LearnedRate {
                member: (*member).to_owned(),
                happened,
                of,
                base: (*base).to_owned(),
                rate: (of >= LEAST_OF_RATE).then(|| share(happened, of)),
                low,
                high,
            }
        };
        rates(channel).iter().map(rate).collect()
    }

    pub fn delays(&self, channel: Channel) -> Vec<LearnedDelay> {
        let measured = delays(channel).iter().filter_map(|delay| self.delays.iter().find(|(known, _)| known == delay));
        measured
            .map(|(member, spans)| {
                let mut spans = spans.clone();
                spans.sort_unstable();
                LearnedDelay {
                    member: (*member).to_owned(),
                    count: spans.len() as u64,
                    median: quantile(&spans, 1, 2),
                    delay: distribution(&spans),
                }
            })
            .collect()
    }
}

/// The distribution of measured delays, in rising order.
fn distribution(spans: &[Millis]) -> Option<Delay> {
    if spans.len() < LEAST_OF_DELAY {
        return None;
    }
    let steps = if spans.len() < MANY { 20 } else { 100 };
    let table: Vec<f64> = (0..=steps).map(|step| quantile(spans, step, steps)).collect();
    match (table.first(), table.last()) {
        (Some(shortest), Some(longest)) if shortest == longest => Some(Delay::Fixed(*shortest)),
        _ => Some(Delay::Quantiles(table)),
    }
}

/// A share, cut after six digits: what is beyond is never known, and shares of one whole still add up to at most 1.
fn share(happened: u64, of: u64) -> f64 {
    (u128::from(happened) * 1_000_000 / u128::from(of.max(1))) as f64 / 1e6
}

/// The delay in seconds that `step` in `steps` do not exceed, by linear interpolation.
fn quantile(spans: &[Millis], step: usize, steps: usize) -> f64 {
    let Some(last) = spans.len().checked_sub(1) else { return 0.0 };
    let (place, rest) = (last * step / steps, last * step % steps);
    let (from, to) = (spans[place], spans[(place + 1).min(last)]);
    // In whole milliseconds, as delays are measured.
    (from + (to - from) * rest as Millis / steps as Millis) as f64 / SECOND as f64
}

/// The 95 % score interval of a share (E. B. Wilson, JASA 22, 1927); from 0 to 1 where nothing was counted.
fn wilson(happened: u64, of: u64) -> (f64, f64) {
    /// The 97.5th percentile of the standard normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if of == 0 {
        return (0.0, 1.0);
    }
    let n = of as f64;
    let share = happened as f64 / n;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let all = 1.0 + Z * Z / n;
    (((middle - half) / all).max(0.0), ((middle + half) / all).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let near = |(low, high): (f64, f64), wanted: (f64, f64)| {
            assert!((low - wanted.0).abs() < 5e-5 && (high - wanted.1).abs() < 5e-5, "{low} {high}");
        };
        // Worked by hand from the formula.
        near(wilson(10, 100), (0.0552, 0.1744));
        near(wilson(0, 30), (0.0, 0.1135));
        near(wilson(30, 30), (0.8865, 1.0));
        near(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn quantiles_lie_between_measurements() {
        let spans: Vec<Millis> = (0..=100).map(|second| second * SECOND).collect();
        assert_eq!(quantile(&spans, 1, 2), 50.0);
        assert_eq!(quantile(&spans, 0, 20), 0.0);
        assert_eq!(quantile(&spans, 20, 20), 100.0);
        assert_eq!(quantile(&[1_000, 2_000], 1, 4), 1.25);
        assert_eq!(quantile(&[], 1, 2), 0.0);
        assert_eq!(distribution(&[7_000; 60]), Some(Delay::Fixed(7.0)));
        assert_eq!(distribution(&[7_000; 10]), None);
        assert!(
            matches!(distribution(&spans), Some(Delay::Quantiles(table)) if table.len() == 21 && table[10] == 50.0)
        );
    }
}

//! A simulated project by day, as the calendar shows it, and who gets too much.

use std::collections::BTreeMap;

use bridge::{DaySender, DayView, DocumentRun, ProjectRunView, ReceivedLine, Span, TooMuch};
use engine::Participant;
use model::CalendarLimits;
use model::time::{day_name, day_number, monday_of};

use super::Whole;

impl Whole {
    /// Everything by day, and who gets too much.
    pub fn view(&self, limits: CalendarLimits) -> ProjectRunView {
        let documents = self.parts.iter().zip(&self.together.counts).map(|((document, _), counts)| DocumentRun {
            document: document.clone(),
            messages: counts.messages,
            capped: counts.capped,
            alone: counts.alone,
        });
        let mut days: BTreeMap<String, BTreeMap<usize, DaySender>> = BTreeMap::new();
        // Person and number of the day, a row a message.
        let mut received: Vec<(u32, i64)> = Vec::new();
        let mut without_zone = 0;
        for (sender, posted) in self.all() {
            let (clock, known) = self.clock(posted);
            let Some((day, time)) = clock.split_once(' ') else { continue };
            let (sent, capped) = (posted.status.is_sent(), posted.status.is_capped());
            if !sent && !capped {
                continue;
            }
            let of_day = days.entry(day.to_owned()).or_default().entry(sender).or_insert_with(|| DaySender {
                sender,
                messages: 0,
                capped: 0,
                first: time.to_owned(),
                last: time.to_owned(),
            });
            of_day.messages += u64::from(sent);
            of_day.capped += u64::from(capped);
            if time < of_day.first.as_str() {
                time.clone_into(&mut of_day.first);
            }
            if time > of_day.last.as_str() {
                time.clone_into(&mut of_day.last);
            }
            if sent {
                without_zone += u64::from(!known);
                received.extend(day_number(day).map(|day| (self.people.first_companion(posted.row as usize), day)));
            }
        }
        let weeks: Vec<(u32, i64)> = received.iter().map(|(person, day)| (*person, monday_of(*day))).collect();
        let too_much = [(Span::Day, limits.per_day, received), (Span::Week, limits.per_week, weeks)];
        ProjectRunView {
            start: self.start,
            end: self.end,
            people: (0..self.people.len()).filter(|row| self.people.is_first_companion(*row)).count() as u64,
            documents: documents.collect(),
            days: days
                .into_iter()
                .map(|(day, senders)| {
                    let mut senders: Vec<DaySender> = senders.into_values().collect();
                    senders.sort_by_key(|of| std::cmp::Reverse(of.messages));
                    DayView { day, senders }
                })
                .collect(),
            too_much: too_much
                .into_iter()
                .filter_map(|(span, most, received)| self.too_much(received, span, most))
                .collect(),
            without_zone,
            left_out: self.left_out.clone(),
            notes: self.notes.clone(),
        }
    }

    /// Who gets more than `most` in a span; the one who gets most as an example. `received` = person and the day that the
    /// span begins on, a row a message.
    fn too_much(&self, mut received: Vec<(u32, i64)>, span: Span, most: u32) -> Option<TooMuch> {
        received.sort_unstable();
        let spans = received.chunk_by(|one, other| one == other);
        let over: Vec<(u32, i64, usize)> = spans
            .filter_map(|same| same.first().map(|(person, day)| (*person, *day, same.len())))
            .filter(|(.., count)| *count > most as usize)
            .collect();
        // The first of those alike.
        let (person, day, _) = over.iter().rev().max_by_key(|(.., count)| *count).copied()?;
        let is_then = |line: &ReceivedLine| {
            let number = line.at.split_once(' ').and_then(|(of, _)| day_number(of));
            number.is_some_and(|number| if span == Span::Day { number == day } else { monday_of(number) == day })
        };
        let lines = self.lines(person).into_iter().filter(|(_, posted)| posted.status.is_sent());
        Some(TooMuch {
            span,
            most,
            people: over.chunk_by(|one, other| one.0 == other.0).count() as u64,
            person: Participant::key_of(self.people.row(person as usize)),
            day: day_name(day),
            messages: lines.map(|(line, _)| line).filter(is_then).collect(),
        })
    }
}

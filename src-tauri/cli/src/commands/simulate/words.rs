//! What `waymark simulate` prints for people.

use workbench::simulate::{Band, Bands, Busy, PersonAt, Run, StoryStep, Whereabouts};

use crate::commands::count;
use crate::say;

/// The counts of a run.
pub fn run(run: &Run) {
    let counted = |number: u64, word: &str| count(usize::try_from(number).unwrap_or(usize::MAX), word);
    say::result(&format!(
        "journey `{}`, {} to {}, seed {}",
        run.journey,
        workbench::instant(run.start),
        workbench::instant(run.end),
        run.seed
    ));
    say::result(&format!(
        "{} offered, {} entered, {} left, {}",
        counted(run.offered, "endpoint"),
        run.entered,
        run.left,
        counted(run.messages, "message"),
    ));
    for refused in &run.refused {
        say::result(&format!("  not entered, {}: {}", refused.name, refused.count));
    }
    say::result("");
    say::result(&format!("{:32} {:>9} {:>9} {:>9}", "activity", "entered", "ended", "waiting"));
    for activity in &run.activities {
        say::result(&format!(
            "{:32} {:>9} {:>9} {:>9}",
            activity.id, activity.entered, activity.ended, activity.waiting
        ));
        for outcome in &activity.outcomes {
            say::result(&format!("    {:28} {:>9}", outcome.name, outcome.count));
        }
        for connection in run.connections.iter().filter(|connection| connection.from == activity.id) {
            say::result(&format!("    -> {:25} {:>9}", workbench::slot_words(&connection.slot), connection.count));
        }
    }
    for note in &run.notes {
        let at = if note.path.0.is_empty() { String::new() } else { format!(" ({})", note.path) };
        say::result(&format!("note: {}{at}", note.text));
    }
}

/// The hours in which sends come near a rate, the busiest first.
pub fn busy(busy: &[Busy], most: usize) {
    say::result("\nhours in which sends come near a rate");
    say::result(&format!("{:26} {:12} {:>9} {:>9} {:>6}", "hour", "of", "sends", "most", "used"));
    for hour in busy.iter().take(most) {
        let of = hour.channel.as_deref().unwrap_or("the journey");
        let used = format!("{:.0}%", hour.share() * 100.0);
        let at = workbench::instant(hour.at);
        say::result(&format!("{at:26} {of:12} {:>9} {:>9} {used:>6}", hour.sends, hour.most));
    }
    if busy.len() > most {
        say::result(&format!("and {}", count(busy.len() - most, "more hour")));
    }
}

/// How far the counts of many runs spread.
pub fn bands(bands: &Bands) {
    let last = bands.seed.wrapping_add(u64::from(bands.runs).saturating_sub(1));
    say::result(&format!(
        "\n{} runs, seeds {} to {last}; of each count the mean, and where 95 % of the runs lie",
        bands.runs, bands.seed
    ));
    let line = |name: &str, band: &Band| {
        say::result(&format!("{name:36} {:>12.1} {:>9} to {:>9}", band.mean, band.low, band.high));
    };
    line("entered", &bands.entered);
    line("left", &bands.left);
    line("messages", &bands.messages);
    for refused in &bands.refused {
        line(&format!("  not entered, {}", refused.name), &refused.count);
    }
    for activity in &bands.activities {
        line(&activity.id, &activity.entered);
        for outcome in &activity.outcomes {
            line(&format!("    {}", outcome.name), &outcome.count);
        }
        for connection in bands.connections.iter().filter(|connection| connection.from == activity.id) {
            line(&format!("    -> {}", workbench::slot_words(&connection.slot)), &connection.count);
        }
    }
}

/// Steps of a story.
pub fn steps(steps: &[StoryStep]) {
    for step in steps {
        let activity = step.activity.as_deref().unwrap_or("-");
        say::result(&format!("  {}  {activity:24} {}", workbench::instant(step.at), step.text));
    }
}

/// Where a person is, what they have received, and how they got there.
pub fn person_at(person: &PersonAt) {
    let instant = |at: &i64| workbench::instant(*at);
    say::result(&format!("\n{} at {}", person.person, workbench::instant(person.at)));
    match &person.place {
        Whereabouts::Outside { why, .. } => say::result(&format!("  is not in the journey: {why}")),
        Whereabouts::Inside { activity, since, why, .. } => {
            say::result(&format!("  is at `{activity}` since {}: {why}", workbench::instant(*since)));
        }
        Whereabouts::Left { activity, since, why } => {
            say::result(&format!("  has left after `{activity}`, at {}: {why}", workbench::instant(*since)));
        }
    }
    say::result(&format!("  {}", count(person.messages.len(), "message")));
    for message in &person.messages {
        let to = message.endpoint.as_deref().map(|endpoint| format!(" to `{endpoint}`")).unwrap_or_default();
        let known = |word: &str, at: &Option<i64>| at.as_ref().map(|at| format!(", {word} {}", instant(at)));
        say::result(&format!(
            "  {}  `{}`{to}: {}{}{}",
            workbench::instant(message.at),
            message.activity,
            message.status,
            known("delivered", &message.delivered).unwrap_or_default(),
            known("opened", &message.opened).unwrap_or_default(),
        ));
        say::result(&format!("      because: {}", message.why));
    }
    say::result("  how they got there");
    steps(&person.steps);
}

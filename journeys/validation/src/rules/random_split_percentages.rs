use model::{Edit, Payload, wire};

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that the percentages of a random split are whole numbers above 0 that add up to 100.
    ///
    /// **Why it matters.** Some people would have no branch to go; the service does not publish it.
    ///
    /// **Bad example.** Branches with 60 and 30 percent.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"RandomSplit": {"Branches": [
    ///     {"Percentage": 60, "NextActivity": "offer"},
    ///     {"Percentage": 30, "NextActivity": "nudge"}
    ///   ]}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Add the missing 10 percent to a branch.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"RandomSplit": {"Branches": [
    ///     {"Percentage": 60, "NextActivity": "offer"},
    ///     {"Percentage": 40, "NextActivity": "nudge"}
    ///   ]}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.6 and 10, J045; `RandomSplitEntry.Percentage`.
    "random-split-percentages", Error, "the percentages of a random split are wrong", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(Payload::RandomSplit(_)) = activity.payload else { continue };
        let Some(at) = places::list_path(activity) else { continue };
        let branches: Vec<_> = places::elements::<wire::RandomSplitEntry>(ctx.document.root, &at)
            .into_iter()
            .map(|(i, branch)| (i, branch.percentage()))
            .collect();
        if branches.is_empty() {
            continue; // `random-split-branches` says so
        }
        let total: i64 = branches.iter().filter_map(|(_, share)| *share).fold(0, i64::saturating_add);
        let bad = branches.iter().filter(|(_, share)| share.is_none_or(|share| share < 1)).count();
        if total == 100 && bad == 0 {
            continue;
        }
        let (message, help) = if total != 100 {
            let help = if total < 100 {
                format!("add {}% to a branch", 100i64.saturating_sub(total))
            } else {
                format!("take {}% from a branch", total.saturating_sub(100))
            };
            (format!("branches of `{}` add up to {total}%, not 100%", activity.id), help)
        } else {
            let message = format!("{bad} of {} branches of `{}` have no share above 0%", branches.len(), activity.id);
            (message, "give every branch at least 1%, or delete it".to_owned())
        };
        let finding = found.report(at.clone(), message).help(help);
        let last = branches.last().and_then(|(i, share)| Some((*i, share.unwrap_or(0).checked_add(100 - total)?)));
        let others_good = branches.iter().rev().skip(1).all(|(_, share)| share.is_some_and(|share| share > 0));
        match last.filter(|(_, share)| others_good && (1..=100).contains(share)) {
            Some((i, share)) => {
                let place = at.join(i).join("Percentage");
                finding.set(format!("Give the last branch {share}%"), &place, share);
            }
            None if branches.len() <= 100 => {
                finding.fix(even(ctx, &at, &branches));
            }
            None => {}
        }
    }
}

/// Gives every branch the same share, the first ones a percent more where that does not come out even.
fn even(ctx: &JourneyContext, list: &model::Path, branches: &[(usize, Option<i64>)]) -> Edit {
    let mut edit = Edit::new("Give every branch the same share");
    let (share, rest) = (100 / branches.len(), 100 % branches.len());
    for (n, (i, _)) in branches.iter().enumerate() {
        let share = share + usize::from(n < rest);
        edit = edit.set(ctx.document.id, list.join(*i).join("Percentage"), share);
    }
    edit
}

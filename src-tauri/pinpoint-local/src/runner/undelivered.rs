//! A message that its channel did not take.

use engine::{Input, Participant, SendStatus};

use super::{campaign, count, entry, step};
use crate::api::Context;
use crate::outbox::{Message, Sender};
use crate::refusal::Result;

/// Tells the counts that a message did not go, of a journey also the participant: it does not count toward caps (journeys.md
/// 3.1). Where the participant or the campaign is by then does not change.
pub fn undelivered(context: &Context<'_>, message: &Message, status: SendStatus) -> Result<()> {
    let (journey_id, journey_run_id, journey_activity_id, key) = match &message.sender {
        Sender::Journey { journey_id, journey_run_id, journey_activity_id, participant } => {
            (journey_id, journey_run_id, journey_activity_id, participant)
        }
        Sender::Campaign { campaign_activity_id, .. } => {
            return campaign::undelivered(context.store, campaign_activity_id, status.name());
        }
        Sender::Direct { .. } => return Ok(()),
    };
    if status != SendStatus::Skipped {
        count(context.store, journey_id, journey_run_id, journey_activity_id, status.name(), 1)?;
    }
    let Some(mut found) = step::find(context.store, journey_id, key)? else { return Ok(()) };
    let Ok(running) = context.programs.load(context.store, &message.application_id, journey_id, false) else {
        return Ok(());
    };
    let Some(activity) = running.program.activity_index(journey_activity_id) else { return Ok(()) };
    let people = entry::people(&step::of_key(context.store, &message.application_id, key)?);
    let Some(row) = people.find(&message.endpoint_id).and_then(|row| u32::try_from(row).ok()) else { return Ok(()) };
    let rows: Vec<u32> = (0..people.len()).filter_map(|row| row.try_into().ok()).collect();
    let participant =
        Participant { people: &people, rows: &rows, hash: engine::draw::hash(&[key]), ids: &[], opted_out: 0 };
    let input = Input::Failed { activity, row, status };
    engine::advance(&running.program, &mut found.state, &participant, input, context.now, &mut |_| {});
    context
        .store
        .prepare_cached("UPDATE participants SET state = ?2 WHERE seq = ?1")?
        .execute(rusqlite::params![found.seq, step::write_state(&found.state)])?;
    Ok(())
}

//! Events that reach campaigns: put down for those that wait for them, and taken up by the next step.

use engine::EventFilter;
use model::view::View;
use model::wire::{Frequency, WriteCampaignRequest};
use rusqlite::{Transaction, params};
use serde_json::Value;

use crate::refusal::Result;
use crate::store;

/// Lets the campaigns of a project hear an event of an endpoint, which is stored already.
pub fn hear(transaction: &Transaction<'_>, app: &str, endpoint: &str, event: &Value, now: model::Millis) -> Result<()> {
    let waiting: Vec<(String, Value)> = transaction
        .prepare_cached(
            "SELECT c.id, v.document FROM campaigns c
             JOIN campaign_versions v ON v.campaign = c.id AND v.version = c.version
             WHERE c.app = ?1 AND c.kind <> 'SLOT' AND c.status IN ('SCHEDULED', 'EXECUTING', 'PENDING_NEXT_RUN')
             ORDER BY c.seq",
        )?
        .query_map(params![app], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, document) in waiting {
        if !waits_for(&document, event) {
            continue;
        }
        transaction
            .prepare_cached("INSERT INTO campaign_events (campaign, endpoint, at, document) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, endpoint, now, store::text(event)])?;
        transaction
            .prepare_cached("UPDATE campaigns SET due = min(coalesce(due, ?2), ?2) WHERE id = ?1")?
            .execute(params![id, now])?;
    }
    Ok(())
}

/// Whether a treatment may wait for the event; the engine looks again, and at the rest.
fn waits_for(document: &Value, event: &Value) -> bool {
    let Some(campaign) = WriteCampaignRequest::of(document) else { return false };
    let members = |member: &str| event.get(member).and_then(Value::as_object).into_iter().flatten();
    let attributes: Vec<(&str, &str)> =
        members("Attributes").filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
    let metrics: Vec<(&str, f64)> =
        members("Metrics").filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?))).collect();
    let name = event.get("EventType").and_then(Value::as_str).unwrap_or_default();
    let others = campaign.additional_treatments();
    let schedules = others.iter().filter_map(|treatment| treatment.schedule()).chain(campaign.schedule());
    schedules
        .filter(|schedule| schedule.frequency() == Some(Frequency::Event))
        .filter_map(|schedule| schedule.event_filter())
        .filter_map(|filter| EventFilter::compile(filter.object()).ok())
        .any(|filter| filter.matches(name, &attributes, &metrics))
}

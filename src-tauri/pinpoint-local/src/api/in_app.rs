//! What an app shows by itself: campaigns of frequency `IN_APP_EVENT` (campaigns.md 13).

use engine::campaign;
use model::wire::ChannelType;
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, apps, campaigns, endpoints};
use crate::refusal::{Refusal, Result};
use crate::runner::campaign::{Roll, Running, Stored, compile, templates_of};

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[("GetInAppMessages", get)];

/// The in-app campaigns that are running for an endpoint; none for one that is not of channel `IN_APP`.
fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let id = call.parameter("endpoint-id");
    if endpoints::read(context.store, app, id)?.is_none() {
        return Err(Refusal::not_found(format!("there is no endpoint `{id}`")));
    }
    let roll = Roll::of(context.store, app, std::slice::from_ref(&id.to_owned()))?;
    let running = running(context.store, app)?;
    let mut found = Vec::new();
    let all = running.iter().map(|(running, stored)| (&running.program, &stored.state));
    for handed in campaign::in_app(all, &roll.people, 0, context.now) {
        if let Some((running, _)) = running.get(handed.campaign) {
            found.push(message(context.store, running, handed)?);
        }
    }
    Ok(call.answer(json!({"InAppMessageCampaigns": found})))
}

/// The campaigns of a project that wait for events and are executing.
fn running(connection: &Connection, app: &str) -> Result<Vec<(Running, Stored)>> {
    let ids: Vec<String> = connection
        .prepare_cached(
            "SELECT id FROM campaigns WHERE app = ?1 AND kind <> 'SLOT' AND status = 'EXECUTING' ORDER BY seq",
        )?
        .query_map(params![app], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut found = Vec::new();
    for id in ids {
        let Some(kept) = campaigns::read(connection, app, &id)? else { continue };
        let campaigns::Kept { document, pinned, stored } = kept;
        match compile(connection, app, &id, document, pinned, stored.created, &stored.settings)? {
            Ok(running) => found.push((running, stored)),
            Err(broken) => tracing::warn!(campaign = id, ?broken, "an in-app campaign can not be shown"),
        }
    }
    Ok(found)
}

/// An `InAppMessageCampaign`. The app minds the caps; 0 is none (campaigns.md 6).
fn message(connection: &Connection, running: &Running, handed: campaign::InApp) -> Result<Value> {
    let Running { document, program, .. } = running;
    let treatment = handed.treatment;
    let mut shown = Map::new();
    if let Some(message) = program.message(treatment, ChannelType::InApp) {
        let templates = templates_of(connection, program)?;
        let named = message.template.as_ref().zip(message.kind);
        let template =
            named.and_then(|(named, kind)| templates.get(&(kind, named.name.clone(), named.version.clone())));
        let whole = message.compose(template);
        for member in ["Layout", "Content", "CustomConfig"] {
            if let Some(value) = whole.get(member) {
                shown.insert(member.into(), value.clone());
            }
        }
    }
    // What a treatment does not say it inherits (campaigns.md 4, chosen).
    let own = usize::from(treatment).checked_sub(1).and_then(|number| document["AdditionalTreatments"].get(number));
    let schedule = own.and_then(|treatment| treatment.get("Schedule")).unwrap_or(&document["Schedule"]);
    let mut when = Map::new();
    for (from, to) in [("EndTime", "EndDate"), ("EventFilter", "EventFilter"), ("QuietTime", "QuietTime")] {
        if let Some(value) = schedule.get(from).filter(|value| !value.is_null()) {
            when.insert(to.into(), value.clone());
        }
    }
    let limits = program.limits();
    Ok(json!({
        "CampaignId": program.id(),
        "TreatmentId": treatment.to_string(),
        "Priority": handed.priority,
        "DailyCap": limits.daily.map_or(0, |daily| daily.limit),
        "SessionCap": limits.session.unwrap_or(0),
        "TotalCap": limits.total.unwrap_or(0),
        "InAppMessage": shown,
        "Schedule": when,
    }))
}

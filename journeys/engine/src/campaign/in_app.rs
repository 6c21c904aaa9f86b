//! In-app campaigns: nothing is sent, the app asks (campaigns.md 3, 13).

use audience::People;
use model::Millis;
use model::wire::{CampaignStatus, ChannelType};

use crate::campaign::program::Program;
use crate::campaign::state::State;
use crate::campaign::treatment::Share;

/// A campaign that an endpoint's app is handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InApp {
    /// Its place among the campaigns given.
    pub campaign: usize,
    /// The treatment that the endpoint gets.
    pub treatment: u8,
    /// 1 (highest) to 5.
    pub priority: u8,
}

/// The in-app campaigns that an endpoint gets at `now`: those that are running and whose segment and treatment hold it.
/// In ascending `Priority`, of equals the newest first (campaigns.md 13, chosen).
///
/// Empty for endpoints that are not of channel `IN_APP`, inactive, or opted out.
pub fn in_app<'a>(
    campaigns: impl IntoIterator<Item = (&'a Program, &'a State)>,
    people: &People,
    row: u32,
    now: Millis,
) -> Vec<InApp> {
    let mut found: Vec<(InApp, Millis)> = Vec::new();
    if row as usize >= people.len() {
        return Vec::new();
    }
    let endpoint = people.row(row as usize);
    if endpoint.channel() != Some(ChannelType::InApp) || endpoint.inactive() || endpoint.opted_out() {
        return Vec::new();
    }
    for (campaign, (program, state)) in campaigns.into_iter().enumerate() {
        let Share::Treatment(treatment) = program.share(endpoint.cohort()) else { continue };
        let status = state.treatments.get(usize::from(treatment)).map(|treatment| treatment.status);
        let Some(compiled) = program.treatment(treatment) else { continue };
        let open = compiled.schedule.closes().is_none_or(|closes| now <= closes);
        if status == Some(CampaignStatus::Executing)
            && compiled.schedule.is_in_app()
            && open
            && program.message(treatment, ChannelType::InApp).is_some()
            && program.audience.contains(people, row as usize, now)
        {
            found.push((InApp { campaign, treatment, priority: program.priority }, program.created));
        }
    }
    found.sort_by_key(|(in_app, created)| (in_app.priority, std::cmp::Reverse(*created)));
    found.into_iter().map(|(in_app, _)| in_app).collect()
}

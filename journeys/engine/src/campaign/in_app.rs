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
    for (campaign, (program, state)) in campaigns.into_iter().enumerate() {
        let Some(treatment) = program.hands_to(people, row, now) else { continue };
        let Some(compiled) = program.treatment(treatment) else { continue };
        let status = state.treatments.get(usize::from(treatment)).map(|treatment| treatment.status);
        let open = compiled.schedule.closes().is_none_or(|closes| now <= closes);
        if status == Some(CampaignStatus::Executing) && open {
            found.push((InApp { campaign, treatment, priority: program.priority }, program.created));
        }
    }
    found.sort_by_key(|(in_app, created)| (in_app.priority, std::cmp::Reverse(*created)));
    found.into_iter().map(|(in_app, _)| in_app).collect()
}

impl Program {
    /// Whether a treatment is handed to the app, and not sent.
    pub fn is_in_app(&self, treatment: u8) -> bool {
        self.treatment(treatment).is_some_and(|treatment| treatment.schedule.is_in_app())
    }

    /// The treatment that the app of an endpoint is handed while the campaign is running; `None` = nothing.
    pub fn hands_to(&self, people: &People, row: u32, now: Millis) -> Option<u8> {
        if row as usize >= people.len() {
            return None;
        }
        let endpoint = people.row(row as usize);
        let Share::Treatment(treatment) = self.share(endpoint.cohort()) else { return None };
        let hands = endpoint.channel() == Some(ChannelType::InApp)
            && !endpoint.inactive()
            && !endpoint.opted_out()
            && self.is_in_app(treatment)
            && self.message(treatment, ChannelType::InApp).is_some()
            && self.audience.contains(people, row as usize, now);
        hands.then_some(treatment)
    }
}

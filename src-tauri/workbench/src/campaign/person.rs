//! The messages of a simulated campaign as those read who get them.

use bridge::PersonMessage;
use engine::campaign::{Draft, SendStatus, What};
use simulation::CampaignStep;

use super::Campaign;

impl Campaign {
    /// The messages of everybody, in order of time: those that were handed over, with what they say, and those that were not
    /// sent, with the reason. For few people: each is rendered.
    pub(crate) fn messages(&self) -> Vec<PersonMessage> {
        let mut messages = Vec::new();
        self.run(&mut |step| messages.extend(self.message(step)));
        messages
    }

    fn message(&self, step: CampaignStep<'_>) -> Option<PersonMessage> {
        let (row, status) = match step.effect.what {
            What::Send { row, .. } => (row, SendStatus::Success),
            What::NotSent { row, status } | What::Failed { row, status } => (row, status),
            _ => return None,
        };
        let mut message = PersonMessage {
            at: step.at,
            activity: self.treatment(step.effect.activity.treatment),
            endpoint: Some(self.people.row(row as usize).id().to_owned()),
            status: status.name().to_owned(),
            why: step.effect.sentence(&self.program, &self.people, step.at),
            parts: Vec::new(),
            problem: None,
        };
        if let What::Send { row, channel, changed } = &step.effect.what {
            let treatment = step.effect.activity.treatment;
            let (row, channel, changed, now) = (*row, *channel, changed.as_deref(), step.at);
            let draft = |message| Draft { treatment, row, channel, message, changed, now };
            let rendered = self
                .program
                .message(treatment, channel)
                .map(|message| self.renderer.render(&self.program, &self.people, &draft(message)));
            match rendered {
                Some(Ok(rendered)) => message.parts = rendered.parts,
                Some(Err(problem)) => message.problem = Some(problem),
                None => {}
            }
        }
        Some(message)
    }

    /// A treatment in words: its name, else its number.
    pub(super) fn treatment(&self, number: u8) -> String {
        match (self.program.treatment_name(number), number) {
            (Some(name), _) => name.to_owned(),
            (None, 0) => "Default treatment".to_owned(),
            (None, _) => format!("Treatment {number}"),
        }
    }
}

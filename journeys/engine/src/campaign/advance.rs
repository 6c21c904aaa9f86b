//! The step function of campaigns.

use model::Millis;
use model::time::{DAY, MINUTE, SECOND};
use model::wire::CampaignStatus;

use crate::campaign::addresses::Addresses;
use crate::campaign::effect::{Activity, Effect, Filter, Reason, SendStatus, What};
use crate::campaign::hook::Answer;
use crate::campaign::program::Program;
use crate::campaign::schedule::{GRACE, Schedule, Start};
use crate::campaign::state::{Cache, Looking, Run, Slice, State, TreatmentState};
use crate::campaign::status::{self, Turn};
use crate::campaign::world::World;

/// How long after its event a message of an event campaign may still be sent (campaigns.md 3).
pub const EVENT_PATIENCE: Millis = 5 * MINUTE;

/// What happens to a campaign.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// It was created.
    Create,
    /// The instant of [`What::WaitUntil`] has come. One that comes too early or twice does no harm.
    Timer,
    /// An endpoint caused an event.
    Event(Occurrence<'a>),
    /// What came of [`What::CallHook`]. An answer to a call that is over does no harm.
    HookAnswer {
        /// The treatment that called.
        treatment: u8,
        /// The call.
        call: u32,
        /// What came.
        answer: Answer<'a>,
    },
    /// A channel says that a message which was handed to it came to nothing.
    Outcome {
        /// The run.
        activity: Activity,
        /// The endpoint.
        row: u32,
        /// Anything but `SUCCESS`.
        status: SendStatus,
    },
    /// `IsPaused` was set.
    Pause,
    /// `IsPaused` was taken back.
    Resume,
    /// `UpdateCampaign`: the program is the new version.
    Update,
    /// Its segment was deleted.
    SegmentDeleted,
    /// Something that it needs is gone, such as a template or a channel; says what.
    Unusable(&'a str),
    /// `DeleteCampaign`. The driver removes the state.
    Delete,
}

/// An event that an endpoint caused.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'a> {
    /// The endpoint.
    pub row: u32,
    /// `event_type`
    pub name: &'a str,
    /// `attributes`
    pub attributes: &'a [(&'a str, &'a str)],
    /// `metrics`
    pub metrics: &'a [(&'a str, f64)],
    /// When it came.
    pub at: Millis,
}

/// Moves a campaign on: changes `state`, counts in `world` and tells `sink` what it brought about, in order.
///
/// Total and deterministic: the same arguments give the same state and the same effects, whatever they are, and without a
/// panic. One step handles at most [`Context::batch`](super::Context::batch) endpoints and then asks to be called again at
/// once, so that a driver can do other things between.
pub fn advance<W: World>(
    program: &Program,
    state: &mut State,
    world: &mut W,
    input: Input<'_>,
    now: Millis,
    sink: &mut impl FnMut(Effect),
) {
    let before = state.wakes();
    let mut step = Advance { program, state, world, now, sink };
    step.input(input);
    step.proceed();
    let after = step.state.wakes();
    // Told when it changed, and when the timer before has fired.
    if let Some(at) = after.filter(|_| after != before || before.is_some_and(|before| before <= now)) {
        step.tell(Activity { treatment: 0, run: 0 }, What::WaitUntil { at }, Reason::Plain);
    }
}

/// A step that is under way.
pub(super) struct Advance<'s, W, F> {
    pub program: &'s Program,
    pub state: &'s mut State,
    pub world: &'s mut W,
    pub now: Millis,
    pub sink: &'s mut F,
}

impl<W: World, F: FnMut(Effect)> Advance<'_, W, F> {
    pub(super) fn tell(&mut self, activity: Activity, what: What, reason: Reason) {
        (self.sink)(Effect { activity, what, reason });
    }

    fn input(&mut self, input: Input<'_>) {
        if self.state.version == 0 && !matches!(input, Input::Create) {
            return;
        }
        match input {
            Input::Create => self.create(),
            Input::Timer => {}
            Input::Event(event) => {
                for treatment in self.numbers().filter(|treatment| self.program.takes_events_in(*treatment)) {
                    // The window may open or close at this very instant.
                    self.proceed_by_event(treatment);
                    self.event(treatment, event);
                }
            }
            Input::HookAnswer { treatment, call, answer } => self.answered(treatment, call, answer),
            Input::Outcome { activity, row, status } => {
                if status != SendStatus::Success {
                    self.tell(activity, What::Failed { row, status }, Reason::Told);
                }
            }
            Input::Pause => self.pause(),
            Input::Resume => self.resume(),
            Input::Update => self.update(),
            Input::SegmentDeleted => self.stop(Turn::Deleted, &Reason::SegmentDeleted),
            Input::Delete => self.stop(Turn::Deleted, &Reason::Deleted),
            Input::Unusable(what) => self.stop(Turn::Unusable, &Reason::Unusable(what.to_owned())),
        }
    }

    /// The numbers of the treatments that both program and state know.
    fn numbers(&self) -> std::ops::Range<u8> {
        0..self.program.len().min(self.state.treatments.len()).min(usize::from(u8::MAX)) as u8
    }

    fn schedule(&self, treatment: u8) -> Option<&Schedule> {
        self.program.treatment(treatment).map(|treatment| &treatment.schedule)
    }

    fn treatment(&mut self, treatment: u8) -> Option<&mut TreatmentState> {
        self.state.treatments.get_mut(usize::from(treatment))
    }

    fn instant(&self, treatment: u8, slot: Option<u32>) -> Option<Millis> {
        self.schedule(treatment)?.instant(slot?, self.program.created)
    }

    /// The first slot at or after `from` that was not served yet.
    fn next_from(&self, treatment: u8, from: Millis) -> Option<u32> {
        let served = self.state.treatments.get(usize::from(treatment)).and_then(|state| state.served);
        let from = served.map_or(from, |served| from.max(served.saturating_add(1)));
        self.schedule(treatment)?.first_from(from, self.program.created)
    }

    /// Changes the status, if the table of campaigns.md 8 has the turn; answers whether it has.
    fn turn(&mut self, treatment: u8, turn: Turn, reason: Reason) -> bool {
        let Some(state) = self.treatment(treatment) else { return false };
        let Some(status) = status::after(state.status, turn) else { return false };
        state.status = status;
        let run = state.runs.saturating_sub(1);
        self.tell(Activity { treatment, run }, What::Status(status), reason);
        true
    }

    fn refuse(&mut self, reason: Reason) {
        self.tell(Activity { treatment: 0, run: 0 }, What::Refused, reason);
    }

    fn create(&mut self) {
        if self.state.version != 0 {
            return self.refuse(Reason::NotNow(self.state.status()));
        }
        self.state.version = 1;
        // A driver that hears of it late, because it was down meanwhile, still owes the first run (campaigns.md 3: "as soon
        // as created").
        let from = self.program.created.min(self.now).saturating_sub(GRACE);
        for treatment in 0..self.program.len() as u8 {
            let next = self.next_from(treatment, from);
            let status = CampaignStatus::Scheduled;
            self.state.treatments.push(TreatmentState { status, next, runs: 0, served: None, run: None, wake: None });
            let waits = self.schedule(treatment).is_some_and(|schedule| schedule.start != Start::Immediate);
            if let Some(at) = self.instant(treatment, Some(0)).filter(|_| waits) {
                self.tell(Activity { treatment, run: 0 }, What::Status(status), Reason::Starts(at));
            }
        }
    }

    /// A new version (campaigns.md 9): what is still to come follows the new schedule.
    fn update(&mut self) {
        let status = self.state.status();
        if !status::may_update(status) {
            return self.refuse(Reason::NotNow(status));
        }
        self.state.version = self.state.version.saturating_add(1);
        let paused = self.state.paused;
        let fresh = TreatmentState { status, next: None, runs: 0, served: None, run: None, wake: None };
        let count = self.program.len().max(self.state.treatments.len());
        self.state.treatments.resize(count, fresh);
        for treatment in 0..count.min(usize::from(u8::MAX)) as u8 {
            let gone = usize::from(treatment) >= self.program.len();
            let ran = self.treatment(treatment).is_some_and(|state| state.runs > 0);
            let next = self.next_from(treatment, if ran { self.now } else { self.now.saturating_sub(GRACE) });
            let status = match (gone, paused, ran) {
                (true, ..) => CampaignStatus::Completed,
                (_, true, _) => CampaignStatus::Paused,
                (_, false, true) => CampaignStatus::PendingNextRun,
                (_, false, false) => CampaignStatus::Scheduled,
            };
            let Some(state) = self.treatment(treatment) else { continue };
            state.next = next;
            state.wake = None;
            if std::mem::replace(&mut state.status, status) != status {
                self.tell(Activity { treatment, run: 0 }, What::Status(status), Reason::Updated);
            }
        }
    }

    fn pause(&mut self) {
        if self.program.is_immediate() {
            return self.refuse(Reason::Immediate);
        }
        self.state.paused = true;
        for treatment in self.numbers() {
            let by_event = self.by_event(treatment);
            if self.turn(treatment, Turn::Pause { by_event }, Reason::Pause)
                && let Some(run) = self.treatment(treatment).and_then(|state| state.run.take())
            {
                self.give_up(treatment, run, &Reason::Pause);
            }
        }
    }

    fn resume(&mut self) {
        self.state.paused = false;
        for treatment in self.numbers() {
            let Some(state) = self.treatment(treatment).filter(|state| state.status == CampaignStatus::Paused) else {
                continue;
            };
            let ran = state.runs > 0;
            let (next, more) = if self.by_event(treatment) {
                (Some(0), self.closes(treatment).is_none_or(|closes| self.now <= closes))
            } else {
                // Slots missed are skipped.
                let next = self.next_from(treatment, self.now);
                (next, next.is_some())
            };
            if let Some(state) = self.treatment(treatment) {
                state.next = next;
            }
            self.turn(treatment, Turn::Resume { ran, more }, Reason::Resume);
        }
    }

    /// The end of all treatments that live.
    fn stop(&mut self, turn: Turn, reason: &Reason) {
        for treatment in self.numbers() {
            if self.turn(treatment, turn, reason.clone())
                && let Some(state) = self.treatment(treatment)
            {
                state.next = None;
                if let Some(run) = state.run.take() {
                    let activity = Activity { treatment, run: run.number };
                    self.tell(activity, What::RunEnded { whole: false }, reason.clone());
                }
            }
        }
    }

    /// Does what is due, for every treatment.
    ///
    /// They share the rate: each second another one comes first, so that none has to wait for the end of the others. A
    /// treatment that has more to do at this very instant keeps the others waiting, so that the size of steps changes
    /// nothing.
    fn proceed(&mut self) {
        let numbers = self.numbers();
        let count = usize::from(numbers.end).max(1);
        let first = self.now.div_euclid(SECOND).rem_euclid(count as Millis) as usize;
        for treatment in numbers.cycle().skip(first).take(count) {
            let wake = if self.by_event(treatment) {
                self.proceed_by_event(treatment)
            } else {
                self.proceed_by_slot(treatment)
            };
            if let Some(state) = self.treatment(treatment) {
                state.wake = wake;
            }
            if wake.is_some_and(|wake| wake <= self.now) {
                return;
            }
        }
    }

    /// Answers when there is something to do next.
    fn proceed_by_slot(&mut self, treatment: u8) -> Option<Millis> {
        loop {
            let state = self.treatment(treatment)?;
            let next = state.next;
            match state.status {
                CampaignStatus::Scheduled | CampaignStatus::PendingNextRun => {
                    let Some(at) = self.instant(treatment, next) else {
                        self.turn(treatment, Turn::Over, Reason::LastRun);
                        continue;
                    };
                    if self.now < at {
                        return Some(at);
                    }
                    self.start_run(treatment, next?);
                }
                CampaignStatus::Executing => {
                    let Some(mut run) = state.run.take() else {
                        // A state that was tampered with: there is no run to go on with.
                        self.turn(treatment, Turn::Over, Reason::LastRun);
                        continue;
                    };
                    let wake = self.work(treatment, &mut run);
                    if wake.is_some() {
                        self.treatment(treatment)?.run = Some(run);
                        return wake;
                    }
                    self.end_run(treatment, &run);
                }
                _ => return None,
            }
        }
    }

    /// Starts the latest run that is due: when the one before took longer, or nobody called, slots in between are not
    /// made up (campaigns.md 3, chosen).
    fn start_run(&mut self, treatment: u8, next: u32) {
        let mut slot = next;
        while let Some(later) = slot.checked_add(1)
            && self.instant(treatment, Some(later)).is_some_and(|at| at <= self.now)
        {
            slot = later;
        }
        let created = self.program.created;
        let Some(schedule) = self.schedule(treatment) else { return };
        let (Some(scheduled), Some(wall)) = (schedule.instant(slot, created), schedule.wall(slot, created)) else {
            return;
        };
        let by_zone = schedule.local;
        let following = slot.checked_add(1).filter(|slot| schedule.instant(*slot, created).is_some());
        let slices = if by_zone { Vec::new() } else { vec![Slice { at: scheduled, zones: 0 }] };
        if let Some(state) = self.treatment(treatment) {
            state.next = following;
            state.served = Some(scheduled);
        }
        self.open_run(treatment, scheduled, wall, by_zone.then(Looking::default), slices);
    }

    /// A run begins: `EXECUTING`, if it is not that already, and an activity.
    pub(super) fn open_run(
        &mut self,
        treatment: u8,
        scheduled: Millis,
        wall: Millis,
        looking: Option<Looking>,
        slices: Vec<Slice>,
    ) {
        let started = self.now;
        let Some(state) = self.treatment(treatment) else { return };
        let number = state.runs;
        state.runs = state.runs.saturating_add(1);
        let by_zone = looking.is_some();
        state.run = Some(Run {
            number,
            scheduled,
            wall,
            started,
            cursor: 0,
            looking,
            slices,
            batch: Vec::new(),
            calls: Vec::new(),
            next_call: 0,
            ready: Default::default(),
            cache: Cache { addresses: Some(Addresses::default()), ..Cache::default() },
        });
        self.turn(treatment, Turn::Starts, Reason::Starts(scheduled));
        self.tell(Activity { treatment, run: number }, What::RunStarted { scheduled, by_zone }, Reason::Plain);
    }

    fn end_run(&mut self, treatment: u8, run: &Run) {
        self.tell(Activity { treatment, run: run.number }, What::RunEnded { whole: true }, Reason::Plain);
        let paused = self.state.paused;
        let next = self.treatment(treatment).and_then(|state| state.next);
        let at = self.instant(treatment, next);
        let reason = match at {
            Some(_) if paused => Reason::Pause,
            Some(at) => Reason::NextRun(at),
            None => Reason::LastRun,
        };
        self.turn(treatment, Turn::Ends { more: at.is_some(), paused }, reason);
    }

    /// Whether the treatment waits for events, or is handed to the app.
    pub(super) fn by_event(&self, treatment: u8) -> bool {
        self.schedule(treatment).is_some_and(|schedule| schedule.is_event() || schedule.is_in_app())
    }

    fn closes(&self, treatment: u8) -> Option<Millis> {
        self.schedule(treatment)?.closes()
    }

    /// `EXECUTING` between start and end (campaigns.md 8, chosen).
    fn proceed_by_event(&mut self, treatment: u8) -> Option<Millis> {
        loop {
            let closes = self.closes(treatment);
            let over = closes.is_some_and(|closes| self.now > closes);
            let opens = self.instant(treatment, Some(0));
            let state = self.treatment(treatment)?;
            match state.status {
                CampaignStatus::Scheduled | CampaignStatus::PendingNextRun => {
                    let Some(opens) = opens.filter(|_| !over) else {
                        self.turn(treatment, Turn::Over, Reason::Closed(closes.unwrap_or(self.now)));
                        continue;
                    };
                    if self.now < opens {
                        return Some(opens);
                    }
                    self.turn(treatment, Turn::Starts, Reason::Starts(opens));
                }
                CampaignStatus::Executing => {
                    let mut wake = closes.and_then(|closes| closes.checked_add(1));
                    if let Some(mut run) = state.run.take() {
                        let busy = self.attend(treatment, &mut run);
                        let day_ends = (run.scheduled.div_euclid(DAY) + 1).saturating_mul(DAY);
                        if busy.is_none() && (over || self.now >= day_ends) {
                            let activity = Activity { treatment, run: run.number };
                            self.tell(activity, What::RunEnded { whole: true }, Reason::Plain);
                        } else {
                            if let Some(state) = self.treatment(treatment) {
                                state.run = Some(run);
                            }
                            if let Some(busy) = busy {
                                // Those that wait are the last that are sent to.
                                return Some(if over { busy } else { wake.map_or(busy, |wake| wake.min(busy)) });
                            }
                            wake = Some(wake.map_or(day_ends, |wake| wake.min(day_ends)));
                        }
                    }
                    if !over {
                        return wake;
                    }
                    let ends = Turn::Ends { more: false, paused: self.state.paused };
                    self.turn(treatment, ends, Reason::Closed(closes.unwrap_or(self.now)));
                }
                _ => return None,
            }
        }
    }

    /// An event: sends to the endpoint that caused it, if that is in the segment at this moment (campaigns.md 3).
    fn event(&mut self, treatment: u8, event: Occurrence<'_>) {
        let executing = self.treatment(treatment).is_some_and(|state| state.status == CampaignStatus::Executing);
        let Some(compiled) = self.program.treatment(treatment).filter(|t| executing && t.schedule.is_event()) else {
            return;
        };
        let wanted =
            compiled.filter.as_ref().is_some_and(|filter| filter.matches(event.name, event.attributes, event.metrics));
        if !wanted || event.row as usize >= self.world.people().len() {
            return;
        }
        let Some(mut run) = self.run_of_day(treatment) else { return };
        let activity = Activity { treatment, run: run.number };
        let row = event.row;
        if self.program.audience.contains(self.world.people(), row as usize, self.now) {
            self.came(treatment, &mut run, row, event.at);
        } else {
            self.tell(activity, What::Filtered { row, filter: Filter::Segment }, Reason::Plain);
        }
        if let Some(state) = self.treatment(treatment) {
            state.run = Some(run);
        }
    }

    /// The run that events of this day belong to, taken out of the state (campaigns.md 3, chosen: one activity a UTC day).
    fn run_of_day(&mut self, treatment: u8) -> Option<Run> {
        let today = self.now.div_euclid(DAY);
        let before = self.treatment(treatment)?.run.take();
        if before.as_ref().is_some_and(|run| run.scheduled.div_euclid(DAY) == today) {
            return before;
        }
        if let Some(run) = &before {
            self.tell(Activity { treatment, run: run.number }, What::RunEnded { whole: true }, Reason::Plain);
        }
        let opens = self.instant(treatment, Some(0)).unwrap_or(self.now);
        let scheduled = opens.max(today.saturating_mul(DAY));
        self.open_run(treatment, scheduled, scheduled, None, Vec::new());
        let mut run = self.treatment(treatment)?.run.take()?;
        if let Some(before) = before {
            // Who still waits goes along into the new day.
            (run.calls, run.ready, run.next_call) = (before.calls, before.ready, before.next_call);
        }
        Some(run)
    }
}

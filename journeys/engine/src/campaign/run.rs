//! A run, endpoint by endpoint (campaigns.md 5).
//!
//! The order of the reference, with one difference that nobody can see: endpoints of other treatments are set aside before
//! the hook is called, not after. Their treatment follows from their cohort alone, so nothing that the hook answers could
//! change it, and it is not asked several times about the same endpoint.

use jiff::tz::TimeZone;
use model::Millis;
use serde_json::{Map, Value};

use crate::call::{Attempt, Failure, MAX_ENDPOINTS};
use crate::campaign::addresses::Addresses;
use crate::campaign::advance::{Advance, EVENT_PATIENCE};
use crate::campaign::effect::{Activity, Effect, Filter, Reason, SendStatus, What};
use crate::campaign::hook::{self, Answer};
use crate::campaign::schedule::Schedule;
use crate::campaign::state::{Call, Run, Slice, Waiting};
use crate::campaign::treatment::Share;
use crate::campaign::world::{Draft, World};
use crate::sending::{Shut, Verdict};
use crate::zone::{Zone, Zones};

/// Why a scan of the people stops.
enum Scan {
    /// Everybody was seen.
    End,
    /// The step has done enough.
    Enough,
    /// The rate is used up until then.
    Rate(Millis),
    /// Some wait now: for the hook, or for the rate.
    Called,
}

/// What becomes of an endpoint before anything is sent.
enum Sorted {
    /// It is this treatment's.
    Ours,
    /// It is not, and nothing is told.
    Skipped,
    Filtered(Filter, Reason),
    NotSent(SendStatus, Reason),
}

impl<W: World, F: FnMut(Effect)> Advance<'_, W, F> {
    /// Goes on with a run; answers when to go on again, `None` = it is done.
    pub(super) fn work(&mut self, treatment: u8, run: &mut Run) -> Option<Millis> {
        let mut budget = self.program.batch;
        loop {
            let busy = self.attend(treatment, run);
            if busy.is_some() {
                return busy;
            }
            if run.looking.is_some() {
                if !self.look(treatment, run, &mut budget) {
                    return Some(self.now);
                }
                continue;
            }
            let slice = *run.slices.first()?;
            if self.now < slice.at {
                return Some(slice.at);
            }
            match self.scan(treatment, run, slice, &mut budget) {
                Scan::Enough => return Some(self.now),
                Scan::Rate(at) => return Some(at),
                Scan::Called => {}
                Scan::End => {
                    run.slices.remove(0);
                    run.cursor = 0;
                    if slice.zones > 0 {
                        let activity = Activity { treatment, run: run.number };
                        self.tell(activity, What::SliceDone { zones: slice.zones }, Reason::Plain);
                    }
                }
            }
        }
    }

    /// Sees to those that wait for the hook or for the rate; answers when to look again, `None` = nobody waits.
    pub(super) fn attend(&mut self, treatment: u8, run: &mut Run) -> Option<Millis> {
        let overdue = |call: &Call, now| now >= call.deadline;
        while let Some(place) = run.calls.iter().position(|call| overdue(call, self.now)) {
            let call = run.calls.remove(place);
            self.hook_failed(treatment, run, call, &Reason::HookTimeout);
        }
        let mut wake = run.calls.iter().map(|call| call.deadline).min();
        while let Some(first) = run.ready.front() {
            let deadline = self.deadline(run, first.event);
            if let Some(at) = self.no_room(deadline) {
                wake = Some(wake.map_or(at, |wake| wake.min(at)));
                break;
            }
            let Some(first) = run.ready.pop_front() else { break };
            self.finish(treatment, run, first);
        }
        wake
    }

    /// An event has come to an endpoint of the segment.
    pub(super) fn came(&mut self, treatment: u8, run: &mut Run, row: u32, at: Millis) {
        let activity = Activity { treatment, run: run.number };
        self.count_listed(activity, row);
        match self.sort(treatment, row, None) {
            Sorted::Ours => {
                let waiting = Waiting { row, event: Some(at), changed: None };
                let late = self.now > at.saturating_add(EVENT_PATIENCE);
                if self.program.hook.is_some() && !late {
                    self.call(treatment, run, vec![waiting]);
                } else {
                    run.ready.push_back(waiting);
                }
            }
            sorted => self.set_aside(activity, row, sorted),
        }
    }

    /// Those that still wait are not sent to any more.
    pub(super) fn give_up(&mut self, treatment: u8, run: Run, reason: &Reason) {
        let activity = Activity { treatment, run: run.number };
        let called = run.calls.into_iter().flat_map(|call| call.rows);
        for waiting in called.chain(run.batch).chain(run.ready) {
            let what = What::NotSent { row: waiting.row, status: SendStatus::Expired };
            self.tell(activity, what, reason.clone());
        }
        self.tell(activity, What::RunEnded { whole: true }, reason.clone());
    }

    /// Finds the zones of the members, a batch at a time; answers whether it is done.
    fn look(&mut self, treatment: u8, run: &mut Run, budget: &mut u32) -> bool {
        let activity = Activity { treatment, run: run.number };
        let Some(mut looking) = run.looking.take() else { return true };
        while (run.cursor as usize) < self.world.people().len() {
            if *budget == 0 {
                run.looking = Some(looking);
                return false;
            }
            *budget -= 1;
            let row = run.cursor;
            run.cursor += 1;
            let people = self.world.people();
            if !self.program.audience.contains(people, row as usize, run.started) {
                continue;
            }
            let endpoint = people.row(row as usize);
            match due(run, endpoint).and(endpoint.timezone()) {
                // Its turn comes with its zone.
                Some(zone) => {
                    looking.endpoints += 1;
                    if !looking.zones.contains(zone) {
                        looking.zones.insert(zone.to_owned());
                    }
                }
                None => {
                    let filter = unreachable(endpoint).unwrap_or(Filter::MissingTimezone);
                    self.count_listed(activity, row);
                    self.tell(activity, What::Filtered { row, filter }, Reason::Plain);
                }
            }
        }
        run.cursor = 0;
        let mut slices: Vec<Slice> = Vec::new();
        for zone in &looking.zones {
            // `Timezone` is the first offset served: what was due before it is never due (campaigns.md 3).
            if let Some(at) = due_in(run.wall, zone).filter(|at| *at >= run.scheduled) {
                match slices.iter_mut().find(|slice| slice.at == at) {
                    Some(slice) => slice.zones += 1,
                    None => slices.push(Slice { at, zones: 1 }),
                }
            }
        }
        slices.sort_by_key(|slice| slice.at);
        run.slices = slices;
        let zones = looking.zones.len() as u32;
        self.tell(activity, What::Zones { zones, waiting: looking.endpoints }, Reason::Plain);
        true
    }

    fn scan(&mut self, treatment: u8, run: &mut Run, slice: Slice, budget: &mut u32) -> Scan {
        let activity = Activity { treatment, run: run.number };
        let deadline = self.deadline(run, None);
        let late = deadline.is_some_and(|deadline| self.now > deadline);
        // A run that has expired sends nothing, so there is nothing to ask the hook about.
        let asks = self.program.hook.is_some() && !late;
        if !asks && !run.batch.is_empty() {
            run.ready.extend(run.batch.drain(..));
            return Scan::Called;
        }
        let mut addresses = match run.cache.addresses.take() {
            Some(addresses) => addresses,
            None => self.addresses_before(run, slice),
        };
        let scan = loop {
            if run.cursor as usize >= self.world.people().len() {
                if run.batch.is_empty() {
                    break Scan::End;
                }
                let batch = std::mem::take(&mut run.batch);
                self.call(treatment, run, batch);
                break Scan::Called;
            }
            if *budget == 0 {
                break Scan::Enough;
            }
            if !asks && let Some(at) = self.no_room(deadline) {
                break Scan::Rate(at);
            }
            *budget -= 1;
            let row = run.cursor;
            run.cursor += 1;
            if !self.belongs(run, slice, row) {
                continue;
            }
            match self.sort(treatment, row, Some(&mut addresses)) {
                Sorted::Ours => {
                    self.count_listed(activity, row);
                    let waiting = Waiting { row, event: None, changed: None };
                    if !asks {
                        self.finish(treatment, run, waiting);
                        continue;
                    }
                    run.batch.push(waiting);
                    if run.batch.len() >= MAX_ENDPOINTS {
                        let batch = std::mem::take(&mut run.batch);
                        self.call(treatment, run, batch);
                        break Scan::Called;
                    }
                }
                Sorted::Skipped => {}
                sorted => {
                    self.count_listed(activity, row);
                    self.set_aside(activity, row, sorted);
                }
            }
        };
        run.cache.addresses = Some(addresses);
        scan
    }

    /// Whether the endpoint is in the segment, and its zone in the slice.
    fn belongs(&self, run: &mut Run, slice: Slice, row: u32) -> bool {
        let people = self.world.people();
        if slice.zones > 0 && due(run, people.row(row as usize)) != Some(slice.at) {
            return false;
        }
        self.program.audience.contains(people, row as usize, run.started)
    }

    /// Steps 2 and 4 for one endpoint. `addresses` of the run; event campaigns look at none, for there every event sends.
    fn sort(&self, treatment: u8, row: u32, addresses: Option<&mut Addresses>) -> Sorted {
        let people = self.world.people();
        let endpoint = people.row(row as usize);
        if let Some(filter) = unreachable(endpoint) {
            return Sorted::Filtered(filter, Reason::Plain);
        }
        let cohort = endpoint.cohort();
        let share = self.program.share(cohort);
        // Held-out endpoints are the default treatment's to tell of.
        let owner = match share {
            Share::Holdout => 0,
            Share::Treatment(number) => number,
        };
        let other = || {
            let treatment = (share != Share::Holdout).then_some(owner);
            Sorted::Filtered(Filter::TreatmentHoldout, Reason::OtherTreatment { cohort, treatment })
        };
        let ours = owner == treatment;
        // An endpoint that gets no message must not take the address away from one that does.
        let message = endpoint.channel().and_then(|channel| self.program.message(owner, channel));
        if message.is_none() {
            return if ours { Sorted::Filtered(Filter::ChannelMismatch, Reason::Plain) } else { other() };
        }
        match addresses.and_then(|addresses| addresses.note(people, row)) {
            // It changed its zone while the run was going on, and had its turn.
            Some(first) if first == row => Sorted::Skipped,
            Some(first) if ours => Sorted::NotSent(SendStatus::DuplicateAddress, Reason::Twin { row: first }),
            _ if ours => Sorted::Ours,
            _ => other(),
        }
    }

    fn set_aside(&mut self, activity: Activity, row: u32, sorted: Sorted) {
        match sorted {
            Sorted::Ours | Sorted::Skipped => {}
            Sorted::Filtered(filter, reason) => self.tell(activity, What::Filtered { row, filter }, reason),
            Sorted::NotSent(status, reason) => self.tell(activity, What::NotSent { row, status }, reason),
        }
    }

    /// Says how an imported segment came to the endpoint, where that counts.
    fn count_listed(&mut self, activity: Activity, row: u32) {
        if self.program.listed.is_none() {
            return;
        }
        let (from_user, twice) = self.program.listed(self.world.people().row(row as usize));
        if from_user {
            self.tell(activity, What::Expanded { row }, Reason::Plain);
        }
        if twice {
            self.tell(activity, What::Filtered { row, filter: Filter::DuplicateEndpoint }, Reason::Plain);
        }
    }

    /// The addresses of those that a run has handled before it was stored.
    fn addresses_before(&self, run: &mut Run, slice: Slice) -> Addresses {
        let mut addresses = Addresses::default();
        for row in 0..self.world.people().len() as u32 {
            let handled = match slice.zones {
                0 => row < run.cursor,
                _ => {
                    let at = due(run, self.world.people().row(row as usize)).filter(|at| *at >= run.scheduled);
                    at.is_some_and(|at| at < slice.at || at == slice.at && row < run.cursor)
                }
            };
            if handled && self.program.audience.contains(self.world.people(), row as usize, run.started) {
                self.sort(0, row, Some(&mut addresses));
            }
        }
        addresses
    }

    /// When a message is too late: `MaximumDuration` after the slice's scheduled start, or 5 minutes after its event.
    fn deadline(&self, run: &Run, event: Option<Millis>) -> Option<Millis> {
        match event {
            Some(at) => Some(at.saturating_add(EVENT_PATIENCE)),
            None => {
                let start = run.slices.first().map_or(run.scheduled, |slice| slice.at);
                Some(start.saturating_add(self.program.limits.maximum_duration?))
            }
        }
    }

    /// `Some` = the rate is used up, and this is when to try again. What is too late needs no room.
    fn no_room(&self, deadline: Option<Millis>) -> Option<Millis> {
        let rate = self.program.limits.messages_per_second?;
        let next = self.state.second.used_up(rate, self.now)?;
        match deadline {
            Some(deadline) if self.now > deadline => None,
            Some(deadline) => Some(next.min(deadline.saturating_add(1))),
            None => Some(next),
        }
    }

    /// Steps 4 to 7 for one endpoint, all at this instant.
    fn finish(&mut self, treatment: u8, run: &mut Run, waiting: Waiting) {
        let activity = Activity { treatment, run: run.number };
        let Waiting { row, event, changed } = waiting;
        let people = self.world.people();
        if row as usize >= people.len() {
            return;
        }
        let endpoint = people.row(row as usize);
        // It may have opted out while it waited.
        let channel = match (unreachable(endpoint), endpoint.channel()) {
            (None, Some(channel)) => channel,
            (filter, _) => {
                let filter = filter.unwrap_or(Filter::MissingChannel);
                return self.tell(activity, What::Filtered { row, filter }, Reason::Plain);
            }
        };
        let cohort = endpoint.cohort();
        if self.program.share(cohort) == Share::Holdout {
            return self.not_sent(activity, row, SendStatus::Holdout, Reason::Holdout { cohort });
        }
        let (Some(compiled), Some(message)) =
            (self.program.treatment(treatment), self.program.message(treatment, channel))
        else {
            return self.tell(activity, What::Filtered { row, filter: Filter::ChannelMismatch }, Reason::Plain);
        };
        let verdict = match compiled.quiet.always_open() {
            true => Verdict::Open,
            // Zones are not estimated for campaigns: without a valid one the message goes out (campaigns.md 3).
            false => compiled.quiet.verdict(0, zone_of(run, endpoint), self.now),
        };

        let limits = self.program.limits;
        if let Some(daily) = limits.daily
            && self.world.sent(row, daily.scope, self.now.saturating_sub(model::time::DAY)) >= daily.limit
        {
            let reason = Reason::Daily { limit: daily.limit, scope: daily.scope };
            return self.not_sent(activity, row, SendStatus::DailyCap, reason);
        }
        if let Some(limit) = limits.total.filter(|limit| self.world.targeted(row) >= *limit) {
            return self.not_sent(activity, row, SendStatus::CampaignCap, Reason::Total { limit });
        }
        // `Total` counts targeting, not delivery: whatever comes now has used one (campaigns.md 6).
        self.world.target(row);
        if let Verdict::Shut { why: Shut::Quiet { start, end }, local, .. } = verdict {
            return self.not_sent(activity, row, SendStatus::QuietTime, Reason::Quiet { start, end, local });
        }
        let draft = Draft { treatment, row, channel, message, changed: changed.as_deref(), now: self.now };
        let recommended = match self.world.recommend(&draft) {
            Ok(None) => None,
            Ok(Some(Value::Object(recommended))) => Some(recommended),
            Ok(Some(_)) => {
                let reason = Reason::Recommender("the recommender did not answer a JSON object".to_owned());
                return self.not_sent(activity, row, SendStatus::RecommendationFailure, reason);
            }
            Err(why) => {
                let reason = Reason::Recommender(why);
                return self.not_sent(activity, row, SendStatus::RecommendationFailure, reason);
            }
        };
        let changed = match recommended {
            Some(recommended) => Some(with(changed, recommended)),
            None => changed,
        };
        let draft = Draft { treatment, row, channel, message, changed: changed.as_deref(), now: self.now };
        if let Err(why) = self.world.render(&draft) {
            return self.not_sent(activity, row, SendStatus::FailurePermanent, Reason::Render(why));
        }
        if let Some(deadline) = self.deadline(run, event).filter(|deadline| self.now > *deadline) {
            return self.not_sent(activity, row, SendStatus::Expired, Reason::Late(deadline));
        }
        self.state.second.count(self.now);
        self.world.send(row, self.now);
        self.tell(activity, What::Send { row, channel, changed }, Reason::Plain);
    }

    fn not_sent(&mut self, activity: Activity, row: u32, status: SendStatus, reason: Reason) {
        self.tell(activity, What::NotSent { row, status }, reason);
    }

    fn call(&mut self, treatment: u8, run: &mut Run, rows: Vec<Waiting>) {
        let number = run.next_call;
        run.next_call = run.next_call.wrapping_add(1);
        let Attempt { number: attempt, deadline } = Attempt::first(self.now);
        let call = Call { number, attempt, deadline: self.deadline_of_call(deadline), rows };
        self.tell_call(treatment, run, &call);
        run.calls.push(call);
    }

    /// When the engine itself gives up a call; never, where the driver does.
    fn deadline_of_call(&self, deadline: Millis) -> Millis {
        if self.program.driver_times_calls { Millis::MAX } else { deadline }
    }

    fn tell_call(&mut self, treatment: u8, run: &Run, call: &Call) {
        let rows = call.rows.iter().map(|waiting| waiting.row).collect();
        let what = What::CallHook { call: call.number, attempt: call.attempt, rows, deadline: call.deadline };
        self.tell(Activity { treatment, run: run.number }, what, Reason::Plain);
    }

    /// The hook has answered, or not.
    pub(super) fn answered(&mut self, treatment: u8, number: u32, answer: Answer<'_>) {
        let Some(mut run) =
            self.state.treatments.get_mut(usize::from(treatment)).and_then(|treatment| treatment.run.take())
        else {
            return;
        };
        if let Some(place) = run.calls.iter().position(|call| call.number == number && self.now <= call.deadline) {
            let mut call = run.calls.remove(place);
            match answer {
                Answer::Json(answer) => match hook::endpoints(answer) {
                    Some(endpoints) => {
                        let activity = Activity { treatment, run: run.number };
                        for waiting in call.rows {
                            let row = waiting.row;
                            let people = self.world.people();
                            let id = ((row as usize) < people.len()).then(|| people.row(row as usize).id());
                            match id.and_then(|id| endpoints.get(id)) {
                                Some(changed) => {
                                    let changed = Some(Box::new(changed.clone()));
                                    run.ready.push_back(Waiting { changed, ..waiting });
                                }
                                None => {
                                    self.tell(activity, What::Filtered { row, filter: Filter::Hook }, Reason::Plain);
                                }
                            }
                        }
                    }
                    None => self.hook_failed(treatment, &run, call, &Reason::HookUnreadable),
                },
                Answer::Unreadable => self.hook_failed(treatment, &run, call, &Reason::HookUnreadable),
                Answer::TimedOut => self.hook_failed(treatment, &run, call, &Reason::HookTimeout),
                Answer::Refused(why) => self.hook_failed(treatment, &run, call, &Reason::HookRefused(why.to_owned())),
                Answer::Failed => {
                    let attempt = Attempt { number: call.attempt, deadline: call.deadline };
                    match attempt.after(Failure::Failed, self.now) {
                        Some(Attempt { number, deadline }) => {
                            (call.attempt, call.deadline) = (number, self.deadline_of_call(deadline));
                            self.tell_call(treatment, &run, &call);
                            run.calls.push(call);
                        }
                        None => {
                            let reason = Reason::HookFailed(call.attempt);
                            self.hook_failed(treatment, &run, call, &reason);
                        }
                    }
                }
            }
        }
        if let Some(state) = self.state.treatments.get_mut(usize::from(treatment)) {
            state.run = Some(run);
        }
    }

    fn hook_failed(&mut self, treatment: u8, run: &Run, call: Call, reason: &Reason) {
        let activity = Activity { treatment, run: run.number };
        for waiting in call.rows {
            self.not_sent(activity, waiting.row, SendStatus::HookFailure, reason.clone());
        }
    }
}

/// What the hook answered, with what was recommended beside it.
fn with(changed: Option<Box<Value>>, recommended: Map<String, Value>) -> Box<Value> {
    let mut changed = changed.unwrap_or_else(|| Box::new(Value::Object(Map::new())));
    if let Some(members) = changed.as_object_mut() {
        members.extend(recommended);
    }
    changed
}

/// Why an endpoint can not be reached at all.
fn unreachable(endpoint: audience::Row<'_>) -> Option<Filter> {
    if endpoint.inactive() {
        Some(Filter::Inactive)
    } else if endpoint.opted_out() {
        Some(Filter::OptOut)
    } else if !endpoint.has_address() {
        Some(Filter::MissingAddress)
    } else if endpoint.channel().is_none() {
        Some(Filter::MissingChannel)
    } else {
        None
    }
}

/// When the clocks of an endpoint's zone show the time of the run's slot; `None` = it has no valid zone.
fn due(run: &mut Run, endpoint: audience::Row<'_>) -> Option<Millis> {
    let zone = endpoint.timezone()?;
    let number = endpoint.timezone_id() as usize;
    let due = &mut run.cache.due;
    if number >= due.len() {
        due.resize(number + 1, None);
    }
    *due[number].get_or_insert_with(|| due_in(run.wall, zone))
}

/// The zone of an endpoint, looked up once a run.
fn zone_of<'r>(run: &'r mut Run, endpoint: audience::Row<'_>) -> &'r Zone {
    let number = endpoint.timezone_id() as usize;
    let zones = &mut run.cache.zones;
    if number >= zones.len() {
        zones.resize(number + 1, None);
    }
    zones[number].get_or_insert_with(|| Zones::default().of(endpoint))
}

fn due_in(wall: Millis, zone: &str) -> Option<Millis> {
    Schedule::due(wall, &TimeZone::get(zone).ok()?)
}

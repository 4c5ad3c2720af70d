//! Whatever a flow looks like and whoever acts on it: it never sticks, ends once, and replays to the same state.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::generate::{Command, commands, flows, rewired};
use super::*;

fn number(user: UserId) -> u32 {
    u32::try_from(user.0.as_u128()).unwrap()
}

fn check(story: &Story) {
    let state = &story.state;
    assert_eq!(State::replay(&story.events).as_ref(), Some(state), "replays to the same state");
    let kept: State = serde_json::from_value(serde_json::to_value(state).unwrap()).unwrap();
    assert_eq!(&kept, state, "is kept as it is");
    let n_ends = story.events.iter().filter(|(event, _)| matches!(event, Event::Concluded { .. })).count();
    assert_eq!(n_ends, usize::from(state.status.is_over()), "ends once");
    assert!(state.round <= MOST_ROUNDS);
    match state.status {
        Status::Open => check_waiting(story),
        _ => assert_eq!(state.open_tasks().count(), 0, "what is over waits for nobody"),
    }
    if state.status == Status::Approved && !state.is_overridden {
        check_approved(story);
    }
    check_once(story);
    for sentence in story.told().iter().skip(story.events.len().saturating_sub(5)) {
        assert!(sentence.chars().count() > 4 && sentence.ends_with('。'), "reads as a sentence: {sentence}");
    }
}

fn check_waiting(story: &Story) {
    assert!(story.state.open_tasks().next().is_some(), "somebody is waited for: {:?}", story.state);
    for task in story.state.open_tasks() {
        let is_open = |seat: &Seat| seat.status == SeatStatus::Open;
        assert!(task.seats.iter().any(is_open), "it is somebody's turn: {:?}", story.events);
        let node = story.flow.approval(&task.node).unwrap();
        assert_eq!(tally(node, task), Tally::Pending, "what is decided is left: {task:#?}");
        let is_own = node.own_matter == flow::OwnMatter::Themselves;
        let has_own = task.seats.iter().any(|seat| seat.user == user(1) && is_open(seat));
        assert!(is_own || !has_own, "nobody waits for who asks: {task:#?}");
    }
}

/// Nothing is approved before everything on its way is.
fn check_approved(story: &Story) {
    for key in rehearse::way(&story.flow, &story.facts) {
        let is_passed = |(event, _): &(Event, DateTime<Utc>)| matches!(event, Event::PassedOver { node, .. } if *node == key);
        let last = story.state.tasks.iter().rev().find(|task| task.node == key);
        let is_approved = last.is_some_and(|task| task.status == TaskStatus::Approved);
        assert!(is_approved || story.events.iter().any(is_passed), "{key} agreed: {:?}", story.events);
    }
}

fn check_once(story: &Story) {
    let mut left = BTreeSet::new();
    let mut entered = BTreeSet::new();
    for (event, _) in &story.events {
        match event {
            Event::Left { task, .. } => assert!(left.insert(*task), "advances once"),
            // What was taken back is left once more.
            Event::TakenBack { task, .. } => {
                left.remove(task);
            }
            Event::Entered { task, .. } => assert!(entered.insert(*task), "is asked once"),
            _ => {}
        }
    }
}

impl Story {
    /// Somebody tries something; a refusal changes nothing.
    fn tries(&mut self, who: &Acting, verb: &Verb) {
        self.minute += 1;
        let done = answered(|answers| act(self.case(answers), &self.state, who, verb));
        let Ok(done) = done else { return };
        for event in &done.events {
            let Event::Answered { seat, by, .. } = event else { continue };
            assert_eq!(*by, Some(who.user));
            let principal = done.on_behalf_of.unwrap_or(who.user);
            assert_eq!(self.state.seat(*seat).unwrap().1.user, principal, "both names stand by it");
        }
        self.keep(Some(who.user), done);
        check(self);
    }

    fn runs(&mut self, command: &Command) {
        match command {
            Command::Acts { who, has_turn, principals, verb } => {
                let turns: Vec<UserId> = self.state.open_seats().map(|(_, seat)| seat.user).collect();
                let turn = turns.get(*who as usize % turns.len().max(1)).copied().filter(|_| *has_turn);
                let principals = principals.iter().copied().map(user).collect();
                let who = Acting { user: turn.unwrap_or(user(*who)), principals, is_override: false };
                self.tries(&who, verb);
            }
            Command::AllAtOnce(words) => {
                let turns: Vec<UserId> = self.state.open_seats().map(|(_, seat)| seat.user).collect();
                for (user, word) in turns.into_iter().zip(words.iter().cycle()) {
                    let verb = Verb::Answer { word: *word, comment: Some("同时".to_owned()) };
                    self.tries(&Acting::oneself(user), &verb);
                }
            }
            Command::Climb(task, act) => {
                let tasks: Vec<u32> = self.state.open_tasks().map(|task| task.id).collect();
                let Some(task) = tasks.get(task % tasks.len().max(1)).copied() else { return };
                let done = answered(|answers| {
                    climb(self.case(answers), &self.state, task, (1, Rung { percent: 50, act: *act }))
                });
                self.keep(None, done.unwrap());
            }
            Command::Move(from, to) => {
                let done = answered(|it| move_turns(self.case(it), &self.state, user(*from), user(*to)));
                self.keep(None, done.unwrap());
            }
            Command::Renew(hash) => {
                let done = renew(
                    self.case(&Answers::default()),
                    &self.state,
                    self.state.initiator,
                    Some((*hash).to_owned()),
                );
                self.keep(None, done);
            }
            Command::End(status) => {
                let done = end(self.case(&Answers::default()), &self.state, *status);
                self.keep(None, done);
            }
        }
        check(self);
    }

    /// Whoever's turn it is may always bring it to an end.
    fn runs_out(&mut self) {
        for _ in 0..200 {
            if self.state.status == Status::Returned {
                let content_hash = self.state.content_hash.clone();
                self.acts(1, &Verb::Resubmit { content_hash, comment: None }).unwrap();
            }
            let Some(turn) = self.state.open_seats().next().map(|(_, seat)| seat.user) else { break };
            self.approves(number(turn)).unwrap();
            check(self);
        }
        assert!(self.state.status.is_over(), "{:?}", self.state);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_it_never_sticks_ends_once_and_replays(
        flow in flows(),
        amount in 0u32..30,
        commands in commands(),
    ) {
        let faults = lint(&flow);
        prop_assert!(faults.is_empty(), "{faults:?}");
        // Where nobody can be found, it is refused before it begins.
        let Ok(mut story) = Story::open(flow, json!({"amount": amount})) else { return Ok(()) };
        check(&story);
        commands.iter().for_each(|command| story.runs(command));
        story.runs_out();
    }

    #[test]
    fn whatever_the_linter_accepts_runs_to_an_end(
        flow in rewired(),
        amount in 0u32..30,
        commands in commands(),
    ) {
        if lint(&flow).iter().any(|fault| fault.code != "return_target_not_earlier") {
            return Ok(());
        }
        let Ok(mut story) = Story::open(flow, json!({"amount": amount})) else { return Ok(()) };
        check(&story);
        commands.iter().for_each(|command| story.runs(command));
        story.runs_out();
    }
}

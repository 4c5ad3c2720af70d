//! A decision from its opening on, told by what people and the machine do.

use super::*;

/// A decision with everything that happened to it.
pub(super) struct Story {
    pub(super) flow: Flow,
    pub(super) facts: Value,
    pub(super) state: State,
    pub(super) events: Vec<(Event, DateTime<Utc>)>,
    pub(super) minute: i64,
    /// For each event, who acted and on whose behalf.
    actors: Vec<(Option<UserId>, Option<UserId>)>,
}

impl Story {
    pub(super) fn case<'a>(&'a self, answers: &'a Answers) -> Case<'a> {
        Case { flow: &self.flow, facts: &self.facts, owner: None, answers, now: at(self.minute) }
    }

    /// Person 1 hands it in.
    pub(super) fn open(flow: Flow, facts: Value) -> Result<Self, Refusal> {
        Self::open_choosing(flow, facts, &[])
    }

    /// Person 1 hands it in and chooses who is asked.
    pub(super) fn open_choosing(flow: Flow, facts: Value, chosen: &[u32]) -> Result<Self, Refusal> {
        let (state, events, actors) = (State::blank(user(1)), Vec::new(), Vec::new());
        let mut story = Self { flow, facts, state, events, minute: 0, actors };
        let chosen: Vec<UserId> = chosen.iter().copied().map(user).collect();
        let opening = || (Some("h1".to_owned()), chosen.clone());
        let done = answered(|answers| open(story.case(answers), 3, user(1), opening()))?;
        story.keep(Some(user(1)), done);
        Ok(story)
    }

    /// Person 1 hands in something without fields.
    pub(super) fn of(flow: Flow) -> Self {
        Self::open(flow, json!({})).unwrap()
    }

    pub(super) fn keep(&mut self, actor: Option<UserId>, done: Done) {
        let now = at(self.minute);
        self.actors.extend(done.events.iter().map(|_| (actor, done.on_behalf_of)));
        self.events.extend(done.events.into_iter().map(|event| (event, now)));
        self.state = done.state;
    }

    pub(super) fn acts(&mut self, who: u32, verb: &Verb) -> Result<(), Refusal> {
        self.acts_for(who, &[], verb)
    }

    /// Somebody acts who stands in for others.
    pub(super) fn acts_for(&mut self, who: u32, principals: &[u32], verb: &Verb) -> Result<(), Refusal> {
        self.minute += 1;
        let principals = principals.iter().copied().map(user).collect();
        let who = Acting { user: user(who), principals, is_override: false };
        let done = answered(|answers| act(self.case(answers), &self.state, &who, verb))?;
        self.keep(Some(who.user), done);
        Ok(())
    }

    pub(super) fn approves(&mut self, who: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::Answer { word: Word::Approve, comment: None })
    }

    pub(super) fn rejects(&mut self, who: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::Answer { word: Word::Reject, comment: said("不行") })
    }

    pub(super) fn returns(&mut self, who: u32, to: Target) -> Result<(), Refusal> {
        self.acts(who, &Verb::Return { to, comment: said("请改") })
    }

    pub(super) fn transfers(&mut self, who: u32, to: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::Transfer { to: user(to), comment: None })
    }

    pub(super) fn delegates(&mut self, who: u32, to: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::Delegate { to: user(to), comment: None })
    }

    pub(super) fn adds_before(&mut self, who: u32, to: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::AddSigner { to: user(to), is_before: true, comment: None })
    }

    pub(super) fn adds_after(&mut self, who: u32, to: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::AddSigner { to: user(to), is_before: false, comment: None })
    }

    pub(super) fn takes_back(&mut self, who: u32) -> Result<(), Refusal> {
        self.acts(who, &Verb::TakeBack)
    }

    pub(super) fn resubmits(&mut self, content_hash: &str) -> Result<(), Refusal> {
        self.acts(1, &Verb::Resubmit { content_hash: said(content_hash), comment: None })
    }

    /// The ladder of the first task that is waited for reaches a rung.
    pub(super) fn climbs(&mut self, act: Act) {
        let task = self.state.open_tasks().next().map_or(0, |task| task.id);
        let done =
            answered(|answers| climb(self.case(answers), &self.state, task, (2, Rung { percent: 100, act })));
        self.keep(None, done.unwrap());
    }

    /// Somebody leaves.
    pub(super) fn moves(&mut self, from: u32, to: u32) {
        let done = answered(|answers| move_turns(self.case(answers), &self.state, user(from), user(to)));
        self.keep(Some(user(900)), done.unwrap());
    }

    /// The nodes that are waited for.
    pub(super) fn open_nodes(&self) -> Vec<&str> {
        self.state.open_tasks().map(|task| task.node.as_str()).collect()
    }

    /// Whose turn it is.
    pub(super) fn turns(&self) -> Vec<u32> {
        let number = |user: UserId| u32::try_from(user.0.as_u128()).unwrap();
        self.state.open_seats().map(|(_, seat)| number(seat.user)).collect()
    }

    /// On whose behalf the last command was.
    pub(super) fn on_behalf_of(&self) -> Option<UserId> {
        self.actors.last().and_then(|(_, principal)| *principal)
    }

    /// The nodes that were passed over, and why.
    pub(super) fn passed_over(&self) -> Vec<(String, PassedOver)> {
        let passed = |(event, _): &(Event, DateTime<Utc>)| match event {
            Event::PassedOver { node, why } => Some((node.clone(), *why)),
            _ => None,
        };
        self.events.iter().filter_map(passed).collect()
    }

    /// The whole story in words.
    pub(super) fn told(&self) -> Vec<String> {
        let name = |user: UserId| format!("员工{}", user.0.as_u128());
        let tell = |((event, at), (actor, principal)): (&(Event, DateTime<Utc>), &(Option<_>, Option<_>))| {
            let (actor, principal) = (actor.map(name), principal.map(name));
            let (actor, on_behalf_of) = (actor.as_deref(), principal.as_deref());
            let entry = timeline::Entry { at: *at, actor, on_behalf_of, event };
            timeline::sentence(&self.flow, &self.state, &entry, &name)
        };
        self.events.iter().zip(&self.actors).map(tell).collect()
    }
}

pub(super) fn said(text: &str) -> Option<String> {
    Some(text.to_owned())
}

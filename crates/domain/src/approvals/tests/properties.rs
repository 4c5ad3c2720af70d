//! Whatever a flow looks like and whoever acts on it: it never sticks, ends once, and replays to the same state.

use proptest::prelude::*;

use super::*;

/// A rule that fits any number of people.
fn rule() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"type": "sequential"})),
        Just(json!({"type": "all"})),
        Just(json!({"type": "any_of"})),
        (1u32..=100).prop_map(|percent| json!({"type": "ratio", "percent": percent})),
        (1u32..=6).prop_map(|pass| json!({"type": "weighted", "pass": pass})),
    ]
}

fn approval(key: String, next: Option<String>) -> impl Strategy<Value = Value> {
    let refusal = prop_oneof![Just("veto"), Just("majority"), Just("all")];
    let same = prop_oneof![Just("ask"), Just("skip")];
    let own = prop_oneof![Just("themselves"), Just("skip"), Just("superior"), Just("department_head")];
    let people = proptest::collection::btree_set(1u32..7, 1..4);
    (rule(), refusal, same, own, people).prop_map(move |(rule, refusal, same, own, people)| {
        let people: Vec<u32> = people.into_iter().collect();
        let mut node = asks(&key, &people, rule, next.as_deref());
        node["refusal"] = json!(refusal);
        node["same_again"] = json!(same);
        node["own_matter"] = json!(own);
        node
    })
}

/// Some nodes one after the other, among them blocks of parallel or inclusive ways.
fn flows() -> impl Strategy<Value = Flow> {
    let block = |n: usize| {
        let (a, b) = (format!("n{n}a"), format!("n{n}b"));
        let (join, next) = (format!("n{n}j"), format!("n{}", n + 1));
        let ways = (approval(a.clone(), Some(join.clone())), approval(b.clone(), Some(join.clone())));
        (ways, any::<bool>()).prop_map(move |((left, right), is_inclusive)| {
            let fork = if is_inclusive {
                let when = json!({"field": "amount", "op": "greater", "value": 10});
                json!({"type": "inclusive", "key": format!("n{n}"), "name": "x", "join": join,
                    "ways": [{"when": when, "to": a}], "otherwise": b})
            } else {
                json!({"type": "parallel", "key": format!("n{n}"), "name": "x", "join": join, "branches": [a, b]})
            };
            let meet = json!({"type": "join", "key": join, "name": "x", "next": next});
            vec![fork, left, right, meet]
        })
    };
    let step = move |n: usize| {
        let plain = approval(format!("n{n}"), Some(format!("n{}", n + 1))).prop_map(|node| vec![node]);
        prop_oneof![3 => plain.boxed(), 1 => block(n).boxed()]
    };
    (step(0), step(1), approval("n2".to_owned(), None)).prop_map(|(first, second, last)| {
        let nodes: Vec<Value> = first.into_iter().chain(second).chain([last]).collect();
        flow(&json!(nodes))
    })
}

fn verbs() -> impl Strategy<Value = Verb> {
    let comment = || Some("说明".to_owned());
    let somebody = || (1u32..9).prop_map(user);
    let approve = Just(Verb::Answer { word: Word::Approve, comment: comment() });
    prop_oneof![
        12 => approve,
        1 => Just(Verb::Answer { word: Word::Reject, comment: comment() }),
        1 => Just(Verb::Return { to: Target::Initiator, comment: comment() }),
        1 => Just(Verb::Return { to: Target::Previous, comment: comment() }),
        1 => Just(Verb::Return { to: Target::Node("n0".to_owned()), comment: comment() }),
        1 => somebody().prop_map(move |to| Verb::Transfer { to, comment: comment() }),
        1 => somebody().prop_map(move |to| Verb::Delegate { to, comment: comment() }),
        1 => (somebody(), any::<bool>())
            .prop_map(move |(to, is_before)| Verb::AddSigner { to, is_before, comment: comment() }),
        1 => somebody().prop_map(|user| Verb::RemoveSigner { user }),
        1 => Just(Verb::AskInfo { question: comment() }),
        1 => Just(Verb::GiveInfo { answer: comment() }),
        1 => Just(Verb::TakeBack),
        1 => Just(Verb::Withdraw { reason: None }),
        2 => Just(Verb::Resubmit { content_hash: Some("h1".to_owned()), comment: None }),
        1 => Just(Verb::Resubmit { content_hash: Some("h2".to_owned()), comment: None }),
        1 => Just(Verb::Remind),
        1 => Just(Verb::ConsentToWithdrawal),
    ]
}

fn check(story: &Story) {
    let state = &story.state;
    assert_eq!(State::replay(&story.events).as_ref(), Some(state), "replays to the same state");
    let kept: State = serde_json::from_value(serde_json::to_value(state).unwrap()).unwrap();
    assert_eq!(&kept, state, "is kept as it is");
    let n_ends = story.events.iter().filter(|(event, _)| matches!(event, Event::Concluded { .. })).count();
    assert_eq!(n_ends, usize::from(state.status.is_over()), "ends once");
    match state.status {
        Status::Open => {
            assert!(state.open_tasks().next().is_some(), "somebody is waited for: {state:#?}");
            for task in state.open_tasks() {
                let is_open = |seat: &Seat| seat.status == SeatStatus::Open;
                assert!(task.seats.iter().any(is_open), "it is somebody's turn: {:#?}", story.events);
                let node = story.flow.approval(&task.node).unwrap();
                assert_eq!(tally(node, task), Tally::Pending, "what is decided is left: {task:#?}");
            }
        }
        _ => assert_eq!(state.open_tasks().count(), 0, "what is over waits for nobody"),
    }
    assert!(state.round <= MOST_ROUNDS);
    let mut left = std::collections::BTreeSet::new();
    let mut entered = std::collections::BTreeSet::new();
    for (event, _) in &story.events {
        match event {
            Event::Left { task, .. } => assert!(left.insert(*task), "advances once"),
            Event::Entered { task, .. } => assert!(entered.insert(*task)),
            Event::TakenBack { task, .. } => {
                left.remove(task);
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn whatever_happens_it_never_sticks_ends_once_and_replays(
        flow in flows(),
        amount in 0u32..20,
        commands in proptest::collection::vec((1u32..9, verbs()), 1..40),
    ) {
        let Ok(mut story) = Story::open(flow, json!({"amount": amount})) else { return Ok(()) };
        check(&story);
        for (who, verb) in commands {
            let before = (story.state.clone(), story.events.len());
            if story.acts(who, &verb).is_err() {
                prop_assert_eq!(&before, &(story.state.clone(), story.events.len()), "a refusal changes nothing");
            }
            check(&story);
        }
        // Whoever's turn it is may always bring it to an end.
        for _ in 0..60 {
            if story.state.status == Status::Returned {
                let hash = story.state.content_hash.clone();
                story.acts(1, &Verb::Resubmit { content_hash: hash, comment: None }).unwrap();
            }
            let turn = story.state.open_seats().next().map(|(_, seat)| u32::try_from(seat.user.0.as_u128()).unwrap());
            let Some(turn) = turn else { break };
            if turn == 1 && story.approves(1).is_err() {
                break;
            }
            let _ = story.approves(turn);
            check(&story);
        }
        let is_own = story.state.open_seats().any(|(_, seat)| seat.user == user(1));
        prop_assert!(story.state.status.is_over() || is_own, "{:#?}", story.state);
    }
}

//! What the machine does.

use super::*;

fn all() -> Story {
    Story::of(chain(&[&[2, 3], &[4]]))
}

fn last_answered_by(story: &Story) -> Option<Option<UserId>> {
    story.events.iter().rev().find_map(|(event, _)| match event {
        Event::Answered { by, .. } => Some(*by),
        _ => None,
    })
}

#[test]
fn a_reminder_and_a_breakpoint_leave_the_turns_as_they_are() {
    let mut story = all();
    story.climbs(Act::Remind);
    story.climbs(Act::Breakpoint);
    assert_eq!((story.turns(), story.events.len()), (vec![2, 3], 4));
}

#[test]
fn a_superior_joins_and_answers_in_the_name_of_whom_they_help() {
    let mut story = all();
    story.climbs(Act::Superior);
    story.approves(102).unwrap();
    assert_eq!((story.turns(), story.on_behalf_of()), (vec![3], Some(user(2))));
    assert_eq!(story.takes_back(2), Err(Refusal::NotYours), "it was not their word");
    story.takes_back(102).unwrap();
    assert_eq!((story.turns(), story.on_behalf_of()), (vec![2, 3], Some(user(2))));
    story.approves(2).unwrap();
    assert_eq!(story.on_behalf_of(), None);
}

#[test]
fn each_rung_brings_in_somebody_higher() {
    let mut story = all();
    story.climbs(Act::Superior);
    story.climbs(Act::Superior);
    story.climbs(Act::Director);
    story.climbs(Act::Director);
    let also: Vec<u128> = story.state.tasks[0].seats[0].also.iter().map(|user| user.0.as_u128()).collect();
    assert_eq!(also, [102, 202, 800], "nobody joins twice");
}

#[test]
fn a_turn_is_handed_to_the_nearest_superior_who_is_free() {
    let mut story = Story::of(one(&[2, 102], json!({"type": "all"})));
    story.climbs(Act::Reassign);
    assert_eq!(story.turns(), [202, 302]);
}

#[test]
fn the_machine_decides_as_a_machine() {
    let mut story = all();
    story.climbs(Act::AutoApprove);
    assert_eq!((story.open_nodes(), last_answered_by(&story)), (vec!["b"], Some(None)));
    assert_eq!(story.takes_back(3), Err(Refusal::NotYours), "nobody takes a machine's word back");
    story.climbs(Act::AutoReject);
    assert_eq!(story.state.status, Status::Rejected);
}

#[test]
fn the_machine_decides_a_sequence_and_opinions_that_are_asked_for_to_the_end() {
    let mut story = Story::of(one(&[2, 3, 4], json!({"type": "sequential"})));
    story.delegates(2, 5).unwrap();
    story.climbs(Act::AutoApprove);
    assert_eq!(story.state.status, Status::Approved);
}

#[test]
fn a_rung_of_a_node_that_is_done_does_nothing() {
    let mut story = all();
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    let n_events = story.events.len();
    let done = answered(|answers| {
        climb(story.case(answers), &story.state, 0, (3, Rung { percent: 150, act: Act::AutoReject }))
    });
    story.keep(None, done.unwrap());
    assert_eq!(story.events.len(), n_events);
}

#[test]
fn what_is_not_needed_any_more_ends_once() {
    let mut story = all();
    for status in [Status::Lapsed, Status::Withdrawn] {
        let done = end(story.case(&Answers::default()), &story.state, status);
        story.keep(None, done);
    }
    assert_eq!(story.state.status, Status::Lapsed);
    let done =
        renew(story.case(&Answers::default()), &story.state, story.state.initiator, Some("h9".to_owned()));
    assert_eq!(done.events, [], "what is over is not asked about anew");
}

#[test]
fn something_newer_is_asked_with_the_same_turns() {
    let mut story = all();
    story.approves(2).unwrap();
    let done =
        renew(story.case(&Answers::default()), &story.state, story.state.initiator, Some("h2".to_owned()));
    story.keep(None, done);
    assert_eq!((story.turns(), story.state.content_hash.as_deref()), (vec![3], Some("h2")));
}

#[test]
fn a_leavers_turns_go_to_somebody_who_may_answer() {
    let mut story = all();
    story.moves(2, 5);
    assert_eq!(story.turns(), [5, 3]);
    story.moves(5, 1);
    assert_eq!(story.turns(), [101, 3], "not to who asks, but to their superior");
    story.moves(101, 3);
    assert_eq!(story.turns(), [103, 3], "not to who is asked already");
}

#[test]
fn a_leavers_turn_that_has_not_come_yet_does_not_come_by_it() {
    let mut story = Story::of(one(&[2, 3], json!({"type": "sequential"})));
    story.moves(3, 5);
    assert_eq!(story.turns(), [2]);
    story.approves(2).unwrap();
    assert_eq!(story.turns(), [5]);
}

#[test]
fn a_level_climbs_in_order_and_never_decides_about_money() {
    let level = |key: &str, ladder: Value| {
        let level = json!({"key": key, "name": "级", "working_minutes": 480, "ladder": ladder});
        let levels: Vec<Value> = Kind::ALL
            .into_iter()
            .map(Kind::name)
            .filter(|name| *name != key)
            .map(|name| json!({"key": name, "name": name, "working_minutes": 480, "ladder": []}))
            .chain([level])
            .collect();
        let levels: ServiceLevels = serde_json::from_value(json!({"levels": levels})).unwrap();
        levels.check().into_iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    let rung = |percent: i32, act: &str| json!({"percent": percent, "act": act});
    assert!(level("request", json!([rung(50, "remind"), rung(200, "auto_approve")])).is_empty());
    assert_eq!(level("request", json!([rung(50, "remind"), rung(50, "superior")])), ["not_in_order"]);
    assert_eq!(level("request", json!([rung(1001, "remind")])), ["not_in_order"]);
    for kind in ["special_approval", "legal_review", "dispute"] {
        assert_eq!(level(kind, json!([rung(100, "auto_reject")])), ["auto_decision_forbidden"]);
    }
}

#[test]
fn a_node_without_a_level_takes_that_of_its_kind() {
    let levels = ["request", "fast"].map(|key| ServiceLevel {
        key: key.to_owned(),
        name: key.to_owned(),
        working_minutes: 60,
        ladder: Vec::new(),
    });
    let levels = ServiceLevels { levels: levels.to_vec() };
    let key = |named, kind| levels.find(named, kind).map(|level| level.key.as_str());
    assert_eq!(key(Some("fast"), Kind::Request), Some("fast"));
    assert_eq!(key(None, Kind::Request), Some("request"));
    assert_eq!(key(Some("gone"), Kind::Request), Some("request"));
    assert_eq!(key(None, Kind::Dispute), None);
}

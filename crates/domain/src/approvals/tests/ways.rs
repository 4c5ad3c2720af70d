//! Choices, ways taken at once, joins and carbon copies.

use super::*;

fn all() -> Value {
    json!({"type": "all"})
}

fn over(amount: u32, to: &str) -> Value {
    json!({"when": {"field": "amount", "op": "greater", "value": amount}, "to": to})
}

#[test]
fn a_choice_takes_the_first_way_whose_condition_holds() {
    let nodes = json!([
        {"type": "choice", "key": "c", "name": "c", "ways": [over(100, "x"), over(10, "y")], "otherwise": "z"},
        asks("x", &[2], all(), None),
        asks("y", &[3], all(), None),
        asks("z", &[4], all(), None),
    ]);
    let turns = |amount: u32| Story::open(flow(&nodes), json!({"amount": amount})).unwrap().turns();
    assert_eq!((turns(101), turns(100), turns(10)), (vec![2], vec![3], vec![4]));
}

#[test]
fn an_inclusive_node_takes_every_way_whose_condition_holds() {
    let nodes = json!([
        {"type": "inclusive", "key": "i", "name": "i", "join": "j",
            "ways": [over(10, "x"), over(100, "y")], "otherwise": "z"},
        asks("x", &[2], all(), Some("j")),
        asks("y", &[3], all(), Some("j")),
        asks("z", &[4], all(), Some("j")),
        {"type": "join", "key": "j", "name": "j", "next": "e"},
        asks("e", &[5], all(), None),
    ]);
    let story = |amount: u32| Story::open(flow(&nodes), json!({"amount": amount})).unwrap();
    assert_eq!((story(101).turns(), story(11).turns(), story(1).turns()), (vec![2, 3], vec![2], vec![4]));
    let mut story = story(101);
    story.approves(3).unwrap();
    assert_eq!(story.turns(), [2], "the join waits for both");
    story.approves(2).unwrap();
    assert_eq!(story.turns(), [5]);
}

/// Two ways, of which the first splits again; then `e`.
fn nested() -> Story {
    Story::of(flow(&json!([
        {"type": "parallel", "key": "p", "name": "p", "branches": ["q", "b"], "join": "j"},
        {"type": "parallel", "key": "q", "name": "q", "branches": ["x", "y"], "join": "k"},
        asks("x", &[2], all(), Some("k")),
        asks("y", &[3], all(), Some("k")),
        {"type": "join", "key": "k", "name": "k", "next": "z"},
        asks("z", &[4], all(), Some("j")),
        asks("b", &[5], all(), Some("j")),
        {"type": "join", "key": "j", "name": "j", "next": "e"},
        asks("e", &[6], all(), None),
    ])))
}

#[test]
fn ways_within_ways_meet_from_the_inside_out() {
    let mut story = nested();
    assert_eq!(story.open_nodes(), ["x", "y", "b"]);
    story.approves(2).unwrap();
    story.approves(5).unwrap();
    assert_eq!(story.open_nodes(), ["y"]);
    story.approves(3).unwrap();
    assert_eq!(story.open_nodes(), ["z"]);
    story.approves(4).unwrap();
    assert_eq!(story.open_nodes(), ["e"]);
    story.approves(6).unwrap();
    assert_eq!(story.state.status, Status::Approved);
}

#[test]
fn an_answer_is_taken_back_over_a_join() {
    let mut story = nested();
    story.approves(5).unwrap();
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    story.takes_back(3).unwrap();
    assert_eq!(story.open_nodes(), ["y"]);
    story.approves(3).unwrap();
    story.approves(4).unwrap();
    assert_eq!(story.open_nodes(), ["e"]);
    story.takes_back(4).unwrap();
    assert_eq!(story.open_nodes(), ["z"]);
    story.approves(4).unwrap();
    story.approves(6).unwrap();
    assert_eq!(story.state.status, Status::Approved, "each way is counted once");
}

#[test]
fn a_refusal_on_one_way_ends_all() {
    let mut story = nested();
    story.rejects(5).unwrap();
    assert_eq!((story.state.status, story.turns()), (Status::Rejected, vec![]));
    let cancelled = story.state.tasks.iter().filter(|task| task.status == TaskStatus::Cancelled);
    assert_eq!(cancelled.count(), 2);
}

#[test]
fn a_carbon_copy_tells_everybody_once_and_goes_on() {
    let to = json!([
        {"type": "person", "username": "p5"},
        {"type": "superior", "of": "initiator", "levels": 2},
        {"type": "person", "username": "p5"},
        {"type": "role", "role": "legal"},
    ]);
    let mut story = Story::of(flow(&json!([
        asks("a", &[2], all(), Some("c")),
        {"type": "copy", "key": "c", "name": "c", "to": to, "next": null},
    ])));
    story.approves(2).unwrap();
    let copied = story.events.iter().find_map(|(event, _)| match event {
        Event::Copied { to, .. } => Some(to.clone()),
        _ => None,
    });
    assert_eq!(copied, Some(vec![user(5), user(101), user(201)]));
    assert_eq!(story.state.status, Status::Approved);
}

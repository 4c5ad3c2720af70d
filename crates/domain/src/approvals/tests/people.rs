//! Who is asked, who is not, and who answers for whom.

use super::*;

/// A node that asks persons 1 (who asks) and, where `others`, 2; then a node that asks person 3.
fn own(policy: &str, others: bool) -> Story {
    let people: &[u32] = if others { &[1, 2] } else { &[1] };
    let mut node = asks("a", people, json!({"type": "all"}), Some("b"));
    node["own_matter"] = json!(policy);
    Story::of(flow(&json!([node, asks("b", &[3], json!({"type": "all"}), None)])))
}

#[test]
fn who_asks_is_left_out_or_stands_for_themselves_or_is_replaced() {
    assert_eq!(own("skip", true).turns(), [2]);
    assert_eq!(own("superior", true).turns(), [101, 2]);
    assert_eq!(own("department_head", true).turns(), [800, 2]);
    let mut story = own("themselves", true);
    assert_eq!(story.turns(), [1, 2]);
    story.approves(1).unwrap();
    assert_eq!(story.turns(), [2]);
    let mut story = own("skip", true);
    assert_eq!(story.approves(1), Err(Refusal::OwnMatter));
    assert_eq!(story.acts_for(1, &[2], &yes()), Err(Refusal::OwnMatter), "not as anybody's agent either");
}

#[test]
fn where_only_who_asks_is_found_it_is_as_if_nobody_were() {
    assert_eq!(own("skip", false).turns(), [900]);
    let mut node = asks("a", &[1], json!({"type": "all"}), Some("b"));
    node["nobody"] = json!("skip");
    let story = Story::of(flow(&json!([node, asks("b", &[3], json!({"type": "all"}), None)])));
    assert_eq!(story.passed_over(), [("a".to_owned(), PassedOver::OwnMatter)]);
    assert_eq!(story.turns(), [3]);
}

fn yes() -> Verb {
    Verb::Answer { word: Word::Approve, comment: None }
}

/// A node that asks person 2, then one whose people the company does not have.
fn then_nobody(policy: &str) -> Story {
    let mut node = asks("b", &[], json!({"type": "all"}), None);
    node["approvers"] = json!([{"who": {"type": "role", "role": "legal"}}]);
    node["nobody"] = json!(policy);
    Story::of(flow(&json!([asks("a", &[2], json!({"type": "all"}), Some("b")), node])))
}

#[test]
fn where_nobody_is_found_the_admin_is_asked_or_it_is_passed_over_or_fails() {
    let mut story = then_nobody("admin");
    story.approves(2).unwrap();
    assert_eq!(story.turns(), [900]);
    let mut story = then_nobody("skip");
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Approved);
    assert_eq!(story.passed_over(), [("b".to_owned(), PassedOver::Nobody)]);
    let mut story = then_nobody("fail");
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Failed);
}

#[test]
fn what_would_fail_at_once_is_not_begun() {
    let mut node = asks("a", &[], json!({"type": "all"}), None);
    node["approvers"] = json!([{"who": {"type": "role", "role": "legal"}}]);
    node["nobody"] = json!("fail");
    assert_eq!(Story::open(flow(&json!([node.clone()])), json!({})).err(), Some(Refusal::NobodyToDecide));
    node["next"] = json!("j");
    let beside = Story::open(
        flow(&json!([
            {"type": "parallel", "key": "p", "name": "p", "branches": ["b", "a"], "join": "j"},
            asks("b", &[2], json!({"type": "all"}), Some("j")),
            node,
            {"type": "join", "key": "j", "name": "j"},
        ])),
        json!({}),
    );
    assert_eq!(beside.err(), Some(Refusal::NobodyToDecide), "nor where another way has people");
}

#[test]
fn the_chosen_are_asked_and_the_first_that_is_found() {
    let mut node = asks("a", &[], json!({"type": "all"}), None);
    node["approvers"] = json!([
        {"who": {"type": "chosen", "among": [], "most": 2}},
        {"who": {"type": "first_of", "choices": [
            {"type": "role", "role": "legal"},
            {"type": "person", "username": "p1"},
            {"type": "superior", "of": "initiator", "levels": 2},
        ]}},
        {"who": {"type": "superior", "of": "owner"}},
    ]);
    let story = Story::open_choosing(flow(&json!([node])), json!({}), &[5, 1, 5]).unwrap();
    assert_eq!(story.turns(), [5, 101, 201]);
}

/// A node that asks person 2, one that asks `between`, and one that asks person 2 and passes over who just agreed.
fn again(between: &[u32]) -> Story {
    let mut flow = chain(&[&[2], between, &[2]]);
    for node in &mut flow.nodes {
        if let flow::Node::Approval(node) = node {
            node.same_again = flow::SameAgain::Skip;
            node.nobody = flow::Nobody::Skip;
        }
    }
    Story::of(flow)
}

#[test]
fn who_agreed_just_before_is_not_asked_again() {
    let mut story = again(&[2]);
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Approved);
    let mut story = again(&[1]);
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Approved, "a node nobody was asked in lies between");
    let mut story = again(&[3]);
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    assert_eq!(story.turns(), [2], "somebody else was asked between");
}

#[test]
fn an_agent_answers_in_both_names_one_person_at_a_time() {
    let mut story = Story::of(one(&[2, 3, 4], json!({"type": "all"})));
    story.acts_for(2, &[3, 4], &yes()).unwrap();
    assert_eq!((story.turns(), story.on_behalf_of()), (vec![3, 4], None), "for themselves first");
    story.acts_for(2, &[3, 4], &yes()).unwrap();
    assert_eq!((story.turns(), story.on_behalf_of()), (vec![4], Some(user(3))));
    story.acts_for(2, &[3, 4], &Verb::TakeBack).unwrap();
    assert_eq!((story.turns(), story.on_behalf_of()), (vec![3, 4], Some(user(3))));
    assert_eq!(story.acts_for(5, &[6], &yes()), Err(Refusal::NotYours));
}

#[test]
fn only_who_gave_a_word_takes_it_back() {
    let mut story = Story::of(chain(&[&[2], &[3]]));
    story.acts_for(5, &[2], &yes()).unwrap();
    assert_eq!(story.takes_back(2), Err(Refusal::NotYours));
    assert_eq!(story.acts_for(6, &[2], &Verb::TakeBack), Err(Refusal::NotYours));
    story.acts_for(5, &[2], &Verb::TakeBack).unwrap();
    assert_eq!(story.turns(), [2]);
}

#[test]
fn who_is_asked_on_several_ways_answers_once() {
    let all = || json!({"type": "all"});
    let mut story = Story::of(flow(&json!([
        {"type": "parallel", "key": "p", "name": "p", "branches": ["a", "b"], "join": "j"},
        asks("a", &[2], all(), Some("j")),
        asks("b", &[2], all(), Some("j")),
        {"type": "join", "key": "j", "name": "j"},
    ])));
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Approved);
}

//! Giving something back, and handing it in again.

use super::*;

fn to(node: &str) -> Target {
    Target::Node(node.to_owned())
}

#[test]
fn given_back_to_who_asks_everything_waits_for_them() {
    let mut story = Story::of(chain(&[&[2], &[3]]));
    story.approves(2).unwrap();
    story.returns(3, Target::Initiator).unwrap();
    assert_eq!((story.state.status, story.turns()), (Status::Returned, vec![]));
    assert_eq!(story.approves(3), Err(Refusal::GivenBack));
    assert_eq!(
        story.acts(2, &Verb::Resubmit { content_hash: None, comment: None }),
        Err(Refusal::NotInitiator)
    );
    story.acts(1, &Verb::Withdraw { reason: None }).unwrap();
    assert_eq!(story.state.status, Status::Withdrawn, "with who asks, no consent is needed");
}

#[test]
fn what_was_not_given_back_is_not_handed_in_again() {
    let mut story = Story::of(chain(&[&[2]]));
    assert_eq!(story.resubmits("h2"), Err(Refusal::NotGivenBack));
}

#[test]
fn what_was_agreed_stands_while_the_content_is_the_same() {
    let mut story = Story::of(chain(&[&[2], &[3]]));
    story.approves(2).unwrap();
    story.returns(3, Target::Initiator).unwrap();
    story.resubmits("h1").unwrap();
    assert_eq!(story.open_nodes(), ["b"], "who gave it back is asked again");
    assert_eq!(story.passed_over(), [("a".to_owned(), PassedOver::AgreedBefore)]);
}

#[test]
fn what_was_agreed_lapses_with_other_content() {
    let mut story = Story::of(chain(&[&[2], &[3]]));
    story.approves(2).unwrap();
    story.returns(3, Target::Initiator).unwrap();
    story.resubmits("h2").unwrap();
    assert_eq!((story.open_nodes(), story.state.round), (vec!["a"], 2));
}

#[test]
fn the_node_before_the_first_is_who_asks() {
    let mut story = Story::of(chain(&[&[2], &[3]]));
    story.approves(2).unwrap();
    story.returns(3, Target::Previous).unwrap();
    assert_eq!((story.open_nodes(), story.state.round), (vec!["a"], 2));
    story.returns(2, Target::Previous).unwrap();
    assert_eq!(story.state.status, Status::Returned);
}

#[test]
fn only_named_nodes_that_were_come_by_may_be_given_back_to() {
    let mut flow = chain(&[&[2], &[3], &[4]]);
    let mut story = Story::of(flow.clone());
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    assert_eq!(story.returns(4, to("a")), Err(Refusal::TargetUnreachable), "not named");
    assert_eq!(story.returns(4, to("c")), Err(Refusal::TargetUnreachable), "not earlier");
    let Some(flow::Node::Approval(node)) = flow.nodes.last_mut() else { panic!("asks") };
    node.return_to = vec!["a".to_owned()];
    let mut story = Story::of(flow);
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    story.returns(4, to("a")).unwrap();
    assert_eq!(story.open_nodes(), ["a"]);
    story.approves(2).unwrap();
    assert_eq!(story.open_nodes(), ["c"], "what lies between stands");
}

#[test]
fn a_record_is_handed_in_three_times_at_most() {
    let mut story = Story::of(chain(&[&[2], &[3]]));
    story.returns(2, Target::Initiator).unwrap();
    story.resubmits("h2").unwrap();
    story.approves(2).unwrap();
    story.returns(3, Target::Previous).unwrap();
    assert_eq!(story.state.round, MOST_ROUNDS);
    assert_eq!(story.returns(2, Target::Initiator), Err(Refusal::RoundsUsedUp));
    story.rejects(2).unwrap();
    assert_eq!(story.state.status, Status::Rejected);
}

/// Ways `a` to `aa` and `b` at once, then `c`, before them `s`.
fn two_ways() -> Story {
    let all = || json!({"type": "all"});
    let mut second = asks("aa", &[3], all(), Some("j"));
    second["return_to"] = json!(["s"]);
    Story::of(flow(&json!([
        asks("s", &[6], all(), Some("p")),
        {"type": "parallel", "key": "p", "name": "p", "branches": ["a", "b"], "join": "j"},
        asks("a", &[2], all(), Some("aa")),
        second,
        asks("b", &[4], all(), Some("j")),
        {"type": "join", "key": "j", "name": "j", "next": "c"},
        asks("c", &[5], all(), None),
    ])))
}

#[test]
fn given_back_along_its_own_way_the_way_beside_goes_on() {
    let mut story = two_ways();
    story.approves(6).unwrap();
    story.approves(2).unwrap();
    story.returns(3, Target::Previous).unwrap();
    assert_eq!(story.open_nodes(), ["b", "a"]);
    story.approves(4).unwrap();
    story.approves(2).unwrap();
    assert_eq!(story.open_nodes(), ["aa"], "the join waits for it");
    story.approves(3).unwrap();
    assert_eq!(story.open_nodes(), ["c"]);
}

#[test]
fn the_node_before_is_never_on_another_way() {
    let mut story = two_ways();
    story.approves(6).unwrap();
    story.approves(2).unwrap();
    story.approves(4).unwrap();
    story.returns(3, Target::Previous).unwrap();
    assert_eq!(story.open_nodes(), ["a"]);
}

#[test]
fn given_back_to_before_the_ways_all_of_them_end() {
    let mut story = two_ways();
    story.approves(6).unwrap();
    story.approves(2).unwrap();
    story.returns(3, to("s")).unwrap();
    assert_eq!(story.open_nodes(), ["s"]);
    story.approves(6).unwrap();
    assert_eq!(story.open_nodes(), ["aa", "b"], "what was agreed on the way stands");
    story.returns(3, Target::Previous).unwrap();
    assert_eq!(story.open_nodes(), ["b", "a"], "also where it was agreed in the round before");
}

#[test]
fn who_agreed_beside_the_one_who_gave_it_back_is_not_asked_again_to_the_same() {
    let all = || json!({"type": "all"});
    let mut story = Story::of(one(&[2, 3, 4], all()));
    story.approves(2).unwrap();
    story.returns(3, Target::Initiator).unwrap();
    story.resubmits("h1").unwrap();
    assert_eq!(story.turns(), [3, 4]);
    story.approves(3).unwrap();
    story.approves(4).unwrap();
    assert_eq!(story.state.status, Status::Approved);

    let mut story = Story::of(one(&[2, 3, 4], all()));
    story.approves(2).unwrap();
    story.returns(3, Target::Initiator).unwrap();
    story.resubmits("h2").unwrap();
    assert_eq!(story.turns(), [2, 3, 4], "other content is asked of all");
}

#[test]
fn in_a_sequence_it_goes_on_with_who_gave_it_back() {
    let mut story = Story::of(one(&[2, 3, 4], json!({"type": "sequential"})));
    story.approves(2).unwrap();
    story.returns(3, Target::Initiator).unwrap();
    story.resubmits("h1").unwrap();
    assert_eq!(story.turns(), [3]);
    story.approves(3).unwrap();
    assert_eq!(story.turns(), [4]);
}

#[test]
fn what_was_agreed_is_enough_where_the_one_who_gave_it_back_is_asked_no_more() {
    let mut story = Story::of(one(&[2, 3], json!({"type": "all"})));
    story.approves(2).unwrap();
    story.returns(3, Target::Initiator).unwrap();
    story.flow = one(&[2], json!({"type": "all"}));
    story.resubmits("h1").unwrap();
    assert_eq!((story.state.status, story.turns()), (Status::Approved, vec![]));
}

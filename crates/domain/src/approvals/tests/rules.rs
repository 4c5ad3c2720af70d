//! How many have to agree.

use super::*;

/// People 2, 3 and so on are asked; `answers` are given in order. Answers how it stands after each.
fn check(n: u32, node: Value, answers: &[(u32, bool)], expected: Status) {
    let people: Vec<u32> = (2..2 + n).collect();
    let mut asked = asks("a", &people, node["rule"].clone(), None);
    if let Some(refusal) = node.get("refusal") {
        asked["refusal"] = refusal.clone();
    }
    let mut story = Story::of(flow(&json!([asked])));
    for (place, (who, agrees)) in answers.iter().enumerate() {
        assert_eq!(story.state.status, Status::Open, "{node}: open before answer {place}");
        if *agrees { story.approves(*who).unwrap() } else { story.rejects(*who).unwrap() }
    }
    assert_eq!(story.state.status, expected, "{node} {answers:?}");
}

#[test]
fn a_sequence_asks_one_after_the_other_and_the_first_refusal_ends_it() {
    let mut story = Story::of(one(&[2, 3, 4], json!({"type": "sequential"})));
    assert_eq!(story.turns(), [2]);
    assert_eq!(story.approves(3), Err(Refusal::NotYours));
    story.approves(2).unwrap();
    assert_eq!(story.turns(), [3]);
    assert_eq!(story.approves(2), Err(Refusal::AlreadyAnswered));
    story.rejects(3).unwrap();
    assert_eq!(story.state.status, Status::Rejected);
}

#[test]
fn a_countersign_needs_everybody_in_any_order() {
    let rule = || json!({"rule": {"type": "all"}});
    check(3, rule(), &[(4, true), (2, true)], Status::Open);
    check(3, rule(), &[(4, true), (2, true), (3, true)], Status::Approved);
    check(3, rule(), &[(4, true), (2, false)], Status::Rejected);
}

#[test]
fn one_is_enough_for_any_of_and_the_refusal_rule_says_how_many_refuse() {
    let rule = |refusal: &str| json!({"rule": {"type": "any_of"}, "refusal": refusal});
    check(3, rule("veto"), &[(3, true)], Status::Approved);
    check(3, rule("veto"), &[(3, false)], Status::Rejected);
    check(3, rule("majority"), &[(3, false)], Status::Open);
    check(3, rule("majority"), &[(3, false), (2, false)], Status::Rejected);
    check(4, rule("majority"), &[(3, false), (2, false)], Status::Open);
    check(3, rule("majority"), &[(3, false), (2, true)], Status::Approved);
    check(3, rule("all"), &[(3, false), (2, false)], Status::Open);
    check(3, rule("all"), &[(3, false), (2, false), (4, false)], Status::Rejected);
}

#[test]
fn a_share_is_rounded_up_to_whole_people() {
    let rule = |percent: u32| json!({"rule": {"type": "ratio", "percent": percent}});
    check(4, rule(66), &[(2, true), (3, true)], Status::Open);
    check(4, rule(66), &[(2, true), (3, true), (4, true)], Status::Approved);
    check(4, rule(50), &[(2, true), (3, true)], Status::Approved);
    check(4, rule(51), &[(2, true), (3, true)], Status::Open);
    check(3, rule(1), &[(2, true)], Status::Approved);
    check(2, rule(100), &[(2, true)], Status::Open);
}

#[test]
fn a_share_that_cannot_be_reached_any_more_is_refused() {
    let rule = || json!({"rule": {"type": "ratio", "percent": 66}});
    check(4, rule(), &[(2, false)], Status::Open);
    check(4, rule(), &[(2, false), (3, false)], Status::Rejected);
}

/// Person 2 weighs 3, persons 3 and 4 weigh 1 each.
fn weighted(pass: u32) -> Story {
    let mut node = asks("a", &[2, 3, 4], json!({"type": "weighted", "pass": pass}), None);
    node["approvers"][0]["weight"] = json!(3);
    Story::of(flow(&json!([node])))
}

#[test]
fn votes_count_by_their_weight() {
    let mut story = weighted(3);
    story.approves(3).unwrap();
    story.approves(4).unwrap();
    assert_eq!(story.state.status, Status::Open);
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Approved);
    let mut story = weighted(3);
    story.rejects(2).unwrap();
    assert_eq!(story.state.status, Status::Rejected, "the others weigh 2");
}

#[test]
fn a_weight_nobody_has_means_everybody() {
    let mut story = weighted(9);
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    assert_eq!(story.state.status, Status::Open);
    story.approves(4).unwrap();
    assert_eq!(story.state.status, Status::Approved);
}

/// One of the legal people and two of finance: person 2 for legal, 3 to 5 for finance.
fn grouped(nobody: &str, has_legal: bool) -> Result<Story, Refusal> {
    let quorum = json!({"type": "per_group", "quorum": {"finance": 2, "legal": 1}});
    let mut node = asks("a", &[2, 3, 4, 5], quorum, None);
    for (place, group) in ["legal", "finance", "finance", "finance"].into_iter().enumerate() {
        node["approvers"][place]["group"] = json!(group);
    }
    if !has_legal {
        node["approvers"][0]["who"] = json!({"type": "role", "role": "legal"});
    }
    node["nobody"] = json!(nobody);
    Story::open(flow(&json!([node])), json!({}))
}

#[test]
fn each_group_has_a_quorum_of_its_own() {
    let mut story = grouped("admin", true).unwrap();
    story.approves(3).unwrap();
    story.approves(4).unwrap();
    assert_eq!(story.state.status, Status::Open, "legal has not agreed");
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Approved);
    let mut story = grouped("admin", true).unwrap();
    story.rejects(3).unwrap();
    assert_eq!(story.state.status, Status::Open, "two of finance are left");
    story.rejects(4).unwrap();
    assert_eq!(story.state.status, Status::Rejected);
}

#[test]
fn a_group_that_nobody_fills_is_the_admins_or_left_out_or_fails() {
    let mut story = grouped("admin", false).unwrap();
    story.approves(3).unwrap();
    story.approves(4).unwrap();
    assert_eq!((story.turns(), story.state.status), (vec![5, 900], Status::Open));
    story.approves(900).unwrap();
    assert_eq!(story.state.status, Status::Approved);
    let mut story = grouped("skip", false).unwrap();
    story.approves(3).unwrap();
    story.approves(4).unwrap();
    assert_eq!(story.state.status, Status::Approved);
    assert_eq!(grouped("fail", false).err(), Some(Refusal::NobodyToDecide));
}

#[test]
fn a_quorum_larger_than_its_group_is_the_whole_group() {
    let mut node = asks("a", &[2, 3], json!({"type": "per_group", "quorum": {"g": 5}}), None);
    node["approvers"][0]["group"] = json!("g");
    node["approvers"][1]["group"] = json!("g");
    let mut story = Story::of(flow(&json!([node])));
    story.approves(2).unwrap();
    assert_eq!(story.state.status, Status::Open);
    story.approves(3).unwrap();
    assert_eq!(story.state.status, Status::Approved);
}

//! What flows would have done.

use super::*;

/// Requests over `limit` come by `b` as well.
fn flows(limit: u32) -> Flows {
    let when = json!({"field": "amount", "op": "greater", "value": limit});
    let nodes = json!([
        asks("a", &[2], json!({"type": "all"}), Some("c")),
        {"type": "choice", "key": "c", "name": "c", "ways": [{"when": when, "to": "b"}], "otherwise": "t"},
        asks("b", &[3], json!({"type": "all"}), Some("t")),
        {"type": "copy", "key": "t", "name": "t", "to": [{"type": "person", "username": "p4"}]},
    ]);
    Flows { flows: vec![flow(&nodes)] }
}

fn amounts(amounts: &[u32]) -> Vec<(Kind, Value)> {
    amounts.iter().map(|amount| (Kind::Request, json!({"amount": amount}))).collect()
}

fn visits(rehearsal: &Rehearsal, node: &str) -> u32 {
    rehearsal.visits.get(&("f".to_owned(), node.to_owned())).copied().unwrap_or_default()
}

#[test]
fn the_same_flows_change_nothing_and_say_who_would_have_been_asked() {
    let rehearsal = rehearse(&flows(10), &flows(10), &amounts(&[5, 10, 11]));
    assert_eq!((rehearsal.n_records, rehearsal.n_different, rehearsal.n_without_flow), (3, 0, 0));
    assert_eq!((visits(&rehearsal, "a"), visits(&rehearsal, "b")), (3, 1));
    assert_eq!(visits(&rehearsal, "t"), 0, "nobody decides in a copy");
}

#[test]
fn a_higher_limit_sends_fewer_records_to_the_second() {
    let rehearsal = rehearse(&flows(100), &flows(10), &amounts(&[5, 11, 100, 101]));
    assert_eq!((rehearsal.n_different, visits(&rehearsal, "b")), (2, 1));
}

#[test]
fn a_record_that_no_flow_takes_is_counted() {
    let mut retired = flows(10);
    retired.flows[0].is_retired = true;
    let rehearsal = rehearse(&retired, &flows(10), &amounts(&[5]));
    assert_eq!((rehearsal.n_records, rehearsal.n_without_flow, rehearsal.n_different), (1, 1, 0));
    let new = rehearse(&flows(10), &retired, &amounts(&[5]));
    assert_eq!((new.n_without_flow, new.n_different), (0, 1), "a flow where there was none");
}

#[test]
fn ways_that_are_taken_at_once_are_all_come_by() {
    let when = json!({"field": "amount", "op": "greater", "value": 10});
    let all = || json!({"type": "all"});
    let nodes = json!([
        {"type": "inclusive", "key": "i", "name": "i", "join": "j", "ways": [{"when": when, "to": "p"}],
            "otherwise": "x"},
        {"type": "parallel", "key": "p", "name": "p", "branches": ["y", "z"], "join": "k"},
        asks("y", &[2], all(), Some("k")),
        asks("z", &[3], all(), Some("k")),
        {"type": "join", "key": "k", "name": "k", "next": "j"},
        asks("x", &[4], all(), Some("j")),
        {"type": "join", "key": "j", "name": "j", "next": "e"},
        asks("e", &[5], all(), None),
    ]);
    let flows = Flows { flows: vec![flow(&nodes)] };
    let rehearsal = rehearse(&flows, &flows, &amounts(&[11, 12, 1]));
    let n = |node| visits(&rehearsal, node);
    assert_eq!((n("y"), n("z"), n("x"), n("e")), (2, 2, 1, 3));
}

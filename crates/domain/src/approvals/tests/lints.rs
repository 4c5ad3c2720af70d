//! What is wrong with flows before they are published.

use super::*;

fn all() -> Value {
    json!({"type": "all"})
}

/// The faults of a flow, each as `pointer code`.
fn faults(nodes: &Value) -> Vec<String> {
    lint(&flow(nodes)).into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
}

/// A node that asks person 2, with something else about it.
fn asks_with(key: &str, value: Value) -> Value {
    let mut node = asks("a", &[2], all(), None);
    node[key] = value;
    node
}

fn check(nodes: &Value, expected: &[&str]) {
    assert_eq!(faults(nodes), expected, "{nodes}");
}

fn parallel(key: &str, branches: &[&str], join: &str) -> Value {
    json!({"type": "parallel", "key": key, "name": key, "branches": branches, "join": join})
}

fn join(key: &str, next: Option<&str>) -> Value {
    json!({"type": "join", "key": key, "name": key, "next": next})
}

#[test]
fn names_stand_once_and_ways_lead_somewhere() {
    check(
        &json!([asks("a", &[2], all(), None), asks("a", &[3], all(), None)]),
        &["/flows/0/nodes/1/key key_twice"],
    );
    check(&json!([asks("a", &[2], all(), Some("x"))]), &["/flows/0/nodes/0 node_unknown"]);
    let mut lost = flow(&json!([asks("a", &[2], all(), None)]));
    lost.start = "x".to_owned();
    assert_eq!(lint(&lost), [Fault::new("/flows/0/start", "node_unknown")]);
}

#[test]
fn every_node_can_be_reached_and_none_leads_back() {
    check(
        &json!([asks("a", &[2], all(), None), asks("b", &[3], all(), None)]),
        &["/flows/0/nodes/1 node_unreachable"],
    );
    check(
        &json!([asks("a", &[2], all(), Some("b")), asks("b", &[3], all(), Some("a"))]),
        &["/flows/0/nodes/0 flow_goes_round", "/flows/0/nodes/1 flow_goes_round"],
    );
}

#[test]
fn ways_that_part_meet_again_and_do_not_cross() {
    let two = |left: Option<&str>, right: Option<&str>, last: Value| {
        let (a, b) = (asks("a", &[2], all(), left), asks("b", &[3], all(), right));
        json!([parallel("p", &["a", "b"], "j"), a, b, last])
    };
    check(&two(Some("j"), Some("j"), join("j", None)), &[]);
    check(&two(Some("j"), None, join("j", None)), &["/flows/0/nodes/2 branch_not_joined"]);
    check(&two(Some("b"), Some("j"), join("j", None)), &["/flows/0/nodes/2 branches_cross"]);
    check(
        &json!([asks("a", &[2], all(), Some("j")), join("j", None)]),
        &["/flows/0/nodes/1 join_without_branches"],
    );
    let once = json!([parallel("p", &["a"], "j"), asks("a", &[2], all(), Some("j")), join("j", None)]);
    check(&once, &["/flows/0/nodes/0/branches too_few_branches"]);
    let none = json!([
        {"type": "inclusive", "key": "i", "name": "i", "ways": [], "otherwise": "a", "join": "j"},
        asks("a", &[2], all(), Some("j")), join("j", None)
    ]);
    check(&none, &["/flows/0/nodes/0/ways too_few_branches"]);
}

#[test]
fn a_node_that_two_ways_lead_to_before_they_meet_is_refused() {
    let nodes = json!([
        parallel("p", &["a", "b"], "j"),
        asks("a", &[2], all(), Some("c")),
        asks("b", &[3], all(), Some("c")),
        asks("c", &[4], all(), Some("j")),
        join("j", None),
    ]);
    check(&nodes, &["/flows/0/nodes/3 branches_cross"]);
}

#[test]
fn somebody_can_be_found_who_approves() {
    check(&json!([asks("a", &[], all(), None)]), &["/flows/0/nodes/0/approvers nobody_can_approve"]);
    let unknown = json!([{"who": {"type": "person", "username": "ghost"}}]);
    check(
        &json!([asks_with("approvers", unknown.clone())]),
        &["/flows/0/nodes/0/approvers/0/who person_unknown"],
    );
    let mut node = asks_with("approvers", unknown);
    node["nobody"] = json!("fail");
    let expected =
        ["/flows/0/nodes/0/approvers nobody_can_approve", "/flows/0/nodes/0/approvers/0/who person_unknown"];
    check(&json!([node]), &expected);
    let first = json!([{"who": {"type": "first_of", "choices": [{"type": "person", "username": "ghost"}]}}]);
    check(
        &json!([asks_with("approvers", first)]),
        &["/flows/0/nodes/0/approvers/0/who/choices/0 person_unknown"],
    );
}

#[test]
fn a_copy_names_people_who_are_known() {
    let copy = |to: Value| json!([asks("a", &[2], all(), Some("c")), {"type": "copy", "key": "c", "name": "c", "to": to}]);
    check(&copy(json!([])), &["/flows/0/nodes/1/to nobody_named"]);
    check(&copy(json!([{"type": "person", "username": "ghost"}])), &["/flows/0/nodes/1/to/0 person_unknown"]);
}

#[test]
fn it_is_given_back_only_to_an_earlier_node_on_the_same_way() {
    let back = |to: &str| {
        let mut last = asks("c", &[4], all(), None);
        last["return_to"] = json!([to]);
        json!([
            asks("s", &[5], all(), Some("p")),
            parallel("p", &["a", "b"], "j"),
            asks("a", &[2], all(), Some("j")),
            asks("b", &[3], all(), Some("j")),
            join("j", Some("c")),
            last
        ])
    };
    check(&back("s"), &[]);
    for target in ["c", "a", "j", "x"] {
        check(&back(target), &["/flows/0/nodes/5/return_to/0 return_target_not_earlier"]);
    }
}

#[test]
fn numbers_are_in_range_and_every_word_counts() {
    for rule in [
        json!({"type": "ratio", "percent": 0}),
        json!({"type": "ratio", "percent": 101}),
        json!({"type": "weighted", "pass": 0}),
        json!({"type": "per_group", "quorum": {}}),
        json!({"type": "per_group", "quorum": {"g": 1}}),
    ] {
        check(&json!([asks_with("rule", rule)]), &["/flows/0/nodes/0/rule out_of_range"]);
    }
    let who = || json!({"type": "person", "username": "p2"});
    for (approver, at) in [
        (json!({"who": who(), "weight": 0}), "weight"),
        (json!({"who": {"type": "superior", "of": "initiator", "levels": 0}}), "who/levels"),
        (json!({"who": {"type": "chosen", "among": [], "most": 0}}), "who/most"),
    ] {
        let expected = format!("/flows/0/nodes/0/approvers/0/{at} out_of_range");
        check(&json!([asks_with("approvers", json!([approver]))]), &[&expected]);
    }
}

#[test]
fn conditions_look_at_fields_that_are_there_and_fit() {
    let choice = |when: Value| {
        let way = json!([{"when": when, "to": "a"}]);
        json!([{"type": "choice", "key": "c", "name": "c", "ways": way, "otherwise": "a"}, asks("a", &[2], all(), None)])
    };
    let at = "/flows/0/nodes/0/ways/0/when";
    check(&choice(json!({"field": "colour", "op": "is_set"})), &[&format!("{at}/field field_unknown")]);
    let nested = json!({"all": [{"not": {"field": "amount", "op": "greater", "value": "much"}}]});
    check(&choice(nested), &[&format!("{at}/all/0/not/value value_does_not_fit")]);
    for (op, value) in
        [("between", json!([1])), ("contains", json!("1")), ("in", json!(["x"])), ("equal", json!(true))]
    {
        let test = json!({"field": "amount", "op": op, "value": value});
        check(&choice(test), &[&format!("{at}/value value_does_not_fit")]);
    }
    check(&choice(json!({"field": "amount", "op": "between", "value": [1, "2.50"]})), &[]);
}

/// Everything wrong with several flows of requests, where every other kind has one.
fn company(flows: &[Value], levels: &Value) -> Vec<String> {
    let node = || asks("a", &[2], all(), None);
    let others = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Request).map(
        |kind| json!({"key": kind.name(), "name": "x", "kind": kind.name(), "start": "a", "nodes": [node()]}),
    );
    let flows: Vec<Value> = flows.iter().cloned().chain(others).collect();
    let flows: Flows = serde_json::from_value(json!({"flows": flows})).unwrap();
    let levels: ServiceLevels = serde_json::from_value(json!({"levels": levels})).unwrap();
    let faults = super::super::check(&flows, &levels, &|_| true);
    faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
}

fn request(key: &str, when: Value) -> Value {
    json!({"key": key, "name": "x", "kind": "request", "when": when, "start": "a",
        "nodes": [asks("a", &[2], all(), None)]})
}

#[test]
fn every_kind_has_a_flow_for_every_record_and_none_stands_in_the_shade() {
    let when = || json!({"field": "amount", "op": "greater", "value": 10});
    let check = |flows: &[Value], expected: &[&str]| assert_eq!(company(flows, &json!([])), expected);
    check(&[request("f", when()), request("g", Value::Null)], &[]);
    check(&[request("f", when())], &["/flows flow_missing"]);
    check(&[request("f", Value::Null), request("g", when())], &["/flows/1 flow_unreachable"]);
    check(&[request("f", when()), request("f", Value::Null)], &["/flows/1/key key_twice"]);
    let mut retired = request("f", Value::Null);
    retired["retired"] = json!(true);
    check(&[retired.clone(), request("g", Value::Null)], &[]);
    check(&[retired], &["/flows flow_missing"]);
    let colour = json!({"field": "colour", "op": "is_set"});
    check(&[request("f", colour), request("g", Value::Null)], &["/flows/0/when/field field_unknown"]);
}

#[test]
fn a_service_level_is_known_and_no_machine_decides_about_money() {
    let level = json!([{"key": "fast", "name": "快", "working_minutes": 60,
        "ladder": [{"percent": 100, "act": "auto_approve"}]}]);
    let with = |kind: &str, key: &str| {
        let node = asks_with("service_level", json!(key));
        let flow = json!({"key": "f", "name": "x", "kind": kind, "start": "a", "nodes": [node]});
        let found = company(&[flow, request("r", Value::Null)], &level);
        found.into_iter().filter(|fault| !fault.contains("flow_unreachable")).collect::<Vec<_>>()
    };
    assert!(with("request", "fast").is_empty());
    assert_eq!(with("request", "gone"), ["/flows/0/nodes/0/service_level service_level_unknown"]);
    assert_eq!(with("dispute", "fast"), ["/flows/0/nodes/0/service_level auto_decision_forbidden"]);
}

/// As many nodes one after the other, none of which finds anybody.
fn long(n: usize) -> Flow {
    let node = |place: usize| {
        let next = (place + 1 < n).then(|| format!("n{}", place + 1));
        let mut node = asks(&format!("n{place}"), &[], all(), next.as_deref());
        node["approvers"] = json!([{"who": {"type": "role", "role": "legal"}}]);
        node["nobody"] = json!("skip");
        node
    };
    flow(&json!((0..n).map(node).collect::<Vec<_>>()))
}

#[test]
fn a_flow_is_as_long_as_one_command_may_go() {
    let longest = usize::try_from(advance::MOST_STEPS).unwrap();
    assert!(lint(&long(longest - 1)).is_empty());
    let story = Story::open(long(longest - 1), json!({})).unwrap();
    assert_eq!(story.state.status, Status::Approved);
    assert_eq!(story.passed_over().len(), longest - 1);
    assert_eq!(lint(&long(longest + 1)), [Fault::new("/flows/0/nodes", "out_of_range")]);
    assert_eq!(Story::open(long(longest + 1), json!({})).err(), Some(Refusal::GoesRound));
}

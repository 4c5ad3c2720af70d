//! Flows and commands at random: whatever the linter accepts, and whatever people and the machine may try.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A piece of a flow, before it has names.
#[derive(Clone, Debug)]
enum Piece {
    Asks(Value),
    Copies(Value),
    Chooses(Vec<Piece>, Vec<Piece>),
    Forks { is_inclusive: bool, ways: Vec<Vec<Piece>> },
}

fn person() -> impl Strategy<Value = Value> {
    (1u32..7).prop_map(|n| json!({"type": "person", "username": format!("p{n}")}))
}

/// Mostly people; also nobody (the company has no lawyer), superiors, the chosen and the first that is found.
fn who() -> impl Strategy<Value = Value> {
    let nobody = json!({"type": "role", "role": "legal"});
    let first =
        |found: Value| json!({"type": "first_of", "choices": [{"type": "role", "role": "legal"}, found]});
    prop_oneof![
        8 => person(),
        1 => Just(nobody),
        1 => (1u32..3).prop_map(|levels| json!({"type": "superior", "of": "initiator", "levels": levels})),
        1 => Just(json!({"type": "department_head", "of": "initiator"})),
        1 => Just(json!({"type": "chosen", "among": [], "most": 3})),
        1 => person().prop_map(first),
    ]
}

fn rule() -> impl Strategy<Value = Value> {
    let quorum =
        (1u32..3, 1u32..3).prop_map(|(a, b)| json!({"type": "per_group", "quorum": {"a": a, "b": b}}));
    prop_oneof![
        Just(json!({"type": "sequential"})),
        Just(json!({"type": "all"})),
        Just(json!({"type": "any_of"})),
        (1u32..=100).prop_map(|percent| json!({"type": "ratio", "percent": percent})),
        (1u32..=6).prop_map(|pass| json!({"type": "weighted", "pass": pass})),
        quorum,
    ]
}

fn asking() -> impl Strategy<Value = Piece> {
    let refusal = prop_oneof![Just("veto"), Just("majority"), Just("all")];
    let same = prop_oneof![Just("ask"), Just("skip")];
    let own = prop_oneof![Just("themselves"), Just("skip"), Just("superior"), Just("department_head")];
    let nobody = prop_oneof![3 => Just("admin"), 3 => Just("skip"), 1 => Just("fail")];
    let people = vec((who(), 1u32..4), 2..5);
    (rule(), people, refusal, same, own, nobody).prop_map(|(rule, people, refusal, same, own, nobody)| {
        let group = |place| (rule["type"] == "per_group").then_some(if place % 2 == 0 { "a" } else { "b" });
        let approvers: Vec<Value> = people
            .into_iter()
            .enumerate()
            .map(|(place, (who, weight))| json!({"who": who, "weight": weight, "group": group(place)}))
            .collect();
        Piece::Asks(json!({"type": "approval", "name": "问", "approvers": approvers, "rule": rule,
            "refusal": refusal, "same_again": same, "own_matter": own, "nobody": nobody}))
    })
}

fn piece(depth: u32) -> BoxedStrategy<Piece> {
    let copies = who().prop_map(|who| Piece::Copies(json!({"type": "copy", "name": "抄", "to": [who]})));
    let leaf = prop_oneof![5 => asking(), 1 => copies];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || vec(piece(depth - 1), 0..3);
    let chooses = (inner(), inner()).prop_map(|(left, right)| Piece::Chooses(left, right));
    let forks = (any::<bool>(), vec(inner(), 2..4))
        .prop_map(|(is_inclusive, ways)| Piece::Forks { is_inclusive, ways });
    prop_oneof![5 => leaf, 1 => chooses, 2 => forks].boxed()
}

/// Lays pieces out backwards, so that each knows what comes next. Answers the key of the first.
fn lay(pieces: Vec<Piece>, next: String, nodes: &mut Vec<Value>) -> String {
    let when = |over: usize| json!({"field": "amount", "op": "greater", "value": 10 * over});
    pieces.into_iter().rev().fold(next, |next, piece| {
        let mut node = match piece {
            Piece::Asks(mut node) | Piece::Copies(mut node) => {
                node["next"] = json!(next);
                node
            }
            Piece::Chooses(left, right) => {
                let (left, right) = (lay(left, next.clone(), nodes), lay(right, next, nodes));
                json!({"type": "choice", "name": "选", "ways": [{"when": when(1), "to": left}], "otherwise": right})
            }
            Piece::Forks { is_inclusive, ways } => {
                let join = format!("n{}", nodes.len());
                nodes.push(json!({"type": "join", "name": "合", "key": join, "next": next}));
                let ways: Vec<String> = ways.into_iter().map(|way| lay(way, join.clone(), nodes)).collect();
                let held = |(place, to): (usize, &String)| json!({"when": when(place), "to": to});
                let each: Vec<Value> = ways.iter().enumerate().skip(1).map(held).collect();
                match is_inclusive {
                    true => json!({"type": "inclusive", "name": "分", "ways": each, "otherwise": ways[0],
                        "join": join}),
                    false => json!({"type": "parallel", "name": "分", "branches": ways, "join": join}),
                }
            }
        };
        let key = format!("n{}", nodes.len());
        node["key"] = json!(key);
        nodes.push(node);
        key
    })
}

/// A flow of pieces that ends with somebody's being asked. It may be returned to wherever the linter lets it.
pub(super) fn flows() -> impl Strategy<Value = Flow> {
    (vec(piece(2), 0..4), asking()).prop_map(|(pieces, last)| {
        let Piece::Asks(mut last) = last else { unreachable!("asks") };
        last["key"] = json!("n0");
        let mut nodes = vec![last];
        let start = lay(pieces, "n0".to_owned(), &mut nodes);
        let mut flow = flow(&json!(nodes));
        flow.start = start;
        let earlier = |key: &str| -> Vec<String> {
            let (ways, _) = branches::ways(&flow);
            let is_earlier =
                |it: &&flow::Node| flow.leads(it.key(), key) && branches::is_around(&ways, it.key(), key);
            let asks = flow.nodes.iter().filter(|node| flow.approval(node.key()).is_some());
            asks.filter(is_earlier).map(|node| node.key().to_owned()).collect()
        };
        let targets: Vec<Vec<String>> = flow.nodes.iter().map(|node| earlier(node.key())).collect();
        for (node, targets) in flow.nodes.iter_mut().zip(targets) {
            if let flow::Node::Approval(node) = node {
                node.return_to = targets;
            }
        }
        flow
    })
}

/// Flows with some ways led elsewhere: most of them the linter refuses.
pub(super) fn rewired() -> impl Strategy<Value = Flow> {
    let change = (any::<usize>(), any::<usize>(), any::<usize>());
    (flows(), vec(change, 1..4)).prop_map(|(mut flow, changes)| {
        for (node, way, to) in changes {
            let n_nodes = flow.nodes.len();
            let to = flow.nodes.get(to % (n_nodes + 1)).map(|node| node.key().to_owned());
            rewire(&mut flow.nodes[node % n_nodes], way, to);
        }
        let reached: Vec<String> = flow.reached_from(&flow.start).into_iter().map(str::to_owned).collect();
        flow.nodes.retain(|node| reached.iter().any(|key| key == node.key()));
        flow
    })
}

fn rewire(node: &mut flow::Node, way: usize, to: Option<String>) {
    match (node, to) {
        (flow::Node::Approval(it), to) => (it.next, it.return_to) = (to, Vec::new()),
        (flow::Node::Join(it), to) => it.next = to,
        (flow::Node::Copy(it), to) => it.next = to,
        (flow::Node::Choice(it), Some(to)) => it.otherwise = to,
        (flow::Node::Parallel(it), Some(to)) => {
            let n_branches = it.branches.len();
            match way % (n_branches + 1) {
                place if place < n_branches => it.branches[place] = to,
                _ => it.join = to,
            }
        }
        (flow::Node::Inclusive(it), Some(to)) => match way % 2 {
            0 => it.otherwise = to,
            _ => it.join = to,
        },
        _ => {}
    }
}

/// What may happen to a decision.
#[derive(Clone, Debug)]
pub(super) enum Command {
    /// Somebody, or somebody whose turn it is, does something; for others as well where they stand in for them.
    Acts {
        who: u32,
        has_turn: bool,
        principals: Vec<u32>,
        verb: Verb,
    },
    /// Everybody whose turn it is answers at once: each saw the same, and only one is first.
    AllAtOnce(Vec<Word>),
    Climb(usize, Act),
    Move(u32, u32),
    Renew(&'static str),
    End(Status),
}

fn verbs() -> impl Strategy<Value = Verb> {
    let comment = || Some("说明".to_owned());
    let somebody = || (1u32..9).prop_map(user);
    let node = (0usize..9).prop_map(|n| Target::Node(format!("n{n}")));
    let target = prop_oneof![1 => Just(Target::Initiator), 2 => Just(Target::Previous), 4 => node];
    prop_oneof![
        14 => Just(Verb::Answer { word: Word::Approve, comment: comment() }),
        1 => Just(Verb::Answer { word: Word::Reject, comment: comment() }),
        3 => target.prop_map(move |to| Verb::Return { to, comment: comment() }),
        2 => somebody().prop_map(move |to| Verb::Transfer { to, comment: comment() }),
        2 => somebody().prop_map(move |to| Verb::Delegate { to, comment: comment() }),
        3 => (somebody(), any::<bool>())
            .prop_map(move |(to, is_before)| Verb::AddSigner { to, is_before, comment: comment() }),
        2 => somebody().prop_map(|user| Verb::RemoveSigner { user }),
        1 => Just(Verb::AskInfo { question: comment() }),
        1 => Just(Verb::GiveInfo { answer: comment() }),
        3 => Just(Verb::TakeBack),
        1 => Just(Verb::Withdraw { reason: None }),
        2 => Just(Verb::Resubmit { content_hash: Some("h1".to_owned()), comment: None }),
        1 => Just(Verb::Resubmit { content_hash: Some("h2".to_owned()), comment: None }),
        1 => Just(Verb::Remind),
        1 => Just(Verb::ConsentToWithdrawal),
    ]
}

pub(super) fn commands() -> impl Strategy<Value = Vec<Command>> {
    let acts = (1u32..9, any::<bool>(), vec(2u32..7, 0..3), verbs())
        .prop_map(|(who, has_turn, principals, verb)| Command::Acts { who, has_turn, principals, verb });
    let act = prop_oneof![
        Just(Act::Remind),
        Just(Act::Superior),
        Just(Act::Director),
        Just(Act::Reassign),
        Just(Act::AutoApprove),
        Just(Act::AutoReject)
    ];
    let word = prop_oneof![4 => Just(Word::Approve), 1 => Just(Word::Reject)];
    let status = prop_oneof![Just(Status::Withdrawn), Just(Status::Lapsed)];
    let hash = prop_oneof![Just("h1"), Just("h3")];
    let overrule = Verb::Override { word: Word::Approve, comment: Some("特批".to_owned()) };
    let overrule = Command::Acts { who: 900, has_turn: false, principals: Vec::new(), verb: overrule };
    let command = prop_oneof![
        60 => acts,
        4 => vec(word, 1..5).prop_map(Command::AllAtOnce),
        6 => (0usize..5, act).prop_map(|(task, act)| Command::Climb(task, act)),
        3 => (1u32..9, 1u32..9).prop_map(|(from, to)| Command::Move(from, to)),
        2 => hash.prop_map(Command::Renew),
        1 => status.prop_map(Command::End),
        1 => Just(overrule),
    ];
    vec(command, 1..40)
}

//! What people may do, and why not.

use super::story::said;
use super::*;

const ALL: &[u32] = &[2, 3];

fn all() -> Story {
    Story::of(chain(&[ALL, &[4]]))
}

#[test]
fn a_refusal_and_a_return_need_a_sentence() {
    let mut story = all();
    let silent = Verb::Answer { word: Word::Reject, comment: said("  ") };
    assert_eq!(story.acts(2, &silent), Err(Refusal::CommentMissing));
    assert_eq!(
        story.acts(2, &Verb::Return { to: Target::Initiator, comment: None }),
        Err(Refusal::CommentMissing)
    );
    assert_eq!(story.acts(2, &Verb::Comment { text: None }), Err(Refusal::CommentMissing));
}

#[test]
fn vouching_for_what_a_machine_refused_needs_a_sentence() {
    let story = all();
    let who = Acting { is_override: true, ..Acting::oneself(user(2)) };
    let verb = |comment| Verb::Answer { word: Word::Approve, comment };
    let tried = |verb| answered(|answers| act(story.case(answers), &story.state, &who, &verb));
    assert_eq!(tried(verb(None)).err(), Some(Refusal::CommentMissing));
    assert!(tried(verb(said("现场看过"))).is_ok());
}

#[test]
fn what_is_over_stays_over() {
    let mut story = all();
    story.rejects(2).unwrap();
    assert_eq!(story.approves(3), Err(Refusal::AlreadyDecided));
    assert_eq!(story.takes_back(2), Err(Refusal::AlreadyDecided));
    let mut story = all();
    story.acts(1, &Verb::Withdraw { reason: None }).unwrap();
    assert_eq!(story.state.status, Status::Withdrawn);
    assert_eq!(story.approves(3), Err(Refusal::Withdrawn));
    story.acts(3, &Verb::Comment { text: said("知道了") }).unwrap();
}

#[test]
fn a_transfer_is_for_good_and_keeps_its_place() {
    let mut story = Story::of(one(&[2, 3], json!({"type": "sequential"})));
    story.transfers(2, 5).unwrap();
    assert_eq!(story.turns(), [5]);
    assert_eq!(story.approves(2), Err(Refusal::NotYours));
    story.approves(5).unwrap();
    assert_eq!(story.turns(), [3]);
}

#[test]
fn nobody_is_asked_twice_in_a_node_and_never_who_asks() {
    let mut story = all();
    assert_eq!(story.transfers(2, 3), Err(Refusal::AlreadyAsked));
    assert_eq!(story.delegates(2, 3), Err(Refusal::AlreadyAsked));
    assert_eq!(story.adds_before(2, 2), Err(Refusal::AlreadyAsked));
    assert_eq!(story.transfers(2, 1), Err(Refusal::OwnMatter));
    assert_eq!(story.adds_after(7, 8), Err(Refusal::NotYours));
}

#[test]
fn who_is_asked_for_an_opinion_gives_the_turn_back_whatever_they_say() {
    let mut story = all();
    story.delegates(2, 5).unwrap();
    assert_eq!(story.turns(), [5, 3]);
    assert_eq!(story.approves(2), Err(Refusal::NotYours));
    story.rejects(5).unwrap();
    assert_eq!((story.turns(), story.state.status), (vec![2, 3], Status::Open));
    assert_eq!(story.takes_back(5), Err(Refusal::TooLate), "the question has gone back");
    story.approves(2).unwrap();
    story.approves(3).unwrap();
    assert_eq!(story.open_nodes(), ["b"]);
}

#[test]
fn who_is_added_before_answers_first_and_may_refuse() {
    let mut story = all();
    story.adds_before(2, 5).unwrap();
    assert_eq!(story.turns(), [5, 3]);
    story.approves(5).unwrap();
    assert_eq!(story.turns(), [2, 3]);
    let mut story = all();
    story.adds_before(2, 5).unwrap();
    story.rejects(5).unwrap();
    assert_eq!(story.state.status, Status::Rejected);
}

#[test]
fn who_is_added_after_answers_next_and_has_to_agree() {
    let mut story = all();
    story.adds_after(2, 5).unwrap();
    story.approves(3).unwrap();
    assert_eq!(story.turns(), [2]);
    story.approves(2).unwrap();
    assert_eq!((story.open_nodes(), story.turns()), (vec!["a"], vec![5]));
    story.approves(5).unwrap();
    assert_eq!(story.open_nodes(), ["b"]);
}

#[test]
fn who_is_added_after_somebody_who_refuses_or_hands_over_is_not_left_waiting() {
    let mut story = Story::of(one(&[2, 3], json!({"type": "ratio", "percent": 50})));
    story.adds_after(2, 5).unwrap();
    story.rejects(2).unwrap();
    story.approves(3).unwrap();
    assert_eq!(story.turns(), [5]);
    let mut story = all();
    story.adds_after(2, 5).unwrap();
    story.transfers(2, 6).unwrap();
    story.approves(6).unwrap();
    assert_eq!(story.turns(), [5, 3]);
    story.transfers(5, 7).unwrap();
    assert_eq!(story.turns(), [7, 3], "whoever takes over has the turn");
}

#[test]
fn who_was_added_is_taken_away_by_who_added_them_until_they_answer() {
    let remove = |user_number| Verb::RemoveSigner { user: user(user_number) };
    let mut story = all();
    story.adds_before(2, 5).unwrap();
    assert_eq!(story.acts(3, &remove(5)), Err(Refusal::NotAdded));
    assert_eq!(story.acts(2, &remove(3)), Err(Refusal::NotAdded));
    story.acts(2, &remove(5)).unwrap();
    assert_eq!(story.turns(), [2, 3]);
    story.adds_before(2, 6).unwrap();
    story.approves(6).unwrap();
    assert_eq!(story.acts(2, &remove(6)), Err(Refusal::NotAdded));
}

#[test]
fn with_who_is_taken_away_go_those_they_asked() {
    let mut story = all();
    story.adds_before(2, 5).unwrap();
    story.delegates(5, 6).unwrap();
    assert_eq!(story.turns(), [6, 3]);
    story.acts(2, &Verb::RemoveSigner { user: user(5) }).unwrap();
    assert_eq!(story.turns(), [2, 3]);
}

#[test]
fn a_question_waits_for_who_asks_and_leaves_the_turns() {
    let mut story = all();
    let ask = Verb::AskInfo { question: said("客户是谁？") };
    let give = Verb::GiveInfo { answer: said("永辉") };
    assert_eq!(story.acts(1, &give), Err(Refusal::NothingAsked));
    assert_eq!(story.acts(5, &ask), Err(Refusal::NotYours));
    story.acts(2, &ask).unwrap();
    assert_eq!(story.state.tasks[0].question.as_deref(), Some("客户是谁？"));
    assert_eq!(story.acts(2, &give), Err(Refusal::NotInitiator));
    story.acts(1, &give).unwrap();
    assert_eq!((story.state.tasks[0].question.clone(), story.turns()), (None, vec![2, 3]));
}

#[test]
fn who_asks_may_remind_every_four_hours() {
    let mut story = all();
    assert_eq!(story.acts(2, &Verb::Remind), Err(Refusal::NotInitiator));
    story.acts(1, &Verb::Remind).unwrap();
    story.minute += 4 * 60 - 2;
    assert_eq!(story.acts(1, &Verb::Remind), Err(Refusal::TooSoon));
    story.acts(1, &Verb::Remind).unwrap();
    let reminded = story.events.iter().filter(|(event, _)| matches!(event, Event::Reminded { .. }));
    assert_eq!(reminded.count(), 2);
}

#[test]
fn once_somebody_decided_a_withdrawal_needs_consent() {
    let withdraw = Verb::Withdraw { reason: said("填错了") };
    let mut story = all();
    assert_eq!(story.acts(2, &withdraw), Err(Refusal::NotInitiator));
    assert_eq!(story.acts(2, &Verb::ConsentToWithdrawal), Err(Refusal::NothingAsked));
    story.approves(2).unwrap();
    story.acts(1, &withdraw).unwrap();
    assert_eq!(story.state.status, Status::Open);
    assert_eq!(story.acts(4, &Verb::ConsentToWithdrawal), Err(Refusal::NotYours));
    story.acts(3, &Verb::ConsentToWithdrawal).unwrap();
    assert_eq!(story.state.status, Status::Withdrawn);
}

#[test]
fn an_answer_is_taken_back_until_the_next_acts() {
    let mut story = all();
    assert_eq!(story.takes_back(2), Err(Refusal::TooLate));
    story.approves(2).unwrap();
    assert_eq!(story.takes_back(3), Err(Refusal::NotYours));
    story.takes_back(2).unwrap();
    assert_eq!(story.turns(), [2, 3]);
    story.approves(3).unwrap();
    story.approves(2).unwrap();
    assert_eq!(story.open_nodes(), ["b"]);
    story.takes_back(2).unwrap();
    assert_eq!((story.open_nodes(), story.turns()), (vec!["a"], vec![2]));
    story.approves(2).unwrap();
    story.transfers(4, 5).unwrap();
    assert_eq!(story.takes_back(2), Err(Refusal::TooLate), "the next one has handed it over");
}

#[test]
fn taken_back_in_a_sequence_the_next_one_waits_again() {
    let mut story = Story::of(one(&[2, 3, 4], json!({"type": "sequential"})));
    story.approves(2).unwrap();
    story.takes_back(2).unwrap();
    assert_eq!(story.turns(), [2]);
    assert_eq!(story.approves(3), Err(Refusal::NotYours));
}

#[test]
fn an_admin_decides_over_everybodys_head_with_a_mark() {
    let verb = |comment| Verb::Override { word: Word::Approve, comment };
    let mut story = all();
    assert_eq!(story.acts(900, &verb(None)), Err(Refusal::CommentMissing));
    story.acts(900, &verb(said("特批"))).unwrap();
    assert_eq!((story.state.status, story.state.is_overridden), (Status::Approved, true));
    assert_eq!(story.acts(900, &verb(said("再批"))), Err(Refusal::AlreadyDecided));
    let mut story = all();
    story.returns(2, Target::Initiator).unwrap();
    let refuse = Verb::Override { word: Word::Reject, comment: said("不做了") };
    story.acts(900, &refuse).unwrap();
    assert_eq!(story.state.status, Status::Rejected);
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let refusals = [
        Refusal::AlreadyDecided,
        Refusal::Withdrawn,
        Refusal::GivenBack,
        Refusal::NotYours,
        Refusal::AlreadyAnswered,
        Refusal::OwnMatter,
        Refusal::CommentMissing,
        Refusal::RoundsUsedUp,
        Refusal::TargetUnreachable,
        Refusal::AlreadyAsked,
        Refusal::NotAdded,
        Refusal::TooLate,
        Refusal::TooSoon,
        Refusal::NotInitiator,
        Refusal::NotGivenBack,
        Refusal::NothingAsked,
        Refusal::NobodyToDecide,
        Refusal::FlowBroken,
    ];
    let codes: std::collections::BTreeSet<_> = refusals.iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), refusals.len());
}

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn user(n: u32) -> UserId {
    UserId(Uuid::from_u128(u128::from(n)))
}

fn hour(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(n)
}

/// `principal → agent` in the hours `[from, until)`.
fn window((principal, agent, from, until): (u32, u32, i64, i64)) -> Delegation {
    Delegation { principal: user(principal), agent: user(agent), from: hour(from), until: hour(until) }
}

fn check_all(standing: &[(u32, u32, i64, i64)], new: (u32, u32, i64, i64), expected: Result<(), Refusal>) {
    let standing: Vec<Delegation> = standing.iter().copied().map(window).collect();
    assert_eq!(check(&window(new), &standing), expected, "{new:?} beside {standing:?}");
}

/// `0 → 1 → … → n`, all of them all day.
fn line(n: u32) -> Vec<(u32, u32, i64, i64)> {
    (0..n).map(|place| (place, place + 1, 0, 24)).collect()
}

#[test]
fn a_window_is_for_somebody_else_and_holds_an_instant() {
    check_all(&[], (1, 1, 0, 8), Err(Refusal::ToOneself));
    check_all(&[], (1, 2, 8, 8), Err(Refusal::Empty));
    check_all(&[], (1, 2, 8, 7), Err(Refusal::Empty));
    check_all(&[], (1, 2, 7, 8), Ok(()));
}

#[test]
fn a_person_has_one_agent_at_a_time() {
    let standing = [(1, 2, 8, 16)];
    let overlaps = Err(Refusal::Overlaps(window((1, 2, 8, 16))));
    check_all(&standing, (1, 3, 15, 20), overlaps);
    check_all(&standing, (1, 2, 0, 9), overlaps);
    check_all(&standing, (1, 3, 10, 11), overlaps);
    check_all(&standing, (1, 3, 16, 20), Ok(()));
    check_all(&standing, (1, 3, 0, 8), Ok(()));
    check_all(&standing, (3, 2, 0, 24), Ok(()));
}

#[test]
fn agents_pass_nothing_on_in_a_ring() {
    check_all(&[(2, 1, 8, 16)], (1, 2, 10, 20), Err(Refusal::Ring));
    check_all(&[(2, 1, 8, 16)], (1, 2, 16, 20), Ok(()));
    check_all(&[(2, 3, 0, 12), (3, 1, 8, 24)], (1, 2, 11, 24), Err(Refusal::Ring));
    // 2 → 3 is over before 3 → 1 begins: they never hold together.
    check_all(&[(2, 3, 0, 8), (3, 1, 8, 24)], (1, 2, 0, 24), Ok(()));
    // The ring is there for an hour in the middle only.
    check_all(&[(2, 3, 0, 11), (3, 1, 10, 24)], (1, 2, 0, 24), Err(Refusal::Ring));
}

#[test]
fn eight_agents_one_for_the_other_are_the_most() {
    check_all(&line(7), (7, 8, 0, 24), Ok(()));
    check_all(&line(8), (8, 9, 0, 24), Err(Refusal::TooLong));
    check_all(&line(8), (8, 9, 24, 25), Ok(()));
    check_all(&line(8), (8, 9, 23, 25), Err(Refusal::TooLong));
    // In the middle it counts on both sides, in front too.
    let split: Vec<_> = line(9).into_iter().filter(|it| it.0 != 4).collect();
    check_all(&split, (4, 5, 0, 24), Err(Refusal::TooLong));
    check_all(&line(8), (100, 0, 0, 24), Err(Refusal::TooLong));
    check_all(&line(7), (100, 0, 0, 24), Ok(()));
}

#[test]
fn the_last_of_the_chain_acts_while_the_windows_hold() {
    let standing = [window((1, 2, 0, 10)), window((2, 3, 5, 20)), window((1, 4, 10, 12))];
    let check = |principal: u32, at: i64, expected: &[u32]| {
        let expected: Vec<UserId> = expected.iter().copied().map(user).collect();
        assert_eq!(agent(user(principal), &standing, hour(at)), expected, "{principal} at {at}");
    };
    check(1, 4, &[2]);
    check(1, 5, &[2, 3]);
    check(1, 9, &[2, 3]);
    check(1, 10, &[4]);
    check(1, 12, &[]);
    check(2, 12, &[3]);
    check(3, 12, &[]);
}

proptest! {
    /// Few people and few hours, so that windows meet often.
    #[test]
    fn what_was_accepted_has_one_answer_at_every_instant(
        asked in prop::collection::vec((0..12_u32, 0..12_u32, 0..30_i64, 1..20_i64), 1..80),
    ) {
        let mut standing: Vec<Delegation> = Vec::new();
        for (principal, agent, from, hours) in asked {
            let new = window((principal, agent, from, from + hours));
            if check(&new, &standing).is_ok() {
                standing.push(new);
            }
        }
        for at in (0..50).map(hour) {
            for principal in (0..12).map(user) {
                let own = standing.iter().filter(|it| it.principal == principal && it.holds(at)).count();
                prop_assert!(own <= 1, "two agents at once");
                let chain = agent(principal, &standing, at);
                prop_assert!(chain.len() <= LONGEST_CHAIN);
                prop_assert!(!chain.contains(&principal));
                if let Some(last) = chain.last() {
                    prop_assert!(agent(*last, &standing, at).is_empty(), "whoever acts has no agent: no ring");
                }
            }
        }
    }
}

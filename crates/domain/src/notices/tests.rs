use chrono::NaiveDate;

use super::*;
use crate::actions::Digest;

fn digest(n_missing: usize) -> Digest {
    let missing = (1..=n_missing).map(|n| format!("员工{n}")).collect();
    Digest { n_owed: 9, n_filed: 9 - n_missing, missing, thin: vec![] }
}

fn at() -> DateTime<Utc> {
    "2026-11-23T00:30:00Z".parse().unwrap()
}

#[test]
fn a_digest_names_five_and_counts_the_rest() {
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let message = list_digest(day, &digest(7), at(), end_of_day(at()));
    assert_eq!(message.body, "应交 9 人，已交 2 人；未交：员工1、员工2、员工3、员工4、员工5 等 7 人");
    assert!(message.is_push);
}

#[test]
fn a_complete_team_rings_nobody() {
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    assert!(!list_digest(day, &digest(0), at(), end_of_day(at())).is_push);
}

#[test]
fn the_companys_day_ends_at_its_own_midnight() {
    assert_eq!(end_of_day(at()), "2026-11-23T16:00:00Z".parse::<DateTime<Utc>>().unwrap());
}

#[test]
fn every_kind_is_found_by_its_name() {
    for kind in Kind::ALL {
        assert_eq!(Kind::by_name(kind.name()), Some(kind));
    }
}

mod routing {
    use super::super::credits::{Report, Source, same_tap};
    use super::super::rules::{Channel, QuietHours, Rules, Severity};
    use super::super::{Push, Step, next_channel, next_digest, off_the_hour, route};
    use super::*;

    fn rules() -> Rules {
        let text = include_str!("../../../../config/rules/notification_rules.json");
        let mut rules: Rules = serde_json::from_str(text).unwrap();
        let at = |text: &str| text.parse().unwrap();
        rules.quiet_hours = Some(QuietHours { from: at("22:00:00"), until: at("06:30:00") });
        rules.daily_budget = 15;
        rules
    }

    fn push() -> Push {
        Push {
            channel: Channel::WechatSubscribe,
            is_settled: false,
            push_until: None,
            has_address: true,
            n_credits: Some(5),
            has_other_way: true,
            n_today: 0,
            has_waited: false,
        }
    }

    /// At a time of day in Shanghai on a Monday.
    fn check(time: &str, kind: Kind, push: &Push, expected: Step) {
        let now = instant(time);
        let rules = rules();
        assert_eq!(route(push, &rules.rule(kind), &rules, now), expected, "{time} {push:?}");
    }

    fn instant(time: &str) -> DateTime<Utc> {
        format!("2026-11-23T{time}:00+08:00").parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    #[test]
    fn the_shipped_rules_hold() {
        assert_eq!(rules().check(), []);
    }

    #[test]
    fn a_document_says_everything_that_is_wrong_with_it() {
        let mut rules = rules();
        rules.daily_budget = 0;
        rules.digests_at.swap(0, 1);
        rules.kinds.remove(&Kind::Decided);
        rules.chains.insert(Severity::Act, vec![Channel::WecomRobot]);
        rules.chains.insert(Severity::Inform, vec![Channel::Wecom, Channel::Wecom]);
        rules.chains.remove(&Severity::Urgent);
        let said: Vec<_> =
            rules.check().into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect();
        assert_eq!(
            said,
            [
                "/daily_budget out_of_range",
                "/digests_at/1 not_in_order",
                "/kinds/decided required",
                "/chains/inform twice",
                "/chains/act robot_reaches_nobody_alone",
                "/chains/urgent required",
            ]
        );
    }

    #[test]
    fn what_is_settled_or_over_is_dropped_before_anything_else() {
        check(
            "09:00",
            Kind::TodoOpened,
            &Push { is_settled: true, has_address: false, ..push() },
            Step::Drop("matter_settled"),
        );
        let over = Push { push_until: Some(instant("09:00")), ..push() };
        check("09:00", Kind::TodoOpened, &over, Step::Drop("matter_over"));
        check("08:59", Kind::TodoOpened, &over, Step::Send);
    }

    #[test]
    fn quiet_hours_delay_and_do_not_drop_and_an_escalation_rings_through() {
        check("21:59", Kind::TodoOpened, &push(), Step::Send);
        let next_morning = instant("06:30") + chrono::TimeDelta::days(1);
        check("22:00", Kind::TodoOpened, &push(), Step::Wait(next_morning));
        check("06:29", Kind::TodoOpened, &push(), Step::Wait(instant("06:30")));
        check("06:30", Kind::TodoOpened, &push(), Step::Send);
        check("23:00", Kind::TodoEscalated, &push(), Step::Send);
    }

    #[test]
    fn beyond_the_days_budget_messages_wait_for_the_next_digest() {
        let many = Push { n_today: 15, ..push() };
        check("09:00", Kind::TodoOpened, &Push { n_today: 14, ..push() }, Step::Send);
        check("09:00", Kind::TodoOpened, &many, Step::Gather(instant("10:00")));
        check("17:00", Kind::TodoOpened, &many, Step::Gather(instant("10:00") + chrono::TimeDelta::days(1)));
        check("09:00", Kind::TodoEscalated, &many, Step::Send);
        // What is over by then goes out now, and so does what has waited alone.
        check(
            "09:00",
            Kind::TodoOpened,
            &Push { push_until: Some(instant("10:00")), ..many.clone() },
            Step::Send,
        );
        check("09:00", Kind::TodoOpened, &Push { has_waited: true, ..many }, Step::Send);
    }

    #[test]
    fn the_last_credit_is_kept_for_escalations_while_there_is_another_way() {
        let last = Push { n_credits: Some(1), ..push() };
        check("09:00", Kind::TodoOpened, &last, Step::Next("last_credit_kept"));
        check("09:00", Kind::TodoEscalated, &last, Step::Send);
        check("09:00", Kind::TodoOpened, &Push { n_credits: Some(0), ..push() }, Step::Next("no_credit"));
        check("09:00", Kind::TodoOpened, &Push { has_address: false, ..push() }, Step::Next("no_identity"));
        let wecom = Push { channel: Channel::Wecom, n_credits: None, ..push() };
        check("09:00", Kind::TodoOpened, &wecom, Step::Send);
        // Without another way the message is worth more than the reserve.
        check("09:00", Kind::TodoOpened, &Push { has_other_way: false, ..last }, Step::Send);
    }

    #[test]
    fn the_chain_ends_in_the_inbox() {
        let rules = rules();
        let next = |severity, after| next_channel(&rules, severity, after);
        assert_eq!(next(Severity::Act, Channel::WechatSubscribe), Some(Channel::WechatService));
        assert_eq!(next(Severity::Act, Channel::Wecom), None);
        assert_eq!(next(Severity::Inform, Channel::WechatService), None);
    }

    #[test]
    fn digests_go_on_tomorrow() {
        let rules = rules();
        assert_eq!(next_digest(&rules, instant("13:59")), Some(instant("14:00")));
        assert_eq!(
            next_digest(&rules, instant("17:00")),
            Some(instant("10:00") + chrono::TimeDelta::days(1))
        );
    }

    #[test]
    fn a_report_and_an_event_about_one_tap_are_one_credit() {
        let at = instant("09:00");
        let report =
            |id: u8, source, seconds| Report { id, source, at: at + chrono::TimeDelta::seconds(seconds) };
        let known = [
            report(1, Source::Client, -31),
            report(2, Source::Client, -30),
            report(3, Source::Client, 5),
            report(4, Source::Event, 1),
        ];
        assert_eq!(same_tap(&known, Source::Event, at), Some(3));
        assert_eq!(same_tap(&known[..2], Source::Event, at), Some(2));
        assert_eq!(same_tap(&known[..1], Source::Event, at), None);
        assert_eq!(same_tap(&known[..3], Source::Client, at), None, "two taps are two credits");
    }

    #[test]
    fn minute_0_and_30_belong_to_other_peoples_clocks() {
        for (time, is_busy) in [("09:00", true), ("09:30", true), ("09:01", false), ("09:29", false)] {
            for seed in [0, 120, 121, u64::MAX] {
                let moved = off_the_hour(instant(time), seed);
                assert_eq!(moved.is_some(), is_busy, "{time}");
                if let Some(at) = moved {
                    let second = (at - instant(time)).num_seconds();
                    assert!((75..=195).contains(&second), "{second}");
                }
            }
        }
    }
}

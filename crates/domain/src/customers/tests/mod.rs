mod oracle;
mod place;
mod tasks;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::*;
use crate::geo::{Point, System};
use crate::identifiers::File;
use crate::money::Fen;
use crate::people::Role;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn terms_are_read_as_they_are_written() {
    for text in ["prepaid", "on_delivery", "net_1", "net_30", "net_365", "monthly", "monthly_25"] {
        assert_eq!(text.parse::<PaymentTerms>().unwrap().to_string(), text);
    }
    assert_eq!("monthly_31".parse(), Ok(PaymentTerms::Monthly(31)), "the last day of any month");
    for text in ["", "net", "net_0", "net_366", "monthly_0", "monthly_32", "net_x", "cash", "net_-1"] {
        assert_eq!(text.parse::<PaymentTerms>(), Err(UnknownTerms), "{text}");
    }
}

#[test]
fn only_who_pays_later_uses_credit() {
    let uses = |text: &str| text.parse::<PaymentTerms>().unwrap().uses_credit();
    assert!(uses("net_15") && uses("monthly"));
    assert!(!uses("prepaid") && !uses("on_delivery"));
}

fn kinds() -> Kinds {
    serde_json::from_str(include_str!("../../../../../config/templates/fmcg/customer_kinds.json")).unwrap()
}

#[test]
fn the_kinds_that_ship_are_without_fault() {
    assert_eq!(kinds().check(), []);
    assert_eq!(kinds().find("store").unwrap().min_dwell_seconds, 180);
    assert_eq!(kinds().find("company").unwrap().min_dwell_seconds, 600);
    assert_eq!(kinds().find("boutique"), None);
}

#[test]
fn every_fault_of_the_kinds_is_named_at_once() {
    let mut faulty = kinds();
    faulty.fresh_days = 0;
    faulty.kinds[0].fence_radius_m = 19;
    faulty.kinds[1].code = "store".to_owned();
    faulty.kinds[2].key_fields.clear();
    let found: Vec<_> = faulty.check().into_iter().map(|it| (it.pointer, it.code)).collect();
    let expected = [
        ("/fresh_days", "out_of_range"),
        ("/kinds/0/fence_radius_m", "out_of_range"),
        ("/kinds/1/code", "twice"),
        ("/kinds/2/key_fields", "required"),
    ];
    assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    let none = Kinds { kinds: Vec::new(), ..kinds() };
    assert_eq!(none.check()[0].code, "required");
}

fn dated(field: KeyField, is_filled: bool, confirmed_at: &str) -> Dated {
    Dated { field, is_filled, confirmed_at: at(confirmed_at) }
}

#[test]
fn a_field_is_fresh_on_the_hundred_and_eightieth_day_and_stale_on_the_next() {
    let field = [dated(KeyField::Need, true, "2026-05-18T15:59:59Z")];
    assert!(freshness(&field, day("2026-11-14"), 180).is_fresh());
    assert_eq!(freshness(&field, day("2026-11-15"), 180).stale, [KeyField::Need]);
    // One second later it is the next day for the company.
    let later = [dated(KeyField::Need, true, "2026-05-18T16:00:00Z")];
    assert!(freshness(&later, day("2026-11-15"), 180).is_fresh());
}

#[test]
fn a_file_is_as_old_as_its_oldest_key_field() {
    let fields = [
        dated(KeyField::Contact, true, "2026-11-01T00:00:00Z"),
        dated(KeyField::Need, false, "2026-10-01T00:00:00Z"),
    ];
    let judged = freshness(&fields, day("2026-11-15"), 180);
    assert_eq!(judged.missing, [KeyField::Need]);
    assert_eq!(judged.confirmed_at, Some(at("2026-10-01T00:00:00Z")));
    assert!(!judged.is_fresh());
    assert!(freshness(&[], day("2026-11-15"), 180).is_fresh());
}

fn known(name: &'static str, lat: f64) -> Known<'static> {
    Known {
        file: File { uscc: None, phone: None, name, district: None },
        point: Point::new(lat, 121.5, System::Gcj02),
    }
}

#[test]
fn a_similar_name_within_fifty_metres_is_a_likeness_and_farther_is_none() {
    let here = known("宁波市海曙区月塘里便利店", 29.86);
    assert_eq!(likeness(&here, &known("月塘里便利店", 29.8604)), [By::Place]);
    assert_eq!(likeness(&here, &known("月塘里便利店", 29.8605)), []);
    assert_eq!(likeness(&here, &known("阿娣烟酒副食店", 29.86)), []);
    assert_eq!(likeness(&known("月塘里便利", 29.86), &known("月塘便利店", 29.86)), [By::Place]);
    assert_eq!(likeness(&known("——", 29.86), &known("——", 29.86)), []);
}

#[test]
fn everything_that_two_files_share_is_named() {
    let file = File {
        uscc: Some("91320106fabqk0pf02"),
        phone: Some("+86 155 0000 0001"),
        name: "好又多(总店)",
        district: Some("330106"),
    };
    let other =
        File {
            uscc: Some("91320106FABQK0PF02 "), phone: Some("15500000001"), name: "好又多总店", ..file
        };
    let one = Known { file, point: None };
    assert_eq!(likeness(&one, &Known { file: other, point: None }), [By::Uscc, By::Phone, By::Name]);
    let elsewhere = File { uscc: None, phone: None, district: Some("330108"), ..other };
    assert_eq!(likeness(&one, &Known { file: elsewhere, point: None }), []);
}

#[test]
fn a_temporary_credit_counts_from_its_first_instant_to_before_its_last() {
    let (from, until) = (at("2026-11-20T00:00:00Z"), at("2026-11-25T00:00:00Z"));
    let credit = TemporaryCredit { amount: Fen(100), from, until };
    assert!(credit.is_valid(from) && !credit.is_valid(until));
    assert!(!credit.is_valid(from - TimeDelta::seconds(1)));
    assert_eq!(credit.check(from), Ok(()));
    assert_eq!(credit.check(until), Err(Refusal::NeverValid), "over already");
    let backwards = TemporaryCredit { until: from, ..credit };
    assert_eq!(backwards.check(at("2026-11-01T00:00:00Z")), Err(Refusal::NeverValid));
    let nothing = TemporaryCredit { amount: Fen::ZERO, ..credit };
    assert_eq!(nothing.check(from), Err(Refusal::AmountNotPositive));
}

#[test]
fn reps_keep_profiles_and_no_credit() {
    assert!(may_edit(Role::Rep, Section::Profile) && !may_edit(Role::Rep, Section::Credit));
    assert!(!may_edit(Role::Supervisor, Section::Credit));
    assert!(may_edit(Role::Finance, Section::Credit) && !may_edit(Role::Finance, Section::Profile));
    assert!(may_edit(Role::RegionalDirector, Section::Credit));
    assert!(!may_edit(Role::Logistics, Section::Profile));
}

#[test]
fn a_need_is_read_by_its_words_alone_too() {
    let read: Vec<Need> =
        serde_json::from_str(r#"["冷柜", {"text": "补货", "verified_at": "2026-11-20T00:00:00Z"}]"#).unwrap();
    assert_eq!(read[0], Need { text: "冷柜".to_owned(), verified_at: None });
    assert_eq!(read[1].verified_at, Some(at("2026-11-20T00:00:00Z")));
}

#[test]
fn a_special_invoice_needs_a_payer_with_a_right_code() {
    let profile = |kind, payer: &str, uscc: Option<&str>| InvoiceProfile {
        payer_name: payer.to_owned(),
        uscc: uscc.map(str::to_owned),
        kind,
        period: InvoicePeriod::Monthly,
    };
    let code = Some("91320106fabqk0pf02 ");
    let checked = profile(InvoiceKind::Special, "好又多", code).checked().unwrap();
    assert_eq!(checked.uscc.as_deref(), Some("91320106FABQK0PF02"));
    let refused = |it: InvoiceProfile| it.checked().unwrap_err();
    assert_eq!(refused(profile(InvoiceKind::Special, "好又多", None)), Refusal::PayerCodeMissing);
    assert_eq!(refused(profile(InvoiceKind::Plain, " ", None)), Refusal::PayerMissing);
    assert_eq!(refused(profile(InvoiceKind::Plain, "好又多", Some("123"))), Refusal::PayerCodeInvalid);
    assert!(profile(InvoiceKind::None, "", None).checked().is_ok());
}

#[test]
fn an_attempt_counts_when_somebody_answered_and_a_chat_when_it_is_shown() {
    let record = |touch_point, outcome, n_proofs| Communication { touch_point, outcome, n_proofs };
    assert!(!record(TouchPoint::Phone, None, 0).is_verified());
    assert!(!record(TouchPoint::Phone, Some(Outcome::NoAnswer), 3).is_verified());
    assert!(record(TouchPoint::Phone, Some(Outcome::Connected), 0).is_verified());
    assert!(!record(TouchPoint::Wechat, Some(Outcome::Connected), 0).is_verified());
    assert!(record(TouchPoint::Wechat, Some(Outcome::Connected), 1).is_verified());
}

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
}

#[test]
fn a_quote_is_signed_after_it_was_sent_and_ordered_once() {
    assert_eq!(Status::Draft.after(Step::Sign), Err("quote_not_sent"));
    assert_eq!(Status::Draft.after(Step::Send), Ok(Status::Sent));
    assert_eq!(Status::Sent.after(Step::Send), Err("quote_sent"));
    assert_eq!(Status::Sent.after(Step::Revise), Ok(Status::Draft), "a new version is sent anew");
    assert_eq!(Status::Signed.after(Step::Revise), Err("quote_signed"));
    assert_eq!(Status::Signed.after(Step::Order), Ok(Status::Ordered));
    assert_eq!(Status::Ordered.after(Step::Order), Err("quote_ordered"));
    assert_eq!(Status::Void.after(Step::Send), Err("quote_void"));
    assert_eq!(Status::by_name("sent"), Some(Status::Sent));
}

#[test]
fn the_owner_hears_at_half_and_the_superior_at_the_end() {
    let next = |rung| next_rung_at(Calendar::mainland(), at("2026-11-23T15:00:00+08:00"), rung);
    assert_eq!(next(0), Some(at("2026-11-24T15:00:00+08:00")));
    assert_eq!(next(1), Some(at("2026-11-25T15:00:00+08:00")));
    assert_eq!(next(2), None);
}

#[test]
fn what_ends_on_a_day_off_is_said_at_nine_on_the_next_working_day() {
    let next = |rung| next_rung_at(Calendar::mainland(), at("2026-11-27T15:00:00+08:00"), rung);
    assert_eq!(next(0), Some(at("2026-11-30T09:00:00+08:00")), "Saturday");
    assert_eq!(next(1), Some(at("2026-11-30T09:00:00+08:00")), "Sunday");
}

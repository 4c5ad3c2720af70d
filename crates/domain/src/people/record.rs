//! What holds for somebody's record by itself, wherever it comes from: a file, or the admin's hand.

use chrono::NaiveDate;

use super::Role;

/// Can the digits be a phone number? Shorter ones are extensions, longer ones are mistakes.
pub fn is_phone(digits: &str) -> bool {
    (7..=15).contains(&digits.len())
}

/// Does the last day come no earlier than the first?
pub fn is_term(from: Option<NaiveDate>, to: Option<NaiveDate>) -> bool {
    from.zip(to).is_none_or(|(from, to)| from <= to)
}

/// The first day on which somebody with this role and term is not at work as an admin; none where that never comes.
pub fn no_admin_from(
    role: Role,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
) -> Option<NaiveDate> {
    if role != Role::Admin || from.is_some_and(|from| today < from) {
        return Some(today);
    }
    to.map(|to| to.succ_opt().unwrap_or(to).max(today))
}

/// The last day of somebody who leaves: the one that is named, else yesterday, so that they are out at once. Who was
/// out before stays out.
pub fn last_day(named: Option<NaiveDate>, standing: Option<NaiveDate>, today: NaiveDate) -> NaiveDate {
    let yesterday = today.pred_opt().unwrap_or(today);
    named.unwrap_or_else(|| standing.map_or(yesterday, |standing| standing.min(yesterday)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn a_phone_has_seven_to_fifteen_digits() {
        for (n, is_one) in [(6, false), (7, true), (15, true), (16, false)] {
            assert_eq!(is_phone(&"1".repeat(n)), is_one, "{n}");
        }
    }

    #[test]
    fn a_term_may_be_one_day_and_not_less() {
        assert!(is_term(Some(day(2)), Some(day(2))));
        assert!(!is_term(Some(day(2)), Some(day(1))));
        assert!(is_term(None, Some(day(1))) && is_term(Some(day(1)), None));
    }

    #[test]
    fn an_admin_is_one_until_the_term_or_the_role_ends() {
        let check = |role, term, expected| assert_eq!(no_admin_from(role, term, day(10)), expected);
        check(Role::Admin, (None, None), None);
        check(Role::Admin, (Some(day(10)), None), None);
        check(Role::Admin, (Some(day(11)), None), Some(day(10)));
        check(Role::Admin, (None, Some(day(20))), Some(day(21)));
        check(Role::Admin, (None, Some(day(1))), Some(day(10)));
        check(Role::Operations, (None, None), Some(day(10)));
    }

    #[test]
    fn a_leaver_is_out_at_once_unless_a_day_is_named() {
        assert_eq!(last_day(None, None, day(10)), day(9));
        assert_eq!(last_day(None, Some(day(20)), day(10)), day(9));
        assert_eq!(last_day(None, Some(day(3)), day(10)), day(3), "leaving twice changes nothing");
        assert_eq!(last_day(Some(day(12)), Some(day(3)), day(10)), day(12));
    }
}

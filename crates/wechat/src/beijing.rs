//! WeChat's own time: its days begin at Beijing's midnight.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone, Utc};

const BEIJING: Option<FixedOffset> = FixedOffset::east_opt(8 * 3600);

/// What the clock shows in Beijing, in this form.
pub(crate) fn shown<Z: TimeZone>(at: &DateTime<Z>, form: &str) -> Option<String> {
    BEIJING.map(|beijing| at.with_timezone(&beijing).format(form).to_string())
}

/// The day it is in Beijing.
pub(crate) fn day(at: DateTime<Utc>) -> Option<NaiveDate> {
    BEIJING.map(|beijing| at.with_timezone(&beijing).date_naive())
}

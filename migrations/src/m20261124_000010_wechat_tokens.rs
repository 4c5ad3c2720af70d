//! WeChat's access tokens, shared by all processes.

use crate::dialect::Step;

pub(crate) const STEP: Step = Step {
    name: "m20261124_000010_wechat_tokens",
    up: &["CREATE TABLE notices_wechat_tokens (
            account text PRIMARY KEY, token text, fresh_until {time}, fetching_until {time}, forced_at {time},
            n_forced integer NOT NULL, version bigint NOT NULL)"],
    down: &["notices_wechat_tokens"],
};

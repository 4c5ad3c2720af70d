//! Any bytes: read as a photo, developed when small, typed as a document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat::photo::{self, Limits};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    if let Ok(facts) = photo::read(bytes, &limits)
        && facts.n_pixels() < 1_000_000
    {
        let _ = photo::develop(bytes, &facts, &limits);
    }
    let _ = photo::document(bytes, &limits);
});

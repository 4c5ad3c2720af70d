//! Whatever is posted to us as a push: opening and reading it never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat::callback::{Envelope, Signed, parse};
use wechat::crypto::callback::{Seal, Stamp};

const KEY: &str = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR";

fn seal() -> Option<Seal> {
    Seal::new("token".into(), &KEY.into(), "wx").ok()
}

fuzz_target!(|bytes: &[u8]| {
    parse(bytes).ok();
    let Some(seal) = seal() else { return };
    let text = String::from_utf8_lossy(bytes);
    // A right signature, so that the cipher and what lies behind it are reached.
    let stamp = Stamp { timestamp: "1", nonce: "2" };
    let signature = seal.msg_signature(stamp, &text);
    seal.open(stamp, &signature, &text).ok();
    let signed = Signed { signature: None, timestamp: "1", nonce: "2", msg_signature: Some(&signature) };
    Envelope::sealed(seal).open(signed, bytes).ok();
});

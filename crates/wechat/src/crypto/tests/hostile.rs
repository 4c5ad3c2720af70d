//! Nothing that comes over the wire makes the reader panic.

use proptest::prelude::*;

use super::{Broken, Seal, Stamp, json_seal, open_data, signed_api, stamp};

proptest! {
    #[test]
    fn nothing_sealed_wrongly_is_opened(text in ".{0,200}", signature in ".{0,50}") {
        prop_assert!(json_seal().open(stamp("1", "2"), &signature, &text).is_err());
    }

    #[test]
    fn a_right_signature_over_rubbish_is_no_message(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (seal, sealed) = (json_seal(), crate::crypto::encoded(&bytes));
        let signature = seal.msg_signature(stamp("1", "2"), &sealed);
        prop_assert!(seal.open(stamp("1", "2"), &signature, &sealed).is_err());
    }

    #[test]
    fn whatever_is_sealed_is_opened(
        message in prop::collection::vec(any::<u8>(), 0..300), random in any::<[u8; 16]>(),
        timestamp in "[0-9]{0,12}", nonce in ".{0,12}",
    ) {
        let (seal, stamp) = (json_seal(), Stamp { timestamp: &timestamp, nonce: &nonce });
        let sealed = seal.seal(&message, &random).unwrap();
        let signature = seal.msg_signature(stamp, &sealed);
        prop_assert_eq!(seal.open(stamp, &signature, &sealed), Ok(message));
    }

    #[test]
    fn rubbish_is_no_open_data(encrypted in ".{0,100}", iv in ".{0,30}", key in ".{0,30}") {
        prop_assert!(open_data::open(&encrypted, &iv, &key.into(), "wx").is_err());
    }

    #[test]
    fn rubbish_is_no_sealed_answer(iv in "[A-Za-z0-9+/=]{0,20}", data in ".{0,60}", authtag in ".{0,30}") {
        let sealed = signed_api::Sealed { iv, data, authtag };
        prop_assert!(signed_api::open(&super::API_KEY.into(), super::context(1), &sealed).is_err());
    }

    #[test]
    fn a_key_has_forty_three_letters(key in ".{0,60}") {
        if key.len() != 43 {
            prop_assert_eq!(Seal::new("t".into(), &key.into(), "wx").unwrap_err(), Broken::BadKey);
        }
    }
}

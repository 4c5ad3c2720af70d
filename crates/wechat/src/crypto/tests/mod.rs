mod hostile;
mod vectors;

use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Broken,
    callback::{Seal, Stamp, is_signed, signature_of},
    decoded, hex, login_state, open_data,
    signed_api::{self, Context, Sealed},
};
use vectors::*;

const WECOM_KEY: &str = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR";
const API_KEY: &str = "otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY=";

fn seal(token: &str, key: &str, receiver: &str) -> Seal {
    Seal::new(token.into(), &key.into(), receiver).unwrap()
}

fn stamp<'a>(timestamp: &'a str, nonce: &'a str) -> Stamp<'a> {
    Stamp { timestamp, nonce }
}

fn json_seal() -> Seal {
    seal("AAAAA", &"A".repeat(43), "wxba5fad812f8e6fb9")
}

fn xml_seal() -> Seal {
    seal("123456", WECOM_KEY, "wx49f0ab532d5d035a")
}

#[test]
fn our_address_is_checked_by_a_signature() {
    let (token, signature) = (SecretString::from("AAAAA"), "f464b24fc39322e44b38aa78f5edd27bd1441696");
    assert!(is_signed(&token, stamp("1714036504", "1514711492"), signature));
    assert!(is_signed(&token, stamp("1714036504", "1514711492"), &signature.to_uppercase()));
    assert!(!is_signed(&token, stamp("1714036505", "1514711492"), signature));
    assert!(!is_signed(&token, stamp("1714036504", "1514711492"), ""));
    let of_push = signature_of(&token, stamp("1714112445", "415670741"));
    assert_eq!(of_push, "6c5c811b55cc85e0e1b54100749188c20beb3f5d");
}

#[test]
fn a_sealed_push_is_opened_and_sealed_again_to_the_letter() {
    let stamp = stamp("1714112445", "415670741");
    let signature = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3";
    let opened = json_seal().open(stamp, signature, PUSH_SEALED).unwrap();
    assert_eq!(String::from_utf8(opened).unwrap(), PUSH_PLAIN);
    let sealed = json_seal().seal(PUSH_PLAIN.as_bytes(), b"a8eedb185eb2fecf").unwrap();
    assert_eq!(sealed, PUSH_SEALED);
}

#[test]
fn a_key_with_stray_bits_opens_what_it_sealed() {
    let stamp = stamp("1411525903", "461056294");
    let opened = xml_seal().open(stamp, "74d92dfeb87ba7c714f89d98870ae5eb62dff26d", XML_SEALED).unwrap();
    let text = String::from_utf8(opened).unwrap();
    assert!(text.contains("<![CDATA[messense]]>") && text.contains("4363689963896700987"), "{text}");
}

#[test]
fn a_sealed_reply_has_its_published_form() {
    let sealed = xml_seal().seal(REPLY_PLAIN.as_bytes(), b"1234567890123456").unwrap();
    assert_eq!(sealed, REPLY_SEALED);
    let signature = xml_seal().msg_signature(stamp("1411525903", "461056294"), &sealed);
    assert_eq!(signature, "407518b7649e86ef23978113f92d27afa9296533");
}

#[test]
fn wecom_seals_even_the_check_of_our_address() {
    let sealed = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==";
    let signature = "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96";
    let open = |nonce| xml_seal().open(stamp("1411443780", nonce), signature, sealed);
    assert_eq!(open("437374425").unwrap(), b"5927782489442352469");
    assert_eq!(open("437374424"), Err(Broken::BadSignature));
}

#[test]
fn what_is_sealed_for_another_app_is_not_for_us() {
    let stamp = stamp("1714112445", "415670741");
    let other = seal("AAAAA", &"A".repeat(43), "wxother");
    let signature = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3";
    assert_eq!(other.open(stamp, signature, PUSH_SEALED), Err(Broken::OtherReceiver));
}

#[test]
fn every_padding_of_up_to_thirty_two_bytes_is_taken() {
    let (seal, stamp) = (json_seal(), stamp("1", "2"));
    for n_bytes in 0..70 {
        let message = vec![b'x'; n_bytes];
        let sealed = seal.seal(&message, b"0123456789abcdef").unwrap();
        assert_eq!(decoded(&sealed).unwrap().len() % 32, 0);
        let signature = seal.msg_signature(stamp, &sealed);
        assert_eq!(seal.open(stamp, &signature, &sealed).unwrap(), message);
    }
}

#[test]
fn open_data_is_opened_for_our_app_alone() {
    let key = SecretString::from("tiihtNczf5v6AKRyjwEUhQ==");
    let open = |app_id| open_data::open(OPEN_DATA_SEALED, "r7BXXKkLb8qrSNn05n0qiA==", &key, app_id);
    let data = open("wx4f4bc4dec97d474b").unwrap();
    assert_eq!(data, serde_json::from_str::<Value>(OPEN_DATA_PLAIN).unwrap());
    assert_eq!(open("wxother"), Err(Broken::OtherReceiver));
    let stale = SecretString::from("o0q0otL8aEzpcZL/FT9WsQ==");
    let read = open_data::open(OPEN_DATA_SEALED, "r7BXXKkLb8qrSNn05n0qiA==", &stale, "wx4f4bc4dec97d474b");
    assert_eq!(read, Err(Broken::Unreadable));
}

#[test]
fn a_login_state_is_an_hmac_keyed_by_the_text_of_the_session_key() {
    let key = "o0q0otL8aEzpcZL/FT9WsQ==";
    let of_body = "654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b";
    assert_eq!(login_state(key, br#"{"foo":"bar"}"#), of_body);
    assert_eq!(login_state(key, b""), "46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128");
}

#[test]
fn raw_data_is_signed_as_it_came() {
    let key = SecretString::from("HyVFkGl5F5OQWJZZaNzBBg==");
    assert!(open_data::is_signed(RAW_DATA, &key, "75e81ceda165f4ffa64f4068af58c64b8f54b88c"));
    assert!(!open_data::is_signed(&format!("{RAW_DATA} "), &key, "75e81ceda165f4ffa64f4068af58c64b8f54b88c"));
}

fn context(timestamp: i64) -> Context<'static> {
    Context {
        url: "https://api.weixin.qq.com/wxa/getuserriskrank",
        app_id: "wxba6223c06417af7b",
        timestamp,
        key_number: "fa05fe1e5bcc79b81ad5ad4b58acf787",
    }
}

#[test]
fn a_call_is_sealed_to_the_letter() {
    let iv: [u8; 12] = decoded("fmW/zNxXlytUZBgj").unwrap().try_into().unwrap();
    let sealed =
        signed_api::seal(&API_KEY.into(), context(1_635_927_954), API_REQUEST.as_bytes(), &iv).unwrap();
    assert_eq!(sealed.data, API_REQUEST_DATA);
    assert_eq!(sealed.authtag, API_REQUEST_TAG);
    assert_eq!(serde_json::to_string(&sealed).unwrap().len(), 324);
}

#[test]
fn a_sealed_answer_is_opened_and_its_signed_text_known() {
    let sealed = Sealed {
        iv: API_ANSWER_IV.to_owned(),
        data: API_ANSWER_DATA.to_owned(),
        authtag: API_ANSWER_TAG.to_owned(),
    };
    let context = context(1_635_927_956);
    let answer = signed_api::open(&API_KEY.into(), context, &sealed).unwrap();
    assert_eq!(answer, serde_json::from_str::<Value>(API_ANSWER).unwrap());
    let body = json!({ "iv": sealed.iv, "data": sealed.data, "authtag": sealed.authtag });
    let body = format!(r#"{{"iv":{},"data":{},"authtag":{}}}"#, body["iv"], body["data"], body["authtag"]);
    let digest = hex(&Sha256::digest(signed_api::to_sign(context, &body)));
    assert_eq!(digest, API_ANSWER_TO_SIGN_SHA256);
    let late = Context { timestamp: 1_635_927_957, ..context };
    assert_eq!(signed_api::open(&API_KEY.into(), late, &sealed), Err(Broken::BadSignature));
}

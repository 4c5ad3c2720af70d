use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    Answered, Envelope, Event, Format, Mode, Push, Refusal, Sealing, SentResult, Signed, body, echo, parse,
    query,
};
use crate::{
    Suggestion,
    crypto::{
        Broken,
        callback::{Seal, Stamp},
    },
};

const TOKEN: &str = "AAAAA";
const STAMP: Stamp<'static> = Stamp { timestamp: "1772000000", nonce: "7" };

fn seal(receiver: &str) -> Seal {
    Seal::new(TOKEN.into(), &"kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR".into(), receiver).unwrap()
}

fn push(text: &str) -> Push {
    parse(text.as_bytes()).unwrap()
}

fn json_event(name: &str, rest: &str) -> String {
    format!(
        r#"{{"ToUserName":"gh_sim","FromUserName":"oU1","CreateTime":1772000000,"MsgType":"event","Event":"{name}",{rest}}}"#
    )
}

fn xml_event(name: &str, rest: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_sim]]></ToUserName>\n<FromUserName><![CDATA[oU1]]></FromUserName>\
         <CreateTime>1772000000</CreateTime><MsgType><![CDATA[event]]></MsgType>\
         <Event><![CDATA[{name}]]></Event>{rest}</xml>"
    )
}

fn answered(template_id: &str, is_accepted: bool) -> Answered {
    Answered { template_id: template_id.to_owned(), is_accepted }
}

#[test]
fn a_tap_is_the_same_in_every_spelling() {
    let one = Event::SubscribePopup(vec![answered("T1", true)]);
    let item = r#"{"TemplateId":"T1","SubscribeStatusString":"accept","PopupScene":"0"}"#;
    let name = "subscribe_msg_popup_event";
    for list in [item.to_owned(), format!("[{item}]")] {
        assert_eq!(push(&json_event(name, &format!("\"List\":{list}"))).event, one);
    }
    let item = |id: &str, status: &str| {
        format!(
            "<List><TemplateId><![CDATA[{id}]]></TemplateId>\
             <SubscribeStatusString><![CDATA[{status}]]></SubscribeStatusString><PopupScene>0</PopupScene></List>"
        )
    };
    let wrapped = |items: &str| format!("<SubscribeMsgPopupEvent>{items}</SubscribeMsgPopupEvent>");
    assert_eq!(push(&xml_event(name, &wrapped(&item("T1", "accept")))).event, one);
    let two = item("T1", "accept") + &item("T2", "reject");
    let two = push(&xml_event(name, &wrapped(&two)));
    assert_eq!(two.event, Event::SubscribePopup(vec![answered("T1", true), answered("T2", false)]));
    assert_eq!((two.to.as_str(), two.from.as_str()), ("gh_sim", "oU1"));
    assert_eq!(two.created_at.timestamp(), 1_772_000_000);
}

#[test]
fn the_end_of_a_message_is_read_with_numbers_as_text() {
    let rest =
        r#""List":{"TemplateId":"T1","MsgID":"1864323726461255680","ErrorCode":"0","ErrorStatus":"success"}"#;
    let result = SentResult {
        template_id: "T1".to_owned(),
        msgid: "1864323726461255680".to_owned(),
        errcode: 0,
        status: "success".to_owned(),
    };
    let text = json_event("subscribe_msg_sent_event", rest).replace("1772000000", "\"1772000000\"");
    assert_eq!(push(&text).event, Event::SubscribeSent(vec![result.clone()]));
    let rest = "<SubscribeMsgSentEvent><List><TemplateId>T1</TemplateId><MsgID>1864323726461255680</MsgID>\
                <ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>";
    let event = push(&xml_event("subscribe_msg_sent_event", rest)).event;
    assert_eq!(event, Event::SubscribeSent(vec![result]));
}

#[test]
fn a_revoked_accept_and_a_service_accounts_word_are_read() {
    let rest = r#""List":{"TemplateId":"T1","SubscribeStatusString":"reject"}"#;
    let event = push(&json_event("subscribe_msg_change_event", rest)).event;
    assert_eq!(event, Event::SubscribeChange(vec![answered("T1", false)]));
    let rest = "<MsgID>200163836</MsgID><Status><![CDATA[failed:user block]]></Status>";
    let (msgid, status) = ("200163836".to_owned(), "failed:user block".to_owned());
    let event = push(&xml_event("TEMPLATESENDJOBFINISH", rest)).event;
    assert_eq!(event, Event::TemplateSendFinished { msgid, status });
    assert_eq!(push(&xml_event("subscribe", "<EventKey/>")).event, Event::Subscribe);
    assert_eq!(push(&xml_event("unsubscribe", "")).event, Event::Unsubscribe);
    let debug = push(&json_event("debug_demo", r#""debug_str":"hello world""#));
    assert_eq!(debug.event, Event::Other("debug_demo".to_owned()));
}

#[test]
fn a_verdict_on_a_file_has_a_label_of_either_kind() {
    for label in ["100", "\"100\""] {
        let rest = format!(
            r#""appid":"wx1","trace_id":"690b03d2","version":2,"result":{{"suggest":"pass","label":{label}}},
               "detail":[{{"strategy":"content_model","errcode":0,"suggest":"pass","label":{label},"prob":90}}]"#
        );
        let Event::MediaCheck(verdict) = push(&json_event("wxa_media_check", &rest)).event else { panic!() };
        assert_eq!((verdict.suggestion, verdict.label), (Some(Suggestion::Pass), Some(100)));
        assert_eq!(verdict.trace_id, "690b03d2");
    }
    let failed = push(&json_event("wxa_media_check", r#""trace_id":"1","errcode":-1008"#)).event;
    let Event::MediaCheck(verdict) = failed else { panic!() };
    assert_eq!((verdict.errcode, verdict.suggestion), (-1008, None));
}

#[test]
fn copies_of_a_push_have_one_key_and_others_another() {
    let popup = |id: &str| {
        let list = format!(r#""List":{{"TemplateId":"{id}","SubscribeStatusString":"accept"}}"#);
        push(&json_event("subscribe_msg_popup_event", &list)).dedupe_key
    };
    assert_eq!(popup("T1"), popup("T1"));
    assert_ne!(popup("T1"), popup("T2"));
    assert!(!popup("T1").contains("oU1"));
}

#[test]
fn what_could_grow_or_hide_is_refused() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><xml><CreateTime>1</CreateTime></xml>";
    let entity = "<xml><CreateTime>1</CreateTime><Event>&a;</Event></xml>";
    let deep = "<a>".repeat(20) + &"</a>".repeat(20);
    let long = format!("{{\"CreateTime\":1,\"x\":\"{}\"}}", "x".repeat(1 << 20));
    for text in [bomb, entity, &deep, &long, "", "hello", "[1]", "{}", "<xml>", "<xml></xml>"] {
        assert!(parse(text.as_bytes()).is_err(), "{}", &text[..text.len().min(60)]);
    }
    let escaped = push("<xml><CreateTime>1</CreateTime><Event>a&amp;b&#33;</Event></xml>");
    assert_eq!(escaped.event, Event::Other("a&b!".to_owned()));
}

fn fields() -> Map<String, Value> {
    let fields = json!({
        "ToUserName": "gh_sim", "FromUserName": "oU1", "CreateTime": 1_772_000_000, "MsgType": "event",
        "Event": "subscribe_msg_popup_event",
        "List": [{ "TemplateId": "T1]]>", "SubscribeStatusString": "accept", "PopupScene": "0" }],
    });
    fields.as_object().unwrap().clone()
}

fn signed(query: &[(&'static str, String)]) -> Signed<'static> {
    let value = |name| {
        let found = query.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        found.map(|value| &*value.leak())
    };
    Signed {
        signature: value("signature"),
        timestamp: value("timestamp").unwrap(),
        nonce: value("nonce").unwrap(),
        msg_signature: value("msg_signature"),
    }
}

#[test]
fn what_is_written_is_read_in_every_mode_and_format() {
    let seal_for_us = seal("wx1");
    for format in [Format::Json, Format::Xml] {
        for mode in [Mode::Plain, Mode::Compatible, Mode::Safe] {
            let is_compatible = mode == Mode::Compatible;
            let sealing = Sealing { seal: &seal_for_us, is_compatible, random: b"0123456789abcdef" };
            let body = body(&fields(), format, (mode != Mode::Plain).then_some(sealing)).unwrap();
            let sealed = (mode != Mode::Plain).then_some((&seal_for_us, &*body));
            let query = query(&TOKEN.into(), STAMP, sealed);
            let envelope = match mode {
                Mode::Plain => Envelope::plain(TOKEN.into()),
                _ => Envelope::sealed(seal("wx1")),
            };
            let push = parse(&envelope.open(signed(&query), &body).unwrap()).unwrap();
            assert_eq!(
                push.event,
                Event::SubscribePopup(vec![answered("T1]]>", true)]),
                "{format:?} {mode:?}"
            );
            assert_eq!(body.windows(3).any(|it| it == b"oU1"), mode != Mode::Safe);
        }
    }
}

#[test]
fn safe_mode_refuses_whatever_is_not_sealed_for_us() {
    let ours = seal("wx1");
    let sealing = Sealing { seal: &ours, is_compatible: false, random: b"0123456789abcdef" };
    let body = body(&fields(), Format::Json, Some(sealing)).unwrap();
    let query = query(&TOKEN.into(), STAMP, Some((&ours, &body)));
    let right = signed(&query);
    let safe = Envelope::sealed(seal("wx1"));
    let unsigned = Signed { msg_signature: None, ..right };
    assert_eq!(safe.open(unsigned, &body), Err(Refusal::NotSealed));
    let clear = Value::Object(fields()).to_string();
    assert_eq!(safe.open(right, clear.as_bytes()), Err(Refusal::NotSealed));
    let forged = Signed { msg_signature: right.signature, ..right };
    assert_eq!(safe.open(forged, &body), Err(Refusal::Forged(Broken::BadSignature)));
    let other = Envelope::sealed(seal("wx2"));
    assert_eq!(other.open(right, &body), Err(Refusal::Forged(Broken::OtherReceiver)));
    let plain = Envelope::plain("another".into());
    assert_eq!(plain.open(right, &body), Err(Refusal::Forged(Broken::BadSignature)));
}

#[test]
fn our_address_answers_only_who_knows_the_token() {
    let signature = "f464b24fc39322e44b38aa78f5edd27bd1441696";
    let signed = Signed {
        signature: Some(signature),
        timestamp: "1714036504",
        nonce: "1514711492",
        msg_signature: None,
    };
    assert_eq!(echo(&TOKEN.into(), signed, "4375120948345356249"), Some("4375120948345356249"));
    assert_eq!(echo(&"BBBBB".into(), signed, "1"), None);
    assert_eq!(echo(&TOKEN.into(), Signed { signature: None, ..signed }, "1"), None);
}

proptest! {
    #[test]
    fn no_body_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        parse(&bytes).ok();
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in r#"[<{]([a-zA-Z"<>/&;:,{}\[\]!0-9-]|List|Event|CreateTime){0,80}"#) {
        parse(text.as_bytes()).ok();
    }
}

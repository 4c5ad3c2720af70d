use proptest::prelude::*;

use super::{format, rule};

fn check(key: &str, value: &str, expected: &str) {
    assert_eq!(format(key, value), expected, "{key} of {value:?}");
    assert!(rule(key, expected), "{key} of {expected:?}");
}

fn refused(key: &str, values: &[&str]) {
    for value in values {
        assert!(!rule(key, value), "{key} of {value:?}");
    }
}

fn taken(key: &str, values: &[&str]) {
    for value in values {
        assert_eq!(&format(key, value), value, "{key}");
        assert!(rule(key, value), "{key} of {value:?}");
    }
}

#[test]
fn a_thing_has_twenty_characters() {
    let twenty = "一二三四五六七八九十一二三四五六七八九十";
    check("thing1", twenty, twenty);
    check("thing1", &format!("{twenty}一"), "一二三四五六七八九十一二三四五六七八九…");
    check("thing12", "回访\r\n南京路\t店\u{7}", "回访 南京路 店");
    check("thing1", "好👍\u{200d}店\u{fe0f}", "好店");
    check("thing1", " \u{2028} ", "无");
    check("thing1", "1234567890123456789 1234", "1234567890123456789…");
    check("thing1", "123456789012345678 901234", "123456789012345678…");
    refused("thing1", &["", "  ", "一\n二", &format!("{twenty}一")]);
}

#[test]
fn a_phrase_has_five_han() {
    check("phrase3", "待处理", "待处理");
    check("phrase3", "等待总监审批", "等待总监审");
    check("phrase3", "todo 待办!", "待办");
    check("phrase3", "todo", "无");
    refused("phrase3", &["等待总监审批", "ok", "待 办"]);
}

#[test]
fn a_character_string_has_no_han() {
    check("character_string2", "SO-2026-0001", "SO-2026-0001");
    check("character_string2", "单号SO-1", "SO-1");
    check("character_string2", "单号", "-");
    check("character_string2", &"7".repeat(32), &"7".repeat(32));
    check("character_string2", &"7".repeat(33), &format!("{}…", "7".repeat(31)));
    refused("character_string2", &["单号SO-1", &"7".repeat(33)]);
}

#[test]
fn a_name_has_ten_han_or_twenty_letters() {
    check("name1", "欧阳一二三四五六七八", "欧阳一二三四五六七八");
    check("name1", "欧阳一二三四五六七八九", "欧阳一二三四五六七…");
    check("name1", "Li 一二三四五六七", "Li 一二三四五六七");
    check("name1", "abcdefghij-abcdefghi", "abcdefghij-abcdefghi");
    check("name1", "abcdefghij-abcdefghij", "abcdefghij-abcdefgh…");
    check("name1", "张三2", "张三");
    check("name1", "007", "无");
    refused("name1", &["张三2", "abc一二三四五六七八", "abcdefghij-abcdefghij"]);
}

#[test]
fn a_time_is_in_beijing_and_has_no_t() {
    check("time2", "2026-03-05T10:00:00Z", "2026-03-05 18:00");
    check("time2", "2026-03-05T23:59:59.123+08:00", "2026-03-05 23:59");
    check("date2", "2026-03-05T16:00:00Z", "2026-03-06 00:00");
    check("time2", "2026-03-05 18:00:01", "2026-03-05 18:00");
    check("time2", "2026-03-05T18:00", "2026-03-05 18:00");
    taken("time2", &["15:01", "9:05:59", "2019年10月1日 15:01", "2026-03-05 18:00", "08:00~17:30"]);
    taken("time2", &["2026-03-05 18:00 ~ 2026-03-06 09:00"]);
    refused("time2", &["24:00", "15:60", "15", "2026-03-05", "明天", "15:01~", "2026-03-05T18:00"]);
}

#[test]
fn a_date_comes_in_the_documented_shapes() {
    taken("date1", &["2019年10月1日", "2018-01-01", "2018/01/01", "2018.01.01", "2018-01", "01-01"]);
    taken("date1", &["2018-01-01 15:01", "2018-01-01~2018-01-31"]);
    refused("date1", &["2018-13-01", "2018-00-01", "2018-01/01", "20180101", "15:01", "13-01", "2018年1月"]);
}

#[test]
fn an_amount_has_ten_digits_and_is_never_cut() {
    check("amount1", "¥1,280.50", "¥1280.50");
    taken("amount1", &["1280.5元", "¥9999999999", "￥0.01", "8"]);
    refused("amount1", &["¥99999999999", "-8", "8.", ".5", "¥¥8", "元", "1.2.3", "八元"]);
    assert_eq!(format("amount1", "¥99999999999"), "¥99999999999");
    assert_eq!(format("amount1", ""), "-");
}

#[test]
fn a_number_has_thirty_two_digits() {
    check("number1", "1,234 567", "1234567");
    taken("number1", &["0", "3.14", &"9".repeat(32)]);
    refused("number1", &[&"9".repeat(33), "-1", "三", "1e3", "-"]);
}

#[test]
fn the_small_fields_hold_their_characters() {
    check("phone_number1", "+86 0766-66888866", "+860766-66888866");
    check("phone_number1", "123456789012345678", "12345678901234567");
    check("phone_number1", "无", "-");
    check("car_number1", "粤A·8Z888挂", "粤A8Z888挂");
    check("car_number1", "粤A8Z8888挂", "粤A8Z8888");
    check("letter1", "abc-1", "abc");
    check("symbol1", "a!!!!!!", "!!!!!");
    refused("phone_number1", &["电话", "123456789012345678"]);
    refused("car_number1", &["粤A·8Z888", "粤A8Z88888挂"]);
    refused("letter1", &["a1", &"a".repeat(33), "é"]);
    refused("symbol1", &["!!!!!!", "a"]);
}

#[test]
fn a_key_of_no_known_type_is_refused() {
    refused("thin1", &["回访"]);
    refused("thing", &[""]);
    taken("enum_string1", &["男"]);
}

proptest! {
    #[test]
    fn whatever_somebody_typed_fits_after_formatting(
        text in any::<String>(),
        key in prop::sample::select(vec![
            "thing1", "phrase1", "name1", "character_string1", "phone_number1", "car_number1", "symbol1",
        ]),
    ) {
        let fitted = format(key, &text);
        prop_assert!(rule(key, &fitted), "{} of {:?}", key, fitted);
    }

    #[test]
    fn han_of_any_length_fits_after_formatting(text in "[一-龥a-z0-9 ]{0,60}") {
        for key in ["thing1", "phrase1", "name1", "character_string1", "car_number1"] {
            prop_assert!(rule(key, &format(key, &text)), "{}", key);
        }
    }
}

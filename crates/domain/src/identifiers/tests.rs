use std::collections::HashMap;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/");

#[test]
fn the_duplicates_of_every_slice_are_found_and_no_more() {
    let absent: Vec<&str> = ["seed", "public"].into_iter().filter(|slice| !check_slice(slice)).collect();
    if !absent.is_empty() {
        println!("duplicates: {} of 2 slices left out: {}", absent.len(), absent.join(", "));
    }
}

fn check_slice(slice: &str) -> bool {
    let folder = Path::new(FOLDER).join(slice);
    let (customers, expected) = (folder.join("customers.csv"), folder.join("expected-duplicates.json"));
    if !customers.exists() || !expected.exists() {
        return false;
    }
    let customers = std::fs::read_to_string(customers).unwrap();
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(expected).unwrap()).unwrap();
    assert!(!customers.contains('"'), "the rows are split at commas");
    let mut lines = customers.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns: HashMap<&str, usize> = lines.next().unwrap().into_iter().zip(0..).collect();
    let rows: Vec<Vec<&str>> = lines.collect();
    let field = |row: usize, column: &str| rows[row][columns[column]];
    let file = |row: usize| File {
        uscc: Some(field(row, "uscc")),
        phone: Some(field(row, "phone")),
        name: field(row, "name"),
        district: Some(field(row, "district_code")),
    };
    let files: Vec<File<'_>> = (0..rows.len()).map(file).collect();
    let named = |group: Vec<usize>| group.iter().map(|row| field(*row, "customer_id")).collect::<Vec<_>>();
    let groups: Vec<Vec<&str>> = duplicate_groups(&files).into_iter().map(named).collect();
    let invalid = |row: &usize| !field(*row, "uscc").is_empty() && check_uscc(field(*row, "uscc")).is_err();
    let invalid: Vec<usize> = (0..rows.len()).filter(invalid).collect();
    assert_eq!(json!(groups), expected["groups"], "{slice}");
    assert_eq!(json!(named(invalid)), expected["invalid_uscc"], "{slice}");
    true
}

#[track_caller]
fn check_code(text: &str, expected: Result<&str, UsccFault>) {
    assert_eq!(check_uscc(text), expected.map(str::to_owned));
}

#[test]
fn a_credit_code_is_checked_to_its_last_sign() {
    check_code("91320106FABQK0PF02", Ok("91320106FABQK0PF02"));
    check_code(" 91320106fabqk0pf02\t", Ok("91320106FABQK0PF02"));
    check_code("91320106FABQK0PF03", Err(UsccFault::CheckDigit));
    check_code("19320106FABQK0PF02", Err(UsccFault::CheckDigit));
    check_code("91320106FABQKOPF02", Err(UsccFault::Alphabet));
    check_code("91320106FABQK0PF0２", Err(UsccFault::Alphabet));
    check_code("91320106FABQK0PF0", Err(UsccFault::Length));
    check_code("91320106FABQK0PF022", Err(UsccFault::Length));
    check_code("", Err(UsccFault::Length));
    // The check value of a body of zeros is 0, not 31.
    check_code("000000000000000000", Ok("000000000000000000"));
}

#[track_caller]
fn check_phone(text: &str, normal: &str, mobile: bool) {
    let phone = normal_phone(text);
    assert_eq!((phone.as_str(), is_mobile(&phone)), (normal, mobile));
}

#[test]
fn a_phone_is_its_digits() {
    check_phone("+86 155-0000-0111", "15500000111", true);
    check_phone("８６１５５００００００１１", "15500000011", true);
    check_phone("(0571) 8600 1234", "057186001234", false);
    check_phone("86 0571 8600 12", "860571860012", false);
    check_phone("8613000000000", "13000000000", true);
    check_phone("12000000000", "12000000000", false);
    check_phone("19900000000", "19900000000", true);
    check_phone("1990000000", "1990000000", false);
    check_phone("199000000000", "199000000000", false);
    check_phone("", "", false);
    check_phone("0086 13800003333", "13800003333", true);
    check_phone("13800002222.0", "13800002222", true);
    check_phone("138\u{200b}00002222", "13800002222", true);
    for made_by_a_spreadsheet in ["1.38000112E+10", "1.38E+10", "13800001.12", "138e8"] {
        check_phone(made_by_a_spreadsheet, "", false);
    }
    assert!(!is_mobile("1990000000a"));
}

#[track_caller]
fn check_name(text: &str, normal: &str) {
    assert_eq!(normal_name(text), normal);
}

#[test]
fn a_name_is_compared_without_dress() {
    check_name("苏州市吴中区兴旺佳和连锁店８３８号 ", "苏州市吴中区兴旺佳和连锁店838号");
    check_name("好又多（上海）·Ａｂｃ－超市\u{3000}", "好又多上海abc超市");
    check_name("Ⅷ＋C&A ￥100", "viiica100");
    check_name("———", "");
    check_name("㈱ﾌｧﾐﾏ", "株ファミマ");
}

const FILE: File<'static> = File { uscc: None, phone: None, name: "", district: None };

#[track_caller]
fn check_groups(files: &[File<'_>], groups: &[&[usize]]) {
    assert_eq!(duplicate_groups(files), groups);
}

#[test]
fn a_link_of_a_link_is_a_link() {
    let code = File { uscc: Some("91320106fabqk0pf02 "), ..FILE };
    let code_and_phone = File { uscc: Some("91320106FABQK0PF02"), phone: Some("155"), ..FILE };
    let phone_and_name = File { phone: Some("1-5-5"), name: "好又多", district: Some("330106"), ..FILE };
    let name = File { name: "好又多。", district: Some("330106"), ..FILE };
    let stranger = File { phone: Some("156"), ..FILE };
    check_groups(&[code, code_and_phone, phone_and_name, name], &[&[0, 1, 2, 3]]);
    check_groups(&[name, stranger, code, phone_and_name, code_and_phone], &[&[0, 2, 3, 4]]);
    check_groups(&[stranger, name, code, name, code, stranger], &[&[0, 5], &[1, 3], &[2, 4]]);
}

#[test]
fn the_same_name_in_another_district_is_another_customer() {
    let here = File { name: "好又多", district: Some("330106"), ..FILE };
    let there = File { name: "好又多", district: Some("330108"), ..FILE };
    let nowhere = File { name: "好又多", district: None, ..FILE };
    check_groups(&[here, there, nowhere, nowhere], &[]);
    check_groups(&[here, there, here], &[&[0, 2]]);
}

#[test]
fn what_is_absent_links_nothing() {
    let empty = File { uscc: Some(" "), phone: Some("无"), name: "——", district: Some("330106") };
    let no_district = File { name: "好又多", district: Some(""), ..FILE };
    check_groups(&[FILE, FILE, empty, empty, no_district, no_district], &[]);
    check_groups(&[], &[]);
}

#[test]
fn a_wrong_credit_code_links_as_well() {
    let wrong = File { uscc: Some("91320106FABQK0PF03"), ..FILE };
    check_groups(&[wrong, wrong], &[&[0, 1]]);
}

#[test]
fn a_code_is_not_taken_for_a_phone() {
    check_groups(
        &[File { uscc: Some("15500000001"), ..FILE }, File { phone: Some("15500000001"), ..FILE }],
        &[],
    );
}

proptest! {
    #[test]
    fn one_wrong_sign_never_passes(place in 0..18usize, sign in "[0-9A-HJ-NP-RTUW-Y]") {
        let mut code = "91320106FABQK0PF02".to_owned();
        code.replace_range(place..=place, &sign);
        prop_assert_eq!(check_uscc(&code).is_ok(), code == "91320106FABQK0PF02");
    }

    #[test]
    fn any_text_has_a_normal_form(text in any::<String>()) {
        prop_assert!(normal_phone(&text).bytes().all(|digit| digit.is_ascii_digit()));
        prop_assert!(!normal_name(&text).contains(char::is_whitespace) || text.contains(char::is_control));
        prop_assert!(check_uscc(&text).is_err());
    }

    #[test]
    fn groups_are_those_of_pairwise_closure(marks in prop::collection::vec((0..12u8, 0..12u8), 0..14)) {
        let texts: Vec<(String, String)> =
            marks.iter().map(|(code, phone)| (code.to_string(), phone.to_string())).collect();
        let files: Vec<File<'_>> =
            texts.iter().map(|(code, phone)| File { uscc: Some(code), phone: Some(phone), ..FILE }).collect();
        let mut labels: Vec<usize> = (0..marks.len()).collect();
        for _ in 0..marks.len() {
            for one in 0..marks.len() {
                for other in 0..marks.len() {
                    if marks[one].0 == marks[other].0 || marks[one].1 == marks[other].1 {
                        labels[other] = labels[other].min(labels[one]);
                    }
                }
            }
        }
        let expected: Vec<Vec<usize>> = (0..marks.len())
            .map(|label| (0..marks.len()).filter(|place| labels[*place] == label).collect::<Vec<_>>())
            .filter(|group| group.len() > 1)
            .collect();
        prop_assert_eq!(duplicate_groups(&files), expected);
    }
}

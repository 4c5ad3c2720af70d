//! What keeps stages and kinds of evidence from being published.

use super::{kinds, stages};
use crate::actions::Stages;
use crate::documents::Fault;
use crate::evidence::kinds::Kinds;
use crate::evidence::unit::{Group, Part, Unit};

fn shown(faults: Vec<Fault>) -> Vec<String> {
    faults.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect()
}

fn check(change: impl FnOnce(&mut Stages), expected: &[&str]) {
    let mut stages = stages();
    change(&mut stages);
    assert_eq!(shown(stages.check(&kinds())), expected);
}

fn check_kinds(change: impl FnOnce(&mut Kinds), expected: &[&str]) {
    let mut kinds = kinds();
    change(&mut kinds);
    assert_eq!(shown(kinds.check()), expected);
}

#[test]
fn the_template_may_be_published() {
    check(|_| (), &[]);
    check_kinds(|_| (), &[]);
}

#[test]
fn stages_that_cannot_hold_are_named() {
    check(|it| it.opportunity[2].unit = None, &["/opportunity/2/unit unit_missing"]);
    check(|it| it.opportunity[2].unit = Some(Unit::AllOf(vec![])), &["/opportunity/2/unit unit_missing"]);
    check(
        |it| it.opportunity[0].unit = it.opportunity[2].unit.clone(),
        &["/opportunity/0/unit unit_not_asked"],
    );
    check(|it| it.opportunity[2].code = "needs".to_owned(), &["/opportunity/2/code code_twice"]);
    check(|it| it.opportunity.swap(4, 5), &["/opportunity/5 stage_unreachable"]);
    check(|it| drop(it.opportunity.pop()), &["/opportunity stage_end_missing"]);
    check(|it| it.lost_reasons.clear(), &["/lost_reasons required"]);
    let group = Group::AnyOf(vec!["bank_slip".to_owned(), "gone".to_owned()]);
    let unit = Unit::AllOf(vec![Part::Kind("solution_demo".to_owned()), Part::Group(group)]);
    check(
        |it| it.opportunity[2].unit = Some(unit),
        &["/opportunity/2/unit/all_of/1/any_of/1 evidence_kind_unknown"],
    );
}

#[test]
fn a_unit_is_all_or_any_and_never_both() {
    for text in [r#"{"all_of": ["a"], "any_of": ["b"]}"#, r#"{}"#, r#"["a"]"#, r#"{"none_of": ["a"]}"#] {
        assert!(serde_json::from_str::<Unit>(text).is_err(), "{text}");
    }
    let nested: Unit = serde_json::from_str(r#"{"any_of": ["a", {"all_of": ["b", "c"]}]}"#).unwrap();
    let lacking = nested.lacking(&["b".to_owned()].into());
    let lacking: Vec<_> = lacking.iter().map(|it| (it.kind.as_str(), it.alternatives.clone())).collect();
    assert_eq!(lacking, [("a", vec!["c".to_owned()]), ("c", vec!["a".to_owned()])]);
    assert!(nested.lacking(&["b".to_owned(), "c".to_owned()].into()).is_empty());
}

#[test]
fn kinds_that_cannot_hold_are_named() {
    check_kinds(|it| it.kinds[1].code = "needs_record".to_owned(), &["/kinds/1/code code_twice"]);
    check_kinds(
        |it| it.kinds[0].vague_fields = vec!["mood".to_owned()],
        &["/kinds/0/vague_fields/0 field_unknown"],
    );
    check_kinds(|it| it.kinds[2].signer = None, &["/kinds/2/gap gap_without_signer"]);
    check_kinds(|it| it.kinds[2].gap.as_mut().unwrap().in_a_row = 1, &["/kinds/2/gap out_of_range"]);
    check_kinds(|it| it.kinds[6].attachments = None, &["/kinds/6 asks_for_nothing"]);
}

//! Is what we fill in what the platform's templates ask for?

use std::collections::{BTreeMap, BTreeSet};

use wechat::Template as Theirs;

use crate::config::Template;

/// Everything that would make the platform refuse our messages, as sentences for an operator. Empty where all is well.
pub fn faults(ours: &BTreeMap<String, Template>, theirs: &[Theirs]) -> Vec<String> {
    let mut faults = Vec::new();
    for (kind, template) in ours {
        let Some(known) = theirs.iter().find(|it| it.id == template.id) else {
            faults.push(format!("wechat.templates.{kind}: WeChat has no template {}", template.id));
            continue;
        };
        let asked: BTreeSet<&str> = known.fields.iter().map(|it| it.key.as_str()).collect();
        let filled: BTreeSet<&str> = template.fields.keys().map(String::as_str).collect();
        for key in asked.difference(&filled) {
            faults.push(format!("wechat.templates.{kind}: field {key} is asked for and not filled"));
        }
        for key in filled.difference(&asked) {
            faults.push(format!("wechat.templates.{kind}: field {key} is filled and not asked for"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use wechat::{TemplateField, TemplateKind};

    use super::*;
    use crate::config::Content;

    #[test]
    fn a_mapping_says_what_is_missing_too_much_or_unknown() {
        let fields = |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), Content::Title)).collect();
        let ours = BTreeMap::from([
            ("decided".to_owned(), Template { id: "A".to_owned(), fields: fields(&["thing1", "time2"]) }),
            ("todo_opened".to_owned(), Template { id: "B".to_owned(), fields: fields(&[]) }),
        ]);
        let field = |key: &str| TemplateField { key: key.to_owned(), label: String::new() };
        let theirs = [Theirs {
            id: "A".to_owned(),
            title: String::new(),
            kind: TemplateKind::OneTime,
            fields: vec![field("thing1"), field("thing3")],
        }];
        assert_eq!(
            faults(&ours, &theirs),
            [
                "wechat.templates.decided: field thing3 is asked for and not filled",
                "wechat.templates.decided: field time2 is filled and not asked for",
                "wechat.templates.todo_opened: WeChat has no template B",
            ]
        );
    }
}

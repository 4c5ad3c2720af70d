//! XML as far as WeChat writes it: elements with text, of which some repeat.
//! No document type, no entities but the five, and not deep: what a hostile
//! document could grow from is refused.

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, Event},
};
use serde_json::{Map, Value};

const DEEPEST: usize = 16;

/// The fields of the root element: texts, objects, and arrays of what repeats.
pub(super) fn fields(text: &str) -> Option<Map<String, Value>> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if open.len() == DEEPEST {
                    return None;
                }
                open.push(Element::named(start.name().as_ref()));
            }
            Event::Empty(empty) => {
                let element = Element::named(empty.name().as_ref());
                open.last_mut()?.take(element);
            }
            Event::Text(text) => say(&mut open, &text.xml10_content()),
            Event::CData(text) => say(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => say(&mut open, &resolved(&reference)?),
            Event::End(_) => {
                let element = open.pop()?;
                match open.last_mut() {
                    Some(parent) => parent.take(element),
                    None => return Some(element.fields),
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::DocType(_) | Event::Eof => return None,
        }
    }
}

/// An element that has not ended.
struct Element {
    name: String,
    text: String,
    fields: Map<String, Value>,
}

impl Element {
    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), text: String::new(), fields: Map::new() }
    }

    /// A child has ended. A second one of its name makes a list of both.
    fn take(&mut self, child: Self) {
        let value =
            if child.fields.is_empty() { Value::String(child.text) } else { Value::Object(child.fields) };
        match self.fields.get_mut(&child.name) {
            None => {
                self.fields.insert(child.name, value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
}

fn say(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn resolved(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character.to_string()),
        _ => resolve_predefined_entity(reference).map(str::to_owned),
    }
}

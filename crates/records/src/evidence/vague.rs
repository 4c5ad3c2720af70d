//! Tells a person that a text says nothing, and what would count.

use domain::evidence::kinds::Kinds;
use domain::evidence::vague::is_vague;
use domain::writing::is_blank;

use crate::error::FieldFault;

/// A warning about a text that says nothing that can be checked; none about one that was left empty.
pub fn vague(kinds: &Kinds, pointer: &str, text: &str, customer: Option<&str>) -> Option<FieldFault> {
    let says_nothing = !is_blank(text) && is_vague(text, &kinds.vague_phrases, customer);
    says_nothing.then(|| FieldFault::new(pointer, "vague_text"))
}

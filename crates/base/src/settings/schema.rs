//! JSON Schemas that operations write: compiled once each, and faults as pointers into what was filled in.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use anyhow::Context;
use domain::documents::Fault;
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// By their text: the same schema is the same in every version.
static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// More schemas than an installation has; then all are forgotten, so that edits cannot fill the memory.
const N_MOST: usize = 500;

/// What is wrong with a schema itself. A schema refers to nothing outside of it.
pub fn check(schema: &Value, at: &str) -> Vec<Fault> {
    let is_object = schema.get("type").is_some_and(|it| it == "object");
    if is_object && compiled(schema).is_ok() { Vec::new() } else { vec![Fault::new(at, "schema_invalid")] }
}

/// Everything that is wrong in `body`, with pointers below `at`. What is required at its top and absent is left out:
/// it is missing, not wrong.
pub fn faults(schema: &Value, body: &Value, at: &str) -> anyhow::Result<Vec<Fault>> {
    let compiled = compiled(schema)?;
    let mut faults = Vec::new();
    for error in compiled.iter_errors(body) {
        let path = error.instance_path().to_string();
        match error.kind() {
            ValidationErrorKind::Required { .. } if path.is_empty() => {}
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                faults.push(Fault::new(format!("{at}{path}/{name}"), "required"));
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let named = unexpected.iter().map(|name| {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    Fault::new(format!("{at}{path}/{name}"), "unknown_field")
                });
                faults.extend(named);
            }
            _ => faults.push(Fault::new(format!("{at}{path}"), "invalid_value")),
        }
    }
    Ok(faults)
}

fn compiled(schema: &Value) -> anyhow::Result<Arc<Validator>> {
    let text = schema.to_string();
    let mut known = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(validator) = known.get(&text) {
        return Ok(validator.clone());
    }
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .map_err(|fault| anyhow::anyhow!("{fault}"))
        .context("compiling a schema")?;
    if known.len() >= N_MOST {
        known.clear();
    }
    let validator = Arc::new(validator);
    known.insert(text, validator.clone());
    Ok(validator)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object", "additionalProperties": false, "required": ["names"],
            "properties": {
                "names": {"type": "array", "items": {"type": "object", "required": ["name"]}},
                "on": {"type": "string", "format": "date"},
            },
        })
    }

    fn shown(body: Value) -> Vec<String> {
        let faults = faults(&schema(), &body, "/fields").unwrap();
        faults.into_iter().map(|it| format!("{} {}", it.pointer, it.code)).collect()
    }

    #[test]
    fn what_is_wrong_is_named_and_what_is_missing_is_not() {
        assert_eq!(shown(json!({})), [""; 0]);
        assert_eq!(shown(json!({"names": [{}]})), ["/fields/names/0/name required"]);
        assert_eq!(shown(json!({"names": "x"})), ["/fields/names invalid_value"]);
        assert_eq!(shown(json!({"on": "2026-13-01"})), ["/fields/on invalid_value"]);
        assert_eq!(shown(json!({"a/b": 1})), ["/fields/a~1b unknown_field"]);
    }

    #[test]
    fn a_schema_that_means_nothing_is_refused() {
        assert_eq!(check(&schema(), "/s"), []);
        for schema in [json!({"type": "objekt"}), json!(true), json!({"type": "array"})] {
            assert_eq!(check(&schema, "/s")[0].code, "schema_invalid", "{schema}");
        }
        // Nothing is fetched from anywhere.
        let remote = json!({"type": "object", "properties": {"a": {"$ref": "https://example.com/a.json"}}});
        assert_eq!(check(&remote, "/s")[0].code, "schema_invalid");
    }
}

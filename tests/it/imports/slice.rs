//! A year of a company with three regions and forty-six people, from public data, where it is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use super::{all, counts, findings, import};
use crate::support::{Person, World};

/// How many checks need the slice.
const N_CHECKS: usize = 4;

static SAID: Once = Once::new();

/// The folder, or one line that says what is left out. Past the harness, which shows nothing of a test that passes.
fn slice() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/public");
    if folder.join("meta.json").exists() {
        return Some(folder);
    }
    let line =
        format!("imports: {N_CHECKS} checks are left out, there is no public slice beside the repository\n");
    SAID.call_once(|| std::io::stderr().write_all(line.as_bytes()).unwrap());
    None
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&read(folder, name)).unwrap()
}

/// Imports the first files, and returns what was said about the customers.
async fn load(world: &World, person: &Person, folder: &Path) -> Value {
    let rows = &json(folder, "meta.json")["rows"];
    let mut last = Value::Null;
    for kind in ["regions", "users", "products", "customers"] {
        last = import(world, person, kind, read(folder, &format!("{kind}.csv"))).await;
        let n = rows[kind].as_u64().unwrap();
        assert_eq!(counts(&last), (n, n, 0), "{kind}: {}", last["errors"]);
        assert_eq!(last["status"], "done");
    }
    last
}

/// The items of the slice on a list, by the other system's id, without what an import may change.
async fn stored(person: &Person, path: &str, begins: &str) -> BTreeMap<String, Value> {
    let items = all(person, path).await.into_iter().filter_map(|mut item| {
        let external_id = item["external_id"].as_str()?.to_owned();
        item.as_object_mut().unwrap().remove("version");
        let has_number = external_id.trim_start_matches(char::is_alphabetic).parse::<u32>().is_ok();
        (has_number && begins.contains(&external_id[..1]) && !external_id.starts_with("DC"))
            .then_some((external_id, item))
    });
    items.collect()
}

#[tokio::test]
async fn the_slice_is_imported_as_its_description_counts_it() {
    let Some(folder) = slice() else { return };
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let n_before = (all(&clerk, "/users?").await.len(), all(&clerk, "/customers?").await.len());
    load(&world, &clerk, &folder).await;
    let rows = &json(&folder, "meta.json")["rows"];
    let n = |kind: &str| usize::try_from(rows[kind].as_u64().unwrap()).unwrap();
    assert_eq!(all(&clerk, "/users?").await.len() - n_before.0, n("users"));
    assert_eq!(all(&clerk, "/customers?").await.len() - n_before.1, n("customers"));
    for (role, in_file) in
        [("rep", "rep"), ("supervisor", "manager"), ("sales_director", "director"), ("legal", "legal")]
    {
        let wanted =
            read(&folder, "users.csv").lines().filter(|line| line.split(',').nth(1) == Some(in_file)).count();
        let users = all(&clerk, &format!("/users?role={role}&")).await;
        let found = users.iter().filter(|user| user["username"].as_str().unwrap().len() == 3).count();
        assert_eq!(found, wanted, "{role}");
    }
    world.end().await;
}

#[tokio::test]
async fn importing_the_slice_twice_changes_nothing_but_versions() {
    let Some(folder) = slice() else { return };
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let first = load(&world, &clerk, &folder).await;
    let (users, customers) =
        (stored(&clerk, "/users?", "MSLFD").await, stored(&clerk, "/customers?", "C").await);
    assert_eq!((users.len() > 40, customers.len()), (true, 1259));
    let second = load(&world, &clerk, &folder).await;
    assert_eq!(second["warnings"], first["warnings"]);
    assert_eq!(stored(&clerk, "/users?", "MSLFD").await, users);
    assert_eq!(stored(&clerk, "/customers?", "C").await, customers);
    let again = clerk.get("/customers?external_id=C00001").await.ok();
    assert_eq!(again["items"][0]["version"], 2);
    world.end().await;
}

#[tokio::test]
async fn the_warnings_of_the_slice_are_the_expected_ones() {
    let Some(folder) = slice() else { return };
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    let read_in = load(&world, &clerk, &folder).await;
    let file = read(&folder, "customers.csv");
    // The header is row 1, and no cell of the file has a line break.
    let ids: Vec<&str> = file.lines().map(|line| line.split(',').next().unwrap()).collect();
    let warned = |wanted: fn(&str) -> bool| -> BTreeSet<String> {
        let found = findings(&read_in["warnings"]).into_iter().filter(|(.., code)| wanted(code));
        found.map(|(row, ..)| ids[usize::try_from(row).unwrap() - 1].to_owned()).collect()
    };
    let known = json(&folder, "expected-duplicates.json");
    let texts = |list: &Value| -> Vec<String> {
        let all = list.as_array().unwrap().iter();
        all.map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let invalid: BTreeSet<String> = texts(&known["invalid_uscc"]).into_iter().collect();
    assert!(!invalid.is_empty());
    assert_eq!(warned(|code| code == "uscc_invalid"), invalid);
    // Whoever stands first in a group is nobody's duplicate yet.
    let groups = known["groups"].as_array().unwrap().iter().map(texts);
    let later: BTreeSet<String> = groups.flat_map(|group| group.into_iter().skip(1)).collect();
    assert_eq!(warned(|code| code.starts_with("duplicate_")), later);
    world.end().await;
}

/// The month and the region of a lead.
type Place = (String, String);

#[tokio::test]
async fn the_leads_of_the_slice_were_answered_as_expected() {
    let Some(folder) = slice() else { return };
    let world = World::start().await;
    let clerk = world.login("operations-01").await;
    load(&world, &clerk, &folder).await;
    let meta = json(&folder, "meta.json");
    let n = meta["rows"]["leads"].as_u64().unwrap();
    let done = import(&world, &clerk, "leads", read(&folder, "leads.csv")).await;
    assert_eq!(counts(&done), (n, n, 0), "{}", done["errors"]);
    let regions = all(&clerk, "/regions?").await;
    let code = |id: &Value| regions.iter().find(|it| it["id"] == *id).unwrap()["external_id"].clone();
    let at = |text: &Value| text.as_str().unwrap().parse::<DateTime<FixedOffset>>().unwrap();
    let as_of = at(&meta["as_of"]);
    let mut answered: BTreeMap<Place, (u64, u64)> = BTreeMap::new();
    for lead in all(&clerk, "/leads?").await {
        let created = at(&lead["created_at"]).with_timezone(as_of.offset());
        let is_matured =
            lead["first_response_at"].is_string() || as_of - created >= chrono::TimeDelta::hours(72);
        let place =
            (created.format("%Y-%m").to_string(), code(&lead["region_id"]).as_str().unwrap().to_owned());
        if is_matured {
            let count = answered.entry(place).or_default();
            count.0 += 1;
            count.1 += u64::from(lead["response_in_time"] == true);
        }
    }
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let expected = json(&folder, "expected-leads.json")["response"].clone();
    let expected = expected.as_array().unwrap().iter().map(|it| {
        let counted = (it["matured"].as_u64().unwrap(), it["responded_72h"].as_u64().unwrap());
        ((text(&it["month"]), text(&it["region"])), counted)
    });
    assert_eq!(answered, expected.filter(|((_, region), _)| region != "ALL").collect());
    let ran = world.advance("P5D").await;
    let is_reminder = |it: &&Value| it["name"] == "leads.remind";
    assert_eq!(ran.as_array().unwrap().iter().find(is_reminder), None, "history rings for nobody");
    world.end().await;
}

//! Eight photos at once, all that is known, real and hostile: memory stays bounded and nothing falls over.

use std::path::Path;

use futures::future::join_all;

use super::place::{Place, Server};
use crate::support::Person;
use crate::support::people::at_store;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/photos/files");
const MOST_MB: u64 = 400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_people_hand_in_everything_at_once_in_400_megabytes() {
    let place = Place::fresh().await;
    let mut server = place.serve().await;
    let files = files(Path::new(FOLDER));
    let mut lanes = Vec::new();
    for name in ["rep-01", "rep-02", "rep-03", "rep-04"] {
        let rep = server.login(name).await;
        lanes.extend((0..2).map(|lane| hand_in(rep.clone(), files.iter().skip(lane).step_by(2))));
    }
    let n_taken: usize = join_all(lanes).await.into_iter().sum();
    if files.is_empty() {
        println!("shared/photos is absent: nothing was handed in");
    } else {
        assert!(n_taken >= 4 * 40, "{n_taken} were taken");
    }
    assert!(!server.process.has_ended(), "{}", place.logged());
    assert!(!place.logged().contains("panicked"), "{}", place.logged());
    let peak = peak_mb(&server);
    println!("{} files by four people, eight at once: {n_taken} taken, at most {peak} MB", files.len());
    assert!(peak < MOST_MB, "{peak} MB");
}

/// How many of the files were taken; the others were refused with a reason.
async fn hand_in(rep: Person, files: impl Iterator<Item = &Vec<u8>>) -> usize {
    let customer = rep.a_customer().await;
    let id = customer["id"].as_str().unwrap().to_owned();
    let mut n_taken = 0;
    for file in files {
        let ticket = rep.ticket("storefront", ("customer", &id)).await;
        let answer = rep.upload(&ticket, file.clone(), Some(&at_store(&customer, 0.0))).await;
        assert!([201, 422].contains(&answer.status), "{}: {}", answer.status, answer.text);
        n_taken += usize::from(answer.status == 201);
    }
    n_taken
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
    found.map(|file| std::fs::read(file.path()).unwrap()).collect()
}

/// The most the process ever had in memory.
fn peak_mb(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_000
}

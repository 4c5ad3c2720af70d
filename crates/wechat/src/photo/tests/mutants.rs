//! Real and hostile files, changed at random: read without a panic, and quickly.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::*;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/photos/files");
/// Longer ones say nothing more and cost time.
const LONGEST: usize = 200_000;

fn seeds() -> Vec<Vec<u8>> {
    let folder = std::fs::read_dir(FOLDER).into_iter().flatten().flatten();
    let mut files: Vec<Vec<u8>> = folder.map(|file| std::fs::read(file.path()).unwrap()).collect();
    files.retain(|file| !file.is_empty());
    files.iter_mut().for_each(|file| file.truncate(LONGEST));
    files.push(super::small::with_exif(&super::small::block()));
    files.sort();
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_file_is_read_without_a_panic_and_quickly(
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        thread_local!(static SEEDS: Vec<Vec<u8>> = seeds());
        let mut bytes = SEEDS.with(|seeds| seed.get(seeds).clone());
        let n_bytes = bytes.len();
        for (index, (place, area, value)) in changes.iter().enumerate() {
            // Most changes hit the first kilobytes, where the numbers are.
            let reach = [64, 512, 4_096, n_bytes][index % 4].min(n_bytes);
            bytes[place.index(reach)] = if area.index(3) == 0 { [0, 0xff, 0x7f][index % 3] } else { *value };
        }
        let started = Instant::now();
        let limits = Limits::default();
        if let Ok(facts) = read(&bytes, &limits) && facts.n_pixels() < 200_000 {
            let _ = develop(&bytes, &facts, &limits);
        }
        let _ = document(&bytes, &limits);
        prop_assert!(started.elapsed() < Duration::from_secs(5));
    }
}

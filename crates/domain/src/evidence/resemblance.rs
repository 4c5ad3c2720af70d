//! Does a picture resemble one that was handed in before?
//!
//! Two hashes of 64 bits each are compared; what counts is in how many of the 128 bits they differ. Measured on
//! 52,650 pairs of different photos, none differed in 20 bits or fewer.
//!
//! Looking through millions is done by bands: 128 bits are dealt into [`BANDS`] pieces, and where two pictures differ in
//! [`WIDEST`] bits at most, one piece differs in two at most. Looking each piece up with all its
//! neighbours so near finds every such picture for certain.

use super::{Reason, Thresholds};

/// Pieces of 18 or 19 bits: 7 × 3 = 21 differing bits would be needed to miss.
const BANDS: u32 = 7;
/// The widest distance that is found for certain.
pub const WIDEST: u32 = 20;
/// A piece is looked up with its neighbours of two bits, and no more are needed.
const _: () = assert!(WIDEST / BANDS == 2);

/// A picture that looks alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resemblance {
    /// In how many of 128 bits the two differ.
    pub distance: u32,
    /// It was taken for the same store.
    pub is_same_store: bool,
    /// It arrived on the same day.
    pub is_same_day: bool,
}

/// What a resemblance says, if anything. The same store looks the same every day, so its front is a note, and all else
/// has to be much nearer than another store's.
pub fn judge_resemblance(found: &Resemblance, purpose: &str, limits: &Thresholds) -> Option<Reason> {
    if !found.is_same_store {
        return (found.distance <= limits.similar_bits).then_some(Reason::DuplicateSimilar);
    }
    if found.is_same_day || found.distance > limits.similar_bits_same_store {
        return None;
    }
    Some(if purpose == "storefront" { Reason::ResemblesEarlier } else { Reason::DuplicateSimilar })
}

/// The number of each piece with its place, smallest place first: what a picture is filed under.
pub fn band_keys(dhash: u64, phash: u64) -> Vec<i64> {
    (0..BANDS).map(|band| key(band, piece(dhash, phash, band))).collect()
}

/// How far around a picture is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// Pieces with all neighbours of two bits: finds whatever differs in [`WIDEST`] bits for certain.
    Wide,
    /// Pieces with neighbours of one bit, a tenth of the work: finds whatever differs in 13 bits for certain, as a
    /// picture does that was only turned.
    Close,
}

/// All numbers that a picture so near is filed under at least once.
pub fn probe_keys(dhash: u64, phash: u64, around: Around) -> Vec<i64> {
    let mut keys = Vec::new();
    for band in 0..BANDS {
        let (own, n_bits) = (piece(dhash, phash, band), n_bits(band));
        keys.push(key(band, own));
        keys.extend((0..n_bits).map(|bit| key(band, own ^ 1 << bit)));
        if around == Around::Wide {
            let pairs = (0..n_bits).flat_map(|first| (0..first).map(move |second| 1 << first | 1 << second));
            keys.extend(pairs.map(|pair: u32| key(band, own ^ pair)));
        }
    }
    keys
}

/// Every seventh bit, from `band` on: neighbours say much the same, and pieces of neighbours would crowd.
fn piece(dhash: u64, phash: u64, band: u32) -> u32 {
    let all = u128::from(dhash) << 64 | u128::from(phash);
    let bits = (band..128).step_by(BANDS as usize).map(|bit| u32::from(all >> bit & 1 == 1));
    bits.rev().fold(0, |piece, bit| piece << 1 | bit)
}

/// 19 bits for the first two pieces, 18 for the rest.
fn n_bits(band: u32) -> u32 {
    (128 - band).div_ceil(BANDS)
}

fn key(band: u32, piece: u32) -> i64 {
    i64::from(band) << 32 | i64::from(piece)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn check(distance: u32, is_same_store: bool, is_same_day: bool, purpose: &str, expected: Option<Reason>) {
        let found = Resemblance { distance, is_same_store, is_same_day };
        assert_eq!(
            judge_resemblance(&found, purpose, &Thresholds::default()),
            expected,
            "{found:?} {purpose}"
        );
    }

    #[test]
    fn another_stores_picture_is_looked_at_and_the_same_stores_front_is_a_note() {
        let similar = Some(Reason::DuplicateSimilar);
        check(20, false, true, "storefront", similar);
        check(20, false, false, "goods", similar);
        check(21, false, false, "goods", None);
        check(8, true, false, "goods", similar);
        check(9, true, false, "goods", None);
        check(0, true, true, "goods", None);
        check(8, true, false, "storefront", Some(Reason::ResemblesEarlier));
        check(9, true, false, "storefront", None);
    }

    #[test]
    fn the_pieces_cover_every_bit_once() {
        assert_eq!((0..BANDS).map(n_bits).sum::<u32>(), 128);
        assert_eq!((0..BANDS).map(|band| piece(u64::MAX, u64::MAX, band).count_ones()).sum::<u32>(), 128);
        assert_eq!(probe_keys(0, 0, Around::Wide).len(), 2 * (1 + 19 + 171) + 5 * (1 + 18 + 153));
        assert_eq!(probe_keys(0, 0, Around::Close).len(), 2 * (1 + 19) + 5 * (1 + 18));
    }

    proptest! {
        #[test]
        fn whatever_differs_in_twenty_bits_or_closely_in_thirteen_is_found(
            dhash: u64, phash: u64, flipped in proptest::collection::hash_set(0_u32..128, 0..=20),
        ) {
            let around = if flipped.len() > 13 { Around::Wide } else { Around::Close };
            let bits = flipped.iter().fold(0_u128, |bits, bit| bits | 1 << bit);
            let (high, low) = ((bits >> 64) as u64, bits as u64);
            let probes: HashSet<i64> = probe_keys(dhash, phash, around).into_iter().collect();
            prop_assert!(band_keys(dhash ^ high, phash ^ low).iter().any(|key| probes.contains(key)));
        }
    }
}

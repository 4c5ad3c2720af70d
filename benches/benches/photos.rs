//! A photo's whole way, in CPU milliseconds, beside the least it could take and what a Node backend would use on the
//! same files in the same run.
//!
//! With the feature `turbo` JPEGs are read as in the image, and the floor is measured too.
//! `npm ci` in `benches/peers/photos` brings the peer; without it, or without node, only our own figures are printed.
#![expect(
    clippy::float_arithmetic,
    clippy::unwrap_used,
    reason = "a measurement that stops at what goes wrong"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use wechat::photo::{self, Limits};

const N_PHOTOS: u32 = 6;
const N_ROUNDS: usize = 3;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (0..N_PHOTOS).map(|seed| shoot(folder.path(), seed)).collect();
    let n_bytes: u64 = files.iter().map(|file| file.metadata().unwrap().len()).sum();
    println!(
        "{N_PHOTOS} photos of 4032 x 3024 pixels, {:.1} MB each",
        n_bytes as f64 / 1e6 / f64::from(N_PHOTOS)
    );
    files.iter().for_each(|file| handle(file));
    let ours = median(&files, handle);
    println!("gugan: {ours:.1} CPU ms a photo, peak {} MB", peak_mb());
    #[cfg(feature = "turbo")]
    {
        let floor = median(&files, least);
        println!("floor: {floor:.1} CPU ms a photo; gugan takes {:.2} of it", ours / floor);
    }
    match peer(folder.path()) {
        Ok((theirs, rss)) => println!(
            "sharp + exifr: {theirs:.1} CPU ms a photo, {rss} MB; gugan takes {:.2} of it",
            ours / theirs
        ),
        Err(why) => println!("LEFT OUT: the peer (sharp + exifr), {why}; npm ci in benches/peers/photos"),
    }
}

/// The middle one of all photos in all rounds.
fn median(files: &[PathBuf], call: fn(&Path)) -> f64 {
    let mut each: Vec<f64> = (0..N_ROUNDS).flat_map(|_| files).map(|file| cpu_ms(|| call(file))).collect();
    each.sort_by(f64::total_cmp);
    each[each.len() / 2]
}

/// What nobody can do without: the digest, a quarter of the picture by libjpeg-turbo, and a JPEG of that.
#[cfg(feature = "turbo")]
fn least(file: &Path) {
    use sha2::Digest;
    use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

    let bytes = std::fs::read(file).unwrap();
    std::hint::black_box(sha2::Sha256::digest(&bytes));
    let mut decoder = Decompressor::new().unwrap();
    decoder.set_scaling_factor(ScalingFactor::ONE_QUARTER).unwrap();
    let quarter = decoder.read_header(&bytes).unwrap().scaled(ScalingFactor::ONE_QUARTER);
    let (width, height, format) = (quarter.width, quarter.height, PixelFormat::RGB);
    let mut pixels = vec![0; width * height * 3];
    let into = Image { pixels: pixels.as_mut_slice(), width, pitch: width * 3, height, format };
    decoder.decompress(&bytes, into).unwrap();
    let mut encoder = Compressor::new().unwrap();
    encoder.set_quality(82).unwrap();
    encoder.set_subsamp(Subsamp::Sub2x2).unwrap();
    let from = Image { pixels: pixels.as_slice(), width, pitch: width * 3, height, format };
    std::hint::black_box(encoder.compress_to_vec(from).unwrap());
}

/// Facts, digest, preview, thumbnail, looks.
fn handle(file: &Path) {
    let limits = Limits::default();
    let bytes = std::fs::read(file).unwrap();
    let facts = photo::read(&bytes, &limits).unwrap();
    assert!(photo::develop(&bytes, &facts, &limits).unwrap().looks.is_some());
}

/// Twelve million pixels with so much noise that the file is as long as a phone's.
fn shoot(folder: &Path, seed: u32) -> PathBuf {
    let mut random = seed + 1;
    let picture = RgbImage::from_fn(4_032, 3_024, |x, y| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = u8::try_from(random >> 27).unwrap();
        let wave = |n: u32| u8::try_from((x / n + y / (3 + seed)) % 200).unwrap();
        Rgb([wave(5) + noise, wave(7) + noise, wave(11) + noise])
    });
    let file = folder.join(format!("{seed}.jpg"));
    let writer = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    JpegEncoder::new_with_quality(writer, 88).encode_image(&picture).unwrap();
    file
}

/// What this thread spends on a call.
fn cpu_ms(call: impl FnOnce()) -> f64 {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
    };
    let before = spent();
    call();
    spent() - before
}

fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_000
}

fn peer(photos: &Path) -> Result<(f64, u64), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/photos");
    let run = Command::new("node").arg("run.mjs").arg(photos).current_dir(folder).output();
    let output = run.map_err(|fault| fault.to_string())?;
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned())?;
    Ok((figures["median_cpu_ms"].as_f64().unwrap(), figures["rss_mb"].as_u64().unwrap()))
}

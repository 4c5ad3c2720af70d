//! Rules and photos, one call at a time, without a database.

use std::hint::black_box;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::actions::{Candidate, OpenOpportunity, Published, Stages, propose};
use domain::evidence::{Asked, Fix, JudgedPhoto, Store, Thresholds, Verdict, judge_with_photos};
use domain::geo::{Point, System};
use domain::ids::{CustomerId, OpportunityId};
use domain::money::Fen;
use domain::working_time::Calendar;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use uuid::Uuid;
use wechat::photo::{self, Limits};

criterion_group!(benches, proposal, verdict, working_time, photos);
criterion_main!(benches);

fn monday() -> DateTime<Utc> {
    "2026-11-16T07:45:00+08:00".parse().expect("it is an instant")
}

/// A rep's 200 customers, every other with an open opportunity.
fn proposal(criterion: &mut Criterion) {
    let text = include_str!("../../config/templates/fmcg/stages.json");
    let stages: Stages = serde_json::from_str(text).expect("a test reads the stages");
    let candidates: Vec<Candidate> = (0..200).map(|number| candidate(number, &stages)).collect();
    let stages = Published::only(0, Arc::new(stages));
    let day = NaiveDate::from_ymd_opt(2026, 11, 16).expect("it is a day");
    criterion.bench_function("a proposal from 200 customers", |bencher| {
        bencher.iter(|| propose(black_box(&candidates), &stages, day, 5));
    });
}

fn candidate(number: i64, stages: &Stages) -> Candidate {
    let of = |n: usize| usize::try_from(number).unwrap_or_default() % n;
    let id = Uuid::from_u128(number.unsigned_abs().into());
    let opportunity = (number % 2 == 0).then(|| OpenOpportunity {
        id: OpportunityId(id),
        stage: stages.opportunity[of(stages.opportunity.len())].code.clone(),
        stages_version: 0,
        amount: Fen(number * 100_000),
        expected_on: NaiveDate::from_ymd_opt(2026, 11, 1 + u32::try_from(number % 28).unwrap_or_default()),
    });
    Candidate {
        id: CustomerId(id),
        name: format!("门店{number}"),
        stage: stages.customer[of(stages.customer.len())].code.clone(),
        last_verified_at: Some(monday() - TimeDelta::days(number % 40)),
        created_at: monday() - TimeDelta::days(300),
        opportunity,
        is_rolled_over: number % 50 == 0,
        others: Vec::new(),
    }
}

/// A check-in with two photos that say where they were taken.
fn verdict(criterion: &mut Criterion) {
    let here = Point::new(30.2741, 120.1551, System::Gcj02).expect("it is a point");
    let store = Store { point: Some(here), is_confirmed: true, fence_radius_m: 200 };
    let fix = Fix { point: here, accuracy_mm: Some(15_000), fixed_at: None };
    let photo = JudgedPhoto {
        verdict: Verdict::Pass,
        reasons: Vec::new(),
        exif_point: Point::new(30.2765, 120.1504, System::Wgs84),
    };
    let photos = [photo.clone(), photo];
    let limits = Thresholds::default();
    let asked = Asked { issued_at: None, received_at: chrono::DateTime::UNIX_EPOCH };
    criterion.bench_function("a verdict on a place and two photos", |bencher| {
        bencher.iter(|| judge_with_photos(black_box(&store), (Some(&fix), asked), &photos, &limits));
    });
}

/// A service level of eight working hours, over a weekend; then spans of a day and of three years.
fn working_time(criterion: &mut Criterion) {
    let instant = |text: &str| text.parse::<DateTime<Utc>>().expect("it is an instant");
    let friday = instant("2026-11-13T16:30:00+08:00");
    let calendar = Calendar::mainland();
    criterion.bench_function("eight working hours later", |bencher| {
        bencher.iter(|| calendar.add(black_box(friday), TimeDelta::hours(8)));
    });
    let start = instant("2023-02-06T10:15:00+08:00");
    for (span, end) in
        [("one day", "2023-02-07T11:30:00+08:00"), ("three years", "2026-02-06T11:30:00+08:00")]
    {
        let end = instant(end);
        let work = calendar.between(start, end).expect("these years are published");
        criterion.bench_function(&format!("working time between, over {span}"), |bencher| {
            bencher.iter(|| calendar.between(black_box(start), black_box(end)));
        });
        criterion.bench_function(&format!("working time added, over {span}"), |bencher| {
            bencher.iter(|| calendar.add(black_box(start), black_box(work)));
        });
    }
}

/// What is read of a photo when it arrives, and the preview made of it.
fn photos(criterion: &mut Criterion) {
    let bytes = jpeg();
    let limits = Limits::default();
    println!("a photo of 4000 x 3000 pixels has {} bytes", bytes.len());
    criterion.bench_function("the facts and the hash of a 3 MB photo", |bencher| {
        bencher.iter(|| photo::read(black_box(&bytes), &limits));
    });
    let facts = photo::read(&bytes, &limits).expect("it is a photo");
    let mut slow = criterion.benchmark_group("photos");
    slow.sample_size(10);
    slow.bench_function("a preview of 1024 pixels of a 3 MB photo", |bencher| {
        bencher.iter_batched(
            || &bytes,
            |bytes| photo::preview(bytes, &facts, 1024, &limits),
            BatchSize::PerIteration,
        );
    });
    slow.finish();
}

/// Twelve million pixels with so much noise that the file is as long as a phone's.
fn jpeg() -> Vec<u8> {
    let mut seed = 1_u32;
    let picture = RgbImage::from_fn(4_000, 3_000, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = u8::try_from(seed >> 28).unwrap_or_default();
        let wave = |n: u32| u8::try_from((x / n + y / 3) % 200).unwrap_or_default();
        Rgb([wave(5) + noise, wave(7) + noise, wave(11) + noise])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).expect("it is written to memory");
    bytes
}

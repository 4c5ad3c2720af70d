use proptest::prelude::*;
use serde_json::Value;

use super::*;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/photos/geo-vectors.json");
const N_VECTORS: usize = 56 + 40 + 3;

fn wgs84(lat: f64, lng: f64) -> Point {
    Point::new(lat, lng, System::Wgs84).unwrap()
}

fn pair(value: &Value, system: System) -> Point {
    Point::new(value[0].as_f64().unwrap(), value[1].as_f64().unwrap(), system).unwrap()
}

/// Metres between two points of one system, read as plain numbers.
fn apart(a: Point, b: Point) -> f64 {
    assert_eq!(a.system, b.system);
    distance_m(wgs84(a.lat, a.lng), wgs84(b.lat, b.lng))
}

fn check_coordinate(vector: &Value) {
    let name = vector["name"].as_str().unwrap();
    let start = pair(&vector["wgs84"], System::Wgs84);
    let (gcj02, bd09) = (start.to(System::Gcj02), start.to(System::Bd09));
    if vector["region"] != "mainland" {
        // The product moves the mainland only, whatever the formula gives.
        assert_eq!((gcj02.lat, gcj02.lng), (start.lat, start.lng), "{name}");
        return;
    }
    assert!(apart(gcj02, pair(&vector["gcj02"], System::Gcj02)) < 0.01, "{name}");
    assert!(apart(bd09, pair(&vector["bd09"], System::Bd09)) < 0.01, "{name}");
    assert!(apart(pair(&vector["gcj02"], System::Gcj02).to(System::Wgs84), start) < 0.01, "{name}");
    assert!(apart(pair(&vector["bd09"], System::Bd09).to(System::Wgs84), start) < 0.01, "{name}");
    assert!(
        (apart(wgs84(gcj02.lat, gcj02.lng), start) - vector["offset_m"].as_f64().unwrap()).abs() < 5.0,
        "{name}"
    );
}

fn check_distance(vector: &Value) {
    let (a, b) = (pair(&vector["a"], System::Wgs84), pair(&vector["b"], System::Wgs84));
    let haversine = vector["haversine_m_R6371008_8"].as_f64().unwrap();
    let geodesic = vector["geodesic_wgs84_m"].as_f64().unwrap();
    assert!((distance_m(a, b) - haversine).abs() < 0.001, "{vector}");
    match geodesic_m(a, b) {
        Some(metres) => assert!((metres - geodesic).abs() < 0.01, "{vector}: {metres}"),
        None => assert!(geodesic > 19_900_000.0, "{vector}: only the antipode may be unknown"),
    }
}

#[test]
fn the_reference_vectors_hold() {
    let Ok(text) = std::fs::read_to_string(VECTORS) else {
        println!("geo-vectors.json is absent: {N_VECTORS} checks left out");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let part = |name: &str| vectors[name].as_array().unwrap().clone();
    part("coordinates").iter().for_each(check_coordinate);
    part("distances").iter().for_each(check_distance);
    for vector in part("edge_inverse") {
        let there = pair(&vector["gcj02"], System::Gcj02).to(System::Wgs84);
        assert!(there.lat.is_finite() && there.lng.is_finite());
    }
    let n_checked: usize = ["coordinates", "distances", "edge_inverse"].map(|it| part(it).len()).iter().sum();
    assert_eq!(n_checked, N_VECTORS);
}

#[test]
fn hangzhou_is_half_a_kilometre_off_on_a_chinese_map() {
    let west_lake = wgs84(30.2489, 120.1485);
    let on_the_map = west_lake.to(System::Gcj02);
    assert!((on_the_map.lat - 30.246580401).abs() < 1e-8 && (on_the_map.lng - 120.153211027).abs() < 1e-8);
    assert!(distance_m(west_lake, on_the_map) < 1e-6, "another system, the same place");
}

#[test]
fn neighbours_and_the_islands_are_not_moved() {
    for (name, lat, lng) in [
        ("Hong Kong Central", 22.2819, 114.1582),
        ("Yuen Long", 22.4445, 114.0222),
        ("Macau Senado", 22.1936, 113.5399),
        ("Macau airport", 22.1496, 113.5915),
        ("Kaohsiung", 22.6273, 120.3014),
        ("Penghu", 23.5655, 119.5662),
        ("Matsu", 26.1505, 119.9290),
        ("Seoul", 37.5665, 126.9780),
        ("Pyongyang", 39.0392, 125.7625),
        ("Tokyo", 35.6762, 139.6503),
        ("Osaka", 34.6937, 135.5023),
        ("Singapore", 1.3521, 103.8198),
        ("Bangkok", 13.7563, 100.5018),
        ("Hanoi", 21.0278, 105.8342),
        ("Da Nang", 16.0544, 108.2022),
        ("Ulaanbaatar", 47.8864, 106.9057),
        ("New Delhi", 28.6139, 77.2090),
        ("Kathmandu", 27.7172, 85.3240),
        ("Dhaka", 23.8103, 90.4125),
        ("Yangon", 16.8409, 96.1735),
        ("Almaty", 43.2380, 76.9452),
        ("Manila", 14.5995, 120.9842),
        ("Vladivostok", 43.1198, 131.8869),
    ] {
        let here = wgs84(lat, lng);
        // Within one move of the border a mainland place has the same map
        // point, and wins.
        let tolerance = if name == "Macau Senado" { 700.0 } else { 0.01 };
        for system in [System::Gcj02, System::Bd09] {
            assert!(apart(here.to(system).to(System::Wgs84), here) < tolerance, "{name} comes back");
        }
        let there = here.to(System::Gcj02);
        assert_eq!((there.lat, there.lng), (lat, lng), "{name}");
    }
}

#[test]
fn the_mainland_is_moved_up_to_its_borders() {
    for (name, lat, lng) in [
        ("Luohu port", 22.5327, 114.1130),
        ("Shekou", 22.4790, 113.9180),
        ("Futian port", 22.5205, 114.0700),
        ("Yantian", 22.5560, 114.2360),
        ("Gongbei port", 22.2160, 113.5490),
        ("Hengqin", 22.1260, 113.5400),
        ("Xiamen island, east shore", 24.4790, 118.1850),
        ("Dadeng", 24.5600, 118.3330),
        ("Pingtan", 25.5030, 119.7900),
        ("Huangqi", 26.3300, 119.8800),
        ("Dandong", 40.1240, 124.3900),
        ("Ji'an", 41.1250, 126.1940),
        ("Changbai", 41.4190, 128.2000),
        ("Hunchun", 42.8620, 130.3660),
        ("Suifenhe", 44.3960, 131.1500),
        ("Fuyuan", 48.3640, 134.2940),
        ("Mohe", 53.4800, 122.3700),
        ("Heihe", 50.2450, 127.5000),
        ("Manzhouli", 49.5970, 117.3790),
        ("Erenhot", 43.6530, 111.9770),
        ("Altay", 47.8480, 88.1400),
        ("Tacheng", 46.7450, 82.9860),
        ("Khorgos", 44.2130, 80.4100),
        ("Kashgar", 39.4700, 75.9900),
        ("Tashkurgan", 37.7720, 75.2280),
        ("Ngari", 32.5010, 80.1050),
        ("Zhangmu", 27.9900, 85.9800),
        ("Yadong", 27.4850, 88.9070),
        ("Ruili", 24.0130, 97.8520),
        ("Jinghong", 22.0080, 100.7970),
        ("Mengla", 21.4590, 101.5650),
        ("Hekou", 22.5290, 103.9390),
        ("Pingxiang", 22.0940, 106.7660),
        ("Dongxing", 21.5470, 107.9720),
        ("Sanya", 18.2530, 109.5120),
    ] {
        let here = wgs84(lat, lng);
        let there = here.to(System::Gcj02);
        assert!(apart(wgs84(there.lat, there.lng), here) > 50.0, "{name} is in the mainland");
        assert!(apart(there.to(System::Wgs84), here) < 0.01, "{name} comes back");
    }
}

#[test]
fn a_point_off_the_globe_is_none() {
    for (lat, lng) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
        assert_eq!(Point::new(lat, lng, System::Wgs84), None);
    }
    assert!(Point::new(-90.0, 180.0, System::Bd09).is_some());
    assert!(wgs84(0.0, 0.0).is_null_island() && !wgs84(0.0, 0.0011).is_null_island());
    let json = r#"{"lat": 91.0, "lng": 0.0, "system": "wgs84"}"#;
    assert!(serde_json::from_str::<Point>(json).is_err());
    let json = r#"{"lat":30.0,"lng":120.0,"system":"gcj02"}"#;
    let point: Point = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&point).unwrap(), json);
    assert_eq!("bd09".parse(), Ok(System::Bd09));
    assert_eq!("WGS84".parse::<System>(), Err(UnknownSystem));
}

fn any_system() -> impl Strategy<Value = System> {
    prop_oneof![Just(System::Wgs84), Just(System::Gcj02), Just(System::Bd09)]
}

proptest! {
    #[test]
    fn the_mainland_comes_back_within_a_centimetre(lat in 23.6..40.0f64, lng in 99.0..117.4f64) {
        let here = wgs84(lat, lng);
        for system in [System::Gcj02, System::Bd09] {
            prop_assert!(apart(here.to(system).to(System::Wgs84), here) < 0.01);
        }
    }

    #[test]
    fn every_point_converts_to_a_point_nearby(
        lat in -90.0..=90.0f64, lng in -180.0..=180.0f64, from in any_system(), to in any_system(),
    ) {
        let here = Point::new(lat, lng, from).unwrap();
        let there = here.to(to);
        prop_assert!(Point::new(there.lat, there.lng, to).is_some());
        prop_assert!((there.lat - lat).abs() < 0.05 && (there.lng - lng).abs() < 0.05);
    }

    #[test]
    fn distance_is_the_same_both_ways(
        a in (-90.0..=90.0f64, -180.0..=180.0f64), b in (-90.0..=90.0f64, -180.0..=180.0f64),
    ) {
        let (a, b) = (wgs84(a.0, a.1), wgs84(b.0, b.1));
        prop_assert!((distance_m(a, b) - distance_m(b, a)).abs() < 1e-6);
        prop_assert!(distance_m(a, b) <= 20_015_115.0);
        if let (Some(there), Some(back)) = (geodesic_m(a, b), geodesic_m(b, a)) {
            prop_assert!((there - back).abs() < 0.001);
            prop_assert!((there - distance_m(a, b)).abs() <= there * 0.006);
        }
    }
}

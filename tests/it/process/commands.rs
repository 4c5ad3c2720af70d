//! What the commands print and what they exit with.

use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::place::{Place, Process, free_port, gugan, run};
use super::until;
use crate::evidence::blobs;
use crate::support::database::{self, is_production};
use crate::support::photos::Photo;

/// A folder and, on the production profile, an empty database and the shared Redis.
struct Empty {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Empty {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut settings = vec![("GUGAN__DATA_DIR", folder.path().display().to_string())];
        if is_production() {
            let name = format!("empty_{}", uuid::Uuid::new_v4().simple());
            database::on_server(&format!("CREATE DATABASE {name}")).await;
            settings.push(("GUGAN__DATABASE__URL", database::database_url(&name)));
            settings.push(("GUGAN__REDIS__URL", std::env::var("GUGAN_TEST_REDIS_URL").unwrap()));
        }
        Self { folder, settings }
    }

    fn run(&self, command: &str, more: &[(&str, &str)]) -> Run {
        self.run_with(&[command], more)
    }

    fn run_with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Run {
        let settings: Vec<(&str, &str)> =
            self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Run::of(run(arguments, &[&settings[..], more].concat()))
    }
}

struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Everything it said, for people who read it.
    fn text(&self) -> String {
        format!("exit code {:?}\n{}{}", self.code, self.out, self.err)
    }

    /// The doctor's line about something.
    fn line(&self, name: &str) -> &str {
        let line = self.out.lines().find(|line| line.split_whitespace().nth(1) == Some(name));
        line.unwrap_or_else(|| panic!("no line about {name}: {}", self.text()))
    }

    /// The doctor finds this wrong and says how to mend it.
    fn finds(&self, name: &str) {
        assert_eq!(self.code, Some(1), "{}", self.text());
        assert!(self.line(name).starts_with("WRONG"), "{}", self.text());
        assert!(self.out.contains("to fix: "), "{}", self.text());
    }

    /// It does not start and says why, in a sentence that holds all of this.
    fn refuses(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{}", self.text());
        for word in words {
            assert!(self.err.contains(word), "{word}: {}", self.text());
        }
        assert!(!self.err.contains("panicked"), "{}", self.text());
    }
}

#[tokio::test]
async fn migrating_twice_is_as_migrating_once_and_the_doctor_finds_all_well() {
    let empty = Empty::new().await;
    empty.run("doctor", &[]).finds("schema");
    for _ in 0..2 {
        let migrated = empty.run("migrate", &[]);
        assert_eq!(migrated.code, Some(0), "{}", migrated.text());
    }
    let doctor = empty.run("doctor", &[]);
    assert_eq!(doctor.code, Some(0), "{}", doctor.text());
    for name in ["configuration", "database", "schema", "queue", "clock", "calendar", "blobs", "wechat"] {
        assert!(doctor.line(name).starts_with("ok"), "{}", doctor.text());
    }
    let beware = doctor.out.lines().find(|line| line.starts_with("BEWARE")).unwrap_or_default();
    assert!(beware.contains("wechat") && beware.contains("logs in as anybody"), "{}", doctor.text());
}

#[tokio::test]
async fn a_simulated_wechat_is_not_opened_to_others() {
    let empty = Empty::new().await;
    for command in ["serve", "work", "doctor"] {
        let refused = empty.run(command, &[("GUGAN__HTTP__LISTEN", "0.0.0.0:0")]);
        assert_eq!(refused.code, Some(1), "{}", refused.text());
        for name in ["GUGAN__HTTP__LISTEN", "GUGAN__WECHAT__MODE", "GUGAN__DEV__ENABLED"] {
            assert!(refused.text().contains(name), "{}", refused.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_reaches_files_on_s3() {
    let empty = Empty::new().await;
    empty.run("migrate", &[]);
    let folder = tempfile::tempdir().unwrap();
    let variables = blobs::variables(blobs::s3(folder.path()).await);
    let mut settings: Vec<(&str, &str)> = variables.iter().map(|(name, it)| (*name, it.as_str())).collect();
    settings.push(("GUGAN__BLOBS__URL", "s3://evidence/photos"));
    let doctor = empty.run("doctor", &settings);
    assert!(doctor.line("blobs").starts_with("ok"), "{}", doctor.text());
    settings[2].1 = "another-secret";
    empty.run("doctor", &settings).finds("blobs");
}

#[tokio::test]
async fn the_doctor_reads_every_stored_file_when_asked_to() {
    let place = Place::fresh().await;
    let server = place.serve().await;
    let rep = server.login("rep-01").await;
    let customer = rep.a_customer().await;
    let subject = ("customer", customer["id"].as_str().unwrap());
    let kept = rep.photo("storefront", subject, &Photo::bare(), None).await;
    let lost = rep.photo("storefront", subject, &Photo::bare(), None).await;
    let changed = rep.photo("storefront", subject, &Photo::bare(), None).await;
    assert_ne!(kept["sha256"], lost["sha256"]);
    let file = |photo: &Value| {
        let digest = photo["sha256"].as_str().unwrap();
        place.config.data_dir.join("blobs").join(&digest[..2]).join(&digest[2..4]).join(digest)
    };
    std::fs::remove_file(file(&lost)).unwrap();
    std::fs::write(file(&changed), "something else").unwrap();
    let doctor = Run::of(place.run(&["doctor", "--blobs"]));
    assert_eq!(doctor.code, Some(1), "{}", doctor.text());
    assert!(doctor.out.contains("1 whole, 1 missing, 1 corrupt, 0 of nobody"), "{}", doctor.text());
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong_and_how_to_mend_it() {
    let empty = Empty::new().await;
    empty.run("migrate", &[]);
    let file = empty.folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let in_a_file = format!("{}/below", file.display());

    let blobs = format!("file://{in_a_file}");
    empty.run("doctor", &[("GUGAN__BLOBS__URL", &blobs)]).finds("blobs");
    let sqlite = format!("sqlite://{in_a_file}.db");
    empty.run("doctor", &[("GUGAN__DATABASE__URL", &sqlite)]).finds("database");
    let nobody = format!("postgres://gugan:hush-hush@127.0.0.1:{}/gugan", free_port());
    let doctor = empty.run("doctor", &[("GUGAN__DATABASE__URL", &nobody)]);
    doctor.finds("database");
    assert!(!doctor.text().contains("hush-hush"), "{}", doctor.text());
    let nobody = format!("redis://:hush-hush@127.0.0.1:{}", free_port());
    let doctor = empty.run("doctor", &[("GUGAN__REDIS__URL", &nobody)]);
    doctor.finds("queue");
    assert!(!doctor.text().contains("hush-hush"), "{}", doctor.text());
    let live = [("GUGAN__WECHAT__MODE", "live"), ("GUGAN__WECHAT__APP_ID", "wx0123456789abcdef")];
    let doctor = empty.run("doctor", &live);
    doctor.finds("configuration");
    assert!(doctor.out.contains("wechat.secret"), "{}", doctor.text());
}

#[tokio::test]
async fn a_wrong_setting_is_named_and_nothing_starts() {
    let empty = Empty::new().await;
    empty.run("serve", &[("GUGAN__HTTP__THREADS", "many")]).refuses(&["http.threads"]);
    empty.run("serve", &[("GUGAN__HTTP__THREADZ", "2")]).refuses(&["threadz"]);
    let time = [("GUGAN__COMPANY__MORNING_MEETING", "half past eight")];
    empty.run("serve", &time).refuses(&["company.morning_meeting", "08:30"]);
    empty.run("serve", &[("GUGAN__WORKERS__N", "0")]).refuses(&["workers.n"]);
    empty.run("serve", &[("GUGAN__LOG__FILTER", "api=loud")]).refuses(&["log.filter"]);
    empty.run("serve", &[("GUGAN_CONFIG", "/nowhere/gugan.toml")]).refuses(&["/nowhere/gugan.toml"]);
    empty.run("serve", &[("GUGAN__HTTP__LISTEN", "nowhere")]).refuses(&["nowhere"]);
}

#[tokio::test]
async fn development_switches_do_not_start_beside_the_real_wechat() {
    let empty = Empty::new().await;
    let live = [
        ("GUGAN__DEV__ENABLED", "true"),
        ("GUGAN__WECHAT__MODE", "live"),
        ("GUGAN__WECHAT__APP_ID", "wx0123456789abcdef"),
        ("GUGAN__WECHAT__SECRET", "hush-hush"),
    ];
    for command in ["serve", "work"] {
        let refused = empty.run(command, &live);
        refused.refuses(&["dev.enabled is refused", "WeChat is live"]);
        assert!(!refused.text().contains("hush-hush"), "{}", refused.text());
    }
}

#[tokio::test]
async fn a_secret_of_digits_is_a_secret() {
    let empty = Empty::new().await;
    empty.run("migrate", &[]);
    let digits = [
        ("GUGAN__WECHAT__SECRET", "12345678901234567890"),
        ("GUGAN__WECHAT__CALLBACK_TOKEN", "20261123"),
        ("GUGAN__HTTP__METRICS_TOKEN", "true"),
    ];
    let doctor = empty.run("doctor", &digits);
    assert_eq!(doctor.code, Some(0), "{}", doctor.text());
}

#[tokio::test]
async fn the_description_is_json_and_nothing_else() {
    let printed = Run::of(run(&["openapi"], &[]));
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    let description: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(description["openapi"], "3.1.0");
}

#[tokio::test]
async fn the_health_check_says_whether_the_server_is_up() {
    let place = Place::fresh().await;
    let mut server = place.serve().await;
    let listen = server.base.trim_start_matches("http://").to_owned();
    let check = || run(&["healthcheck"], &[("GUGAN__HTTP__LISTEN", &listen)]).status.code();
    assert_eq!(check(), Some(0));
    server.process.kill();
    assert_eq!(check(), Some(1));
}

#[tokio::test]
async fn two_servers_that_start_at_once_on_an_empty_database_load_one_demo_company() {
    let empty = Empty::new().await;
    let ports = [free_port(), free_port()];
    let _servers = ports.map(|port| {
        let listen = format!("127.0.0.1:{port}");
        let mut settings = vec![("GUGAN__HTTP__LISTEN", listen.as_str()), ("GUGAN__DEV__ENABLED", "true")];
        settings.extend(empty.settings.iter().map(|(name, value)| (*name, value.as_str())));
        Process::start(&mut gugan(&["serve"], &settings))
    });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut n_people = Vec::new();
    for port in ports {
        let url = format!("http://127.0.0.1:{port}/api/v1/dev/people");
        until("both answer", super::place::SOON, async || client.get(&url).send().await.is_ok()).await;
        let people: Value = client.get(&url).send().await.unwrap().json().await.unwrap();
        n_people.push(people["items"].as_array().unwrap().len());
    }
    assert!(n_people[0] > 10 && n_people[0] == n_people[1], "{n_people:?}");
}

//! Somewhere to run the program: a folder, a database with the demo company on a Sunday noon and, on the production
//! profile, a Redis of its own.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use api::config::Config;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::until;
use crate::support::database::{self, is_production};
use crate::support::{Answer, Person};

/// A little longer than anything should take on a busy machine.
pub const SOON: Duration = Duration::from_secs(30);

/// The program. Without it these tests cannot say anything, so they fail.
pub fn program() -> PathBuf {
    let path = match std::env::var_os("GUGAN_BIN") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/gugan"),
    };
    assert!(
        path.exists(),
        "{} is not there: run `cargo build -p api --bin gugan`, or name it in GUGAN_BIN",
        path.display()
    );
    path
}

/// The program with these settings and no others.
pub fn gugan(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).env_clear().envs(settings.iter().copied());
    command
}

/// Runs a command of the program to its end.
pub fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    gugan(arguments, settings).output().unwrap()
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A process that ends with the test.
pub struct Process {
    child: Child,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        Self { child: command.stdin(Stdio::null()).spawn().unwrap() }
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// As `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and returns its exit code.
    pub async fn stop(&mut self, within: Duration) -> Option<i32> {
        let asked =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(asked.success(), "it has ended before");
        until("stops when asked", within, async || self.has_ended()).await;
        self.child.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A Redis that may be stopped and started again.
pub struct Redis {
    port: u16,
    folder: TempDir,
    process: Option<Process>,
}

impl Redis {
    pub async fn start() -> Self {
        let mut redis = Self { port: free_port(), folder: tempfile::tempdir().unwrap(), process: None };
        redis.again().await;
        redis
    }

    /// Starts it, as empty as after every start.
    pub async fn again(&mut self) {
        let server = std::env::var_os("GUGAN_REDIS_SERVER").unwrap_or("redis-server".into());
        let log = File::create(self.folder.path().join("redis.log")).unwrap();
        let mut command = Command::new(server);
        command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
            .current_dir(self.folder.path())
            .stdout(log);
        self.process = Some(Process::start(&mut command));
        let listens = async || TcpStream::connect(("127.0.0.1", self.port)).is_ok();
        until("Redis listens", SOON, listens).await;
    }

    pub fn kill(&mut self) {
        self.process = None;
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

/// Where an installation lives.
pub struct Place {
    pub folder: TempDir,
    pub config: Config,
    /// On the production profile.
    pub redis: Option<Redis>,
}

impl Place {
    /// The demo company on a Sunday noon.
    pub async fn fresh() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let config = database::fresh(folder.path()).await;
        let redis = match is_production() {
            true => Some(Redis::start().await),
            false => None,
        };
        Self { folder, config, redis }
    }

    fn command(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = gugan(arguments, settings);
        command.arg("--config").arg(self.folder.path().join("gugan.toml"));
        if let Some(redis) = &self.redis {
            command.env("GUGAN__REDIS__URL", redis.url());
        }
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        command
    }

    /// Runs another command here to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments, &[]).stdout(Stdio::piped()).output().unwrap()
    }

    /// What all its processes wrote to standard error.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("stderr.log")
    }

    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap()
    }

    /// Answers requests without doing the background work.
    pub async fn serve(&self) -> Server {
        self.serve_with(&[]).await
    }

    /// Answers requests and does the background work.
    pub async fn serve_and_work(&self) -> Server {
        self.serve_with(&[("GUGAN__WORKERS__IN_SERVE", "true")]).await
    }

    pub async fn serve_with(&self, settings: &[(&str, &str)]) -> Server {
        self.start(self.command(&["serve"], settings)).await
    }

    /// Answers requests in a shell's place, after what it did first.
    pub async fn serve_after(&self, first: &str) -> Server {
        let program = self.command(&["serve"], &[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\"")]).arg(program.get_program());
        shell.args(program.get_args()).stdout(Stdio::null());
        shell.stderr(File::options().create(true).append(true).open(self.log()).unwrap());
        self.start(shell).await
    }

    async fn start(&self, mut command: Command) -> Server {
        let listen = format!("127.0.0.1:{}", free_port());
        command.env("GUGAN__HTTP__LISTEN", &listen);
        let mut server = Server {
            process: Process::start(&mut command),
            base: format!("http://{listen}"),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        until("the server answers", SOON, async || {
            assert!(!server.process.has_ended(), "{}", self.logged());
            let asked = server.client.get(format!("{}/healthz", server.base)).send().await;
            asked.is_ok()
        })
        .await;
        server
    }

    /// Only does the background work.
    pub fn work(&self) -> Process {
        Process::start(&mut self.command(&["work"], &[("GUGAN__LOG__FILTER", "info")]))
    }

    /// The messages that the simulated WeChat accepted, from its log.
    pub fn messages(&self) -> Vec<Value> {
        let log = std::fs::read_to_string(self.folder.path().join("wechat-sim.jsonl")).unwrap_or_default();
        log.lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|event| event["event"] == "sent")
            .collect()
    }
}

/// The program, serving.
pub struct Server {
    pub process: Process,
    pub base: String,
    pub client: reqwest::Client,
}

impl Server {
    /// Somebody without a session.
    pub fn anonymous(&self) -> Person {
        Person { base: self.base.clone(), client: self.client.clone(), token: None, username: String::new() }
    }

    pub async fn login(&self, username: &str) -> Person {
        let body = json!({"code": format!("sim:{username}")});
        let session = self.anonymous().post("/auth/wechat/login", body).await.ok();
        let token = session["token"].as_str().map(str::to_owned);
        Person { token, username: username.to_owned(), ..self.anonymous() }
    }

    pub async fn raw(&self, path: &str) -> Answer {
        let asked = self.client.get(format!("{}{path}", self.base));
        Answer::of(asked.send().await.unwrap()).await
    }

    pub async fn move_clock(&self, body: Value) {
        self.anonymous().post("/dev/clock", body).await.ok();
    }

    /// Lets every push take a while before WeChat answers; it is accepted before that.
    pub async fn slow_down(&self, delay_ms: u64, n_pushes: u32) {
        let fault = json!({"errcode": 0, "count": n_pushes, "path": "subscribe/send", "delay_ms": delay_ms});
        self.anonymous().post("/dev/wechat/faults", fault).await.ok();
    }

    /// Makes the next `count` pushes fail like this.
    pub async fn fault(&self, errcode: i64, count: u32) {
        let fault = json!({"errcode": errcode, "count": count, "path": "subscribe/send"});
        self.anonymous().post("/dev/wechat/faults", fault).await.ok();
    }

    pub async fn settle(&self) {
        self.anonymous().post("/dev/settle", json!({})).await.ok();
    }

    /// How many jobs are due and unfinished.
    pub async fn n_due(&self) -> u64 {
        let metrics = self.raw("/metrics").await.text;
        let line = metrics.lines().find_map(|line| line.strip_prefix("jobs_due "));
        line.unwrap().parse().unwrap()
    }
}

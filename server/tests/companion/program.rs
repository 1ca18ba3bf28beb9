//! Does the program itself start, announce itself, and stop when told to?

use std::{fs, net::TcpListener, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::TcpStream,
    process::{Child, ChildStdout, Command},
};

use crate::client::{soon, try_open_over};

#[cfg(unix)]
#[tokio::test]
async fn sigterm_says_goodbye_removes_the_announcement_and_exits_with_success() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("target/companion.json");
    let announce = file.display().to_string();
    let mut program = Program::start(&["--addr", "127.0.0.1:0", "--announce", &announce]);
    let url = program.url().await;
    let announced: serde_json::Value =
        serde_json::from_slice(&fs::read(&file).expect("written before the line")).expect("JSON");
    assert_eq!(announced["http"], url.as_str());
    let ws = announced["ws"].as_str().expect("a URL").to_owned();
    let tcp = TcpStream::connect(ws.trim_start_matches("ws://")).await.expect("it listens");
    let mut client = try_open_over(tcp, &format!("{ws}/ws/echo"), &[]).await.expect("open");

    program.tell("-TERM").await;
    assert_eq!(client.close_frame().await, (1001, "server stopping".to_owned()));
    drop(client);
    let (code, stdout, stderr) = program.end().await;
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "", ""));
    assert!(!file.exists(), "the announcement is still there");
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_stops_it_too() {
    let mut program = Program::start(&["--addr", "127.0.0.1:0", "--tls"]);
    assert!(program.url().await.starts_with("https://127.0.0.1:"));
    program.tell("-INT").await;
    assert_eq!(program.end().await.0, Some(0));
}

#[tokio::test]
async fn a_port_that_is_taken_is_one_clear_line_and_exit_1() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("bound").to_string();
    let (code, stdout, stderr) = Program::start(&["--addr", &addr]).end().await;
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains(&addr) && stderr.contains("--next-free-port"), "{stderr}");
}

#[tokio::test]
async fn or_the_next_free_one_is_taken_when_asked() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("bound");
    let mut program = Program::start(&["--addr", &addr.to_string(), "--next-free-port"]);
    let url = program.url().await;
    let port: u16 = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    assert!(port > addr.port() && port <= addr.port() + 20, "{port} after {}", addr.port());
}

#[tokio::test]
async fn bad_options_and_missing_directories_are_told_before_anything_listens() {
    for (words, part) in [
        (&["--origin", "example.com"][..], "expected an origin"),
        (&["--www", "/nowhere/at/all"][..], "there is no such directory"),
        (&["--port", "80"][..], "--port"),
    ] {
        let words: Vec<&str> = ["--addr", "127.0.0.1:0"].iter().chain(words).copied().collect();
        let (code, stdout, stderr) = Program::start(&words).end().await;
        assert!(code.is_some_and(|code| code > 0) && stdout.is_empty(), "{words:?}");
        assert!(stderr.contains(part), "{stderr}");
    }
}

/// Killed when dropped, whatever becomes of the test.
pub(crate) struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    pub(crate) fn start(words: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_everwire-server"))
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, stdout }
    }

    pub(crate) async fn url(&mut self) -> String {
        let mut line = String::new();
        soon("the line on stdout", self.stdout.read_line(&mut line)).await.expect("readable");
        let url = line.trim_end().strip_prefix("listening on ").expect("the promised line");
        url.to_owned()
    }

    #[cfg(unix)]
    async fn tell(&self, signal: &str) {
        let id = self.child.id().expect("running").to_string();
        let status = Command::new("kill").args([signal, &id]).status().await.expect("kill runs");
        assert!(status.success());
    }

    /// At once, whatever it is doing.
    pub(crate) async fn kill(mut self) {
        soon("the end", self.child.kill()).await.expect("it is ours");
    }

    /// The exit code, and what was left to read.
    async fn end(mut self) -> (Option<i32>, String, String) {
        let status = soon("the exit", self.child.wait()).await.expect("waited for");
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).await.expect("text");
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().expect("piped");
        pipe.read_to_string(&mut stderr).await.expect("text");
        (status.code(), stdout, stderr)
    }
}

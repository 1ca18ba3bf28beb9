//! How is a browser's WebDriver started, known to be ready, and ended without a trace?

use crate::browsers::{self, Browser};
use crate::children::{self, Running};
use crate::failure::Outcome;
use crate::scratch::Scratch;
use crate::task::open_log;
use crate::{http, places, tools};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A WebDriver that takes sessions. Dropping it ends it with its browser, its display and their files, in that order.
pub(crate) struct Driver {
    port: u16,
    running: Running,
    _display: Option<Running>,
    _home: Scratch,
}

impl Driver {
    /// Starts the driver of this browser on a free port. What it prints goes to a log named after `purpose`.
    pub(crate) fn start(browser: Browser, purpose: &str) -> Outcome<Driver> {
        let home = Scratch::new(browser.name())?;
        let (display, number) = match browser {
            Browser::Chromium | Browser::Firefox => (None, None), // headless by themselves
            Browser::Webkit => {
                let (display, number) = start_display()?;
                (Some(display), Some(number))
            }
        };
        let log_name = format!("{purpose}-driver");
        for _ in 0..ATTEMPTS {
            let port = free_port()?;
            let mut command = command(browser, port)?;
            at_home(&mut command, &home);
            if let Some(number) = &number {
                command.env("DISPLAY", format!(":{number}"));
            }
            let (log, shown) = open_log(&log_name)?;
            let errors = log.try_clone().map_err(|error| format!("cannot write {shown}: {error}"))?;
            command.stdin(Stdio::null()).stdout(log).stderr(errors);
            let running = children::start(&mut command, PATIENCE)?;
            match wait_until_ready(&running, port) {
                Readiness::Ready => {
                    return Ok(Driver { port, running, _display: display, _home: home });
                }
                Readiness::Ended => {} // most likely somebody took the port first: another one
                Readiness::Silent => {
                    return Err(format!(
                        "the WebDriver of {} does not answer after {} s; it printed this: {shown}",
                        browser.name(),
                        STARTUP.as_secs()
                    )
                    .into());
                }
            }
        }
        let said = std::fs::read_to_string(places::logs().join(format!("{log_name}.log"))).unwrap_or_default();
        Err(format!("the WebDriver of {} ends as soon as it is started. It says: {}", browser.name(), said.trim())
            .into())
    }

    /// Has it gone before we asked it to? Then what ran against it has failed for no reason of its own.
    pub(crate) fn has_gone(&self) -> bool {
        self.running.ended().is_some()
    }

    /// Where it takes sessions.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

enum Readiness {
    Ready,
    Ended,
    Silent,
}

fn command(browser: Browser, port: u16) -> Outcome<Command> {
    Ok(match browser {
        Browser::Chromium => {
            let program = places::on_path(&["chromedriver"]).ok_or("chromedriver is not on PATH")?;
            let mut command = Command::new(program);
            command.arg(format!("--port={port}"));
            command
        }
        Browser::Firefox => {
            let mut command = Command::new(tools::geckodriver().program("geckodriver")?);
            command.args(["--port", &port.to_string()]);
            command.args(["--websocket-port", "0"]); // otherwise BiDi listens on 9222, whoever has it
            if let Some(firefox) = browsers::firefox() {
                command.arg("--binary").arg(firefox);
            }
            command.env("MOZ_HEADLESS", "1");
            command
        }
        Browser::Webkit => {
            let program = places::on_path(&["WebKitWebDriver"]).ok_or("WebKitWebDriver is not on PATH")?;
            let mut command = Command::new(program);
            command.arg(format!("--port={port}"));
            command.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"); // its sandbox needs rights that root in a container lacks; it loads our pages only
            command.env("WEBKIT_DISABLE_COMPOSITING_MODE", "1").env("LIBGL_ALWAYS_SOFTWARE", "1"); // Xvfb has no GPU
            command
        }
    })
}

/// Profiles, caches and downloads stay out of the user's own folders.
fn at_home(command: &mut Command, home: &Scratch) {
    for name in ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        command.env(name, home.path());
    }
    command.env_remove("WAYLAND_DISPLAY"); // WebKit would open its windows there
}

/// An X server without a screen that finds a free number by itself and tells it.
fn start_display() -> Outcome<(Running, String)> {
    let program = places::on_path(&["Xvfb"]).ok_or("Xvfb is not on PATH")?;
    let mut command = Command::new(program);
    command.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-noreset"]);
    let display = children::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()), PATIENCE)?;
    let stdout = display.stdout().ok_or("Xvfb was started without a pipe")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line); // an error: an empty line, told below
        let _ = sender.send(line); // nobody waits any longer
    });
    let number = receiver.recv_timeout(STARTUP).unwrap_or_default().trim().to_owned();
    match number.parse::<u32>() {
        Ok(_) => Ok((display, number)),
        Err(_) => Err("Xvfb did not start: run `Xvfb -displayfd 1` to see why".into()),
    }
}

fn wait_until_ready(running: &Running, port: u16) -> Readiness {
    let deadline = Instant::now() + STARTUP;
    while Instant::now() < deadline {
        if running.ended().is_some() {
            return Readiness::Ended;
        }
        if http::get(port, "/status").is_ok_and(|answer| says_ready(&answer)) {
            return Readiness::Ready;
        }
        thread::sleep(Duration::from_millis(50));
    }
    Readiness::Silent
}

fn says_ready(answer: &str) -> bool {
    let dense: String = answer.chars().filter(|c| !c.is_whitespace()).collect();
    dense.starts_with("HTTP/1.") && dense.contains("\"ready\":true")
}

/// Free now; whoever takes it before the driver does makes the driver end, and we try another.
fn free_port() -> Outcome<u16> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(bound.map_err(|error| format!("no free port on this machine: {error}"))?.port())
}

/// A port is taken in that instant very rarely; five times in a row means another cause.
const ATTEMPTS: usize = 5;
/// Half a minute: drivers start in a second, on a busy machine in ten.
const STARTUP: Duration = Duration::from_secs(30);
/// How long a driver may take to close its browser when asked.
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_drivers_own_words_for_ready_are_understood() {
        assert!(says_ready("HTTP/1.1 200 OK\r\n\r\n{\"value\":{\"message\":\"\",\"ready\":true}}"));
        assert!(says_ready("HTTP/1.1 200 OK\r\n\r\n{ \"value\": { \"ready\": true } }"));
        assert!(!says_ready(
            "HTTP/1.1 200 OK\r\n\r\n{\"value\":{\"message\":\"Session already started\",\"ready\":false}}"
        ));
        assert!(!says_ready("SSH-2.0-OpenSSH \"ready\":true"));
    }

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free_port().expect("loopback has a free port");
        assert_ne!(port, 0);
    }
}

//! Which Redis do tests talk to? One of their own, with nothing on disk and no port; it ends with the test.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

pub(crate) struct OwnRedis {
    child: Child,
    folder: TempDir,
}

impl OwnRedis {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        Self { child: started(&folder), folder }
    }

    /// Writes its file; nothing after this is in it.
    #[allow(dead_code, reason = "this file is in two crates' tests, and one of them needs it")]
    pub(crate) fn save(&self) {
        let socket = self.folder.path().join("redis.sock");
        let mut asked = std::os::unix::net::UnixStream::connect(socket).expect("it listens");
        std::io::Write::write_all(&mut asked, b"SAVE\r\n").expect("it listens");
        let mut answer = String::new();
        BufReader::new(asked).read_line(&mut answer).expect("it answers");
        assert_eq!(answer.trim_end(), "+OK");
    }

    /// Kills it, and starts another with the file that is there.
    #[allow(dead_code, reason = "as above")]
    pub(crate) fn restart(&mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
        self.child = started(&self.folder);
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}/redis.sock", self.folder.path().display())
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }
}

fn started(folder: &TempDir) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket", "redis.sock"]);
    let child = command.current_dir(folder.path()).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("redis-server is installed: `cargo xtask setup --only host` does it");
    let mut said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    assert!(said.any(|line| line.is_ok_and(|line| line.contains("ready to accept connections"))));
    child
}

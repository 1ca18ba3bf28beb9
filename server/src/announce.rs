//! How do others find the server when its port is not known beforehand?

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file written by `--announce`: where the server listens, as JSON.
#[derive(Debug)]
pub struct Announcement {
    path: PathBuf,
    text: String,
}

impl Announcement {
    /// Writes the file in one step, so a reader sees all of it or none; missing directories are made.
    pub fn write(path: &Path, http: &str, ws: &str) -> io::Result<Self> {
        let text = serde_json::json!({ "http": http, "ws": ws }).to_string();
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        // the same directory: a rename within one file system is atomic
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        fs::write(&part, &text)?;
        fs::rename(&part, path)?;
        Ok(Self { path: path.to_owned(), text })
    }

    /// Removes the file, unless another server has announced itself there since.
    pub fn remove(self) -> io::Result<()> {
        if fs::read_to_string(&self.path)? == self.text {
            fs::remove_file(&self.path)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_both_urls_and_goes_away() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("made/on/demand.json");
        let announcement = Announcement::write(&path, "http://h:1", "ws://h:1").expect("written");
        let text = fs::read_to_string(&path).expect("readable");
        assert_eq!(text, r#"{"http":"http://h:1","ws":"ws://h:1"}"#);
        announcement.remove().expect("removed");
        assert!(!path.exists());
    }

    #[test]
    fn the_announcement_of_a_later_server_is_left_alone() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let path = folder.path().join("companion.json");
        let first = Announcement::write(&path, "http://h:1", "ws://h:1").expect("written");
        let _second = Announcement::write(&path, "http://h:2", "ws://h:2").expect("written");
        first.remove().expect("nothing to do");
        assert!(path.exists());
    }
}

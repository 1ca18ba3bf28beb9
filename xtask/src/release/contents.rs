//! Is what would be published exactly what a list in the repository names?

/// What differs, a sentence for each difference; none is good.
///
/// A line of the list is a file, or `folder/**.ending`: each file of that ending below the folder. Both directions count:
/// what nobody listed may be a secret, what is listed and absent is a package that does not work.
pub(super) fn differences(list: &str, files: &[String]) -> Vec<String> {
    let lines: Vec<&str> = list.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let unlisted = files.iter().filter(|file| !lines.iter().any(|line| names(line, file)));
    let absent = lines.iter().filter(|line| !files.iter().any(|file| names(line, file)));
    let unlisted = unlisted.map(|file| format!("{file} would be published, and is not on the list"));
    unlisted.chain(absent.map(|line| format!("{line} is on the list, and would not be published"))).collect()
}

/// The files in what `npm pack --json` prints, which has one member to a line.
pub(super) fn packed_by_npm(line: &str) -> Option<String> {
    line.trim().strip_prefix("\"path\": \"")?.strip_suffix("\",").map(str::to_owned)
}

/// Where whoever built it keeps things: nobody's business, and another machine would build another package.
pub(super) fn paths_of_the_builder(bytes: &[u8], root: &str) -> bool {
    ["/.cargo/registry/", "\\.cargo\\registry\\", root].iter().any(|path| holds(bytes, path.as_bytes()))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn names(line: &str, file: &str) -> bool {
    match line.split_once("**") {
        Some((folder, ending)) => file.starts_with(folder) && file.ends_with(ending),
        None => line == file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_nobody_listed_and_one_that_is_absent_are_named() {
        let found = differences("README.md\nsrc/**.rs\n", &files(&["src/a/b.rs", ".env"]));
        let unlisted = ".env would be published, and is not on the list";
        assert_eq!(found, [unlisted, "README.md is on the list, and would not be published"]);
    }

    #[test]
    fn a_folder_on_the_list_takes_its_ending_only_and_may_not_be_empty() {
        assert_eq!(differences("src/**.rs", &files(&["src/lib.rs", "src/deep/er.rs"])), [""; 0]);
        assert_eq!(differences("src/**.rs", &files(&["src/lib.rs", "src/key.pem"])).len(), 1);
        assert_eq!(differences("src/**.rs\nnpm/**.js", &files(&["src/lib.rs"])).len(), 1);
    }

    #[test]
    fn npms_list_is_read_line_by_line() {
        assert_eq!(packed_by_npm("        \"path\": \"everwire.js\","), Some("everwire.js".to_owned()));
        assert_eq!(packed_by_npm("        \"size\": 9723,"), None);
    }

    #[test]
    fn a_path_of_the_builder_is_found_anywhere_in_a_file() {
        assert!(paths_of_the_builder(b"\0asm/home/me/.cargo/registry/src/x.rs\0", "/work"));
        assert!(paths_of_the_builder(b"\0asm/work/src/lib.rs", "/work"));
        assert!(!paths_of_the_builder(b"\0asm src/lib.rs", "/work"));
    }

    fn files(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }
}

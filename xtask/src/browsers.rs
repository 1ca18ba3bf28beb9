//! Which engines do we test in, and what must be on the machine to drive each?

use crate::{places, tools};
use std::path::PathBuf;

/// An engine, by the name that `--browser` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Browser {
    Chromium,
    Firefox,
    /// WebKitGTK's MiniBrowser: Safari's engine, not its network stack.
    Webkit,
}

impl Browser {
    pub(crate) const ALL: [Browser; 3] = [Browser::Chromium, Browser::Firefox, Browser::Webkit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Browser::Chromium => "chromium",
            Browser::Firefox => "firefox",
            Browser::Webkit => "webkit",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Browser> {
        Browser::ALL.into_iter().find(|browser| browser.name() == name)
    }

    /// Debian's packages for what is missing of it; geckodriver is built from crates.io instead.
    pub(crate) fn missing_packages(self) -> Vec<&'static str> {
        let parts: &[(&[&str], &str)] = match self {
            Browser::Chromium => &[(CHROMIUM, "chromium"), (&["chromedriver"], "chromium-driver")],
            Browser::Firefox => &[(FIREFOX, "firefox-esr")],
            Browser::Webkit => &[(&["WebKitWebDriver"], "webkit2gtk-driver"), (&["Xvfb"], "xvfb")],
        };
        let missing = parts.iter().filter(|(programs, _)| places::on_path(programs).is_none());
        missing.map(|(_, package)| *package).collect()
    }

    /// chromedriver serves one major version of Chromium only: what does not fit, if it does not.
    pub(crate) fn mismatch(self) -> Option<String> {
        match self {
            Browser::Chromium => {
                let driver = version_of(&["chromedriver"])?;
                let browsers: Vec<String> = CHROMIUM.iter().filter_map(|name| version_of(&[name])).collect();
                misfit(&driver, &browsers)
            }
            Browser::Firefox | Browser::Webkit => None, // geckodriver serves many versions; WebKit's driver is WebKit's
        }
    }
}

/// Firefox, wherever it is called so.
pub(crate) fn firefox() -> Option<PathBuf> {
    places::on_path(FIREFOX)
}

fn version_of(names: &[&str]) -> Option<String> {
    tools::first_line_of_version(&places::on_path(names)?)
}

fn misfit(driver: &str, browsers: &[String]) -> Option<String> {
    let fits = |browser: &String| major(browser).is_some() && major(browser) == major(driver);
    if browsers.is_empty() || browsers.iter().any(fits) {
        return None;
    }
    let number = |line: &str| major(line).map_or_else(|| "of no known version".to_owned(), |n| n.to_string());
    let found: Vec<String> = browsers.iter().map(|browser| number(browser)).collect();
    Some(format!("chromedriver {} cannot drive Chromium {}", number(driver), found.join(" or ")))
}

/// `ChromeDriver 156.0.8078.79 (…)` is of 156.
fn major(version_line: &str) -> Option<u32> {
    version_line.split_whitespace().find_map(|word| {
        let (first, rest) = word.split_once('.')?;
        rest.starts_with(|c: char| c.is_ascii_digit()).then(|| first.parse().ok())?
    })
}

/// In the order in which chromedriver looks for them.
const CHROMIUM: &[&str] = &["google-chrome", "chrome", "chromium", "chromium-browser", "google-chrome-stable"];
/// Debian's name first.
const FIREFOX: &[&str] = &["firefox-esr", "firefox"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_of_another_major_version_is_named_with_both_numbers() {
        let driver = "ChromeDriver 155.0.8000.1 (abc-refs/branch-heads/1@{#1})";
        let browser = "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)".to_owned();
        assert_eq!(misfit(driver, &[browser]), Some("chromedriver 155 cannot drive Chromium 156".to_owned()));
    }

    #[test]
    fn one_browser_that_fits_is_enough() {
        let browsers = ["Google Chrome 155.0.1.2 ".to_owned(), "Chromium 156.0.8078.79 snap".to_owned()];
        assert_eq!(misfit("ChromeDriver 156.0.8078.80 (x)", &browsers), None);
    }

    #[test]
    fn every_browser_is_found_by_its_own_name_and_by_no_other() {
        for browser in Browser::ALL {
            assert_eq!(Browser::named(browser.name()), Some(browser));
        }
        assert_eq!(Browser::named("Safari"), None);
    }
}

//! What does the stampede look like?
//!
//! An SVG of the attempts in each second. The ordinate is logarithmic: on a linear one there would be one line to be seen.

use super::server::{AWAY, Outcome, SECOND};
use std::fmt::Write;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 400.0;
/// Around the plot: left, top, right, bottom.
const MARGIN: [f64; 4] = [64.0, 44.0, 16.0, 76.0];
const SECONDS: usize = 120;
/// Readable on white and on black.
const COLOURS: [&str; 7] = ["#2f81f7", "#79c0ff", "#d29922", "#3fb950", "#a371f7", "#f85149", "#8b949e"];

pub(super) fn of(clients: u32, outcomes: &[(&str, Outcome)]) -> String {
    let most = outcomes.iter().flat_map(|(_, outcome)| &outcome.attempts).max().copied().unwrap_or(1);
    let decades = (most as f64).log10().ceil();
    let x = |second: f64| MARGIN[0] + second / SECONDS as f64 * (WIDTH - MARGIN[0] - MARGIN[2]);
    let y = |count: f64| HEIGHT - MARGIN[3] - count.max(1.0).log10() / decades * (HEIGHT - MARGIN[1] - MARGIN[3]);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
         <title>Attempts in each second after a server with {clients} clients restarts</title>\n\
         <style>text {{ fill: #57606a }} .grid {{ stroke: #8b949e; stroke-opacity: .3 }} \
         @media (prefers-color-scheme: dark) {{ text {{ fill: #c9d1d9 }} }}</style>\n\
         <text x=\"{}\" y=\"20\" font-size=\"14\">Attempts in each second, {clients} clients; the server is away from 0 to {} s</text>\n",
        MARGIN[0],
        AWAY / SECOND,
    );
    for decade in 0..=decades as u32 {
        let (count, at) = (10_u64.pow(decade), y(10_f64.powi(decade as i32)));
        line(&mut svg, "grid", (x(0.0), at), (x(SECONDS as f64), at));
        text(&mut svg, "end", (MARGIN[0] - 8.0, at + 4.0), &count.to_string());
    }
    for second in (0..=SECONDS).step_by(20) {
        let at = x(second as f64);
        line(&mut svg, "grid", (at, MARGIN[1]), (at, HEIGHT - MARGIN[3]));
        text(&mut svg, "middle", (at, HEIGHT - MARGIN[3] + 18.0), &format!("{second} s"));
    }
    for (number, (name, outcome)) in outcomes.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points: String = (0..SECONDS)
            .map(|second| (second, outcome.attempts.get(second).copied().unwrap_or_default() as f64))
            .fold(String::new(), |points, (second, count)| {
                points + &format!("{:.1},{:.1} ", x(second as f64 + 0.5), y(count))
            });
        let width = if number == 0 { 3.0 } else { 1.5 };
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>",
            points.trim_end()
        );
        let (left, top) = (MARGIN[0] + (number % 4) as f64 * 200.0, HEIGHT - 30.0 + (number / 4) as f64 * 18.0);
        let _ = writeln!(svg, "<rect x=\"{left}\" y=\"{}\" width=\"14\" height=\"4\" fill=\"{colour}\"/>", top - 6.0);
        text(&mut svg, "start", (left + 20.0, top), name);
    }
    svg + "</svg>\n"
}

fn line(svg: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(svg: &mut String, anchor: &str, at: (f64, f64), words: &str) {
    let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{words}</text>", at.0, at.1);
}

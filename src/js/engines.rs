//! What does JavaScript ask for, and of which engine?

use super::options;
use super::parcel::{Forgotten, Parcel};
use super::row::Row;
use super::said;
use crate::engine::{Client, CloseCode, CloseFrame, Input, Instant, MessageId, SocketId};

/// The engines in use, by the numbers under which JavaScript knows them, and the row by which they are talked with.
#[derive(Default)]
pub(super) struct Engines {
    row: Row,
    /// From 1; a number is used again once its engine is released.
    used: Vec<Option<Engine>>,
}

struct Engine {
    client: Client<Parcel>,
    forgotten: Forgotten,
}

impl Engines {
    /// What engine.js calls, by number; what it is about is an engine, or a count. Where the row is then, with the answer.
    pub(super) fn call(&mut self, what: u32, about: u32) -> u32 {
        self.row.go_to(0);
        match what {
            0 => self.row.make_room(about as usize),
            1 => self.make(),
            2 => self.release(about),
            3 => self.handle(about),
            4 => self.tell_stats(about),
            5 => self.check_close(),
            _ => self.name_close_code(),
        }
        self.row.address()
    }

    /// From a seed and options: its number, the options with all their defaults, and our version. Or 0, and what is wrong with them.
    fn make(&mut self) {
        let seed = self.row.next_whole();
        let options = options::read(&mut self.row);
        self.row.go_to(0);
        match options.clone().parse() {
            Ok(config) => {
                let engine = Engine { client: Client::new(config, seed), forgotten: Forgotten::default() };
                let free = self.used.iter().position(Option::is_none);
                let place = free.unwrap_or(self.used.len());
                match self.used.get_mut(place) {
                    Some(free) => *free = Some(engine),
                    None => self.used.push(Some(engine)),
                }
                self.row.put((place + 1) as f64);
                options::write(&options, &mut self.row);
                self.row.put_text(env!("CARGO_PKG_VERSION"));
            }
            Err(error) => {
                self.row.put(0.0);
                self.row.put_text(&error.sentence());
            }
        }
    }

    fn release(&mut self, number: u32) {
        if let Some(place) = self.used.get_mut(number as usize - 1) {
            *place = None;
        }
    }

    /// What is said, and when; and before it what has passed since, and, if a socket is open, what waits in the browser
    /// (`Input::Buffered`), so that all of it costs one call. Answered by the row's end, the next deadline, the state, what may
    /// pass, and all that the engine says to it.
    fn handle(&mut self, number: u32) {
        let Some(Some(engine)) = self.used.get_mut(number as usize - 1) else { return };
        let row = &mut self.row;
        engine.hear_what_passed(row);
        let now = Instant::from_micros(row.next_whole());
        let open = row.next_if_any().map(|socket| SocketId(socket as u64));
        let bytes = row.next_whole();
        let said = said::input(row, &engine.forgotten);
        row.go_to(HEAD);
        if let Some(socket) = open {
            engine.hear(Input::Buffered { socket, bytes }, now, row);
        }
        engine.hear(said, now, row);
        let Engine { client, forgotten } = engine;
        let mut forgotten = forgotten.take();
        while let Some(id) = forgotten.pop() {
            row.tell_forgotten(id);
        }
        let end = row.here();
        row.go_to(0);
        row.put(end as f64);
        row.put(client.deadline().map_or(f64::INFINITY, |(at, _)| at.as_micros() as f64));
        row.put_state(client.state());
        row.put_way(client.way());
    }

    fn tell_stats(&mut self, number: u32) {
        let Some(Some(engine)) = self.used.get_mut(number as usize - 1) else { return };
        engine.hear_what_passed(&mut self.row);
        self.row.go_to(0);
        self.row.put_stats(&engine.client.stats());
    }

    /// What is wrong with a code and a reason that a caller wants to close with; nothing, if nothing is.
    fn check_close(&mut self) {
        let code = self.row.next() as u16;
        let reason = self.row.next_text();
        self.row.go_to(0);
        let error = CloseFrame::new(Some(code), &reason).err();
        self.row.put_text(&error.map_or_else(String::new, |error| error.sentence()));
    }

    fn name_close_code(&mut self) {
        let code = CloseCode::from(self.row.next() as u16);
        self.row.go_to(0);
        self.row.put_text(code.name().unwrap_or_default());
    }
}

impl Engine {
    #[inline(never)] // it is said twice
    fn hear(&mut self, input: Input<Parcel>, now: Instant, row: &mut Row) {
        self.client.handle(input, now);
        while let Some(output) = self.client.poll() {
            row.tell(&output);
        }
    }

    fn hear_what_passed(&mut self, row: &mut Row) {
        for _ in 0..row.next_whole() {
            let then = Instant::from_micros(row.next_whole());
            let data = said::arrived(row);
            let (number, before, bytes) = (row.next(), row.next_whole(), row.next_whole());
            if number >= 0.0 {
                let id = MessageId(number as u64);
                let data = data.numbered(id, &self.forgotten);
                self.client.on_handed_over(id, data, before, bytes, then);
            } else {
                self.client.on_delivered(data, number == PONG, then);
            }
        }
    }
}

/// In place of a number: it arrived, and was not delivered. Any other that is below 0: it was.
const PONG: f64 = -2.0;
/// Numbers before what the engine says.
const HEAD: usize = 5;

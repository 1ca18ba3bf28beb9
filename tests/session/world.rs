//! Two ends, a network between them, and what each application saw.

use std::collections::{BTreeSet, VecDeque};

use everwire::engine::session::{Control, Hello, Seen, Session, Terms, Welcome, escaped, seen};
use everwire::engine::{Instant, Kind, Payload, Span};

use crate::random::Random;

/// The n-th that an application sent. Some look like control frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Note(pub(crate) u64);

impl Payload for Note {
    fn kind(&self) -> Kind {
        Kind::Text
    }

    fn size(&self) -> u64 {
        self.0 % 50
    }
}

impl Note {
    fn text(self) -> String {
        let Self(number) = self;
        match number % 5 {
            0 => format!("\0{{\"type\":\"ack\",\"received\":{number}}}"),
            1 => format!("\0\0{number}"),
            _ => number.to_string(),
        }
    }

    fn of(text: &str) -> Self {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Self(digits.parse().expect("a number is in each"))
    }
}

/// On the wire.
fn frame(note: Note) -> String {
    let text = note.text();
    escaped(&text).unwrap_or(text)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Note(u64),
    /// So many are lost, exactly.
    Gap(u64),
    /// All that was under way in either direction is uncertain.
    /// A session begins: its first message of the server's is the first. What came after the last one heard is unknown.
    NewSession,
}

pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) now: Instant,
    terms: Terms,
    /// What the client may keep; beyond it the application waits.
    client_keeps: usize,
    /// What the server may keep; beyond it it forgets the oldest.
    server_keeps: usize,

    pub(crate) client: Client,
    pub(crate) server: Server,
    /// The socket that the client uses; every other is dead to it.
    line: Option<Line>,
    /// Sockets that the client has left and the server takes for alive.
    zombies: Vec<Line>,
    next_line: u64,
    pub(crate) faults: u64,
}

struct Line {
    number: u64,
    to_server: VecDeque<String>,
    to_client: VecDeque<String>,
}

pub(crate) struct Client {
    session: Option<(String, Session<Note>)>,
    /// How many sockets were opened for it.
    sockets: u64,
    is_live: bool,
    pub(crate) sent: u64,
    pub(crate) acknowledged: BTreeSet<u64>,
    /// Told to the application as uncertain when a session was lost.
    pub(crate) uncertain: BTreeSet<u64>,
    pub(crate) heard: Vec<Heard>,
}

pub(crate) struct Server {
    sessions: Vec<Held>,
    next_id: u64,
    /// The client's messages, of whatever session.
    pub(crate) heard: Vec<u64>,
}

struct Held {
    id: String,
    room: Session<Note>,
    /// The socket that has it.
    owner: u64,
    /// So many sockets its client had opened for it when it said the latest hello that was taken.
    sockets: u64,
}

impl Server {
    fn of_id(&mut self, id: Option<&str>) -> Option<&mut Held> {
        self.sessions.iter_mut().find(|held| Some(held.id.as_str()) == id)
    }

    fn of_owner(&mut self, line: u64) -> Option<&mut Held> {
        self.sessions.iter_mut().find(|held| held.owner == line)
    }
}

impl Client {
    fn confirm(&mut self, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            assert!(self.acknowledged.insert(number), "{number} was acknowledged twice");
        }
    }
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let terms = Terms {
            messages: 1 + random.up_to(8),
            bytes: 1 + random.up_to(200),
            after: Span::millis(random.up_to(500)),
        };
        Self {
            client_keeps: 1 + random.up_to(12) as usize,
            server_keeps: 1 + random.up_to(12) as usize,
            random,
            now: Instant::from_micros(0),
            terms,
            client: Client {
                session: None,
                sockets: 1,
                is_live: false,
                sent: 0,
                acknowledged: BTreeSet::new(),
                uncertain: BTreeSet::new(),
                heard: Vec::new(),
            },
            server: Server { sessions: Vec::new(), next_id: 0, heard: Vec::new() },
            line: None,
            zombies: Vec::new(),
            next_line: 0,
            faults: 0,
        }
    }

    // ── what may happen ──

    pub(crate) fn pass_time(&mut self, most: Span) {
        self.now = self.now + self.random.between(Span::micros(0), most);
        self.acknowledge();
    }

    pub(crate) fn client_says(&mut self) {
        let number = self.client.sent + 1;
        let is_live = self.client.is_live;
        let Some((_, session)) = &mut self.client.session else { return }; // it waits for its first welcome
        if session.kept().len() >= self.client_keeps {
            return; // the application waits
        }
        session.send(Note(number));
        self.client.sent = number;
        if let Some(line) = self.line.as_mut().filter(|_| is_live) {
            line.to_server.push_back(frame(Note(number)));
        }
    }

    pub(crate) fn server_says(&mut self) {
        let at = self.random.below(self.server.sessions.len() as u64) as usize;
        let Some(Held { room, owner, .. }) = self.server.sessions.get_mut(at) else { return };
        let note = Note(room.sent() + 1);
        room.send(note);
        let line = self.line.iter_mut().chain(&mut self.zombies).find(|line| line.number == *owner);
        if let Some(line) = line {
            line.to_client.push_back(frame(note));
        }
        let kept = room.kept().len();
        if kept > self.server_keeps {
            let newest = kept as u64 / 2;
            room.skip(room.sent() - newest); // whoever has them does not mind; whoever comes back is told
        }
    }

    /// The next frame in one direction, of any socket.
    pub(crate) fn deliver(&mut self) {
        let at = self.random.below(1 + self.zombies.len() as u64) as usize;
        let Some(line) = (if at == 0 { self.line.as_mut() } else { self.zombies.get_mut(at - 1) }) else { return };
        let number = line.number;
        if self.random.once_in(2) {
            if let Some(text) = line.to_server.pop_front() {
                self.server_hears(number, &text);
            }
        } else if at == 0
            && let Some(text) = line.to_client.pop_front()
        {
            self.client_hears(&text);
        }
    }

    /// The socket is gone for both.
    pub(crate) fn cut(&mut self) {
        if self.line.take().is_some() {
            self.faults += 1;
        }
        self.client.is_live = false;
    }

    /// The socket is gone for the client, and the server will go on reading what is on its way.
    pub(crate) fn half_cut(&mut self) {
        if let Some(line) = self.line.take() {
            self.faults += 1;
            self.zombies.push(line);
        }
        self.client.is_live = false;
    }

    pub(crate) fn connect(&mut self) {
        if self.line.is_some() {
            return;
        }
        self.next_line += 1;
        let session = self.client.session.as_ref();
        let hello = match session {
            Some((id, session)) => {
                self.client.sockets += 1;
                Hello { session: Some(id.clone()), socket: self.client.sockets, received: session.received() }
            }
            None => Hello::default(),
        };
        let to_server = VecDeque::from([Control::Hello(hello).write()]);
        self.line = Some(Line { number: self.next_line, to_server, to_client: VecDeque::new() });
    }

    /// Every socket is gone. With a store the session is rebuilt from it; without, nobody knows it any more.
    pub(crate) fn restart_server(&mut self, has_store: bool) {
        self.faults += 1;
        self.cut();
        self.zombies.clear();
        if !has_store {
            return self.server.sessions.clear();
        }
        for held in &mut self.server.sessions {
            let forgotten = held.room.sent() - held.room.kept().len() as u64;
            let mut room = Session::restored(held.room.received(), forgotten, self.terms);
            for note in held.room.kept() {
                room.send(*note);
            }
            (held.room, held.owner) = (room, 0);
        }
    }

    /// Nothing goes wrong any more, until nothing is left to do.
    pub(crate) fn calm_down(&mut self) {
        self.zombies.clear();
        for _ in 0..10_000 {
            self.connect();
            self.pass_time(Span::millis(200));
            self.deliver();
            let is_quiet = self.client.is_live
                && self.line.as_ref().is_some_and(|line| line.to_server.is_empty() && line.to_client.is_empty())
                && self.client.session.as_ref().is_some_and(|(_, session)| session.kept().len() == 0)
                && self.current().is_some_and(|held| held.room.kept().len() == 0);
            if is_quiet {
                return;
            }
        }
        panic!("it never becomes quiet");
    }

    /// Whether the client, and the server, keep no more than they may.
    pub(crate) fn kept(&self) -> (bool, bool) {
        let client = self.client.session.as_ref().map_or(0, |(_, session)| session.kept().len());
        let mut server = self.server.sessions.iter().map(|held| held.room.kept().len());
        (client <= self.client_keeps, server.all(|kept| kept <= self.server_keeps))
    }

    /// How many the server has sent in the client's session.
    pub(crate) fn sent_to_client(&self) -> Option<u64> {
        self.current().map(|held| held.room.sent())
    }

    fn current(&self) -> Option<&Held> {
        let (id, _) = self.client.session.as_ref()?;
        self.server.sessions.iter().find(|held| held.id == *id)
    }

    // ── the client ──

    fn client_hears(&mut self, text: &str) {
        let now = self.now;
        match seen(text) {
            Ok(Seen::Message(text)) => {
                assert!(self.client.is_live, "a message before the welcome");
                let (_, session) = self.client.session.as_mut().expect("it is live");
                session.on_message(Note::of(text).size(), now);
                self.client.heard.push(Heard::Note(Note::of(text).0));
                assert_eq!(Note::of(text).text(), text, "it arrives as it was sent");
            }
            Ok(Seen::Control(Control::Welcome(welcome))) => self.client_is_welcome(welcome),
            Ok(Seen::Control(Control::Ack(ack))) => {
                let (_, session) = self.client.session.as_mut().expect("it is live");
                let kept: Vec<u64> = session.kept().map(|note| note.0).collect();
                let (first, last) = session.on_ack(ack.received, |_| {}).expect("an honest server");
                self.client.confirm(kept.into_iter().take((last + 1 - first) as usize));
            }
            Ok(Seen::Control(Control::Gap(gap))) => {
                let (_, session) = self.client.session.as_mut().expect("it is live");
                session.on_gap(gap, now).expect("an honest server");
                self.client.heard.push(Heard::Gap(gap.to - gap.from + 1));
            }
            other => panic!("{other:?}"),
        }
        self.acknowledge();
    }

    fn client_is_welcome(&mut self, welcome: Welcome) {
        let line = self.line.as_mut().expect("it came on it");
        self.client.is_live = true;
        match &mut self.client.session {
            Some((_, session)) if welcome.resumed => {
                let kept: Vec<u64> = session.kept().map(|note| note.0).collect();
                let (first, last) =
                    session.on_welcome_back(welcome.received, welcome.terms, |_| {}).expect("an honest server");
                line.to_server.extend(session.kept().map(|note| frame(*note)));
                self.client.confirm(kept.into_iter().take((last + 1 - first) as usize));
            }
            session => {
                assert!(!welcome.resumed);
                if let Some((_, lost)) = session.take() {
                    self.client.uncertain.extend(lost.kept().map(|note| note.0));
                }
                self.client.heard.push(Heard::NewSession);
                *session = Some((welcome.session, Session::new(welcome.terms)));
                self.client.sockets = 1;
            }
        }
    }

    // ── the server ──

    fn server_hears(&mut self, number: u64, text: &str) {
        let now = self.now;
        let seen = seen(text).expect("an honest client");
        if let Seen::Control(Control::Hello(hello)) = seen {
            return self.server_is_greeted(number, &hello);
        }
        // of a socket whose session another has taken over nothing counts
        let Some(Held { room, .. }) = self.server.of_owner(number) else { return };
        match seen {
            Seen::Message(text) => {
                room.on_message(Note::of(text).size(), now);
                self.server.heard.push(Note::of(text).0);
            }
            Seen::Control(Control::Ack(ack)) => drop(room.on_ack(ack.received, |_| {}).expect("an honest client")),
            Seen::Control(other) => panic!("{other:?}"),
        }
        self.acknowledge();
    }

    fn server_is_greeted(&mut self, number: u64, hello: &Hello) {
        let known = self.server.of_id(hello.session.as_deref());
        if known.as_ref().is_some_and(|held| hello.socket <= held.sockets) {
            return self.turn_away(number);
        }
        let rejoined = known.and_then(|held| {
            let gap = held.room.on_hello(hello.received)?;
            (held.owner, held.sockets) = (number, hello.socket);
            let again: Vec<String> = held.room.kept().map(|note| frame(*note)).collect();
            Some((held.id.clone(), gap, held.room.received(), again))
        });
        let resumed = rejoined.is_some();
        let (session, gap, received, again) = match rejoined {
            Some(rejoined) => rejoined,
            None => {
                self.server.next_id += 1;
                let id = format!("{:022}", self.server.next_id);
                let room = Session::new(self.terms);
                self.server.sessions.push(Held { id: id.clone(), room, owner: number, sockets: 1 });
                (id, None, 0, Vec::new())
            }
        };
        let most = (self.client_keeps as u64, u64::MAX >> 11);
        let welcome = Welcome { session, resumed, received, window: 60, most, terms: self.terms, protocol: None };
        let line = self.line.iter_mut().chain(&mut self.zombies).find(|line| line.number == number);
        let Some(line) = line else { return };
        line.to_client.push_back(Control::Welcome(welcome).write());
        line.to_client.extend(gap.map(|gap| Control::Gap(gap).write()));
        line.to_client.extend(again);
    }

    /// It is older than the one that has the session.
    fn turn_away(&mut self, number: u64) {
        assert!(self.line.as_ref().is_none_or(|line| line.number != number), "the client's own socket is its newest");
        self.zombies.retain(|line| line.number != number);
    }

    /// Both say what they owe by now.
    fn acknowledge(&mut self) {
        let Some(line) = &mut self.line else { return };
        if let Some((_, session)) = self.client.session.as_mut().filter(|_| self.client.is_live)
            && let Some(ack) = session.ack_if_due(self.now)
        {
            line.to_server.push_back(Control::Ack(ack).write());
        }
        if let Some(Held { room, .. }) = self.server.of_owner(line.number)
            && let Some(ack) = room.ack_if_due(self.now)
        {
            line.to_client.push_back(Control::Ack(ack).write());
        }
    }
}

//! What does the page do? It carries out the engine's orders and tells it the facts, as the web layer does in a browser.

use everwire::engine::{Advice, Event, Frame as Wish, Input, Instant, Judgement, Output, SocketId, Span, TokenReason};

use crate::data::Data;
use crate::network::{Frame, Link, LinkState, Weather};
use crate::world::{Happening, Turn, World};

/// The browser's side.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) is_hidden: bool,
    /// Frozen, asleep or in the back-forward cache: nothing runs, and facts pile up.
    away: Option<Away>,
    /// Since when it sleeps, if it does.
    slept: Instant,
    /// What happened meanwhile.
    pile: Vec<Input<Data>>,
    /// WebKit's bufferedAmount says nothing.
    pub(crate) tells_buffered: bool,
    /// Which timer counts.
    timer: u64,
    timer_is_for: Option<Instant>,
    /// The timer fired while nothing ran.
    timer_is_due: bool,
    /// The token that the provider gave last.
    pub(crate) token: Option<u64>,
    pub(crate) provider: Provider,
    /// How the provider of the address behaves. `None`: it is a string.
    pub(crate) address: Option<Provider>,
    /// Sockets whose address is still looked for.
    pub(crate) looking: Vec<SocketId>,
    /// `shouldRetry` says now this, now that.
    pub(crate) is_moody: bool,
    /// What `shouldRetry` says.
    pub(crate) advice: Option<Advice>,
    /// How often the provider was asked, when, and why.
    pub(crate) asked: Vec<(Instant, TokenReason)>,
    /// The browser's clock against the server's: tokens seem to expire that much sooner.
    pub(crate) clock_error: Span,
    /// The provider does not say until when a token is good.
    pub(crate) hides_expiry: bool,
    /// Now and then a callback throws, and there is nothing to send.
    pub(crate) callbacks_throw: bool,
    /// The most that the browser held of one socket.
    pub(crate) most_buffered: u64,
    /// `shouldRetry` said stop.
    pub(crate) advised_stop: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Away {
    Frozen,
    Asleep,
    Cached,
}

/// How the token provider behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    Gives,
    Fails,
    Hangs,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            is_hidden: false,
            away: None,
            slept: Instant::default(),
            pile: vec![],
            tells_buffered: true,
            timer: 0,
            timer_is_for: None,
            timer_is_due: false,
            token: None,
            provider: Provider::Gives,
            address: None,
            looking: vec![],
            is_moody: false,
            advice: None,
            asked: vec![],
            clock_error: Span::ZERO,
            hides_expiry: false,
            callbacks_throw: false,
            most_buffered: 0,
            advised_stop: false,
        }
    }
}

impl Page {
    /// No script runs.
    pub(crate) fn is_away(&self) -> bool {
        self.away.is_some()
    }
}

impl World {
    /// A fact, told at once, or when the page runs again.
    pub(crate) fn tell(&mut self, fact: Input<Data>) {
        if self.page.away.is_some() {
            self.page.pile.push(fact);
            return;
        }
        let buffered = self.buffered();
        if let Input::Opened { socket } = fact
            && let Some(link) = self.link_of(socket)
        {
            self.links[link].is_known_open = true;
        }
        for fact in buffered.into_iter().chain([fact]) {
            self.pump(fact);
        }
        while let Some(wish) = self.reacts() {
            self.pump(wish); // what a listener wants comes when everything is done
        }
    }

    /// Does what the engine says; its answers, if it wants one.
    pub(crate) fn carry_out(&mut self, output: Output<Data>) -> Vec<Input<Data>> {
        match output {
            Output::Open { socket, .. } if self.page.callbacks_throw && self.chance.once_in(4) => {
                vec![Input::NotOpened { socket }] // the provider of its address
            }
            Output::Open { socket, .. } => {
                match self.page.address {
                    None => {
                        let token = self.page.token;
                        self.connect(socket, token);
                    }
                    Some(provider) => {
                        self.page.looking.push(socket);
                        let found = provider == Provider::Gives;
                        let delay = self.chance.between(Span::ZERO, Span::millis(400));
                        if provider != Provider::Hangs {
                            self.after(delay, Happening::Addressed { socket, found });
                        }
                    }
                }
                vec![]
            }
            Output::Transmit { socket, frame } => vec![self.hand_over(socket, frame)],
            Output::Close { socket, frame } => {
                self.close(socket, frame);
                vec![]
            }
            Output::FetchToken { ask, reason, .. } => {
                self.page.asked.push((self.now, reason));
                let delay = self.chance.between(Span::millis(5), Span::millis(400));
                match self.page.provider {
                    Provider::Gives => {
                        let (token, good) = self.server.give_token(self.now);
                        self.page.token = Some(token);
                        let expires = (!self.page.hides_expiry).then_some(good - self.page.clock_error);
                        self.after(delay, Happening::Fact(Input::Token { ask, expires }));
                    }
                    Provider::Fails => self.after(delay, Happening::Fact(Input::NoToken { ask })),
                    Provider::Hangs => {}
                }
                vec![]
            }
            Output::CancelToken { .. } | Output::Aim { .. } => vec![],
            Output::Judge { socket, data, question } => {
                let verdict = match data {
                    Data::Reply { accepted: true } if question.reply => Judgement::Accepted,
                    Data::Reply { accepted: false } if question.reply => Judgement::Refused,
                    Data::Pong if question.pong => Judgement::Pong,
                    Data::App { .. } | Data::Pong | Data::Reply { .. } => Judgement::Message,
                };
                vec![Input::Judged { socket, data, verdict }]
            }
            Output::AskRetry { socket, .. } => {
                let advice = if self.page.is_moody { self.chance.pick(&MOODS) } else { self.page.advice };
                self.page.advised_stop |= advice == Some(Advice::Stop);
                vec![Input::Advised { socket, advice }]
            }
            Output::Tell(event) => {
                self.checks(&event);
                self.user.hears(event, self.now);
                vec![]
            }
        }
    }

    /// The address is known, or will not be; unless nobody wants it any more.
    pub(crate) fn addressed(&mut self, socket: SocketId, found: bool) {
        if self.page.away.is_some() {
            return self.after(Span::secs(1), Happening::Addressed { socket, found }); // no script runs
        }
        if !self.page.looking.contains(&socket) {
            return;
        }
        self.page.looking.retain(|&other| other != socket);
        if found {
            let token = self.page.token;
            self.connect(socket, token);
        } else {
            self.tell(Input::NotOpened { socket });
        }
    }

    /// One timer, for the engine's next deadline: late by a little, and in a hidden page by up to a minute.
    pub(crate) fn set_timer(&mut self) {
        let deadline = self.deadline().map(|(at, _)| at);
        if deadline == self.page.timer_is_for {
            return;
        }
        self.page.timer_is_for = deadline;
        self.page.timer += 1;
        let set = self.page.timer;
        if let Some(at) = deadline {
            let mut wait = at.since(self.now).min(LONGEST);
            if self.page.is_hidden {
                let fires = (self.now + wait).as_micros().div_ceil(MINUTE.as_micros()) * MINUTE.as_micros();
                wait = Instant::from_micros(fires).since(self.now);
            }
            let late = self.chance.between(Span::ZERO, Span::millis(4));
            self.after(Span::micros(wait.as_micros() + late.as_micros()), Happening::Timer { set });
        }
    }

    pub(crate) fn timer_fires(&mut self, set: u64) {
        if set != self.page.timer {
            return;
        }
        self.page.timer_is_for = None;
        if self.page.away.is_some() {
            self.page.timer_is_due = true;
        } else {
            self.tell(Input::Elapsed);
            self.set_timer();
        }
    }

    pub(crate) fn hide(&mut self, is_hidden: bool) {
        self.note(if is_hidden { "page: hidden" } else { "page: visible" });
        self.page.is_hidden = is_hidden;
        self.page.timer_is_for = None; // a timer that runs already is slowed down, or let go
        self.tell(if is_hidden { Input::Hidden } else { Input::Visible });
        self.set_timer();
    }

    pub(crate) fn freeze(&mut self) {
        self.goes_away(Away::Frozen, "page: frozen");
    }

    pub(crate) fn resume(&mut self) {
        self.comes_back(Away::Frozen, "page: goes on", Input::Resumed);
    }

    pub(crate) fn sleep(&mut self) {
        self.goes_away(Away::Asleep, "laptop: asleep");
        self.network.is_stalled = true;
        self.page.slept = self.now;
    }

    /// After a minute the server has forgotten it.
    pub(crate) fn wake(&mut self) {
        if self.page.away == Some(Away::Asleep) && self.now.since(self.page.slept) > MINUTE {
            for link in self.served() {
                self.links[link].is_served = false;
                self.links[link].is_forgotten = true;
            }
        }
        self.weather_is(Weather::Fine);
        self.comes_back(Away::Asleep, "laptop: awake", Input::Woke);
    }

    pub(crate) fn leave(&mut self) {
        self.goes_away(Away::Cached, "page: left, into the back-forward cache");
    }

    /// Chromium's socket is dead then, says OPEN, and says so ten milliseconds later.
    pub(crate) fn come_back(&mut self) {
        for link in 0..self.links.len() {
            if self.links[link].state == LinkState::Open {
                self.links[link].is_served = false;
                self.after(Span::millis(10), Happening::Breaks { link });
            }
        }
        self.comes_back(Away::Cached, "page: came back from the cache", Input::Restored);
    }

    /// The browser's own opinion of the network, right or wrong.
    pub(crate) fn browser_says(&mut self, online: bool) {
        self.note(format!("browser: says it is {}", if online { "online" } else { "offline" }));
        self.tell(if online { Input::Online } else { Input::Offline });
    }

    /// Everything is as it should be.
    pub(crate) fn calm_down(&mut self) {
        for (away, turn) in [(Away::Frozen, Turn::Resume), (Away::Asleep, Turn::Wake), (Away::Cached, Turn::Return)] {
            if self.page.away == Some(away) {
                self.turn(turn);
            }
        }
        self.is_calm = true;
        self.page.provider = Provider::Gives;
        self.page.callbacks_throw = false;
        self.page.address = None;
        self.page.is_moody = false;
        self.user.reacts = false;
        self.server.is_strict = false;
        self.server.refuses_all = false;
        self.network.bandwidth = self.network.bandwidth.max(1_000_000);
        if self.network.weather != Weather::Fine || self.network.is_stalled {
            self.turn(Turn::NetworkUp);
        }
        for turn in
            [Turn::ServerUp, Turn::Silence(false), Turn::Flap { lives: None }, Turn::Says { online: true }, Turn::Show]
        {
            self.turn(turn);
        }
    }

    /// What is between the server and us is not for the user.
    ///
    /// A flush that was called complete: nothing that it is about is handed over from now on, and what was handed to
    /// the socket that there is has left it. (What a socket that was given up still holds, nobody can tell.)
    fn checks(&mut self, event: &Event<Data>) {
        if let Event::Message(data @ (Data::Pong | Data::Reply { .. })) = event {
            self.wrong.push(format!("{data:?} is told to the user"));
        }
        let Event::Flushed { id, complete: true } = event else { return };
        let Some(&(_, last)) = self.user.flushes.iter().find(|(flush, _)| *flush == id.0) else {
            return self.wrong.push(format!("flush {} was never asked for", id.0));
        };
        self.user.flushed_to = self.user.flushed_to.max(last);
        let current = self.links.last().filter(|link| link.state == LinkState::Open && self.page.tells_buffered);
        let held = current.and_then(|link| link.held().find(|&(serial, bytes)| serial <= last && bytes > 0));
        if let Some((serial, _)) = held {
            self.wrong.push(format!("flush {} was called complete, and the browser holds message {serial}", id.0));
        }
    }

    fn hand_over(&mut self, socket: SocketId, wish: Wish<Data>) -> Input<Data> {
        let throws = self.page.callbacks_throw && self.chance.once_in(3);
        let frame = match (wish, self.page.token) {
            (Wish::Message { data, .. }, _) => Frame::Data(data),
            (Wish::Ping, _) if !throws => Frame::Ping,
            (Wish::Auth, Some(token)) if !throws => Frame::Auth { token },
            (Wish::Control(_), _) => unreachable!("no session is wished for"),
            (Wish::Ping | Wish::Auth, _) => return Input::NotTransmitted { socket },
        };
        let bytes = frame.bytes();
        if let Frame::Data(Data::App { serial, .. }) = frame
            && serial <= self.user.flushed_to
        {
            self.wrong.push(format!("message {serial} is handed over after its flush was called complete"));
        }
        let link = self.link_of(socket).expect("only an open socket is handed anything");
        assert_ne!(self.links[link].state, LinkState::Connecting, "a browser throws at that");
        self.hold(link, frame);
        self.page.most_buffered = self.page.most_buffered.max(self.links[link].buffered);
        Input::Transmitted { socket, bytes }
    }

    /// The bufferedAmount of the socket that is open.
    fn buffered(&self) -> Option<Input<Data>> {
        let is_open = |link: &&Link| link.is_known_open && link.state != LinkState::Closed;
        let link = self.links.last().filter(is_open)?;
        let bytes = if self.page.tells_buffered { link.buffered } else { 0 };
        Some(Input::Buffered { socket: link.socket, bytes })
    }

    fn goes_away(&mut self, away: Away, what: &str) {
        if self.page.away.is_none() {
            self.note(what);
            self.page.away = Some(away);
        }
    }

    /// The late timer, the fact that it is back, and what piled up: in whatever order the browser likes.
    fn comes_back(&mut self, from: Away, what: &str, fact: Input<Data>) {
        if self.page.away != Some(from) {
            return;
        }
        self.note(what);
        self.page.away = None;
        let mut first = vec![fact];
        if std::mem::take(&mut self.page.timer_is_due) {
            let at = self.chance.below(2) as usize;
            first.insert(at, Input::Elapsed);
        }
        let pile = std::mem::take(&mut self.page.pile);
        let order = if self.chance.once_in(2) { [first, pile] } else { [pile, first] };
        for fact in order.into_iter().flatten() {
            self.tell(fact);
        }
        self.set_timer();
    }
}

/// What `shouldRetry` may say.
const MOODS: [Option<Advice>; 8] = [
    None,
    None,
    None,
    Some(Advice::Retry),
    Some(Advice::RetryAfter(Span::ZERO)),
    Some(Advice::RetryAfter(Span::millis(700))),
    Some(Advice::RetryAfter(Span::secs(20))),
    Some(Advice::Stop),
];

/// A browser's timer takes no more (the web layer clamps it to an hour).
const LONGEST: Span = Span::secs(3_600);
const MINUTE: Span = Span::secs(60);

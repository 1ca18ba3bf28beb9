//! What happens to the page: is it seen, does it run, is there a network?
//!
//! A worker has none of these events but online and offline; there, nothing else is ever told.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{EventTarget, PageTransitionEvent};

use super::global::{self, itself, member};

/// One fact about the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageFact {
    Online,
    Offline,
    Visible,
    Hidden,
    /// It was frozen, and goes on.
    Resumed,
    /// It came back from the back-forward cache.
    Restored,
}

/// Listens for as long as it lives.
#[derive(Debug)]
pub(crate) struct Page {
    handlers: Vec<Handler>,
}

#[derive(Debug)]
struct Handler {
    target: EventTarget,
    event: &'static str,
    call: Closure<dyn Fn(JsValue)>,
}

impl Page {
    pub(crate) fn listen(report: impl Fn(PageFact) + Clone + 'static) -> Self {
        let global = itself();
        let mut page = Self { handlers: Vec::new() };
        page.hear(&global, "online", &report, |_| Some(PageFact::Online));
        page.hear(&global, "offline", &report, |_| Some(PageFact::Offline));
        page.hear(&global, "pageshow", &report, |event| {
            event.unchecked_into::<PageTransitionEvent>().persisted().then_some(PageFact::Restored)
        });
        if let Some(document) = global::global("document") {
            page.hear(&document, "visibilitychange", &report, |_| {
                Some(if is_hidden() { PageFact::Hidden } else { PageFact::Visible })
            });
            page.hear(&document, "resume", &report, |_| Some(PageFact::Resumed)); // Page Lifecycle, Chromium only
        }
        page
    }

    /// What is already true when somebody begins to listen.
    pub(crate) fn so_far() -> impl Iterator<Item = PageFact> {
        let is_offline = global::global("navigator")
            .and_then(|navigator| Reflect::get(&navigator, &"onLine".into()).ok())
            .is_some_and(|online| online == JsValue::FALSE);
        [(is_offline, PageFact::Offline), (is_hidden(), PageFact::Hidden)]
            .into_iter()
            .filter_map(|(holds, fact)| holds.then_some(fact))
    }

    fn hear(
        &mut self,
        target: &JsValue,
        event: &'static str,
        report: &(impl Fn(PageFact) + Clone + 'static),
        translate: fn(JsValue) -> Option<PageFact>,
    ) {
        let target: EventTarget = target.clone().unchecked_into();
        let report = report.clone();
        let call = Closure::<dyn Fn(JsValue)>::new(move |event| {
            if let Some(fact) = translate(event) {
                report(fact);
            }
        });
        // an environment without events (Node.js) has no page either
        if member(&target, "addEventListener").is_some()
            && target.add_event_listener_with_callback(event, call.as_ref().unchecked_ref()).is_ok()
        {
            self.handlers.push(Handler { target, event, call });
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        for Handler { target, event, call } in &self.handlers {
            let removed = target.remove_event_listener_with_callback(event, call.as_ref().unchecked_ref());
            debug_assert!(removed.is_ok(), "what was added can be removed");
        }
    }
}

fn is_hidden() -> bool {
    global::global("document")
        .and_then(|document| Reflect::get(&document, &"hidden".into()).ok())
        .is_some_and(|hidden| hidden.is_truthy())
}

//! Which options does a recording begin with?

use everwire::engine::{
    AuthOptions, HeartbeatOptions, LimitOptions, Options, Overflow, QueueOptions, ReconnectOptions, SessionOptions, Via,
};

use crate::fields::Fields;

/// A layer that is absent is off.
pub(crate) fn read(mut fields: Fields) -> Result<Options, String> {
    let options = Options {
        reconnect: layer(&mut fields, "reconnect", reconnect)?,
        auth: layer(&mut fields, "auth", auth)?,
        heartbeat: layer(&mut fields, "heartbeat", heartbeat)?,
        limit: layer(&mut fields, "limit", limit)?,
        queue: layer(&mut fields, "queue", queue)?.ok_or("`options.queue` is missing")?,
        session: layer(&mut fields, "session", session)?,
        places: fields.count_if("places")?.unwrap_or(1) as usize,
        connect_timeout: fields.span("connectTimeout")?,
        connect_timeout_after_failure: fields.span("connectTimeoutAfterFailure")?,
        close_timeout: fields.span("closeTimeout")?,
    };
    fields.end()?;
    Ok(options)
}

fn layer<T>(
    fields: &mut Fields,
    name: &str,
    read: impl FnOnce(&mut Fields) -> Result<T, String>,
) -> Result<Option<T>, String> {
    let Some(mut layer) = fields.object_if(name)? else { return Ok(None) };
    let options = read(&mut layer).and_then(|options| layer.end().map(|()| options));
    options.map(Some).map_err(|error| format!("in `options.{name}` {error}"))
}

fn reconnect(fields: &mut Fields) -> Result<ReconnectOptions, String> {
    Ok(ReconnectOptions {
        min_delay: fields.span("minDelay")?,
        max_delay: fields.span("maxDelay")?,
        factor: fields.number("factor")?,
        attempts: fields.small_if("attempts")?,
        stable_after: fields.span("stableAfter")?,
        ask: fields.flag("shouldRetry")?,
    })
}

fn auth(fields: &mut Fields) -> Result<AuthOptions, String> {
    let via = match fields.text("via")?.as_str() {
        "handshake" => Via::Handshake,
        "message" => Via::Message,
        other => return Err(format!("no token goes via {other:?}")),
    };
    Ok(AuthOptions { via, timeout: fields.span("timeout")?, refresh_before: fields.span("refreshBefore")? })
}

fn heartbeat(fields: &mut Fields) -> Result<HeartbeatOptions, String> {
    Ok(HeartbeatOptions { interval: fields.span("interval")?, timeout: fields.span("timeout")? })
}

fn limit(fields: &mut Fields) -> Result<LimitOptions, String> {
    Ok(LimitOptions {
        high_water: fields.count("highWater")?,
        low_water: fields.count_if("lowWater")?,
        poll_interval: fields.span_if("pollInterval")?,
        messages_per_second: fields.number_if("messagesPerSecond")?,
        bytes_per_second: fields.number_if("bytesPerSecond")?,
        burst: fields.count("burst")?,
        burst_bytes: fields.count("burstBytes")?,
    })
}

fn session(fields: &mut Fields) -> Result<SessionOptions, String> {
    Ok(SessionOptions { required: fields.flag("required")? })
}

fn queue(fields: &mut Fields) -> Result<QueueOptions, String> {
    let overflow = match fields.text("overflow")?.as_str() {
        "reject" => Overflow::Reject,
        "drop-oldest" => Overflow::DropOldest,
        "drop-newest" => Overflow::DropNewest,
        other => return Err(format!("no queue overflows by {other:?}")),
    };
    Ok(QueueOptions { max_messages: fields.count("maxMessages")?, max_bytes: fields.count("maxBytes")?, overflow })
}

#[cfg(test)]
mod tests {
    use everwire::engine::Span;
    use serde_json::{Value, json};

    use super::*;

    fn read(options: Value) -> Result<Options, String> {
        super::read(Fields::of(options)?)
    }

    #[test]
    fn each_option_is_read_into_its_own_place() {
        let options = json!({
            "reconnect": { "minDelay": 1.001, "maxDelay": null, "factor": 1.1, "attempts": 3, "stableAfter": 4, "shouldRetry": true },
            "auth": { "via": "message", "timeout": 5, "refreshBefore": 6 },
            "heartbeat": { "interval": 7, "timeout": 8 },
            "limit": {
                "highWater": 9, "lowWater": 8, "pollInterval": 10, "messagesPerSecond": 0.3, "bytesPerSecond": null,
                "burst": 11, "burstBytes": 12
            },
            "queue": { "maxMessages": 13, "maxBytes": null, "overflow": "drop-oldest" },
            "session": { "required": true }, "places": 3,
            "connectTimeout": 14, "connectTimeoutAfterFailure": 15, "closeTimeout": 16,
        });
        let wanted = Options {
            reconnect: Some(ReconnectOptions {
                min_delay: Span::micros(1_001),
                max_delay: Span::micros(u64::MAX),
                factor: 1.1,
                attempts: Some(3),
                stable_after: Span::millis(4),
                ask: true,
            }),
            auth: Some(AuthOptions { via: Via::Message, timeout: Span::millis(5), refresh_before: Span::millis(6) }),
            heartbeat: Some(HeartbeatOptions { interval: Span::millis(7), timeout: Span::millis(8) }),
            limit: Some(LimitOptions {
                high_water: 9,
                low_water: Some(8),
                poll_interval: Some(Span::millis(10)),
                messages_per_second: Some(0.3),
                bytes_per_second: Some(f64::INFINITY),
                burst: 11,
                burst_bytes: 12,
            }),
            queue: QueueOptions { max_messages: 13, max_bytes: u64::MAX, overflow: Overflow::DropOldest },
            session: Some(SessionOptions { required: true }),
            places: 3,
            connect_timeout: Span::millis(14),
            connect_timeout_after_failure: Span::millis(15),
            close_timeout: Span::millis(16),
        };
        assert_eq!(read(options), Ok(wanted));
    }

    #[test]
    fn a_layer_that_is_absent_is_off() {
        let options = read(json!({
            "queue": { "maxMessages": 1, "maxBytes": 2, "overflow": "reject" },
            "places": 1, "connectTimeout": 3, "connectTimeoutAfterFailure": 0, "closeTimeout": 4,
        }));
        let options = options.expect("is all there must be");
        assert_eq!(
            (options.reconnect, options.auth, options.heartbeat, options.limit, options.session),
            (None, None, None, None, None)
        );
    }

    #[test]
    fn an_option_that_nobody_knows_is_named() {
        let heartbeat = json!({ "heartbeat": { "interval": 1, "timeout": 2, "ping": "hello" } });
        assert_eq!(read(heartbeat), Err("in `options.heartbeat` `ping` is not known here".into()));
    }
}

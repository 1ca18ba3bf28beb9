//! How does the server answer in words?

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{Either, Full};
use tower_http::services::fs::ServeFileSystemResponseBody;

/// Words of ours, or a file.
pub(crate) type Answer = Response<Either<Full<Bytes>, ServeFileSystemResponseBody>>;

/// A status with one sentence for whoever reads it.
pub(crate) fn answer(status: StatusCode, sentence: impl Into<String>) -> Answer {
    let mut text: String = sentence.into();
    text.push('\n');
    of_type(status, "text/plain; charset=utf-8", text)
}

pub(crate) fn of_type(status: StatusCode, kind: &'static str, text: String) -> Answer {
    let mut answer = Response::new(Either::Left(Full::from(text)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

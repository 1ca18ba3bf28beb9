//! What is in a message, and how is it read?

use js_sys::{ArrayBuffer, JsString, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::DecodeError;
use super::error::words_of;
use super::parcel::Parcel;
use super::text::utf8;
use super::wire::Wire;

/// A message as the browser holds it. Nothing is copied into WebAssembly's memory until it is asked for.
///
/// ```no_run
/// # use everwire::{DecodeError, Message};
/// # async fn show(message: Message) -> Result<(), DecodeError> {
/// match message.read().await? {
///     Message::Text(text) => println!("text of {} UTF-16 units", text.length()),
///     binary => println!("binary: {:?}", binary.bytes()?),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub enum Message {
    /// Text.
    Text(JsString),
    /// Binary, in memory: what arrives under `BinaryType::Arraybuffer`.
    Binary(ArrayBuffer),
    /// Binary, wherever the browser keeps it: what arrives under `BinaryType::Blob`. Goes straight into an `<img>`;
    /// [`read`](Self::read) turns it into `Binary`.
    Blob(Blob),
}

impl Message {
    pub(crate) fn from_data(data: JsValue) -> Self {
        // text first: typeof is the cheapest question; what is neither text nor buffer can only be a Blob
        match data.dyn_into::<JsString>() {
            Ok(text) => Self::Text(text),
            Err(data) => match data.dyn_into::<ArrayBuffer>() {
                Ok(buffer) => Self::Binary(buffer),
                Err(data) => Self::Blob(data.unchecked_into()),
            },
        }
    }

    /// As JavaScript knows it.
    pub(crate) fn into_value(self) -> JsValue {
        match self {
            Self::Text(text) => text.into(),
            Self::Binary(buffer) => buffer.into(),
            Self::Blob(blob) => blob.into(),
        }
    }

    /// The text; binary is read as UTF-8.
    ///
    /// # Errors
    /// [`DecodeError::NotUtf8`] for binary that is no text, [`DecodeError::IsBlob`] before [`read`](Self::read).
    pub fn text(&self) -> Result<String, DecodeError> {
        match self {
            Self::Text(_) | Self::Binary(_) => String::from_utf8(self.bytes()?).map_err(|_| DecodeError::NotUtf8),
            Self::Blob(_) => Err(DecodeError::IsBlob),
        }
    }

    /// The bytes, copied once; text as UTF-8.
    ///
    /// # Errors
    /// [`DecodeError::IsBlob`] before [`read`](Self::read), [`DecodeError::Unreadable`] once somebody has transferred
    /// the buffer.
    pub fn bytes(&self) -> Result<Vec<u8>, DecodeError> {
        match self {
            Self::Text(text) => Ok(utf8(text)),
            Self::Binary(buffer) => match ByteView::new(buffer) {
                Ok(view) => Ok(view.to_vec()),
                Err(thrown) => Err(DecodeError::Unreadable { message: words_of(&thrown) }),
            },
            Self::Blob(_) => Err(DecodeError::IsBlob),
        }
    }

    /// Fetches a Blob's bytes, so that [`bytes`](Self::bytes) and [`text`](Self::text) can read them. Other messages
    /// stay as they are.
    ///
    /// Reading takes time: a message that arrived later may be read earlier, unless you await each in turn.
    ///
    /// # Errors
    /// [`DecodeError::Unreadable`] when the browser cannot read it.
    pub async fn read(self) -> Result<Self, DecodeError> {
        match self {
            Self::Blob(blob) => {
                let bytes = async { JsFuture::from(blob.unchecked_ref::<ReadableBlob>().array_buffer()?).await };
                match bytes.await {
                    Ok(buffer) => Ok(Self::Binary(buffer.unchecked_into())),
                    Err(thrown) => Err(DecodeError::Unreadable { message: words_of(&thrown) }),
                }
            }
            Self::Text(_) | Self::Binary(_) => Ok(self),
        }
    }

    /// The message as JSON of this type. Keys of maps are strings.
    ///
    /// # Errors
    /// [`DecodeError::Json`] says what does not fit; otherwise as [`text`](Self::text).
    #[cfg(feature = "json")]
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let value = match self {
            Self::Text(text) => json::parse(text),
            Self::Binary(_) | Self::Blob(_) => json::parse(&JsString::from(self.text()?)),
        };
        value.map_err(|thrown| DecodeError::Json { message: words_of(&thrown) }).and_then(|value| {
            serde_wasm_bindgen::from_value(value).map_err(|error| DecodeError::Json { message: error.to_string() })
        })
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Self::Binary(Uint8Array::from(bytes).buffer())
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<Blob> for Message {
    fn from(blob: Blob) -> Self {
        Self::Blob(blob)
    }
}

/// What [`Socket::send`](super::Socket::send) and [`Client::send`](super::Client::send) take: `&str`, bytes, a [`Message`], a `Blob` or an `ArrayBuffer` or a
/// view of one. JavaScript's own values go to the browser as they are, Rust's without a copy of ours.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a>(Form<'a>);

#[derive(Debug, Clone, Copy)]
enum Form<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Value(&'a JsValue),
}

impl Data<'_> {
    pub(crate) fn send_over(self, wire: &Wire) -> Result<(), JsValue> {
        match self.0 {
            Form::Text(text) => wire.send_text(text),
            Form::Bytes(bytes) => wire.send_bytes(bytes),
            Form::Value(value) => wire.send_value(value),
        }
    }
}

impl Data<'_> {
    /// For a client, which may have to keep it. Rust's bytes are copied here, once.
    pub(crate) fn into_parcel(self) -> Result<Parcel, JsValue> {
        match self.0 {
            Form::Text(text) => Ok(Parcel::owned(text.into())),
            Form::Bytes(bytes) => Ok(Parcel::bytes(bytes)),
            Form::Value(value) => Parcel::to_send(value.clone()),
        }
    }
}

impl<'a> From<&'a str> for Data<'a> {
    fn from(text: &'a str) -> Self {
        Self(Form::Text(text))
    }
}

impl<'a> From<&'a String> for Data<'a> {
    fn from(text: &'a String) -> Self {
        Self(Form::Text(text))
    }
}

impl<'a> From<&'a [u8]> for Data<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(Form::Bytes(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Data<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self(Form::Bytes(bytes))
    }
}

impl<'a> From<&'a Vec<u8>> for Data<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self(Form::Bytes(bytes))
    }
}

impl<'a> From<&'a Message> for Data<'a> {
    fn from(message: &'a Message) -> Self {
        Self(Form::Value(match message {
            Message::Text(text) => text,
            Message::Binary(buffer) => buffer,
            Message::Blob(blob) => blob,
        }))
    }
}

impl<'a> From<&'a JsString> for Data<'a> {
    fn from(text: &'a JsString) -> Self {
        Self(Form::Value(text))
    }
}

impl<'a> From<&'a Blob> for Data<'a> {
    fn from(blob: &'a Blob) -> Self {
        Self(Form::Value(blob))
    }
}

impl<'a> From<&'a ArrayBuffer> for Data<'a> {
    fn from(buffer: &'a ArrayBuffer) -> Self {
        Self(Form::Value(buffer))
    }
}

impl<'a> From<&'a Uint8Array> for Data<'a> {
    fn from(view: &'a Uint8Array) -> Self {
        Self(Form::Value(view))
    }
}

#[wasm_bindgen]
extern "C" {
    /// A Uint8Array whose making may fail: of a buffer that was transferred elsewhere there is none.
    #[wasm_bindgen(extends = Uint8Array, js_name = Uint8Array)]
    type ByteView;
    #[wasm_bindgen(catch, constructor, js_class = Uint8Array)]
    fn new(buffer: &ArrayBuffer) -> Result<ByteView, JsValue>;

    /// A Blob whose reading may fail at once, as web-sys's may not.
    #[wasm_bindgen(extends = Blob)]
    type ReadableBlob;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &ReadableBlob) -> Result<Promise, JsValue>;
}

#[cfg(feature = "json")]
pub(crate) mod json {
    //! `JSON` with texts that stay JavaScript's: js-sys would copy them into our memory and back.

    use js_sys::JsString;
    use wasm_bindgen::prelude::*;

    use super::super::SendError;
    use super::words_of;

    /// A value as text. The keys of its maps must be strings.
    pub(crate) fn written<T: serde::Serialize + ?Sized>(value: &T) -> Result<JsString, SendError> {
        let value = value
            .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
            .map_err(|error| SendError::Json { message: error.to_string() })?;
        stringify(&value).map_err(|thrown| SendError::Json { message: words_of(&thrown) })
    }

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(catch, js_namespace = JSON)]
        pub(crate) fn parse(text: &JsString) -> Result<JsValue, JsValue>;

        #[wasm_bindgen(catch, js_namespace = JSON)]
        pub(crate) fn stringify(value: &JsValue) -> Result<JsString, JsValue>;
    }
}

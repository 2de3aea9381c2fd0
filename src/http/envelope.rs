//! What all but refusals of a head come in: the id of the request, what a browser may do with the answer, and the encoding
//! that it takes.

use poem::http::{HeaderName, HeaderValue, header};
use poem::{Request, Response};

use super::encoding::Encoding;
use super::request_id::RequestId;
use super::variants::Variant;

/// What a page may load: only what this server has. GraphiQL styles its editor inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// What every answer says.
const SAID: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// What the answer to a request goes out in.
pub(super) struct Envelope {
    id: RequestId,
    variant: Variant,
}

impl Envelope {
    /// That for the answer to a request.
    pub fn of(request: &mut Request) -> Self {
        Self { id: RequestId::of(request), variant: Variant::asked(request) }
    }

    /// The id of the request.
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// The encoding that the client likes best.
    pub fn encoding(&self) -> Encoding {
        self.variant.accepted()
    }

    /// The answer as it goes out.
    pub async fn seal(self, answer: Response) -> Response {
        let mut answer = self.variant.of(answer).await;
        let headers = answer.headers_mut();
        for (name, value) in SAID {
            headers.insert(name, value);
        }
        self.id.show(headers);
        answer
    }
}

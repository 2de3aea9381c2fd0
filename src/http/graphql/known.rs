//! Requests that were understood before, by the bytes that were sent: who polls asks the same over and over.

use std::sync::Arc;

use moka::sync::Cache;

use super::parameters::Sent;
use crate::graphql::{Prepared, Request};

/// Room for requests, in bytes of what was sent or of the document that it names, whichever is more: what is kept of a
/// document takes some fifty times its text, unless the shelf of documents has it too.
const ROOM: u64 = 1024 * 1024;
/// What an entry takes besides.
const ENTRY: usize = 512;

/// Requests by what was sent. Those asked least go when room is short.
pub(super) struct Known(Cache<Sent, Arc<Prepared>>);

impl Known {
    /// None yet.
    pub fn new() -> Self {
        Self(Cache::builder().max_capacity(ROOM).weigher(weight).build())
    }

    /// The request that was sent with these bytes.
    pub fn find(&self, sent: &Sent) -> Option<Arc<Prepared>> {
        self.0.get(sent)
    }

    /// Keeps a request that is answered the same to everybody: another may hold what is nobody else's. One that hands in a
    /// document to be known by its hash is read each time, for that is what it is sent for.
    pub fn put(&self, sent: &Sent, request: &Request, prepared: &Arc<Prepared>) {
        let hands_in = request.query.is_some() && request.persisted.is_some();
        if !prepared.is_private() && !hands_in {
            self.0.insert(sent.alone(), Arc::clone(prepared));
        }
    }
}

fn weight(sent: &Sent, prepared: &Arc<Prepared>) -> u32 {
    u32::try_from(sent.len().max(prepared.length()) + ENTRY).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use sea_orm::DatabaseConnection;

    use super::*;
    use crate::graphql::{Limits, Schema, TrustedDocuments};
    use crate::http::graphql::parameters;

    #[test]
    fn what_is_known_holds_no_buffer_that_it_was_read_into() {
        let schema =
            Schema::new(DatabaseConnection::default(), Limits::default(), TrustedDocuments::default());
        let (known, body) = (Known::new(), r#"{"query":"{ __typename }"}"#);
        let buffer = Bytes::from(body.repeat(100));
        let sent = Sent::Body(buffer.slice(..body.len()));
        let request = parameters::read(&sent).ok().unwrap();
        known.put(&sent, &request, &Arc::new(schema.unwrap().prepare(&request).ok().unwrap()));
        assert!(known.find(&sent).is_some());
        drop(sent);
        assert!(buffer.is_unique());
    }

    #[test]
    fn what_anybody_may_send_is_known_and_what_is_sent_to_be_read_is_not() {
        let db = DatabaseConnection::default();
        let schema = Schema::new(db, Limits::default(), TrustedDocuments::default()).unwrap();
        let known = Known::new();
        let is_known = |body: &str| {
            let sent = Sent::Body(body.to_owned().into());
            let request = parameters::read(&sent).ok().unwrap();
            let prepared = Arc::new(schema.prepare(&request).ok().unwrap());
            assert!(weight(&sent, &prepared) as usize > prepared.length(), "a hash names a long document");
            known.put(&sent, &request, &prepared);
            known.find(&sent).is_some()
        };
        let hash = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";
        let extensions = format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{hash}\"}}}}");
        assert!(is_known(r#"{"query":"{ projects { totalCount } }"}"#));
        assert!(!is_known(r#"{"query":"{ viewer { projects { totalCount } } }"}"#));
        assert!(!is_known(r#"{"query":"mutation { __typename }"}"#));
        assert!(!is_known(&format!(r#"{{"query":"{{ __typename }}","extensions":{extensions}}}"#)));
        assert!(is_known(&format!(r#"{{"extensions":{extensions}}}"#)));
    }
}

//! Requests that were understood before, by the bytes that were sent: who polls asks the same over and over.

use std::sync::Arc;

use moka::sync::Cache;

use super::parameters::Sent;
use crate::graphql::{Prepared, Request};

/// Room for requests, in bytes of what was sent; what is kept of one takes some times that, and, where its document is on
/// the shelf of documents no more, some fifty times.
const ROOM: u64 = 512 * 1024;
/// What an entry takes besides.
const ENTRY: usize = 512;

/// Requests by what was sent. Those asked least go when room is short.
pub(super) struct Known(Cache<Sent, Arc<Prepared>>);

impl Known {
    /// None yet.
    pub fn new() -> Self {
        let size = |sent: &Sent, _: &Arc<Prepared>| u32::try_from(sent.len() + ENTRY).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(ROOM).weigher(size).build())
    }

    /// The request that was sent with these bytes.
    pub fn find(&self, sent: &Sent) -> Option<Arc<Prepared>> {
        self.0.get(sent)
    }

    /// Keeps a request that anybody may send: what changes something, or is for a partner, may hold what is nobody else's.
    /// One that hands in a document to be known by its hash is read each time, for that is what it is sent for.
    pub fn put(&self, sent: Sent, request: &Request, prepared: &Arc<Prepared>) {
        let hands_in = request.query.is_some() && request.persisted.is_some();
        if prepared.is_query() && !prepared.is_private() && !hands_in {
            self.0.insert(sent, Arc::clone(prepared));
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::DatabaseConnection;

    use super::*;
    use crate::graphql::{Limits, Schema, TrustedDocuments};
    use crate::http::graphql::parameters;

    #[test]
    fn what_anybody_may_send_is_known_and_what_is_sent_to_be_read_is_not() {
        let db = DatabaseConnection::default();
        let schema = Schema::new(db, Limits::default(), TrustedDocuments::default()).unwrap();
        let known = Known::new();
        let is_known = |body: &str| {
            let sent = Sent::Body(body.to_owned().into());
            let request = parameters::read(&sent).ok().unwrap();
            let prepared = Arc::new(schema.prepare(&request).ok().unwrap());
            known.put(sent.clone(), &request, &prepared);
            known.find(&sent).is_some()
        };
        let hash = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";
        let extensions = format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{hash}\"}}}}");
        assert!(is_known(r#"{"query":"{ projects { totalCount } }"}"#));
        assert!(!is_known(r#"{"query":"{ viewer { name } }"}"#));
        assert!(!is_known(&format!(r#"{{"query":"{{ __typename }}","extensions":{extensions}}}"#)));
        assert!(is_known(&format!(r#"{{"extensions":{extensions}}}"#)));
    }
}

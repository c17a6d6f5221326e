//! What was asked of the stand-in.

/// What a request wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To make a text message.
    Message,
    /// To make a call.
    Call,
    /// To see what there is.
    List,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What it wanted.
    pub kind: Kind,
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its `Authorization`.
    pub authorization: String,
    /// Its `Content-Type`.
    pub content_type: String,
    /// The fields of its form, or of its query, in the order they came.
    pub fields: Vec<(String, String)>,
    /// The name of what was made; empty if nothing was.
    pub sid: String,
}

impl Recorded {
    /// The first field of a name; empty without one.
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Its fields by name.
    pub fn sorted(&self) -> Vec<(String, String)> {
        let mut fields = self.fields.clone();
        fields.sort();
        fields
    }
}

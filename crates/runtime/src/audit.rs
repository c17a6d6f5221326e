//! Audit trails as services write, list and verify them.

use crate::feed::to_struct;
use crate::{Base, ServiceConfig};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bitewing_auth::{Clinics, KeySet, SigningKey, key};
use bitewing_core::ClinicId;
use bitewing_proto::common as pb;
use bitewing_rpc::field::{page_size, to_timestamp};
use bitewing_rpc::{Call, Fields, Filter, Violation, all};
use bitewing_store::audit::{Anchor, AuditEntry, Entry, EntryFilter, HeadSigner, Why, verify};
use bitewing_store::{StoreError, Tx};
use serde_json::Value;

/// A line about what a call did.
pub fn entry<'a>(
    call: &'a Call,
    action: &'static str,
    resource: impl ToString,
    clinic: Option<ClinicId>,
    details: Value,
) -> Entry<'a> {
    Entry {
        actor: &call.caller.actor,
        action,
        resource: resource.to_string(),
        clinic,
        details,
        request_id: call.request_id.clone(),
    }
}

/// Signs audit heads with the service's workload key, and believes every workload key it is told of.
#[derive(Debug, Clone)]
pub struct WorkloadSigner {
    key: SigningKey,
    known: KeySet,
}

impl WorkloadSigner {
    /// The signer of a service.
    pub fn new(config: &ServiceConfig) -> Self {
        Self {
            key: config.workload_key.clone(),
            known: config.workload_keys.clone(),
        }
    }

    /// A signer of any key.
    pub const fn of_key(key: SigningKey, known: KeySet) -> Self {
        Self { key, known }
    }
}

const PUBLIC: usize = 32;

impl HeadSigner for WorkloadSigner {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = URL_SAFE_NO_PAD
            .decode(self.key.public())
            .unwrap_or_default();
        signature.extend(self.key.sign(message));
        signature
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        signature
            .split_at_checked(PUBLIC)
            .is_some_and(|(public, signature)| {
                self.known.find(&key::thumbprint(public)).is_some()
                    && key::verify(&URL_SAFE_NO_PAD.encode(public), message, signature)
            })
    }
}

/// A page of lines.
pub struct Lines {
    /// The lines, newest first.
    pub entries: Vec<pb::AuditEntry>,
    /// Empty on the last page.
    pub next_page_token: String,
}

/// What a list or a verification of audit lines can fail with.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The request is not valid.
    #[error("the request is not valid")]
    Invalid(Vec<Violation>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lists lines for a caller; callers of some clinics see the lines of those.
pub async fn list(
    base: &Base,
    call: &Call,
    tx: &mut Tx,
    request: (&str, i32, &str),
) -> Result<Lines, AuditError> {
    let (resource, size, token) = request;
    let mut fields = Fields::new();
    let mut list = Filter::of("ListAuditEntries", call.organization())
        .with(base.service.name())
        .with(resource);
    for clinic in call.caller.clinics.filter().unwrap_or_default() {
        list = list.with(clinic);
    }
    let size = fields.take("page_size", page_size(size));
    let before = fields.take("page_token", base.page_tokens.read(token, &list));
    if resource.len() > 100 || !resource.bytes().all(|byte| byte.is_ascii_graphic()) {
        fields.note("resource", "must be an identifier");
    }
    let (size, before) = all!(fields, size, before).map_err(AuditError::Invalid)?;
    let filter = EntryFilter {
        resource: (!resource.is_empty()).then(|| resource.to_owned()),
        clinics: call.caller.clinics.filter(),
        before,
    };
    let mut entries = tx.audit_entries(&filter, size).await?;
    let more = entries.len() > size.rows();
    entries.truncate(size.rows());
    let next = entries
        .last()
        .filter(|_| more)
        .map(|last| base.page_tokens.write(last.id, &list));
    Ok(Lines {
        entries: entries.into_iter().map(encode).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

fn encode(entry: AuditEntry) -> pb::AuditEntry {
    pb::AuditEntry {
        sequence: entry.seq.unwrap_or_default(),
        create_time: Some(to_timestamp(entry.at)),
        actor_kind: entry.actor_kind,
        actor_id: entry.actor_id,
        action: entry.action,
        resource: entry.resource,
        clinic_id: entry
            .clinic
            .map(|clinic| clinic.to_string())
            .unwrap_or_default(),
        details: Some(to_struct(entry.details)),
        request_id: entry.request_id,
        hash: entry.hash.map(hex).unwrap_or_default(),
    }
}

/// Verifies the whole chain of the caller's organization, against an anchor kept elsewhere if one is
/// given. Only callers of every clinic may: the chain has no clinic.
pub async fn verify_chain(
    base: &Base,
    call: &Call,
    anchor: (i64, &str),
) -> Result<pb::AuditVerdict, AuditError> {
    let invalid = |field, what| AuditError::Invalid(vec![Violation::new(field, what)]);
    if call.caller.clinics != Clinics::All {
        return Err(invalid(
            "anchor_sequence",
            "the chain can be verified for the whole organization only",
        ));
    }
    let anchor = match anchor {
        (0, "") => None,
        (seq, hash) if seq > 0 => {
            let hash = unhex(hash)
                .ok_or_else(|| invalid("anchor_hash", "must be 64 hexadecimal digits"))?;
            Some(Anchor { seq, hash })
        }
        _ => {
            return Err(invalid(
                "anchor_sequence",
                "must be positive where a hash is given",
            ));
        }
    };
    let verdict = verify(&base.db, &call.scope(), &*base.head_signer, anchor).await?;
    Ok(pb::AuditVerdict {
        intact: verdict.first_bad.is_none(),
        entries: verdict.entries,
        head_hash: hex(verdict.head.hash.to_vec()),
        first_bad_sequence: verdict.first_bad.map_or(0, |bad| bad.seq),
        first_bad_reason: verdict
            .first_bad
            .map_or("", |bad| reason(bad.why))
            .to_owned(),
    })
}

const fn reason(why: Why) -> &'static str {
    match why {
        Why::Edited => "edited",
        Why::Missing => "missing",
        Why::Reordered => "reordered",
        Why::Cut => "cut",
        Why::Rewritten => "rewritten",
    }
}

fn hex(bytes: Vec<u8>) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_auth::Service;

    #[test]
    fn believes_known_workload_keys_only() {
        let (mine, stranger) = (SigningKey::generate(), SigningKey::generate());
        let known = KeySet::default()
            .with(Service::Template, &mine.public())
            .unwrap();
        let signer = WorkloadSigner::of_key(mine, known.clone());
        let signature = signer.sign(b"head");
        assert!(signer.verify(b"head", &signature));
        assert!(!signer.verify(b"tail", &signature));
        assert!(!signer.verify(
            b"head",
            &WorkloadSigner::of_key(stranger, known).sign(b"head")
        ));
        assert!(!signer.verify(b"head", b"short"));
    }

    #[test]
    fn hashes_read_back() {
        assert_eq!(unhex(&hex(vec![0xab; 32])), Some([0xab; 32]));
        assert_eq!(unhex("é"), None);
    }
}

//! Between domain and wire, nothing else.

use crate::domain::receipt::{LinkReceipt, ReceiptKind};
use crate::domain::{CodeChannel, Delivery, Document, DocumentState, Link, LinkState};
use crate::store::RecipientFile;
use bitewing_proto::document as pb;
use bitewing_rpc::field::{self, FieldError, to_timestamp};

impl From<DocumentState> for pb::DocumentState {
    fn from(state: DocumentState) -> Self {
        match state {
            DocumentState::Uploading => Self::Uploading,
            DocumentState::Quarantined => Self::Quarantined,
            DocumentState::Ready => Self::Ready,
            DocumentState::Rejected => Self::Rejected,
            DocumentState::Shredded => Self::Shredded,
        }
    }
}

impl From<Document> for pb::Document {
    fn from(document: Document) -> Self {
        Self {
            document_id: document.id.to_string(),
            clinic_id: document.clinic.to_string(),
            file_name: document
                .file_name
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default(),
            media_type: document.media_type,
            size: document.size,
            sha256: document
                .fingerprint
                .map(|hash| hash.to_string())
                .unwrap_or_default(),
            state: pb::DocumentState::from(document.state).into(),
            reason: document.reason,
            create_time: Some(to_timestamp(document.created_at)),
            update_time: Some(to_timestamp(document.updated_at)),
        }
    }
}

impl From<LinkState> for pb::LinkState {
    fn from(state: LinkState) -> Self {
        match state {
            LinkState::Issued => Self::Issued,
            LinkState::Challenged => Self::Challenged,
            LinkState::Unlocked => Self::Unlocked,
            LinkState::Completed => Self::Completed,
            LinkState::Expired => Self::Expired,
            LinkState::Revoked => Self::Revoked,
            LinkState::Locked => Self::Locked,
        }
    }
}

impl From<Delivery> for pb::LinkDelivery {
    fn from(delivery: Delivery) -> Self {
        match delivery {
            Delivery::Queued => Self::Queued,
            Delivery::Accepted => Self::Accepted,
            Delivery::Delivered => Self::Delivered,
            Delivery::Bounced => Self::Bounced,
        }
    }
}

impl From<CodeChannel> for pb::CodeChannel {
    fn from(channel: CodeChannel) -> Self {
        match channel {
            CodeChannel::Sms => Self::Sms,
            CodeChannel::Voice => Self::Voice,
        }
    }
}

/// The channel a request names, if it names one.
pub(super) const fn channel(sent: pb::CodeChannel) -> Option<CodeChannel> {
    match sent {
        pb::CodeChannel::Unspecified => None,
        pb::CodeChannel::Sms => Some(CodeChannel::Sms),
        pb::CodeChannel::Voice => Some(CodeChannel::Voice),
    }
}

/// Reads a state to list; none is every state.
pub(super) fn link_state(value: i32) -> Result<Option<LinkState>, FieldError> {
    let wanted = field::optional_one_of::<pb::LinkState>(value)?;
    let all = LinkState::ALL.into_iter();
    Ok(wanted.and_then(|wanted| {
        all.clone()
            .find(|state| pb::LinkState::from(*state) == wanted)
    }))
}

/// Reads where the e-mail of links to list has got to; none is everywhere.
pub(super) fn delivery(value: i32) -> Result<Option<Delivery>, FieldError> {
    let wanted = field::optional_one_of::<pb::LinkDelivery>(value)?;
    let all = Delivery::ALL.into_iter();
    Ok(wanted.and_then(|wanted| {
        all.clone()
            .find(|delivery| pb::LinkDelivery::from(*delivery) == wanted)
    }))
}

impl From<ReceiptKind> for pb::LinkReceiptKind {
    fn from(kind: ReceiptKind) -> Self {
        match kind {
            ReceiptKind::Issued => Self::Issued,
            ReceiptKind::Sent => Self::Sent,
            ReceiptKind::Delivered => Self::Delivered,
            ReceiptKind::Bounced => Self::Bounced,
            ReceiptKind::Opened => Self::Opened,
            ReceiptKind::CodeSent => Self::CodeSent,
            ReceiptKind::CodeDelivered => Self::CodeDelivered,
            ReceiptKind::CodeFailed => Self::CodeFailed,
            ReceiptKind::CodeRefused => Self::CodeRefused,
            ReceiptKind::CodeWrong => Self::CodeWrong,
            ReceiptKind::Unlocked => Self::Unlocked,
            ReceiptKind::Downloaded => Self::Downloaded,
            ReceiptKind::Completed => Self::Completed,
            ReceiptKind::Locked => Self::Locked,
            ReceiptKind::Expired => Self::Expired,
            ReceiptKind::Revoked => Self::Revoked,
        }
    }
}

impl From<LinkReceipt> for pb::LinkReceipt {
    fn from(receipt: LinkReceipt) -> Self {
        let channel = receipt
            .channel
            .map_or(pb::CodeChannel::Unspecified, Into::into);
        Self {
            kind: pb::LinkReceiptKind::from(receipt.kind).into(),
            time: Some(to_timestamp(receipt.first_at)),
            last_time: Some(to_timestamp(receipt.last_at)),
            count: receipt.times,
            channel: channel.into(),
            document_id: receipt
                .document
                .map(|id| id.to_string())
                .unwrap_or_default(),
            reason: receipt.reason,
            network: receipt.network,
        }
    }
}

impl From<Link> for pb::Link {
    fn from(link: Link) -> Self {
        Self {
            link_id: link.id.to_string(),
            clinic_id: link.clinic.to_string(),
            patient_id: link.patient.to_string(),
            document_ids: link.documents.iter().map(ToString::to_string).collect(),
            state: pb::LinkState::from(link.state).into(),
            reason: link.reason,
            code_channel: pb::CodeChannel::from(link.code_channel).into(),
            email_hint: link.recipient.email.hint(),
            phone_hint: link.recipient.phone.hint().to_owned(),
            max_unlocks: link.max_unlocks,
            unlocks: link.unlocks,
            wrong_codes: link.wrong_codes,
            codes_sent: link.codes_sent,
            delivery: pb::LinkDelivery::from(link.delivery).into(),
            expire_time: Some(to_timestamp(link.expires_at)),
            create_time: Some(to_timestamp(link.created_at)),
            update_time: Some(to_timestamp(link.updated_at)),
            reissued_from: link
                .reissued_from
                .map(|id| id.to_string())
                .unwrap_or_default(),
            receipts: Vec::new(),
        }
    }
}

impl From<RecipientFile> for pb::RecipientFile {
    fn from(file: RecipientFile) -> Self {
        Self {
            document_id: file.document.to_string(),
            file_name: file.file_name.as_str().to_owned(),
            media_type: file.media_type,
            size: file.size,
        }
    }
}

//! What CreateLink, ReissueLink and CorrectRecipient share: the checks, and the making.

use crate::domain::link::{LONGEST_LIFE, SHORTEST_LIFE};
use crate::domain::receipt::{Happened, ReceiptKind};
use crate::domain::recipient::{Contact, Route, Unreachable};
use crate::domain::{CodeChannel, Delivery, DocumentState, Link, LinkState};
use crate::error::Error;
use crate::jobs;
use crate::peers::Patient;
use crate::store::{Author, LinkRef, NewLink, Tx, trail};
use crate::vault::Vault;
use bitewing_core::{CapabilityToken, ClinicId, DocumentId, Language, LinkId, PatientId};
use bitewing_rpc::{Call, Violation};
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// When a link ends.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// So long from now.
    After(Duration),
    /// Then.
    At(OffsetDateTime),
}

/// A link that is wanted.
pub(super) struct Wish {
    pub(super) patient: PatientId,
    pub(super) documents: Vec<DocumentId>,
    pub(super) code_channel: Option<CodeChannel>,
    pub(super) end: End,
    pub(super) max_unlocks: i32,
    pub(super) reissued_from: Option<LinkId>,
}

/// Where and how the patient is reached, learned from the peer before any transaction begins.
pub(super) struct Reached {
    route: Route,
    language: Language,
}

/// Asks patient-profile for the patient and chooses the addresses.
pub(super) async fn reach(vault: &Vault, call: &Call, wish: &Wish) -> Result<Reached, Error> {
    let patient = may_be_contacted(vault, call, wish.patient).await?;
    choose(vault, call, wish, patient, None).await
}

/// The same with addresses staff gave.
pub(super) async fn reach_at(
    vault: &Vault,
    call: &Call,
    wish: &Wish,
    contacts: &[Contact],
) -> Result<Reached, Error> {
    let patient = may_be_contacted(vault, call, wish.patient).await?;
    choose(vault, call, wish, patient, Some(contacts)).await
}

async fn may_be_contacted(vault: &Vault, call: &Call, id: PatientId) -> Result<Patient, Error> {
    let patient = vault.patients.patient(call, id).await?;
    if patient.do_not_contact {
        return Err(Error::DoNotContact);
    }
    Ok(patient)
}

async fn choose(
    vault: &Vault,
    call: &Call,
    wish: &Wish,
    patient: Patient,
    contacts: Option<&[Contact]>,
) -> Result<Reached, Error> {
    let mut tx = vault.begin(call).await?;
    let settings = tx.settings().await?;
    tx.commit().await?;
    let route = Route::choose(
        patient.name,
        contacts.unwrap_or(&patient.contacts),
        wish.code_channel,
        &settings.allowed_regions,
    );
    let route = route.map_err(|unreachable| match unreachable {
        Unreachable::NoEmail => Error::NoEmail,
        Unreachable::NoPhone => Error::NoPhone,
        Unreachable::RegionNotAllowed => Error::RegionNotAllowed,
    })?;
    Ok(Reached {
        route,
        language: patient.language.unwrap_or(settings.default_language),
    })
}

/// A link that could be made now.
pub(super) struct Draft {
    wish: Wish,
    reached: Reached,
    clinic: ClinicId,
    expires_at: OffsetDateTime,
    now: OffsetDateTime,
    id: LinkId,
}

/// Checks documents and times inside the transaction that will use them.
pub(super) async fn draft(
    vault: &Vault,
    call: &Call,
    tx: &mut Tx,
    wish: Wish,
    reached: Reached,
) -> Result<Draft, Error> {
    let now = tx.now().await?;
    let (expires_at, slack) = match wish.end {
        End::After(life) => (now + life, Duration::ZERO),
        // The request was on its way for a while.
        End::At(at) => (at, Duration::minutes(1)),
    };
    let life = expires_at - now;
    if life < SHORTEST_LIFE - slack || life > LONGEST_LIFE + slack {
        return Err(vec![Violation::new(
            "expire_time",
            "must be 1 hour to 30 days from now",
        )]
        .into());
    }
    let documents = tx
        .documents_of(&wish.documents, call.caller.clinics.filter())
        .await?;
    let here = documents
        .iter()
        .filter(|document| document.state != DocumentState::Shredded);
    if here.count() != wish.documents.len() {
        return Err(Error::DocumentNotFound);
    }
    if documents
        .iter()
        .any(|document| document.state != DocumentState::Ready)
    {
        return Err(Error::DocumentNotReady);
    }
    let clinic = documents.first().ok_or(Error::DocumentNotFound)?.clinic;
    if documents.iter().any(|document| document.clinic != clinic) {
        return Err(vec![Violation::new("document_ids", "must be of one clinic")].into());
    }
    let id = LinkId::from_uuid(vault.base.ids.next());
    Ok(Draft {
        wish,
        reached,
        clinic,
        expires_at,
        now,
        id,
    })
}

impl Draft {
    /// The link as it would be.
    pub(super) fn preview(&self) -> Link {
        let route = &self.reached.route;
        Link {
            id: self.id,
            clinic: self.clinic,
            patient: self.wish.patient,
            documents: self.wish.documents.clone(),
            state: LinkState::Issued,
            reason: String::new(),
            recipient: route.recipient.clone(),
            language: self.reached.language,
            code_channel: route.code_channel,
            max_unlocks: self.wish.max_unlocks,
            unlocks: 0,
            wrong_codes: 0,
            codes_sent: 0,
            delivery: Delivery::Queued,
            reissued_from: self.wish.reissued_from,
            expires_at: self.expires_at,
            created_at: self.now,
            updated_at: self.now,
        }
    }

    /// Makes it, with its token, of which only the hash stays, and the job that sends it.
    pub(super) async fn make(
        self,
        vault: &Vault,
        tx: &mut Tx,
        author: &Author,
    ) -> Result<Link, Error> {
        let token = CapabilityToken::mint(tx.organization(), &*vault.base.entropy);
        let route = &self.reached.route;
        tx.insert_link(&NewLink {
            id: self.id,
            clinic: self.clinic,
            patient: self.wish.patient,
            token_hash: token.hash(),
            recipient: &route.recipient,
            language: self.reached.language,
            code_channel: route.code_channel,
            voice_only: route.voice_only,
            max_unlocks: self.wish.max_unlocks,
            reissued_from: self.wish.reissued_from,
            expires_at: self.expires_at,
            now: self.now,
        })
        .await?;
        tx.insert_link_documents(self.id, &self.wish.documents)
            .await?;
        let link = LinkRef {
            id: self.id,
            clinic: self.clinic,
            patient: self.wish.patient,
        };
        let details = json!({
            "documents": self.wish.documents.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "code_channel": route.code_channel.name(),
            "phone_hint": route.recipient.phone.hint(),
        });
        let happened = Happened::new(ReceiptKind::Issued);
        trail::link(tx, author, link, &happened, details).await?;
        tx.enqueue(jobs::deliver_link(link, &token)).await?;
        tx.enqueue(jobs::expire_link(link, self.expires_at)).await?;
        Ok(self.preview())
    }
}

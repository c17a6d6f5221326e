//! What the changes of own wordings share: who may make them, and what they leave behind.

use super::super::Api;
use super::seen;
use crate::domain::review::{self, Refusal, State, Step, Version, Who};
use crate::error::Error;
use crate::store::Tx;
use bitewing_auth::{ActorKind, Clinics};
use bitewing_core::{ClinicId, WordingId};
use bitewing_proto::template as pb;
use bitewing_rpc::field;
use bitewing_rpc::{Call, Violation};
use bitewing_runtime::audit;
use bitewing_store::Event;
use serde_json::json;

/// Characters of a reason.
const MAX_REASON: usize = 500;

/// Whether the caller may change what is said there: who acts for some clinics only changes nothing for all.
pub(super) fn changeable(call: &Call, clinic: Option<ClinicId>) -> Result<(), Error> {
    match (&call.caller.clinics, clinic) {
        (Clinics::Only(_), None) => Err(Error::WordingRole),
        (Clinics::All, _) | (Clinics::Only(_), Some(_)) => Ok(()),
    }
}

/// The newest version, locked, that the caller may change and knows the etag of.
pub(super) async fn newest(
    tx: &mut Tx,
    call: &Call,
    id: WordingId,
    etag: &str,
) -> Result<Version, Error> {
    let version = seen(call, tx.newest_wording(id).await?)?;
    changeable(call, version.clinic)?;
    if version.matches(etag) {
        Ok(version)
    } else {
        Err(Error::EtagMismatch)
    }
}

/// The version that is said, locked as the newest is; a draft may be on its way to replace it.
async fn said_now(tx: &mut Tx, call: &Call, id: WordingId, etag: &str) -> Result<Version, Error> {
    seen(call, tx.newest_wording(id).await?)?;
    let version = tx.approved_version(id).await?.ok_or(Error::WordingState)?;
    changeable(call, version.clinic)?;
    if version.matches(etag) {
        Ok(version)
    } else {
        Err(Error::EtagMismatch)
    }
}

/// Takes a step with the newest version, or with the approved one to retire it.
pub(super) async fn take(
    api: &Api,
    call: &Call,
    (id, etag): (WordingId, &str),
    step: Step,
    (reason, keeps_scheduled): (String, bool),
) -> Result<pb::Wording, Error> {
    let mut tx = api.begin(call).await?;
    let mut version = match step {
        Step::Retire => said_now(&mut tx, call, id, etag).await?,
        Step::Submit | Step::Approve | Step::Reject => newest(&mut tx, call, id, etag).await?,
    };
    let by = &call.caller.actor.id;
    let user = call.caller.actor.kind == ActorKind::User;
    let who = Who {
        roles: user.then_some(call.caller.roles.as_slice()),
        author: version.written_by == *by,
    };
    let refused = |refusal| match refusal {
        Refusal::State => Error::WordingState,
        Refusal::Role => Error::WordingRole,
        Refusal::Author => Error::WordingAuthor,
    };
    let state = review::step(&version.kind, version.state, step, who).map_err(refused)?;
    let now = api.base.clock.now();
    if step == Step::Approve
        && let Some(mut before) = tx.approved_version(id).await?
    {
        before.state = State::Retired;
        before.revision += 1;
        before.keeps_scheduled = keeps_scheduled;
        before.decided_by.clone_from(by);
        before.updated_at = now;
        tx.update_wording(&before).await?;
        note(&mut tx, call, Step::Retire.event(), &before).await?;
    }
    version.state = state;
    version.revision += 1;
    version.reason = reason;
    version.keeps_scheduled = step == Step::Retire && keeps_scheduled;
    if step != Step::Submit {
        version.decided_by.clone_from(by);
    }
    version.updated_at = now;
    tx.update_wording(&version).await?;
    note(&mut tx, call, step.event(), &version).await?;
    tx.commit().await?;
    Ok(version.into())
}

/// What a change leaves behind: an event and a line of audit.
pub(super) async fn note(
    tx: &mut Tx,
    call: &Call,
    what: &'static str,
    version: &Version,
) -> Result<(), Error> {
    let details = json!({
        "kind": version.kind.name,
        "locale": version.place.locale.tag(),
        "register": version.place.register.name(),
        "channel": version.place.medium.name(),
        "version": version.version,
        "state": version.state.name(),
    });
    tx.emit(Event {
        event_type: what,
        resource: version.id.to_string(),
        payload: details.clone(),
    })
    .await?;
    tx.audit(audit::entry(
        call,
        what,
        version.id,
        version.clinic,
        details,
    ))
    .await?;
    Ok(())
}

/// Why a version is sent back or ends.
pub(super) fn reason(sent: &str, required: bool) -> Result<String, Error> {
    let least = usize::from(required);
    let reason = match sent.trim() {
        "" if !required => Ok(String::new()),
        sent => field::text(sent, least..=MAX_REASON),
    };
    reason.map_err(|error| vec![Violation::new("reason", error)].into())
}

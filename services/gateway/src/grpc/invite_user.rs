//! InviteUser.

use super::{Api, convert, read};
use crate::domain::{INVITATION_LIFE, Tries, User, UserState};
use crate::error::Error;
use crate::store::Invited;
use bitewing_core::{CapabilityToken, EmailAddress, UserId};
use bitewing_proto::identity as pb;
use bitewing_rpc::{Call, Fields, all, field};
use bitewing_runtime::{Once, audit};
use bitewing_store::Event;
use serde_json::json;

pub(super) async fn run(
    api: &Api,
    call: &Call,
    request: pb::InviteUserRequest,
) -> Result<pb::InviteUserResponse, Error> {
    let mut fields = Fields::new();
    let request_id = fields.take("request_id", field::request_id(&request.request_id));
    let email = fields.take("email", EmailAddress::parse(&request.email));
    let name = fields.take("display_name", field::text(&request.display_name, 1..=120));
    let title = fields.take("job_title", field::text(&request.job_title, 0..=120));
    let roles = read::roles(&mut fields, &call.caller, &request.roles);
    let clinics = read::clinics(&mut fields, &call.caller, &request.clinic_ids);
    let (request_id, email, display_name, job_title, roles, clinics) =
        all!(fields, request_id, email, name, title, roles, clinics)?;

    let now = api.base.clock.now();
    let once = Once::new(call, "InviteUser", request_id, &request);
    let token = CapabilityToken::mint(call.organization(), &*api.base.entropy);
    let invited = Invited {
        hash: token.hash(),
        expires_at: now + INVITATION_LIFE,
    };
    let user = User {
        id: UserId::from_uuid(api.base.ids.next()),
        email,
        display_name,
        job_title,
        roles,
        clinics,
        state: UserState::Invited,
        tries: Tries {
            failed: 0,
            last: None,
        },
        created_at: now,
    };

    let mut tx = api.begin(call).await?;
    if let Some(answer) = once.answer(&mut tx).await? {
        return Ok(answer);
    }
    tx.insert_user(&user, &invited).await?;
    let clinics = convert::clinics(&user.clinics);
    let roles: Vec<_> = user.roles.iter().map(|role| role.as_str()).collect();
    let facts = json!({ "roles": roles, "clinic_ids": clinics });
    tx.emit(Event {
        event_type: "user.invited",
        resource: user.id.to_string(),
        payload: facts.clone(),
    })
    .await?;
    tx.audit(audit::entry(call, "user.invited", user.id, None, facts))
        .await?;
    let answer = pb::InviteUserResponse {
        user: Some(user.into()),
        invitation_token: token.reveal().expose().clone(),
    };
    once.keep(&mut tx, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

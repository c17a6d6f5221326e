//! From domain to wire, nothing else.

use crate::domain::{ApiClient, Organization, User, UserState, Visibility};
use bitewing_auth::{Clinics, Role};
use bitewing_proto::{access, identity as pb};
use bitewing_rpc::field::to_timestamp;

impl From<Organization> for pb::Organization {
    fn from(organization: Organization) -> Self {
        let etag = organization.etag();
        let settings = organization.settings;
        Self {
            organization_id: organization.id.to_string(),
            display_name: settings.display_name,
            slug: organization.slug.to_string(),
            patient_visibility: match settings.visibility {
                Visibility::Shared => pb::PatientVisibility::Shared,
                Visibility::PerClinic => pb::PatientVisibility::PerClinic,
            }
            .into(),
            default_language: settings.default_language.to_string(),
            allowed_regions: settings
                .allowed_regions
                .iter()
                .map(|region| region.as_str().to_owned())
                .collect(),
            create_time: Some(to_timestamp(organization.created_at)),
            update_time: Some(to_timestamp(organization.updated_at)),
            etag,
        }
    }
}

/// Clinics as answers and events list them: empty is every clinic.
pub(super) fn clinics(clinics: &Clinics) -> Vec<String> {
    match clinics {
        Clinics::All => Vec::new(),
        Clinics::Only(clinics) => clinics.iter().map(ToString::to_string).collect(),
    }
}

impl From<ApiClient> for pb::ApiClient {
    fn from(client: ApiClient) -> Self {
        Self {
            client_id: client.id.to_string(),
            display_name: client.display_name,
            scopes: client.scopes,
            clinic_ids: clinics(&client.clinics),
            create_time: Some(to_timestamp(client.created_at)),
            secret_create_time: Some(to_timestamp(client.secret_created_at)),
            live_secrets: i32::try_from(client.live_secrets).unwrap_or_default(),
        }
    }
}

impl From<User> for pb::User {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            display_name: user.display_name,
            job_title: user.job_title,
            roles: user
                .roles
                .iter()
                .map(|role| encode_role(*role).into())
                .collect(),
            clinic_ids: clinics(&user.clinics),
            state: match user.state {
                UserState::Invited => pb::UserState::Invited,
                UserState::Active => pb::UserState::Active,
                UserState::Deactivated => pb::UserState::Deactivated,
            }
            .into(),
            create_time: Some(to_timestamp(user.created_at)),
        }
    }
}

const fn encode_role(role: Role) -> access::Role {
    match role {
        Role::Owner => access::Role::Owner,
        Role::Manager => access::Role::Manager,
        Role::Dentist => access::Role::Dentist,
        Role::Secretary => access::Role::Secretary,
        Role::Auditor => access::Role::Auditor,
    }
}

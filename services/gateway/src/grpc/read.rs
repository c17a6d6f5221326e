//! What several requests hold: scopes, clinics, roles.

use crate::domain::{MAX_CLINICS, MAX_SCOPES, scopes, user};
use bitewing_auth::{Caller, Clinics, Role};
use bitewing_core::ClinicId;
use bitewing_proto::access as pb;
use bitewing_rpc::field::FieldError;
use bitewing_rpc::{Fields, field};

/// Reads scopes a caller gives.
pub(super) fn scopes(fields: &mut Fields, caller: &Caller, sent: &[String]) -> Option<Vec<String>> {
    if sent.is_empty() {
        fields.note("scopes", FieldError::Required);
        return None;
    }
    if sent.len() > MAX_SCOPES {
        fields.note("scopes", FieldError::TooMany(MAX_SCOPES));
        return None;
    }
    let mut read = Vec::with_capacity(sent.len());
    for (index, scope) in sent.iter().enumerate() {
        fields.take(format!("scopes[{index}]"), scopes::give(caller, scope))?;
        read.push(scope.clone());
    }
    read.sort_unstable();
    read.dedup();
    Some(read)
}

/// Reads clinics a caller gives.
pub(super) fn clinics(fields: &mut Fields, caller: &Caller, sent: &[String]) -> Option<Clinics> {
    if sent.len() > MAX_CLINICS {
        fields.note("clinic_ids", FieldError::TooMany(MAX_CLINICS));
        return None;
    }
    let mut read = Vec::with_capacity(sent.len());
    for (index, clinic) in sent.iter().enumerate() {
        let clinic = fields.take(
            format!("clinic_ids[{index}]"),
            field::id::<ClinicId>(clinic),
        )?;
        read.push(clinic);
    }
    read.sort_unstable();
    read.dedup();
    let clinics = Clinics::from_list(read);
    if !user::within(caller, &clinics) {
        fields.note("clinic_ids", "must be clinics of the caller");
        return None;
    }
    Some(clinics)
}

/// Reads roles a caller gives.
pub(super) fn roles(fields: &mut Fields, caller: &Caller, sent: &[i32]) -> Option<Vec<Role>> {
    if sent.is_empty() {
        fields.note("roles", FieldError::Required);
        return None;
    }
    let mut read = Vec::with_capacity(sent.len());
    for (index, role) in sent.iter().enumerate() {
        let name = format!("roles[{index}]");
        let role = match fields.take(&name, field::one_of::<pb::Role>(*role))? {
            pb::Role::Owner => Role::Owner,
            pb::Role::Manager => Role::Manager,
            pb::Role::Dentist => Role::Dentist,
            pb::Role::Secretary => Role::Secretary,
            pb::Role::Auditor => Role::Auditor,
            pb::Role::Unspecified => return None,
        };
        if !user::may_give(caller, role) {
            fields.note(name, "must be a role the caller may give");
            return None;
        }
        read.push(role);
    }
    read.sort_unstable();
    read.dedup();
    Some(read)
}

//! Identities. The gateway does not keep clinics: the clinics of a caller only ever take rights away.

use super::Stranger::{NamesNothing, NeverFollowed, NotFound};
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "OrganizationService/CreateOrganization",
        r#"{"displayName":"Other","slug":"$fresh"}"#,
        NamesNothing,
    ),
    row("OrganizationService/GetOrganization", "{}", NamesNothing),
    row(
        "OrganizationService/UpdateOrganization",
        r#"{"organization":{"displayName":"Sourire"},"updateMask":"displayName"}"#,
        NamesNothing,
    ),
    row(
        "UserService/InviteUser",
        r#"{"email":"$fresh_email","displayName":"Staff","roles":["ROLE_SECRETARY"],"clinicIds":["$clinic"]}"#,
        NeverFollowed,
    ),
    row(
        "UserService/AcceptInvitation",
        r#"{"invitationToken":"$invitation","password":"correct horse battery"}"#,
        NamesNothing,
    ),
    row("UserService/GetUser", r#"{"userId":"$user"}"#, NotFound),
    row("UserService/ListUsers", "{}", NamesNothing),
    row(
        "ApiClientService/CreateApiClient",
        r#"{"displayName":"Other","scopes":["patients.read"],"clinicIds":["$clinic"]}"#,
        NeverFollowed,
    ),
    row(
        "ApiClientService/GetApiClient",
        r#"{"clientId":"$client"}"#,
        NotFound,
    ),
    row("ApiClientService/ListApiClients", "{}", NamesNothing),
    row(
        "ApiClientService/RotateApiClientSecret",
        r#"{"clientId":"$client"}"#,
        NotFound,
    ),
    row(
        "TokenService/SignIn",
        r#"{"organization":"$slug","email":"$user_email","password":"correct horse battery"}"#,
        NamesNothing,
    ),
    row(
        "TokenService/RefreshSession",
        r#"{"refreshToken":"$refresh"}"#,
        NamesNothing,
    ),
    row(
        "TokenService/SignOut",
        r#"{"refreshToken":"$refresh"}"#,
        NamesNothing,
    ),
    row("EventService/ListEvents", "{}", NamesNothing),
    row("EventService/WatchEvents", "{}", NamesNothing),
];

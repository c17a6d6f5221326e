//! Staff.

use super::{Tx, read_clinics, stored_clinics};
use crate::domain::{Tries, User, UserState};
use crate::error::Error;
use bitewing_auth::{Clinics, Role};
use bitewing_core::{EmailAddress, PageSize, UserId};
use bitewing_store::StoreError;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    email: String,
    display_name: String,
    job_title: String,
    roles: Vec<i16>,
    clinic_ids: Vec<Uuid>,
    state: i16,
    failed_attempts: i32,
    last_attempt_at: Option<OffsetDateTime>,
    created_at: OffsetDateTime,
}

/// An invitation that waits to be accepted.
pub(crate) struct Invited {
    pub(crate) hash: [u8; 32],
    pub(crate) expires_at: OffsetDateTime,
}

const fn stored(state: UserState) -> i16 {
    match state {
        UserState::Invited => 1,
        UserState::Active => 2,
        UserState::Deactivated => 3,
    }
}

/// Roles are stored as the contract numbers them.
const fn stored_role(role: Role) -> i16 {
    match role {
        Role::Owner => 1,
        Role::Manager => 2,
        Role::Dentist => 3,
        Role::Secretary => 4,
        Role::Auditor => 5,
    }
}

impl TryFrom<Row> for User {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let broken = |column| StoreError::Inconsistent {
            table: "users",
            column,
            id: row.id,
        };
        let role = |number: &i16| {
            Role::ALL
                .into_iter()
                .find(|role| stored_role(*role) == *number)
        };
        Ok(Self {
            id: UserId::from_uuid(row.id),
            email: EmailAddress::parse(&row.email).map_err(|_| broken("email"))?,
            display_name: row.display_name,
            job_title: row.job_title,
            roles: row
                .roles
                .iter()
                .map(role)
                .collect::<Option<_>>()
                .ok_or(broken("roles"))?,
            clinics: read_clinics(row.clinic_ids),
            state: match row.state {
                1 => UserState::Invited,
                2 => UserState::Active,
                3 => UserState::Deactivated,
                _ => return Err(broken("state")),
            },
            tries: Tries {
                failed: row.failed_attempts,
                last: row.last_attempt_at,
            },
            created_at: row.created_at,
        })
    }
}

/// Which users a query finds.
#[derive(Default)]
struct Wanted<'a> {
    id: Option<Uuid>,
    email: Option<&'a str>,
    invitation: Option<&'a [u8]>,
    before: Option<Uuid>,
    visible: Option<&'a [Uuid]>,
}

impl Tx {
    /// One user among those the clinics see: users of every clinic are seen by all.
    pub(crate) async fn user(
        &mut self,
        id: UserId,
        visible: &Clinics,
    ) -> Result<Option<User>, Error> {
        let visible = visible.filter();
        let wanted = Wanted {
            id: Some(id.uuid()),
            visible: visible.as_deref(),
            ..Wanted::default()
        };
        Ok(self.select_users(wanted, 1).await?.pop())
    }

    /// One user by address; others cannot change it until the transaction ends.
    pub(crate) async fn user_of_email(
        &mut self,
        email: &EmailAddress,
    ) -> Result<Option<User>, Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "SELECT id FROM users WHERE organization_id = $1 AND email = $2 FOR UPDATE",
            organization,
            email.as_str()
        )
        .fetch_optional(self.conn())
        .await?;
        let wanted = Wanted {
            email: Some(email.as_str()),
            ..Wanted::default()
        };
        Ok(self.select_users(wanted, 1).await?.pop())
    }

    /// The user a live invitation is for.
    pub(crate) async fn user_of_invitation(
        &mut self,
        hash: &[u8; 32],
        now: OffsetDateTime,
    ) -> Result<Option<User>, Error> {
        let organization = self.organization_uuid();
        let live = sqlx::query_scalar!(
            "SELECT id FROM users
             WHERE organization_id = $1 AND invitation_hash = $2 AND invitation_expires_at > $3
               AND state = $4",
            organization,
            hash.as_slice(),
            now,
            stored(UserState::Invited)
        )
        .fetch_optional(self.conn())
        .await?;
        if live.is_none() {
            return Ok(None);
        }
        let wanted = Wanted {
            invitation: Some(hash),
            ..Wanted::default()
        };
        Ok(self.select_users(wanted, 1).await?.pop())
    }

    /// A page of users, newest first, and one more if there is a next page.
    pub(crate) async fn users(
        &mut self,
        visible: &Clinics,
        before: Option<Uuid>,
        size: PageSize,
    ) -> Result<Vec<User>, Error> {
        let visible = visible.filter();
        let wanted = Wanted {
            before,
            visible: visible.as_deref(),
            ..Wanted::default()
        };
        self.select_users(wanted, size.probe()).await
    }

    async fn select_users(&mut self, wanted: Wanted<'_>, limit: i64) -> Result<Vec<User>, Error> {
        let organization = self.organization_uuid();
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, email, display_name, job_title, roles, clinic_ids, state, failed_attempts,
                    last_attempt_at, created_at
             FROM users
             WHERE organization_id = $1
               AND ($2::uuid IS NULL OR id = $2)
               AND ($3::text IS NULL OR email = $3)
               AND ($4::bytea IS NULL OR invitation_hash = $4)
               AND ($5::uuid IS NULL OR id < $5)
               AND ($6::uuid[] IS NULL OR clinic_ids = '{}' OR clinic_ids && $6)
             ORDER BY id DESC
             LIMIT $7",
            organization,
            wanted.id,
            wanted.email,
            wanted.invitation,
            wanted.before,
            wanted.visible,
            limit
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(User::try_from)
            .collect::<Result<_, _>>()?)
    }

    /// Writes an invited user.
    pub(crate) async fn insert_user(
        &mut self,
        user: &User,
        invited: &Invited,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        let roles: Vec<i16> = user.roles.iter().map(|role| stored_role(*role)).collect();
        sqlx::query!(
            "INSERT INTO users (organization_id, id, email, display_name, job_title, roles, clinic_ids,
                                state, invitation_hash, invitation_expires_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            organization,
            user.id.uuid(),
            user.email.as_str(),
            user.display_name,
            user.job_title,
            &roles,
            &stored_clinics(&user.clinics),
            stored(user.state),
            invited.hash.as_slice(),
            invited.expires_at,
            user.created_at
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Takes an invitation once: the user gets a password and may sign in. `false` if it is not there
    /// any more.
    pub(crate) async fn accept_invitation(
        &mut self,
        hash: &[u8; 32],
        password_hash: &str,
    ) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let taken = sqlx::query!(
            "UPDATE users SET state = $4, password_hash = $3, invitation_hash = NULL,
                              invitation_expires_at = NULL
             WHERE organization_id = $1 AND invitation_hash = $2 AND state = $5",
            organization,
            hash.as_slice(),
            password_hash,
            stored(UserState::Active),
            stored(UserState::Invited)
        )
        .execute(self.conn())
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// The hash of a user's password.
    pub(crate) async fn password_hash(&mut self, id: UserId) -> Result<Option<String>, Error> {
        let organization = self.organization_uuid();
        let hash = sqlx::query_scalar!(
            "SELECT password_hash FROM users WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid()
        )
        .fetch_optional(self.conn())
        .await?;
        Ok(hash.flatten())
    }

    /// Counts a try of a password before it is made, so that tries at the same time count as well.
    pub(crate) async fn count_try(&mut self, id: UserId, now: OffsetDateTime) -> Result<(), Error> {
        self.set_tries(id, None, now).await
    }

    /// Forgets failed tries.
    pub(crate) async fn forget_tries(
        &mut self,
        id: UserId,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        self.set_tries(id, Some(0), now).await
    }

    async fn set_tries(
        &mut self,
        id: UserId,
        failed: Option<i32>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE users
             SET failed_attempts = coalesce($3, failed_attempts + 1), last_attempt_at = $4
             WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid(),
            failed,
            now
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Ends a user: no password and no invitation leads in any more.
    pub(crate) async fn deactivate_user(&mut self, id: UserId) -> Result<(), Error> {
        let organization = self.organization_uuid();
        sqlx::query!(
            "UPDATE users SET state = $3, password_hash = NULL, invitation_hash = NULL,
                              invitation_expires_at = NULL
             WHERE organization_id = $1 AND id = $2",
            organization,
            id.uuid(),
            stored(UserState::Deactivated)
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Whether an owner is left beside a user. Owners are locked: two of them who deactivate each other
    /// at the same time wait for one another.
    pub(crate) async fn another_owner(&mut self, id: UserId) -> Result<bool, Error> {
        let organization = self.organization_uuid();
        let owners = sqlx::query_scalar!(
            "SELECT id FROM users
             WHERE organization_id = $1 AND $2 = ANY(roles) AND state = $3
             ORDER BY id FOR UPDATE",
            organization,
            stored_role(Role::Owner),
            stored(UserState::Active)
        )
        .fetch_all(self.conn())
        .await?;
        Ok(owners.into_iter().any(|owner| owner != id.uuid()))
    }
}

//! Identifiers, clock, randomness and the small values every service speaks in.
//!
//! Nothing here does I/O, knows gRPC or knows SQL.
//!
//! | module | holds |
//! |---|---|
//! | [`id`] | one type per kind of identifier, written `pat_01h2...` at the edge |
//! | [`clock`] | [`Clock`], the only way to learn the time |
//! | [`random`] | [`Ids`] and [`Entropy`], the only ways to get something unpredictable |
//! | [`sensitive`] | [`Sensitive`], a value that never prints |
//! | [`capability`] | tokens that open one thing and name their organization |
//! | [`email`], [`phone`] | addresses that can be reached |
//! | [`page`] | page sizes |
//! | [`language`] | the languages patients are written to in |

pub mod capability;
pub mod clock;
pub mod email;
pub mod id;
pub mod language;
pub mod page;
pub mod phone;
pub mod random;
pub mod sensitive;

pub use capability::CapabilityToken;
pub use clock::{Clock, SystemClock};
pub use email::EmailAddress;
pub use id::{
    ApiClientId, AppointmentId, AppointmentRequestId, BalanceId, BlockId, ChannelAccountId,
    ClinicId, ConsentId, DocumentId, EventId, GuardFeedbackId, InstructionId, InstructionIssueId,
    InvitationId, JobId, LinkId, MessageId, OrganizationId, PatientId, PriceId, RecallId,
    ScenarioId, TemplateId, UploadId, UserId, WhatsAppTemplateId, WordingId,
};
pub use language::Language;
pub use page::PageSize;
pub use phone::{LineType, Phone};
pub use random::{Entropy, Ids, SystemEntropy, SystemIds};
pub use sensitive::Sensitive;

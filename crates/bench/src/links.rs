//! P5: links made, and links opened and unlocked, beside pgbench committing the same rows.

mod conversation;
mod holders;
mod limit;
mod making;

use crate::machine::free_address;
use crate::report::{Better, Line};
use crate::size::Size;
use crate::suite::Suite;
use bitewing_auth::Service;
use conversation::Conversation;
use limit::Rows;

/// Organizations the links belong to.
const ORGANIZATIONS: usize = 64;
/// Calls under way at any moment.
const AT_ONCE: usize = 32;
/// What a well-known rival reached on such a machine: making and unlocking, a second.
const RIVAL: [f64; 2] = [632.0, 155.0];
/// Conversation is played by this program: no mail is rendered or sent.
const SERVICES: [Service; 3] = [
    Service::Gateway,
    Service::PatientProfile,
    Service::SecureDocument,
];

/// Measures both.
pub async fn run(size: Size) -> anyhow::Result<Vec<Line>> {
    let address = free_address()?;
    let conversation = Conversation::serve(address).await?;
    let settings = [("CONVERSATION_URL", format!("http://{address}"))];
    let suite = Suite::start("links", &SERVICES, &settings).await?;
    let lines = measure(&suite, &conversation, size).await;
    suite.stop().await?;
    lines
}

async fn measure(
    suite: &Suite,
    conversation: &Conversation,
    size: Size,
) -> anyhow::Result<Vec<Line>> {
    let count = size.of(12_288, 128);
    let makers = making::prepare(suite, conversation, size.of(ORGANIZATIONS, 4), count).await?;
    let made = making::run(suite, &makers).await?;
    conversation.wait_for_tokens(made.count).await?;
    let unlocked = holders::run(suite, conversation, size).await?;
    let postgres = suite.postgres().await?;
    let seconds = size.of(10, 2);
    let limits = [
        limit::run(&postgres, Rows::OfAMadeLink, seconds).await?,
        limit::run(&postgres, Rows::OfAnUnlockedLink, seconds).await?,
    ];
    let line = |case, figure, limit, goal| Line {
        name: "links",
        case,
        unit: "links/s",
        figure,
        limit,
        better: Better::More,
        goal,
    };
    Ok(vec![
        line("made-beside-pgbench", made.rate, limits[0], 0.4),
        line("made-beside-the-rival", made.rate, RIVAL[0], 1.0),
        line(
            "opened-and-unlocked-beside-pgbench",
            unlocked.rate,
            limits[1],
            0.4,
        ),
        line(
            "opened-and-unlocked-beside-the-rival",
            unlocked.rate,
            RIVAL[1],
            1.0,
        ),
        line(
            "last-batch-beside-the-first",
            unlocked.last,
            unlocked.first,
            0.9,
        ),
    ])
}

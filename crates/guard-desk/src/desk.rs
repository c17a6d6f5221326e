//! Where a service hands texts in.

use crate::metrics::Metrics;
use bitewing_core::Language;
use bitewing_guard::message::{Inbound, MessageError, Outbound};
use bitewing_guard::policy::Policy;
use bitewing_guard::spelling::Spelling;
use bitewing_guard::verdict::{Analysis, LanguageGuess, Verdict};
use bitewing_guard::{Guard, verdict};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many texts wait for a thread at most; beyond that callers are sent away at once.
const MAX_WAITING: usize = 256;
/// How long a text waits for a thread: a text takes well below a millisecond, so a queue that is not over by then is
/// an overload.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after its start a process reads what the guard needs, unless a message comes before.
const SETTLED: Duration = Duration::from_secs(5);
/// The most misspelled words of a message that get suggestions: each costs up to a quarter of a second.
const MAX_SUGGESTED: usize = 5;

/// A guard that is made when it is first needed.
type Lazy = Arc<OnceLock<Guard>>;

/// Guards by the folder of their dictionaries: services of one process share one, it takes some 80 MB.
static GUARDS: LazyLock<Mutex<BTreeMap<Option<PathBuf>, Lazy>>> =
    LazyLock::new(|| Mutex::new(BTreeMap::new()));

/// More texts wait than can be read in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more messages wait for the guard than it can read in time")]
pub struct Busy;

/// Why a text was not judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// Too much is waiting.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The text or its context is not what can be judged.
    #[error(transparent)]
    Unreadable(#[from] MessageError),
}

/// A message to a patient, and by what it is judged.
#[derive(Clone)]
#[expect(
    missing_debug_implementations,
    reason = "it holds what patients are told"
)]
pub struct Question {
    /// What is to be sent.
    pub text: String,
    /// What is known of it.
    pub context: Outbound,
    /// The policy, merged.
    pub policy: Arc<Policy>,
    /// Whether misspelled words get suggestions.
    pub suggest: bool,
}

/// Judges texts on threads of their own; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    folder: Option<PathBuf>,
    guard: Lazy,
    waiting: Arc<Semaphore>,
    threads: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk with the dictionaries of a folder, if one is given. Nothing is read yet.
    pub fn new(folder: Option<PathBuf>) -> Self {
        let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
        let guard = Arc::clone(guards.entry(folder.clone()).or_default());
        drop(guards);
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            folder,
            guard,
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
            threads: Arc::new(Semaphore::new(threads)),
            metrics: Arc::new(Metrics::new()),
        }
    }

    /// Reads model and dictionaries a little after the start, so that the first message does not wait for them and
    /// whatever a process has to take up again does not either.
    pub async fn warm(&self) {
        tokio::time::sleep(SETTLED).await;
        if self.ask(|_| ()).await.is_err() {
            tracing::debug!("the guard is made with the first message");
        }
    }

    /// Judges a message to a patient.
    pub async fn check(&self, question: Question) -> Result<Verdict, CheckError> {
        let verdict = self.ask(move |guard| judge(guard, &question)).await??;
        self.metrics.checked(&verdict);
        Ok(verdict)
    }

    /// Judges a message from a patient.
    pub async fn analyze(&self, text: String, context: Inbound) -> Result<Analysis, CheckError> {
        let analysis = self
            .ask(move |guard| guard.analyze(&text, &context))
            .await??;
        self.metrics.analyzed(&analysis);
        Ok(analysis)
    }

    /// Tells the language of a text.
    pub async fn language(
        &self,
        text: String,
        hint: Option<Language>,
    ) -> Result<LanguageGuess, Busy> {
        self.ask(move |guard| guard.language(&text, hint)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Guard) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let waits = Arc::clone(&self.waiting)
            .try_acquire_owned()
            .map_err(|_| Busy)?;
        let thread = Arc::clone(&self.threads).acquire_owned();
        let permit = tokio::time::timeout(PATIENCE, thread).await;
        let permit = permit.map_err(|_| Busy)?.map_err(|_| Busy)?;
        let (guard, folder) = (Arc::clone(&self.guard), self.folder.clone());
        let answer = tokio::task::spawn_blocking(move || {
            let answer = question(guard.get_or_init(|| make(folder)));
            drop((permit, waits));
            answer
        });
        // A panic in there is one of ours: it is shown as one here.
        match answer.await {
            Ok(answer) => Ok(answer),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Busy),
        }
    }
}

/// A damaged dictionary costs its spelling, not the guard: verdicts say that spelling was not looked at.
fn make(folder: Option<PathBuf>) -> Guard {
    let spelling = match folder {
        None => Spelling::none(),
        Some(folder) => Spelling::load(&folder).unwrap_or_else(|error| {
            tracing::warn!(%error, "the dictionaries cannot be read: spelling is not looked at");
            Spelling::none()
        }),
    };
    Guard::new(spelling)
}

fn judge(guard: &Guard, question: &Question) -> Result<Verdict, MessageError> {
    let Question {
        text,
        context,
        policy,
        suggest,
    } = question;
    let mut verdict = guard.check(text, context, policy)?;
    if *suggest {
        let misspelled = verdict.findings.iter_mut().filter(|finding| {
            finding.rule == "spelling.unknown_word" && finding.suggestion.is_none()
        });
        for finding in misspelled.take(MAX_SUGGESTED) {
            let word = finding.span.and_then(|span| text.get(span.start..span.end));
            let language = verdict.language.language;
            let region = context.region.as_deref();
            finding.suggestion = word.and_then(|word| {
                guard
                    .spelling()
                    .suggest(word, language, region)
                    .into_iter()
                    .next()
            });
        }
    }
    Ok(verdict)
}

/// Whether somebody who may override can send a message all the same in spite of a finding: not where the policy
/// itself blocks and says that nobody loosens it. A block of the model can be wrong, and is overridable.
pub fn overridable(finding: &verdict::Finding, policy: &Policy) -> bool {
    let rule = policy.rule(&finding.rule);
    !(rule.floor && rule.action == verdict::Action::Block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bitewing_guard::verdict::Action;

    fn question(text: &str) -> Question {
        Question {
            text: text.to_owned(),
            context: Outbound::default(),
            policy: Arc::new(Policy::base()),
            suggest: true,
        }
    }

    #[tokio::test]
    async fn desks_of_one_folder_share_a_guard_and_judge_alike() {
        let (one, two) = (Desk::new(None), Desk::new(None));
        assert!(Arc::ptr_eq(&one.guard, &two.guard));
        let text = "Hello Ana, this is Rio Dental. My card is 4111 1111 1111 1111";
        let first = one.check(question(text)).await.unwrap();
        assert_eq!(first, two.check(question(text)).await.unwrap());
        assert_eq!(first.action, Action::Block);
        let policy = Policy::base();
        let card = first
            .findings
            .iter()
            .find(|found| found.rule == "secret.card")
            .unwrap();
        assert!(!overridable(card, &policy), "a floor that blocks");
        let mut rude = card.clone();
        rude.rule = "meaning.rude".to_owned();
        assert!(overridable(&rude, &policy), "the model may be wrong");
    }

    #[tokio::test]
    async fn whoever_comes_when_too_many_wait_is_sent_away() {
        let desk = Desk::new(None);
        let held: Vec<_> = (0..MAX_WAITING)
            .map(|_| Arc::clone(&desk.waiting).try_acquire_owned().unwrap())
            .collect();
        let refused = desk.check(question("Hello")).await;
        assert_eq!(refused.err(), Some(CheckError::Busy(Busy)));
        drop(held);
        assert!(desk.check(question("Hello")).await.is_ok());
    }

    #[tokio::test]
    async fn a_text_that_shows_nothing_is_refused_by_its_field() {
        let refused = Desk::new(None).check(question("\u{200b}")).await.err();
        let Some(CheckError::Unreadable(error)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(error.field(), "text");
    }
}

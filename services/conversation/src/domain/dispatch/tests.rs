//! An exhaustive model: two workers, crashes at every step, every answer a provider can give.

use super::*;
use std::collections::{BTreeSet, HashMap};

/// What a worker is doing, between two steps that others see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Worker {
    Idle,
    /// The intent of this attempt is committed; the call has not begun. The state is the one found.
    Intends(u8, State),
    /// The provider is being called for this attempt.
    Calls(u8, State),
    /// The provider is being asked about this attempt.
    Asks(u8, State),
}

/// Everything there is. The ledger is the truth: how often the patient's phone rang.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct World {
    contract: u8,
    state: State,
    attempts: u8,
    expired: bool,
    workers: [Worker; 2],
    ledger: u8,
    refused: bool,
    /// Faults left: crashes, lost leases, broken connections, errors.
    faults: u8,
}

const CONTRACTS: [Contract; 3] = [Contract::Keyed, Contract::Queryable, Contract::None];

impl World {
    fn contract(&self) -> Contract {
        CONTRACTS[usize::from(self.contract)]
    }

    /// Nothing of a call is under way: intents end in time, because a call that did not begin within
    /// its time is not begun.
    fn quiet(&self) -> bool {
        self.workers
            .iter()
            .all(|worker| matches!(worker, Worker::Idle | Worker::Asks(..)))
    }

    fn accept(mut self) -> Self {
        if self.contract() != Contract::Keyed || self.ledger == 0 {
            self.ledger += 1;
        }
        self
    }

    fn with(mut self, index: usize, worker: Worker) -> Self {
        self.workers[index] = worker;
        self
    }

    /// Commits an outcome, as the store does: only for the attempt it is about.
    fn settle(mut self, index: usize, heard: Heard) -> Self {
        let (Worker::Calls(attempt, before) | Worker::Asks(attempt, before)) = self.workers[index]
        else {
            return self;
        };
        self.workers[index] = Worker::Idle;
        if self.attempts == attempt && !self.state.is_final() {
            self.state = judge(before, heard).0;
        }
        self
    }

    fn after(self, index: usize) -> Vec<Self> {
        let mut next = Vec::new();
        match self.workers[index] {
            Worker::Idle => {
                // The job is leased to one worker; another one runs it beside the first only where
                // the first lost its lease and does not know yet. That is a fault.
                let alone = self.workers[1 - index] == Worker::Idle;
                let Some(faults) = self.faults.checked_sub(u8::from(!alone)) else {
                    return next;
                };
                let situation = Situation {
                    state: self.state,
                    contract: self.contract(),
                    expired: self.expired,
                    quiet: self.quiet(),
                    key_known: true,
                    disabled: false,
                };
                let mut world = Self { faults, ..self };
                match plan(situation) {
                    Plan::Finish | Plan::Wait => return next,
                    Plan::Expire => world.state = State::Expired,
                    Plan::Refuse => world.state = State::Failed,
                    Plan::Hold | Plan::Close => world.state = State::Ambiguous,
                    Plan::Send => {
                        world.state = State::Sending;
                        world.attempts += 1;
                        world.workers[index] = Worker::Intends(world.attempts, self.state);
                    }
                    Plan::Ask => world.workers[index] = Worker::Asks(world.attempts, self.state),
                }
                next.push(world);
            }
            Worker::Intends(attempt, before) => {
                next.push(self.with(index, Worker::Calls(attempt, before)));
            }
            Worker::Calls(..) => {
                next.push(self.accept().settle(index, Heard::Accepted));
                if let Some(left) = self.faults.checked_sub(1) {
                    let faulty = Self {
                        faults: left,
                        ..self
                    };
                    let unknown = Heard::Unknown(Reason::NoAnswer);
                    next.push(faulty.accept().settle(index, unknown));
                    next.push(faulty.settle(index, unknown));
                    let not_sent = Heard::NotSent(Reason::NotReached);
                    next.push(faulty.settle(index, not_sent));
                    let refused = Heard::Refused(Reason::ProviderRefused);
                    let world = Self {
                        refused: true,
                        ..faulty
                    };
                    next.push(world.settle(index, refused));
                    // The process dies after the provider accepted, before anyone knows.
                    next.push(faulty.accept().with(index, Worker::Idle));
                }
            }
            Worker::Asks(..) => {
                let truth = if self.ledger > 0 {
                    Heard::Accepted
                } else {
                    Heard::Absent
                };
                next.push(self.settle(index, truth));
                if let Some(left) = self.faults.checked_sub(1) {
                    let unknown = Heard::Unknown(Reason::NoAnswer);
                    let faulty = Self {
                        faults: left,
                        ..self
                    };
                    next.push(faulty.settle(index, unknown));
                }
            }
        }
        if let (false, Some(left)) = (
            self.workers[index] == Worker::Idle,
            self.faults.checked_sub(1),
        ) {
            next.push(
                Self {
                    faults: left,
                    ..self
                }
                .with(index, Worker::Idle),
            );
        }
        next
    }

    fn successors(self) -> Vec<Self> {
        let mut next: Vec<_> = (0..2).flat_map(|index| self.after(index)).collect();
        if !self.expired {
            next.push(Self {
                expired: true,
                ..self
            });
        }
        next.retain(|world| *world != self);
        next
    }
}

/// Every world that can come about.
fn reachable(contract: u8, faults: u8) -> HashMap<World, Vec<World>> {
    let begin = World {
        contract,
        state: State::Queued,
        attempts: 0,
        expired: false,
        workers: [Worker::Idle; 2],
        ledger: 0,
        refused: false,
        faults,
    };
    let mut worlds = HashMap::new();
    let mut open = vec![begin];
    while let Some(world) = open.pop() {
        if worlds.contains_key(&world) {
            continue;
        }
        let next = world.successors();
        open.extend(next.iter().copied());
        worlds.insert(world, next);
    }
    worlds
}

#[test]
fn no_interleaving_of_two_workers_and_three_faults_sends_twice() {
    for contract in 0..3 {
        let worlds = reachable(contract, 3);
        assert!(worlds.len() > 50, "the model moves");
        for world in worlds.keys() {
            assert!(world.ledger <= 1, "{world:?}");
        }
    }
}

#[test]
fn what_the_row_says_is_true() {
    for contract in 0..3 {
        for world in reachable(contract, 3).keys() {
            match world.state {
                State::Accepted | State::Sent | State::Delivered => {
                    assert_eq!(world.ledger, 1, "{world:?}");
                }
                State::Expired => assert_eq!(world.ledger, 0, "{world:?}"),
                State::Failed => assert!(world.refused && world.ledger == 0, "{world:?}"),
                State::Queued | State::Held | State::Sending | State::Ambiguous => {}
            }
        }
    }
}

#[test]
fn nothing_is_lost_and_only_the_unknowable_is_held() {
    for contract in 0..3 {
        let worlds = reachable(contract, 3);
        let mut ends = BTreeSet::new();
        for (world, next) in &worlds {
            if next.is_empty() {
                ends.insert((world.state, world.ledger));
            }
        }
        for (state, ledger) in ends {
            let held = state == State::Ambiguous;
            // Without faults left, and with all the time in the world, a message ends somewhere; it is
            // held only where the provider promises nothing, or where its key outlived its time.
            assert!(state.is_final() || held, "{contract} {state:?} {ledger}");
            assert!(
                !(held && contract == 1),
                "a provider that can be asked leaves nothing open"
            );
        }
    }
}

#[test]
fn before_its_time_passes_a_keyed_message_always_goes_on() {
    for (world, next) in reachable(0, 3) {
        if !world.expired && !world.state.is_final() {
            let acts = next.iter().any(|after| after.workers != world.workers);
            assert!(acts, "{world:?}");
        }
    }
}

#[test]
fn a_key_is_not_trusted_after_its_window() {
    let found = Situation {
        state: State::Ambiguous,
        contract: Contract::Keyed,
        expired: false,
        quiet: true,
        key_known: false,
        disabled: false,
    };
    assert_eq!(plan(found), Plan::Hold);
    assert_eq!(
        plan(Situation {
            key_known: true,
            ..found
        }),
        Plan::Send
    );
    assert_eq!(
        plan(Situation {
            key_known: true,
            disabled: true,
            ..found
        }),
        Plan::Hold
    );
}

#[test]
fn a_repeat_that_did_not_get_through_proves_nothing() {
    for (heard, first) in [
        (Heard::NotSent(Reason::ProviderBusy), State::Queued),
        (Heard::Refused(Reason::ProviderRefused), State::Failed),
    ] {
        assert_eq!(judge(State::Queued, heard).0, first);
        assert_eq!(judge(State::Ambiguous, heard).0, State::Ambiguous);
        assert_eq!(judge(State::Sending, heard).0, State::Ambiguous);
    }
}

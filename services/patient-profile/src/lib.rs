//! The clinic memory: patients, contact points, families and consent.

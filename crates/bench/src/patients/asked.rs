//! What is asked: the same questions for the service and for pgbench, chosen by chance among those there are.

use super::chain::Chain;
use crate::database::Database;
use anyhow::{Context as _, ensure};
use bitewing_core::ClinicId;

/// Questions of each kind.
const COUNT: usize = 10_000;

/// A caller's number, the clinic that is called, and the beginning of a name.
pub(super) struct Asked {
    pub(super) questions: Vec<(String, String, String)>,
}

impl Asked {
    /// Puts them into the table `bench.asked`, numbered from 1, and reads them.
    pub(super) fn prepare(database: &Database, chain: &Chain) -> anyhow::Result<Self> {
        let ours = chain.organization.uuid();
        database.ask(&format!(
            "create table bench.asked as
             select row_number() over () ::integer as n, a.phone, a.clinic_id, a.prefix,
                    a.prefix || chr(1114111) as prefix_end
             from (
                 select c.value as phone, p.clinic_id, left(n.token, 5) collate \"C\" as prefix
                 from patients p
                 join contact_points c on c.organization_id = p.organization_id and c.patient_id = p.id and c.rank = 0
                 cross join lateral (
                     select max(x.token) as token from patient_names x
                     where x.organization_id = p.organization_id and x.patient_id = p.id
                 ) n
                 where p.organization_id = '{ours}'
                 order by md5(p.id::text) limit {COUNT}
             ) a;
             create unique index on bench.asked (n);
             analyze bench.asked"
        ))?;
        let answer = database.ask("select phone, clinic_id, prefix from bench.asked order by n")?;
        let questions: Vec<_> = answer
            .lines()
            .map(|line| {
                let mut parts = line.split('|');
                let mut next = || parts.next().context("three parts a question");
                let (phone, clinic, prefix) = (next()?, next()?, next()?);
                let clinic = ClinicId::from_uuid(clinic.parse()?);
                Ok((phone.to_owned(), clinic.to_string(), prefix.to_owned()))
            })
            .collect::<anyhow::Result<_>>()?;
        ensure!(!questions.is_empty(), "there is nothing to ask");
        Ok(Self { questions })
    }
}

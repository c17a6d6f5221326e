//! Organizations with clinics and people, each made by calls of a program of its own.

use crate::clinic::caller_of;
use crate::people::People;
use crate::suite::{Introducer, Suite};
use anyhow::{Context as _, bail};
use bitewing_auth::{Caller, Service};
use bitewing_core::{Ids as _, OrganizationId, SystemIds};
use bitewing_proto::conversation as conversation_pb;
use bitewing_proto::conversation::clinic_service_client::ClinicServiceClient;
use bitewing_proto::patient as pb;
use bitewing_proto::patient::patient_import_service_client::PatientImportServiceClient;
use std::ops::Range;
use std::time::Duration;
use tonic::transport::Channel;

/// An organization, its clinics, and who their patients are.
pub(super) struct Chain {
    pub(super) organization: OrganizationId,
    pub(super) caller: Caller,
    pub(super) introducer: Introducer,
    pub(super) clinics: Vec<String>,
    people: People,
    /// Patients of each clinic.
    each: u64,
}

impl Chain {
    /// Opens the clinics, and waits until the service has heard of them.
    pub(super) async fn found(suite: &Suite, clinics: usize, each: u64) -> anyhow::Result<Self> {
        let organization = OrganizationId::from_uuid(SystemIds.next());
        let mut chain = Self {
            organization,
            caller: caller_of(organization),
            introducer: suite.introducer()?,
            clinics: Vec::new(),
            people: People { seed: 20_261_122 },
            each,
        };
        let mut client = ClinicServiceClient::new(connect(suite, Service::Conversation).await?);
        for nth in 1..=clinics {
            let clinic = conversation_pb::Clinic {
                display_name: format!("Bench Clinic {nth}"),
                phone: "+1 514 873 1234".to_owned(),
                region: "CA".to_owned(),
                address: "4200 rue Saint-Denis, Montréal".to_owned(),
                language: "en".to_owned(),
                time_zone: "America/Toronto".to_owned(),
                ..Default::default()
            };
            let request = chain.request(
                Service::Conversation,
                conversation_pb::CreateClinicRequest {
                    clinic: Some(clinic),
                    ..Default::default()
                },
            )?;
            let answer = client.create_clinic(request).await?.into_inner();
            let clinic = answer.clinic.context("a clinic is answered")?;
            chain.clinics.push(clinic.clinic_id);
        }
        chain.wait_for_clinics(suite).await?;
        Ok(chain)
    }

    /// A dry run of a row for each clinic, until none is refused.
    async fn wait_for_clinics(&self, suite: &Suite) -> anyhow::Result<()> {
        let channel = connect(suite, Service::PatientProfile).await?;
        let mut client = PatientImportServiceClient::new(channel);
        for _ in 0..100 {
            let rows = self.clinics.iter().zip(1..);
            let rows = rows.map(|(clinic, row_number)| pb::ImportRow {
                row_number,
                patient: Some(self.people.patient(row_number as u64, clinic)),
                ..Default::default()
            });
            let request = pb::BatchImportPatientsRequest {
                batch_id: "dry".to_owned(),
                validate_only: true,
                rows: rows.collect(),
            };
            let request = self.request(Service::PatientProfile, request)?;
            let answer = client.batch_import_patients(request).await?.into_inner();
            let mut results = answer.results.into_iter();
            if results.all(|result| result.outcome() == pb::ImportOutcome::Created) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the service does not hear of the clinics")
    }

    /// A request of the chain's program, as the gateway forwards it.
    pub(super) fn request<T>(
        &self,
        service: Service,
        message: T,
    ) -> anyhow::Result<tonic::Request<T>> {
        let mut request = tonic::Request::new(message);
        self.introducer
            .introduce(&mut request, Some(&self.caller), service)?;
        Ok(request)
    }

    /// The numbers of the patients of a clinic.
    pub(super) fn numbers(&self, clinic: usize) -> Range<u64> {
        let first = clinic as u64 * self.each;
        first..first + self.each
    }

    /// Who its patients are.
    pub(super) const fn people(&self) -> People {
        self.people
    }
}

/// A connection to a service.
pub(super) async fn connect(suite: &Suite, service: Service) -> anyhow::Result<Channel> {
    let channel = Channel::from_shared(format!("http://{}", suite.address(service)))?;
    Ok(channel.tcp_nodelay(true).connect().await?)
}

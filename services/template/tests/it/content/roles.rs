//! Who may do what.

use super::instructions::{approve, create, extraction};
use super::{implant, instructions, prices, scenarios, staff, upsert};
use crate::harness::{Harness, reason};
use bitewing_auth::Role;
use bitewing_proto::template as pb;
use tonic::Code;

/// Whether a refusal is one of the role.
fn forbidden<T>(answer: Result<T, tonic::Status>) -> bool {
    let refusal = answer.err().map(|status| reason(&status));
    refusal == Some((Code::PermissionDenied, "FORBIDDEN".to_owned()))
}

#[tokio::test]
async fn the_services_believe_the_roles_of_the_contract() {
    use Role::{Auditor, Dentist, Manager, Owner, Secretary};
    let h = Harness::start().await;
    let id = create(&h, extraction()).await.unwrap().instruction_id;
    approve(&h, &h.caller, &id, "Dr. Roy").await.unwrap();
    for role in [Owner, Manager, Dentist, Secretary, Auditor] {
        let who = staff(&h, role);
        let may = |roles: &[Role]| !roles.contains(&role);
        let managers = may(&[Owner, Manager]);
        assert_eq!(
            forbidden(upsert(&h, &who, implant()).await),
            managers,
            "{role:?}"
        );
        let scenario = h.request_as(&who, pb::CreateScenarioRequest::default());
        assert_eq!(
            forbidden(scenarios(&h).create_scenario(scenario).await),
            managers,
            "{role:?}"
        );
        let list = h.request_as(&who, pb::ListPricesRequest::default());
        assert!(!forbidden(prices(&h).list_prices(list).await), "{role:?}");
        let draft = h.request_as(&who, pb::CreateInstructionRequest::default());
        let authors = may(&[Owner, Manager, Dentist]);
        assert_eq!(
            forbidden(instructions(&h).create_instruction(draft).await),
            authors,
            "{role:?}"
        );
        // Clinical words are a dentist's to sign, whoever owns the chain (R83).
        assert_eq!(
            forbidden(approve(&h, &who, &id, "").await),
            may(&[Dentist]),
            "{role:?}"
        );
        let reject = h.request_as(&who, pb::RejectInstructionRequest::default());
        assert_eq!(
            forbidden(instructions(&h).reject_instruction(reject).await),
            may(&[Dentist]),
            "{role:?}"
        );
        let retire = h.request_as(&who, pb::RetireInstructionRequest::default());
        assert_eq!(
            forbidden(instructions(&h).retire_instruction(retire).await),
            may(&[Owner, Dentist]),
            "{role:?}"
        );
        let issue = h.request_as(&who, pb::IssueInstructionRequest::default());
        let front = may(&[Owner, Manager, Dentist, Secretary]);
        assert_eq!(
            forbidden(instructions(&h).issue_instruction(issue).await),
            front,
            "{role:?}"
        );
        let issues = h.request_as(&who, pb::ListInstructionIssuesRequest::default());
        assert_eq!(
            forbidden(instructions(&h).list_instruction_issues(issues).await),
            front,
            "{role:?}"
        );
    }
}

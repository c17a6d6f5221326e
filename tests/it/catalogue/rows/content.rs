//! Prices, scenarios, instructions.

use super::Stranger::{EmptyList, NamesNothing, NeverFollowed, NotFound};
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "PriceService/UpsertPrice",
        r#"{"price":{"service":"crown","clinicId":"$clinic","names":[{"locale":"en","text":"a crown"}],"minMinorUnits":90000,"maxMinorUnits":140000,"currency":"CAD","validUntil":"2199-12-31"}}"#,
        NeverFollowed,
    ),
    row(
        "PriceService/BatchUpsertPrices",
        r#"{"prices":[{"service":"veneer","names":[{"locale":"en","text":"a veneer"}],"minMinorUnits":90000,"maxMinorUnits":140000,"currency":"CAD","validUntil":"2199-12-31"}]}"#,
        NamesNothing,
    ),
    row("PriceService/GetPrice", r#"{"priceId":"$price"}"#, NotFound),
    row(
        "PriceService/ListPrices",
        r#"{"clinicId":"$clinic","service":"implant"}"#,
        EmptyList,
    ),
    row(
        "PriceService/QuotePrice",
        r#"{"service":"implant","clinicId":"$clinic","locale":"en"}"#,
        NeverFollowed,
    ),
    row(
        "ScenarioService/CreateScenario",
        r#"{"scenario":{"intent":"parking","locale":"en","clinicId":"$clinic","title":"Parking","examples":["where can I park"],"answers":[{"register":"WORDING_REGISTER_FORMAL","body":"Behind the house. {{ clinic.phone }}"}]}}"#,
        NeverFollowed,
    ),
    row(
        "ScenarioService/GetScenario",
        r#"{"scenarioId":"$scenario"}"#,
        NotFound,
    ),
    row(
        "ScenarioService/UpdateScenario",
        r#"{"scenario":{"scenarioId":"$scenario","title":"Cars"},"updateMask":"title"}"#,
        NotFound,
    ),
    row(
        "ScenarioService/ListScenarios",
        r#"{"clinicId":"$clinic"}"#,
        NeverFollowed,
    ),
    row(
        "ScenarioService/SearchScenarios",
        r#"{"text":"how much is an implant","locale":"en","clinicId":"$clinic","intents":["price"],"limit":3,"localTime":"2027-03-02T12:00","sentBefore":["hello"]}"#,
        NeverFollowed,
    ),
    row(
        "ScenarioService/RenderScenario",
        r#"{"intent":"price","service":"implant","locale":"en","clinicId":"$clinic","register":"WORDING_REGISTER_FORMAL"}"#,
        NeverFollowed,
    ),
    row(
        "InstructionService/CreateInstruction",
        r#"{"instruction":{"kind":"INSTRUCTION_KIND_DOSAGE","procedure":"extraction","locale":"en","clinicId":"$clinic","title":"Your tablets","body":"One in the morning."}}"#,
        NeverFollowed,
    ),
    row(
        "InstructionService/GetInstruction",
        r#"{"instructionId":"$instruction","version":1}"#,
        NotFound,
    ),
    row(
        "InstructionService/ListInstructions",
        r#"{"clinicId":"$clinic"}"#,
        NeverFollowed,
    ),
    row(
        "InstructionService/ListInstructionVersions",
        r#"{"instructionId":"$instruction"}"#,
        NotFound,
    ),
    row(
        "InstructionService/IssueInstruction",
        r#"{"instructionId":"$instruction","patientId":"$kept_patient","clinicId":"$kept_clinic"}"#,
        NotFound,
    ),
    row(
        "InstructionService/RecordInstructionReceipt",
        r#"{"issueId":"$issue","kind":"INSTRUCTION_RECEIPT_KIND_READ","source":"INSTRUCTION_RECEIPT_SOURCE_PORTAL"}"#,
        NotFound,
    ),
    row(
        "InstructionService/ListInstructionIssues",
        r#"{"instructionId":"$instruction","patientId":"$patient","clinicId":"$clinic"}"#,
        EmptyList,
    ),
    row(
        "InstructionService/RejectInstruction",
        r#"{"instructionId":"$draft","signedBy":"Dr. Roy","reason":"say for how long"}"#,
        NotFound,
    ),
    row(
        "InstructionService/UpdateInstruction",
        r#"{"instructionId":"$instruction","body":"Bite gently on the swab."}"#,
        NotFound,
    ),
    row(
        "InstructionService/ApproveInstruction",
        r#"{"instructionId":"$instruction","signedBy":"Dr. Roy"}"#,
        NotFound,
    ),
];

/// What ends them, after everything that needs them.
pub(super) const ENDINGS: &[Row] = &[
    row(
        "InstructionService/RetireInstruction",
        r#"{"instructionId":"$instruction"}"#,
        NotFound,
    ),
    row(
        "ScenarioService/DeleteScenario",
        r#"{"scenarioId":"$scenario"}"#,
        NotFound,
    ),
    row(
        "PriceService/DeletePrice",
        r#"{"priceId":"$price"}"#,
        NotFound,
    ),
];

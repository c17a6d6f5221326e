//! Who writes, to whom, and in which register (R31, R32, R33, R69, R70).

use bitewing_core::Language;

use super::Case;
use super::names::{can_stand, stands};
use crate::message::Register;

pub(super) fn apply(case: &mut Case<'_>) {
    if case.context.first_message {
        introduction(case);
        name(case);
    }
    if let Some(bytes) = case.mention("address_impersonal") {
        case.found(
            "address.impersonal",
            Some(bytes),
            "guard.address.impersonal",
            given_name(case),
        );
    }
    register(case);
}

fn introduction(case: &mut Case<'_>) {
    let context = case.context;
    let missing = |name: &str| can_stand(name) && !stands(case.reading, name);
    if missing(&context.operator_name) || missing(&context.clinic) {
        let parts: Vec<&str> = [context.operator_name.trim(), context.clinic.trim()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let suggestion = format!("{}: {}", parts.join(", "), case.text.trim());
        case.found(
            "intro.missing",
            None,
            "guard.intro.missing",
            Some(suggestion),
        );
    }
}

fn name(case: &mut Case<'_>) {
    let context = case.context;
    let names = [
        &context.patient_first_name,
        &context.patient_last_name,
        &context.patient_patronymic,
    ];
    if names.iter().any(|name| can_stand(name))
        && !names.iter().any(|name| stands(case.reading, name))
    {
        case.found(
            "address.missing_name",
            None,
            "guard.address.missing_name",
            given_name(case),
        );
    }
}

fn given_name(case: &Case<'_>) -> Option<String> {
    let context = case.context;
    let full = format!(
        "{} {}",
        context.patient_first_name.trim(),
        context.patient_patronymic.trim()
    );
    let full = full.trim();
    (!full.is_empty()).then(|| full.to_owned())
}

fn register(case: &mut Case<'_>) {
    if case.reading.language.language == Language::En {
        return;
    }
    let formal = case.mention("register_formal");
    let informal = case.mention("register_informal");
    match (case.context.register, formal, informal) {
        (Some(Register::Formal), _, Some(bytes))
        | (Some(Register::Informal), Some(bytes), None) => {
            case.found(
                "address.wrong_register",
                Some(bytes),
                "guard.address.wrong_register",
                None,
            );
        }
        (_, Some(_), Some(bytes)) => {
            case.found(
                "address.mixed_register",
                Some(bytes),
                "guard.address.mixed_register",
                None,
            );
        }
        _ => {}
    }
}

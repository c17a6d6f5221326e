//! People who do not exist, for previews.

use super::say::moment;
use super::{Given, Locale, Register};

/// Values for every variable there is: an older patient in the formal register, a young one in the informal.
pub(crate) fn sample(locale: Locale, register: Register) -> Given {
    let (salutation, first_name, guardian) = person(locale, register);
    let (dentist, operator, role) = staff(locale);
    let said = said(locale);
    let currency = match locale {
        Locale::En | Locale::FrCa => "CAD",
        Locale::FrFr | Locale::It | Locale::PtPt | Locale::Es => "EUR",
        Locale::PtBr => "BRL",
        Locale::Ru => "RUB",
    };
    let (range, owed) = (
        format!("1200.00-1800.00 {currency}"),
        format!("84.50 {currency}"),
    );
    let values = [
        ("patient.salutation", salutation),
        ("patient.first_name", first_name),
        ("guardian.salutation", guardian),
        ("clinic.name", "Sourire"),
        ("clinic.phone", "514-555-0148"),
        ("clinic.urgent_phone", "514-555-0199"),
        ("clinic.address", "12, rue Cartier"),
        ("clinic.opens_at", "2027-03-02T08:00"),
        ("operator.name", operator),
        ("operator.role", role),
        ("callback.time", "2027-03-01T14:30"),
        ("reply.within", "20"),
        ("appointment.date", "2027-03-02"),
        ("appointment.time", "14:30"),
        ("appointment.dentist", dentist),
        ("slot.first", "2027-03-02T14:30"),
        ("slot.second", "2027-03-04T09:00"),
        ("balance.amount", &owed),
        ("balance.due", "2027-02-15"),
        ("recall.service", said.recall),
        ("instruction.title", said.title),
        ("instruction.body", said.instruction),
        ("price.service", said.service),
        ("price.range", &range),
        ("price.conditions", said.conditions),
        ("price.valid_until", "2027-06-30"),
        ("preferences.url", "https://sourire.example/p/4fQ"),
        ("feedback.url", "https://sourire.example/f/4fQ"),
        ("opt_out.word", "STOP"),
        ("opt_in.word", "START"),
        ("emergency.number", "911"),
    ];
    Given {
        values: values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        now: moment("2027-03-01T12:00"),
    }
}

/// A patient's salutation, a first name, a guardian's salutation.
const fn person(locale: Locale, register: Register) -> (&'static str, &'static str, &'static str) {
    match (locale, register) {
        (Locale::En, Register::Formal) => ("Mr. Miller", "Emma", "Ms. Miller"),
        (Locale::En, Register::Informal) => ("Anne", "Emma", "Claire"),
        (Locale::FrCa | Locale::FrFr, Register::Formal) => {
            ("Monsieur Côté", "Léa", "Madame Gagnon")
        }
        (Locale::FrCa | Locale::FrFr, Register::Informal) => ("Anne", "Léa", "Sophie"),
        (Locale::It, Register::Formal) => ("Sig.ra Rossi", "Giulia", "Sig. Bianchi"),
        (Locale::It, Register::Informal) => ("Anna", "Giulia", "Marco"),
        (Locale::PtBr | Locale::PtPt, Register::Formal) => ("Dona Maria", "Inês", "Dona Rita"),
        (Locale::PtBr | Locale::PtPt, Register::Informal) => ("Ana", "Inês", "Rita"),
        (Locale::Es, Register::Formal) => ("Sr. García", "Lucía", "Sra. Ruiz"),
        (Locale::Es, Register::Informal) => ("Ana", "Lucía", "Carmen"),
        (Locale::Ru, Register::Formal) => ("Иван Петрович", "Маша", "Ольга Сергеевна"),
        (Locale::Ru, Register::Informal) => ("Иван", "Маша", "Ольга"),
    }
}

/// A dentist, someone at the front desk and what they are.
const fn staff(locale: Locale) -> (&'static str, &'static str, &'static str) {
    match locale {
        Locale::En => ("Dr. Lee", "Julie", "front desk"),
        Locale::FrCa => ("Dre Roy", "Julie", "accueil"),
        Locale::FrFr => ("Dr Roy", "Julie", "accueil"),
        Locale::It => ("dott.ssa Conti", "Giulia", "segreteria"),
        Locale::PtBr => ("Dra. Costa", "Beatriz", "recepção"),
        Locale::PtPt => ("Dra. Costa", "Beatriz", "receção"),
        Locale::Es => ("Dra. Vega", "Elena", "recepción"),
        Locale::Ru => ("д-р Орлова", "Елена", "регистратура"),
    }
}

struct Said {
    recall: &'static str,
    title: &'static str,
    instruction: &'static str,
    service: &'static str,
    conditions: &'static str,
}

const fn said(locale: Locale) -> Said {
    match locale {
        Locale::En => Said {
            recall: "check-up",
            title: "After your visit",
            instruction: "(The text your dentist signed.)",
            service: "Crown",
            conditions: "It depends on the material.",
        },
        Locale::FrCa | Locale::FrFr => Said {
            recall: "contrôle",
            title: "Après la visite",
            instruction: "(Le texte signé par le dentiste.)",
            service: "Couronne",
            conditions: "Le prix dépend du matériau.",
        },
        Locale::It => Said {
            recall: "controllo",
            title: "Dopo la visita",
            instruction: "(Il testo firmato dal dentista.)",
            service: "Corona",
            conditions: "Dipende dal materiale.",
        },
        Locale::PtBr | Locale::PtPt => Said {
            recall: "consulta de rotina",
            title: "Depois da consulta",
            instruction: "(O texto assinado pelo dentista.)",
            service: "Coroa",
            conditions: "Depende do material.",
        },
        Locale::Es => Said {
            recall: "revisión",
            title: "Después de la visita",
            instruction: "(El texto firmado por el dentista.)",
            service: "Corona",
            conditions: "Depende del material.",
        },
        Locale::Ru => Said {
            recall: "осмотр",
            title: "После приёма",
            instruction: "(Текст, подписанный врачом.)",
            service: "Коронка",
            conditions: "Цена зависит от материала.",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phrasebook::kinds;

    #[test]
    fn every_variable_has_a_sample() {
        let given = sample(Locale::En, Register::Formal);
        for name in kinds().flat_map(|kind| &kind.variables) {
            assert!(given.values.contains_key(name), "{name}");
        }
    }
}

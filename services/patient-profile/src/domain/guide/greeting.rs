//! What to say first when a known patient calls (R23), in the clinic's language and the patient's
//! register.

use super::Register;
use super::style::Style;
use bitewing_core::Language;

/// The greeting: a salutation, an offer of help, and since when we know each other.
pub(crate) fn greeting(style: &Style, tenure: Option<u16>) -> String {
    let name = &style.salutation.text;
    let hello = match (style.language, style.register) {
        (Language::En, _) => format!("Hello {name}, how can I help you?"),
        (Language::Fr, Register::Formal) => {
            format!("Bonjour {name}, comment puis-je vous aider ?")
        }
        (Language::Fr, Register::Informal) => format!("Bonjour {name}, comment puis-je t’aider ?"),
        (Language::It, Register::Formal) => format!("Buongiorno {name}, come posso aiutarLa?"),
        (Language::It, Register::Informal) => format!("Ciao {name}, come posso aiutarti?"),
        (Language::Pt, Register::Formal) => format!("Olá, {name}, em que posso ajudar?"),
        (Language::Pt, Register::Informal) => format!("Olá, {name}, em que posso ajudar você?"),
        (Language::Es, Register::Formal) => format!("Dígame, {name}, ¿en qué puedo ayudarle?"),
        (Language::Es, Register::Informal) => format!("Hola, {name}, ¿en qué puedo ayudarte?"),
        (Language::Ru, Register::Formal) => {
            format!("Здравствуйте, {name}! Чем могу Вам помочь?")
        }
        (Language::Ru, Register::Informal) => format!("Здравствуй, {name}! Чем могу тебе помочь?"),
    };
    match tenure {
        Some(years @ 1..) => format!("{hello} {}", since(style, years)),
        Some(0) | None => hello,
    }
}

fn since(style: &Style, years: u16) -> String {
    let span = span(style.language, years);
    match (style.language, style.register) {
        (Language::En, _) => format!("You have been with us for {span}."),
        (Language::Fr, Register::Formal) => format!("Vous nous faites confiance depuis {span}."),
        (Language::Fr, Register::Informal) => format!("Tu nous fais confiance depuis {span}."),
        (Language::It, Register::Formal) => format!("È con noi da {span}."),
        (Language::It, Register::Informal) => format!("Sei con noi da {span}."),
        (Language::Pt, Register::Formal) => format!("Está conosco há {span}."),
        (Language::Pt, Register::Informal) => format!("Você está conosco há {span}."),
        (Language::Es, Register::Formal) => format!("Lleva {span} con nosotros."),
        (Language::Es, Register::Informal) => format!("Llevas {span} con nosotros."),
        (Language::Ru, Register::Formal) => format!("Вы с нами уже {span}."),
        (Language::Ru, Register::Informal) => format!("Ты с нами уже {span}."),
    }
}

/// A number of years, with the word of its number.
fn span(language: Language, years: u16) -> String {
    let one = years == 1;
    let word = match language {
        Language::En if one => "year",
        Language::En => "years",
        Language::Fr if one => "an",
        Language::Fr => "ans",
        Language::It if one => "anno",
        Language::It => "anni",
        Language::Pt if one => "ano",
        Language::Pt => "anos",
        Language::Es if one => "año",
        Language::Es => "años",
        // CLDR plural rules of Russian.
        Language::Ru => match (years % 10, years % 100) {
            (1, hundred) if hundred != 11 => "год",
            (2..=4, hundred) if !(12..=14).contains(&hundred) => "года",
            _ => "лет",
        },
    };
    format!("{years} {word}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guide::style::{Known, style};
    use crate::domain::{AddressForm, Gender, Name};

    fn greet(language: Language, form: AddressForm, tenure: Option<u16>) -> String {
        let name = Name {
            given: "Anne".to_owned(),
            family: "Côté".to_owned(),
            ..Name::default()
        };
        let known = Known {
            name: &name,
            gender: Some(Gender::Female),
            salutation: "",
            birth_date: None,
            generation: None,
            address_form: Some(form),
        };
        greeting(&style(known, language), tenure)
    }

    #[test]
    fn the_clinic_knows_its_patients() {
        assert_eq!(
            greet(Language::Fr, AddressForm::Formal, Some(21)),
            "Bonjour Madame Côté, comment puis-je vous aider ? Vous nous faites confiance depuis 21 ans."
        );
        assert_eq!(
            greet(Language::It, AddressForm::Formal, Some(1)),
            "Buongiorno Sig.ra Côté, come posso aiutarLa? È con noi da 1 anno."
        );
        assert_eq!(
            greet(Language::Es, AddressForm::Informal, None),
            "Hola, Anne, ¿en qué puedo ayudarte?"
        );
    }

    #[test]
    fn no_language_mixes_its_registers() {
        // The other register's words, which must not appear.
        let formal = [
            "vous", "Vous", "aiutarLa", "È con", "ayudarle", "Lleva ", "Вам", "Вы ",
        ];
        let informal = [
            "t’aider",
            "Tu ",
            "aiutarti",
            "Sei ",
            "ayudarte",
            "Llevas",
            "тебе",
            "Ты ",
            "você",
        ];
        for language in Language::ALL {
            let line = greet(language, AddressForm::Formal, Some(3));
            assert!(informal.iter().all(|word| !line.contains(word)), "{line}");
            let line = greet(language, AddressForm::Informal, Some(3));
            assert!(formal.iter().all(|word| !line.contains(word)), "{line}");
        }
    }

    #[test]
    fn russian_years_agree_with_their_number() {
        for (years, expected) in [
            (1, "1 год"),
            (2, "2 года"),
            (5, "5 лет"),
            (11, "11 лет"),
            (14, "14 лет"),
            (21, "21 год"),
            (104, "104 года"),
            (112, "112 лет"),
        ] {
            assert_eq!(span(Language::Ru, years), expected);
        }
    }
}

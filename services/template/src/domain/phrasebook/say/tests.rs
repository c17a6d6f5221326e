use super::*;
use std::fmt::Write as _;

fn said(form: Form, value: &str) -> Vec<String> {
    let now = moment("2027-03-01T09:00");
    Locale::ALL
        .into_iter()
        .map(|locale| say(form, value, locale, Medium::Sms, now).unwrap())
        .collect()
}

#[test]
fn every_locale_says_values_its_own_way() {
    let mut all = String::new();
    for (form, value) in [
        (Form::Date, "2027-03-02"),
        (Form::Day, "2027-03-02"),
        (Form::Time, "14:30"),
        (Form::Moment, "2027-03-02T14:30"),
        (Form::Phrase, "2027-03-01T14:30"),
        (Form::Phrase, "2027-03-02T08:00"),
        (Form::Phrase, "2027-03-04T08:00"),
        (Form::Phrase, "2027-03-06T08:00"),
        (Form::Minutes, "20"),
        (Form::Minutes, "21"),
        (Form::Minutes, "60"),
        (Form::Minutes, "2880"),
        (Form::Amount, "1200.00 CAD"),
        (Form::Amount, "84.50 EUR"),
        (Form::Range, "1200.00-1800.00 CAD"),
    ] {
        writeln!(all, "{value} {}", form.name()).unwrap();
        for line in said(form, value) {
            writeln!(all, "  {line}").unwrap();
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn telephones_are_spoken_figure_by_figure() {
    let phone = |medium, value| say(Form::Phone, value, Locale::En, medium, None).unwrap();
    for (written, spoken) in [
        ("514-555-0148", "5 1 4, 5 5 5, 0 1 4 8"),
        ("+15145550148", "1 5 1 4 5 5 5 0 1 4 8"),
        ("(514) 555-0148", "5 1 4, 5 5 5, 0 1 4 8"),
        ("911", "9 1 1"),
    ] {
        assert_eq!(phone(Medium::Voice, written), spoken);
        assert_eq!(phone(Medium::Sms, written), written);
    }
}

#[test]
fn what_cannot_be_said_is_refused() {
    let now = moment("2027-03-01T09:00");
    for (form, value, error) in [
        (Form::Date, "2027-02-29", Unsayable::Date),
        (Form::Day, "03/02/2027", Unsayable::Date),
        (Form::Time, "24:00", Unsayable::Time),
        (Form::Moment, "2027-03-02", Unsayable::Moment),
        (Form::Phrase, "soon", Unsayable::Moment),
        (Form::Minutes, "0", Unsayable::Minutes),
        (Form::Minutes, "10081", Unsayable::Minutes),
        (Form::Amount, "12.5 CAD", Unsayable::Amount),
        (Form::Amount, "12.50", Unsayable::Amount),
        (Form::Amount, "-1.00 CAD", Unsayable::Amount),
        (Form::Amount, "1.00 cad", Unsayable::Amount),
        (Form::Range, "1200.00 CAD", Unsayable::Range),
        (Form::Range, "1800.00-1200.00 CAD", Unsayable::Range),
        (Form::Text, "a\nb", Unsayable::Lines),
        (Form::Text, "{{ clinic.name }}", Unsayable::Braces),
        (Form::Lines, "a\u{7}", Unsayable::Lines),
    ] {
        let refused = say(form, value, Locale::En, Medium::Sms, now);
        assert_eq!(refused, Err(error), "{value}");
    }
    let phrase = say(
        Form::Phrase,
        "2027-03-02T08:00",
        Locale::En,
        Medium::Sms,
        None,
    );
    assert_eq!(phrase, Err(Unsayable::Now));
    let long = say(Form::Text, &"x".repeat(501), Locale::En, Medium::Sms, now);
    assert_eq!(long, Err(Unsayable::Long(500)));
}

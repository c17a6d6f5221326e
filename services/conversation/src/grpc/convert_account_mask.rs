//! The update mask (AIP-134): which fields of an account a caller changes.

use bitewing_proto::conversation as pb;
use bitewing_proto::conversation::channel_account::Settings;
use bitewing_rpc::Violation;
use bitewing_rpc::field::FieldError;
use prost_types::FieldMask;

/// Paths of one mask; more than an account of any kind has.
const MAX_PATHS: usize = 20;
const UNKNOWN: &str =
    "must name a field of ChannelAccount that can be changed, of the kind the account has";

/// A field that can be changed.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) path: &'static str,
    is_set: fn(&pb::ChannelAccount) -> bool,
    copy: fn(&mut pb::ChannelAccount, &pb::ChannelAccount),
}

fn is_set<T: Default + PartialEq>(value: &T) -> bool {
    *value != T::default()
}

macro_rules! settings {
    ($($kind:ident.$name:ident $path:literal),* $(,)?) => {
        [$(Field {
            path: $path,
            is_set: |sent| {
                matches!(&sent.settings, Some(Settings::$kind(sent)) if is_set(&sent.$name))
            },
            copy: |to, from| {
                let both = (&mut to.settings, &from.settings);
                if let (Some(Settings::$kind(to)), Some(Settings::$kind(from))) = both {
                    to.$name = from.$name.clone();
                }
            },
        }),*]
    };
}

const NAME: Field = Field {
    path: "display_name",
    is_set: |sent| !sent.display_name.is_empty(),
    copy: |to, from| to.display_name.clone_from(&from.display_name),
};

const SETTINGS: [Field; 22] = settings![
    Sandbox.sender "sandbox.sender",
    Http.sender "http.sender",
    Http.endpoint "http.endpoint",
    Http.credential "http.credential",
    Smtp.host "smtp.host",
    Smtp.port "smtp.port",
    Smtp.security "smtp.security",
    Smtp.username "smtp.username",
    Smtp.password "smtp.password",
    Smtp.from_address "smtp.from_address",
    Smtp.from_name "smtp.from_name",
    Smtp.return_path "smtp.return_path",
    Smtp.reply_to "smtp.reply_to",
    Twilio.from_number "twilio.from_number",
    Twilio.messaging_service_sid "twilio.messaging_service_sid",
    Twilio.auth_token "twilio.auth_token",
    Twilio.secondary_auth_token "twilio.secondary_auth_token",
    Twilio.api_key_sid "twilio.api_key_sid",
    Twilio.api_key_secret "twilio.api_key_secret",
    Twilio.region "twilio.region",
    Twilio.edge "twilio.edge",
    Twilio.base_url "twilio.base_url",
];

/// The field of a kind of settings in requests.
pub(super) const fn kind(settings: &Settings) -> &'static str {
    match settings {
        Settings::Sandbox(_) => "sandbox",
        Settings::Http(_) => "http",
        Settings::Smtp(_) => "smtp",
        Settings::Twilio(_) => "twilio",
    }
}

/// The fields to change of an account with settings of a kind: those named, all for `*`, those that are set
/// where nothing is named.
pub(super) fn read(
    mask: Option<FieldMask>,
    sent: &pb::ChannelAccount,
    kind: &str,
) -> Result<Vec<Field>, Vec<Violation>> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    let ours = |field: &Field| field.path.split_once('.').is_some_and(|(of, _)| of == kind);
    let all = || std::iter::once(NAME).chain(SETTINGS.into_iter().filter(ours));
    if paths.is_empty() {
        return Ok(all().filter(|field| (field.is_set)(sent)).collect());
    }
    if paths == ["*"] {
        return Ok(all().collect());
    }
    if paths.len() > MAX_PATHS {
        let faulty = Violation::new("update_mask.paths", FieldError::TooMany(MAX_PATHS));
        return Err(vec![faulty]);
    }
    let (mut fields, mut violations) = (Vec::new(), Vec::new());
    for (index, path) in paths.iter().enumerate() {
        let whole = path == kind;
        let before = fields.len();
        fields.extend(all().filter(|field| field.path == path || whole && ours(field)));
        if fields.len() == before {
            violations.push(Violation::new(
                format!("update_mask.paths[{index}]"),
                UNKNOWN,
            ));
        }
    }
    if violations.is_empty() {
        Ok(fields)
    } else {
        Err(violations)
    }
}

/// The current account with the masked fields of the one sent.
pub(super) fn merge(
    mut current: pb::ChannelAccount,
    sent: &pb::ChannelAccount,
    mask: &[Field],
) -> pb::ChannelAccount {
    for field in mask {
        (field.copy)(&mut current, sent);
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(password: &str, from_name: &str) -> pb::ChannelAccount {
        let settings = pb::SmtpSettings {
            password: password.to_owned(),
            from_name: from_name.to_owned(),
            ..Default::default()
        };
        pb::ChannelAccount {
            settings: Some(Settings::Smtp(settings)),
            ..Default::default()
        }
    }

    fn mask(paths: &[&str]) -> FieldMask {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        FieldMask { paths }
    }

    #[test]
    fn unnamed_fields_stay() {
        let sent = mail("new", "");
        let fields = read(None, &sent, "smtp").unwrap();
        let paths: Vec<_> = fields.iter().map(|field| field.path).collect();
        assert_eq!(paths, ["smtp.password"]);
        assert!(merge(mail("old", "Clinic"), &sent, &fields) == mail("new", "Clinic"));
    }

    #[test]
    fn a_kind_and_a_star_name_all_there_is_of_it() {
        let read = |paths| read(Some(mask(paths)), &mail("", ""), "smtp").unwrap();
        assert_eq!(read(&["smtp"]).len(), 9);
        assert_eq!(read(&["*"]).len(), 10);
        let cleared = merge(
            mail("old", "Clinic"),
            &mail("", ""),
            &read(&["smtp.from_name"]),
        );
        assert!(cleared == mail("old", ""));
    }

    #[test]
    fn what_cannot_be_changed_is_named() {
        let foreign = [
            "smtp",
            "channels",
            "twilio.auth_token",
            "http",
            "smtp.",
            "",
            "*",
        ];
        let violations = read(Some(mask(&foreign)), &mail("", ""), "smtp")
            .err()
            .unwrap();
        let named: Vec<_> = violations.into_iter().map(|one| one.field).collect();
        let expected: Vec<_> = (1..7).map(|n| format!("update_mask.paths[{n}]")).collect();
        assert_eq!(named, expected);
        let many = vec!["display_name"; MAX_PATHS + 1];
        let violations = read(Some(mask(&many)), &mail("", ""), "smtp")
            .err()
            .unwrap();
        assert_eq!(violations[0].field, "update_mask.paths");
    }
}

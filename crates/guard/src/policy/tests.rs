use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const CHAIN: &str = r#"
schema = 1
version = "7"
[rule."price.single"]
action = "require_approval"
approver = "manager"
floor = true
[emoji]
allow = ["🐻"]
"#;

fn chain() -> Layer {
    Layer::parse(Level::Chain, CHAIN).unwrap()
}

fn refused(level: Level, text: &str) -> PolicyError {
    Layer::parse(level, text).unwrap_err()
}

#[test]
fn the_base_reads_and_speaks_of_every_rule() {
    let base = Policy::base();
    for rule in RULES {
        assert!(base.rules.contains_key(rule), "{rule}");
    }
    assert!(RULES.is_sorted());
    assert!(base.allows_emoji("🦷"));
    assert_eq!(base.emoji_class("😘"), Some("emoji.kisses"));
}

#[test]
fn every_fault_has_a_place_and_a_hint() {
    let head = "schema = 1\nversion = \"1\"\n";
    for (text, line, problem, hint) in [
        ("schema = 1\nversion = ", 2, "", None),
        (
            "schema = 2\nversion = \"1\"",
            1,
            "unknown schema",
            Some("write schema = 1"),
        ),
        (
            &format!("{head}[emojis]"),
            3,
            "unknown field",
            Some("did you mean `emoji`?"),
        ),
        (
            &format!("{head}[rule.\"meaning.rud\"]\naction = \"warn\""),
            3,
            "unknown rule",
            Some("did you mean `meaning.rude`?"),
        ),
        (
            &format!("{head}[rule.\"meaning.rude\"]\naction = \"wrn\""),
            4,
            "unknown variant",
            Some("did you mean `warn`?"),
        ),
        (
            &format!("{head}[[pattern]]\nid = \"a\"\nregex = \"(?<=x)y\"\naction = \"warn\""),
            5,
            "not a pattern",
            Some("no look-around"),
        ),
        (
            &format!(
                "{head}[[pattern]]\nid = \"a\"\nregex = \"(a{{1000}}){{1000}}\"\naction = \"warn\""
            ),
            5,
            "not a pattern",
            None,
        ),
        (
            &format!("{head}[[pattern]]\nid = \"a\"\nregex = \"x*\"\naction = \"warn\""),
            5,
            "matches nothing",
            None,
        ),
        (
            &format!("{head}[[phrase]]\nid = \"a\"\nwords = [\"!!\"]\naction = \"warn\""),
            5,
            "needs letters",
            None,
        ),
        (
            &format!("{head}[[phrase]]\nid = \"A b\"\nwords = [\"x\"]\naction = \"warn\""),
            4,
            "not an id",
            None,
        ),
    ] {
        let error = refused(Level::Clinic, text);
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.problem.contains(problem), "{text}: {error}");
        if let Some(hint) = hint {
            assert!(error.to_string().contains(hint), "{text}: {error}");
        }
    }
    assert!(
        refused(Level::Clinic, &"#".repeat(MAX_BYTES + 1))
            .problem
            .contains("at most")
    );
    let floor = format!("{head}[rule.\"meaning.rude\"]\naction = \"block\"\nfloor = true");
    assert!(refused(Level::Clinic, &floor).problem.contains("no floors"));
}

#[test]
fn a_clinic_that_loosens_a_floor_is_refused_and_would_change_nothing() {
    let text = "schema = 1\nversion = \"1\"\n[rule.\"price.single\"]\naction = \"allow\"";
    let clinic = Layer::parse(Level::Clinic, text).unwrap();
    assert_eq!(Policy::check(&clinic, &[]), Ok(()));
    let error = Policy::check(&clinic, &[chain()]).unwrap_err();
    assert_eq!(
        (error.line, error.hint.as_deref()),
        (4, Some("at least require_approval"))
    );
    let merged = Policy::merge(&[clinic, chain()]).rule("price.single");
    assert_eq!(
        (merged.action, merged.approver),
        (Action::RequireApproval, Some(Role::Manager))
    );
}

#[test]
fn no_list_allows_an_emoji_of_a_floor() {
    let text = "schema = 1\nversion = \"1\"\n[emoji]\nallow = [\"😘\", \"😂\"]\ndeny = [\"🐻\"]";
    let policy = Policy::merge(&[Layer::parse(Level::Clinic, text).unwrap(), chain()]);
    assert!(!policy.allows_emoji("😘"));
    assert!(policy.allows_emoji("😂"));
    assert!(!policy.allows_emoji("🐻"));
}

fn action() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["allow", "warn", "require_approval", "block"])
}

prop_compose! {
    fn layer_of(level: Level)(
        rules in prop::collection::btree_map(prop::sample::select(RULES.to_vec()), (action(), any::<bool>()), 0..6),
        allow in prop::collection::vec(prop::sample::select(vec!["😂", "😘", "🐻", "🔥"]), 0..3),
        limit in prop::option::of(0_u32..9),
        version in 0..3_u8,
    ) -> Layer {
        let mut text = format!("schema = 1\nversion = \"{version}\"\n[emoji]\nallow = {allow:?}\n");
        if let Some(limit) = limit {
            let _ = write!(text, "[limits]\nemoji = {limit}\n");
        }
        for (rule, (action, floor)) in rules {
            let _ = write!(text, "[rule.\"{rule}\"]\naction = \"{action}\"\n");
            if floor && level != Level::Clinic {
                text.push_str("floor = true\n");
            }
        }
        Layer::parse(level, &text).unwrap()
    }
}

proptest! {
    #[test]
    fn any_order_of_loading_gives_the_same_policy(
        chain in layer_of(Level::Chain), clinic in layer_of(Level::Clinic),
    ) {
        let one = Policy::merge(&[chain.clone(), clinic.clone()]);
        let other = Policy::merge(&[clinic.clone(), chain.clone()]);
        prop_assert_eq!(one.version(), other.version());
        let twice = Policy::merge(&[clinic.clone(), chain.clone(), clinic, chain]);
        prop_assert_eq!(one.version(), twice.version());
    }

    #[test]
    fn nobody_below_loosens_a_floor(
        chain in layer_of(Level::Chain), clinic in layer_of(Level::Clinic),
    ) {
        let above = Policy::merge(std::slice::from_ref(&chain));
        let merged = Policy::merge(&[clinic, chain]);
        for rule in RULES {
            if above.rule(rule).floor {
                prop_assert!(merged.rule(rule).action >= above.rule(rule).action);
                prop_assert!(merged.rule(rule).floor);
            }
        }
        prop_assert!(!merged.allows_emoji("😘"));
        prop_assert!(merged.emoji_limit() <= above.emoji_limit());
    }

    #[test]
    fn what_passes_the_check_means_what_it_says(
        chain in layer_of(Level::Chain), clinic in layer_of(Level::Clinic),
    ) {
        if Policy::check(&clinic, std::slice::from_ref(&chain)).is_ok() {
            let said = clinic.rules.clone();
            let merged = Policy::merge(&[chain, clinic]);
            for (rule, said) in said {
                prop_assert_eq!(merged.rule(&rule).action, said.action);
            }
        }
    }

    #[test]
    fn no_text_makes_the_loader_fall(text in "[a-z\\[\\]\"=. \\n0-9😘]{0,200}") {
        let _ = Layer::parse(Level::Chain, &text);
    }
}

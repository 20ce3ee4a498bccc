//! Alarms on real processes: a site that goes silent is told to a program, signed, and to people, by mail; when it is back, that too. What the sites
//! say of themselves stands in the relay's figures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comptoir_tests::processes::branches::headquarters_by;
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::{CONVERGE, LINE};
use comptoir_tests::processes::{Branches, Failure, Relay, until};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

use crate::place::{file, in_place};
use crate::sinks::{Sink, Told};

const SECRET: &[u8] = b"a secret of both sides";

fn figure(relay: &Relay, name: &str) -> Result<Option<f64>, Failure> {
    let figures = relay.page("/metrics")?;
    Ok(figures.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()))
}

/// Waits until a figure of the relay's is this.
fn figure_is(relay: &Relay, name: &str, wanted: f64) -> Result<(), Failure> {
    until(&format!("{name} is {wanted}"), LINE, || {
        let found = figure(relay, name)?;
        Ok(if found == Some(wanted) { Ok(()) } else { Err(format!("{found:?}")) })
    })
    .map(drop)
}

/// Every word of this turn on a site's silence that the program was told.
fn all_told(hook: &Sink, site: &str, turn: &str) -> Vec<(Told, Value)> {
    let of_turn = |told: Told| {
        let body: Value = serde_json::from_str(&told.body).ok()?;
        let is_it = body["turn"] == turn && body["kind"] == "silent-site" && body["site"] == site;
        is_it.then_some((told, body))
    };
    hook.told().into_iter().filter_map(of_turn).collect()
}

/// Waits for the first of them.
fn told(hook: &Sink, site: &str, turn: &str) -> Result<(Told, Value), Failure> {
    until(&format!("the program is told of {site}: {turn}"), CONVERGE, || {
        Ok(all_told(hook, site, turn).into_iter().next().ok_or_else(|| format!("{:?}", hook.told())))
    })
}

#[test]
fn a_silent_site_is_told_to_a_program_and_to_people_and_so_is_its_return() {
    in_place(|programs, root| {
        let (hook, mail) = (Sink::http()?, Sink::smtp()?);
        let secret = file(root, "secret", format!("whsec_{}\n", STANDARD.encode(SECRET)))?;
        let mut relay = Relay::new(programs, root)?;
        relay.settings = vec![
            ("ALARMS__SILENT_AFTER", "1s".to_owned()),
            ("ALARMS__WEBHOOK__URL", format!("http://{}/alarms", hook.address())),
            ("ALARMS__WEBHOOK__SECRET_FILE", secret.display().to_string()),
            ("ALARMS__MAIL__HOST", "127.0.0.1".to_owned()),
            ("ALARMS__MAIL__PORT", mail.address().port().to_string()),
            ("ALARMS__MAIL__TLS", "none".to_owned()),
            ("ALARMS__MAIL__FROM", "Relais <relais@example.org>".to_owned()),
            ("ALARMS__MAIL__TO", "awa@example.org".to_owned()),
            ("ALARMS__MAIL__LANGUAGE", "fr".to_owned()),
        ];
        let (relay, par) = headquarters_by(relay, programs, root)?;
        let mut branches = Branches::joined(relay, par, programs, root)?;
        figure_is(&branches.relay, "comptoir_relay_site_connected{site=\"DKR\"}", 1.0)?;
        figure_is(&branches.relay, "comptoir_relay_site_outbox_entries{site=\"DKR\"}", 0.0)?;
        figure_is(&branches.relay, "comptoir_relay_site_lag_entries{site=\"MTL\"}", 0.0)?;

        branches.dkr.stop()?;
        let (raised, body) = told(&hook, "DKR", "raised")?;
        hold(body["organisation"] == json!("Comptoir de démonstration") && body["over"].is_null(), || {
            body.to_string()
        })?;
        let (id, at) = (raised.header("webhook-id"), raised.header("webhook-timestamp"));
        let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(SECRET).unwrap();
        mac.update(format!("{id}.{at}.{}", raised.body).as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        hold(raised.header("webhook-signature") == signature, || format!("{raised:?} is not signed {signature}"))?;
        let letter = until("people are told", CONVERGE, || {
            let found = mail
                .told()
                .into_iter()
                .find(|letter| letter.body.contains("DKR") && letter.body.contains("silencieux"));
            Ok(found.ok_or_else(|| format!("{:?}", mail.told())))
        })?;
        hold(
            letter.header("to").contains("awa@example.org") && letter.header("from").contains("relais@example.org"),
            || format!("{letter:?}"),
        )?;
        figure_is(&branches.relay, "comptoir_relay_site_connected{site=\"DKR\"}", 0.0)?;
        figure_is(&branches.relay, "comptoir_relay_alarms{kind=\"silent-site\"}", 1.0)?;

        // A relay that starts again goes on with what it raised. Montréal's silence tells that it has looked since.
        branches.relay.stop()?;
        branches.mtl.stop()?;
        branches.relay.start()?;
        told(&hook, "MTL", "raised")?;
        let early = all_told(&hook, "DKR", "over");
        hold(early.is_empty(), || format!("nobody came back: {early:?}"))?;

        branches.dkr.start()?;
        let (_, over) = told(&hook, "DKR", "over")?;
        hold(over["alarm"] == body["alarm"] && over["over"].is_string(), || over.to_string())?;
        hold(all_told(&hook, "DKR", "raised").len() == 1, || format!("{:?}", hook.told()))?;
        figure_is(&branches.relay, "comptoir_relay_alarms{kind=\"silent-site\"}", 1.0)
    });
}

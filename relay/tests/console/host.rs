//! Foreign names, foreign pages, frames: what a browser is made to send by somebody else (F37).

use comptoir_relay::console::account::Role;
use comptoir_relay::console::certificate::Given;
use comptoir_transport::TlsIdentity;
use serde_json::json;

use crate::open::Open;
use crate::world::init;

#[test]
fn f37_the_console_answers_by_its_address_and_its_names_alone() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let open = Open::of(dir.path(), None, &["console.example", "front.example:443"]);
    let browser = open.browser();
    let status = |host: &str| browser.ask_as(host, "GET", "/api/v1/session", &[], None).status;
    let port = browser.address.port();
    for host in [browser.address.to_string(), format!("console.example:{port}"), "front.example".into()] {
        assert_eq!(status(&host), 401, "{host}: asked to sign in");
    }
    for host in
        ["evil.example".into(), format!("evil.example:{port}"), format!("localhost:{port}"), "console.example".into()]
    {
        assert_eq!(status(&host), 403, "{host}");
    }
    let named = format!("console.example:{port}");
    let own = format!("https://{named}");
    let page = |origin: &str| {
        let headers = [("Origin", origin), ("Sec-Fetch-Site", "same-origin")];
        browser.ask_as(&named, "POST", "/api/v1/setup", &headers, Some(json!({ "code": "A" }))).code()
    };
    assert_eq!((page(&own).as_str(), page("https://front.example").as_str()), ("set-up-unknown", "origin-forbidden"));
}

#[test]
fn f37_what_a_page_of_another_site_posts_is_refused() {
    let open = Open::new();
    let awa = open.person("awa", Role::Administrator);
    let browser = open.signed_in(&awa);
    let own = format!("https://{}", browser.address);
    let new = || Some(json!({ "name": "mallory", "role": "administrator" }));
    let foreign: [&[(&str, &str)]; 6] = [
        &[],
        &[("Origin", &own)],
        &[("Sec-Fetch-Site", "same-origin")],
        &[("Origin", &own), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-origin")],
        &[("Origin", "null"), ("Sec-Fetch-Site", "same-site")],
    ];
    for headers in foreign {
        let reply = browser.ask("POST", "/api/v1/accounts", headers, new());
        assert_eq!((reply.status, reply.code().as_str()), (403, "origin-forbidden"), "{headers:?}");
    }
    let read = browser.ask("GET", "/api/v1/accounts", &[("Sec-Fetch-Site", "cross-site")], None);
    assert_eq!(read.code(), "origin-forbidden");
    assert!(!browser.get("/api/v1/accounts").done().body.contains("mallory"));
}

#[test]
fn f37_every_answer_forbids_frames_and_caches_and_the_cookie_is_strict() {
    let open = Open::new();
    let awa = open.person("awa", Role::Viewer);
    let second = json!({ "challenge": open.challenge(&awa), "code": open.next_code(&awa) });
    let entered = open.browser().post("/api/v1/sign-in/second-factor", second).done();
    let cookie = entered.set_cookie.clone().unwrap();
    assert!(cookie.starts_with("__Host-comptoir-console="), "{cookie}");
    for attribute in ["Path=/;", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    let refused = open.browser().ask_as("evil.example", "GET", "/", &[], None);
    for reply in [entered, refused, open.browser().get("/api/v1/nothing"), open.browser().get("/api/v1/session")] {
        for header in [
            "content-security-policy: default-src 'none'; frame-ancestors 'none'",
            "cache-control: no-store",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "x-frame-options: deny",
        ] {
            assert!(reply.head.contains(header), "{header} in {}", reply.head);
        }
        assert!(!reply.head.contains("strict-transport-security"), "its certificate is its own");
    }
}

/// RFC 7468.
fn pem(label: &str, bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().chain(&[0, 0]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let letter = |place: usize| char::from(LETTERS[bits >> (18 - 6 * place) & 63]);
        (0..4).for_each(|place| text.push(if place <= three.len() { letter(place) } else { '=' }));
    }
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
fn a_certificate_that_was_given_is_shown_and_held_to() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path());
    let made = TlsIdentity::generate().unwrap();
    let given = Given { certificate: dir.path().join("cert.pem"), key: dir.path().join("key.pem") };
    std::fs::write(&given.certificate, pem("CERTIFICATE", &made.certificate())).unwrap();
    std::fs::write(&given.key, pem("PRIVATE KEY", &made.to_pkcs8())).unwrap();
    // The browser speaks to whoever proves that key, and to nobody else.
    let open = Open::of(dir.path(), Some(given), &[]);
    let reply = open.browser().get("/api/v1/session");
    assert!(reply.head.contains("strict-transport-security: max-age=31536000"), "{}", reply.head);
    assert!(!dir.path().join("console-tls.json").exists());
}

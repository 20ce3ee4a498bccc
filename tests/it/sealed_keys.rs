//! Sites whose key files are sealed, among others: they start, sync, are killed and start again; and an admin whose key was made at a branch writes the
//! roster once root, at headquarters, has delegated it.

use comptoir_sync_protocol::enrolment::{RelayCode, Secret};
use comptoir_tests::processes::branches::{connected, converge};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::CONVERGE;
use comptoir_tests::processes::site::text;
use comptoir_tests::processes::{Branches, Failure, until};

use crate::place::in_place;

#[test]
fn f01_sealed_sites_sync_and_outlive_kills_and_a_branchs_admin_writes_the_roster() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        let passphrase = root.join("passphrase");
        std::fs::write(&passphrase, "correct horse battery staple\n").unwrap();
        for site in [&mut branches.par, &mut branches.dkr] {
            site.stop()?;
            let sealed = site.ask(&["keys", "seal", "--passphrase-file", passphrase.to_str().unwrap()])?;
            hold(sealed["sealed"] == true, || format!("{sealed}"))?;
            site.start()?;
        }
        connected(&branches.sites())?;
        let (par, dkr) = (&mut branches.par, &mut branches.dkr);
        par.ask(&["record", "create", "party", "reference=C-1", "name=Anne"])?;
        dkr.ask(&["record", "create", "party", "reference=C-2", "name=Zoé"])?;
        dkr.kill()?;
        dkr.start()?;
        converge(&[par, dkr, &branches.mtl], CONVERGE)?;

        let code = text("DKR", &dkr.ask(&["admin", "request"])?, "code")?;
        let (address, jurisdiction) = ("relay.example:4433".to_owned(), "SN".to_owned());
        // The last of the relays, which are dialled in the order of their pins.
        let relay = RelayCode { address, tls_pin: [0xff; 32], signing: [2; 32], jurisdiction, claim: Secret([3; 16]) }
            .to_text();
        assert_eq!(dkr.refused(&["relay", "add", &relay], 1)?, "admin-key-unknown");
        par.ask(&["admin", "delegate", "Dakar", &code])?;
        until("the roster names Dakar's admin key at Dakar", CONVERGE, || {
            let admin = dkr.ask(&["admin", "list"])?["admin"]["state"].clone();
            Ok(if admin == "named" { Ok(()) } else { Err(admin.to_string()) })
        })?;
        dkr.ask(&["relay", "add", &relay])?;
        let relays = |site: &comptoir_tests::processes::Site| -> Result<usize, Failure> {
            Ok(site.ask(&["relay", "list"])?["relays"].as_array().map_or(0, Vec::len))
        };
        until("Paris knows the relay that Dakar took into service", CONVERGE, || {
            let known = relays(par)?;
            Ok(if known == 2 { Ok(()) } else { Err(known.to_string()) })
        })?;
        assert_eq!(dkr.refused(&["invite", "--site", "ABJ", "--country", "CI"], 1)?, "not-headquarters");
        par.ask(&["invite", "--site", "ABJ", "--country", "CI"])?;
        converge(&[par, dkr, &branches.mtl], CONVERGE)?;
        par.verify()?;
        dkr.verify()?;
        Ok(())
    });
}

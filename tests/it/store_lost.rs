//! The relay loses its store (F16) when every origin has long had its receipts and one site was away: origins heal it all the
//! same, and whoever was away gets everything.

use comptoir_tests::demo_data::write_csv;
use comptoir_tests::processes::branches::{connected, converge, disconnected};
use comptoir_tests::processes::failure::hold;
use comptoir_tests::processes::limits::CONVERGE;
use comptoir_tests::processes::site::text;
use comptoir_tests::processes::{Branches, Site, until};

use crate::place::{file, in_place};

#[test]
fn f16_origins_heal_a_relay_that_lost_its_store() {
    in_place(|programs, root| {
        let mut branches = Branches::found(programs, root)?;
        branches.converge(CONVERGE)?;
        branches.mtl.stop()?;
        let csv = file(root, "parties.csv", write_csv(16, 300, "C-"))?;
        branches.par.import(&csv)?;
        branches.dkr.ask(&["record", "create", "party", "name=Chez Awa", "reference=D-1"])?;
        converge(&[&branches.par, &branches.dkr], CONVERGE)?;
        branches.relay.stop()?;
        disconnected(&[&branches.par, &branches.dkr])?;
        hold(branches.relay.lose_store()? > 0, || "the relay has no store to lose".to_owned())?;
        branches.relay.start()?;
        connected(&[&branches.par, &branches.dkr])?;
        branches.mtl.start()?;
        branches.converge(CONVERGE)?;
        branches.mtl.party("D-1")?;
        hold(branches.mtl.parties()? == 301, || "Montréal lacks parties".to_owned())?;
        // And the relay alone has everything now: a new site gets it while all others are away.
        let invited = branches.par.ask(&["invite", "--site", "ABJ", "--country", "CI"])?;
        let mut abj = Site::new(programs, "ABJ", root);
        abj.ask(&["join", &text("PAR", &invited, "code")?])?;
        converge(&branches.sites(), CONVERGE)?;
        for site in [&mut branches.par, &mut branches.dkr, &mut branches.mtl] {
            site.stop()?;
        }
        abj.start()?;
        until("the new site has everything from the relay", CONVERGE, || {
            let found = abj.parties()?;
            Ok(if found == 301 { Ok(()) } else { Err(format!("{found} parties")) })
        })?;
        abj.verify()?;
        Ok(())
    });
}

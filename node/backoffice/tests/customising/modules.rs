//! Modules on and off: which stay on, what is refused while one is off, and that nothing of it is lost.

use super::*;

#[test]
fn a_module_that_others_need_stays_on() {
    let mut sites = sites(2, 53);
    let refused = refusal(make(&mut sites[0], "module-switch", &["module=parties", "on=false"]));
    assert_eq!((refused.code, refused.field.as_deref()), (Code::ModuleNeeded, Some("on")));
    assert!(refused.to_string().contains("every other module"), "{refused}");
    assert_eq!(code(make(&mut sites[0], "module-switch", &["module=customising", "on=no"])), Code::ModuleNeeded);
    assert_eq!(code(make(&mut sites[0], "module-switch", &["module=tennis", "on=no"])), Code::UnknownModule);
    make(&mut sites[0], "module-switch", &["module=parties", "on=true"]).unwrap();
    exchange(&sites);
    for module in [Module::Parties, Module::Customising] {
        assert!(read(&sites[1], |connection| query::is_on(connection, module, "S01")));
    }
    let home = sites[1].home.clone();
    let checked = sites[1].replica.read(|reading| {
        Ok(query::check_on(&Context::new(reading.connection(), &home, &Standing::Operator), party()).is_ok())
    });
    assert!(checked.unwrap());
}

#[test]
fn a_module_goes_off_and_on_again_with_nothing_lost() {
    let mut sites = sites(2, 55);
    let xof = ["code=XOF", "name_en=CFA franc", "digits=0"];
    let id = make(&mut sites[0], "currency", &xof).unwrap().to_string();
    let listed = |site: &mut Site| {
        let (desk, _) = site.desk();
        desk.list(kind("currency"), &ListQuery::default()).map(|page| page.total)
    };
    converge(&sites);
    assert_eq!(listed(&mut sites[1]).unwrap(), 1);

    // Off at the branch alone.
    let switch = make(&mut sites[0], "module-switch", &["module=reference", "site=s01", "on=false"]).unwrap();
    converge(&sites);
    assert_eq!(listed(&mut sites[0]).unwrap(), 1);
    let refused = refusal(listed(&mut sites[1]));
    assert_eq!((refused.code, refused.params["value"].as_str()), (Code::ModuleOff, "reference"));
    let branch = &mut sites[1];
    assert_eq!(code(make(branch, "currency", &["code=TND", "name_en=Dinar"])), Code::ModuleOff);
    assert_eq!(code(change(branch, "currency", "XOF", &["name_en=x"])), Code::ModuleOff);
    let (desk, rng) = branch.desk();
    assert_eq!(code(desk.archive(kind("currency"), &id, true, rng)), Code::ModuleOff);
    assert_eq!(code(desk.find(kind("currency"), "XOF")), Code::ModuleOff);
    assert_eq!(code(desk.share(kind("currency"), &id, &Placement::Default, rng)), Code::ModuleOff);

    // Headquarters goes on, and what it writes arrives unseen.
    change(&mut sites[0], "currency", "XOF", &["name_fr=Franc CFA"]).unwrap();
    make(&mut sites[0], "currency", &["code=TND", "name_en=Dinar", "digits=3"]).unwrap();
    converge(&sites);
    change(&mut sites[0], "module-switch", &switch.to_string(), &["on=true"]).unwrap();
    converge(&sites);
    assert_eq!(listed(&mut sites[1]).unwrap(), 2);
    let (desk, _) = sites[1].desk();
    let place = desk.find(kind("currency"), "XOF").unwrap();
    let shown = desk.show(kind("currency"), place).unwrap();
    assert_eq!(shown.fields["name_fr"], "Franc CFA");

    // Off in the organisation: a site's own switch comes first, and without it everyone is off.
    make(&mut sites[0], "module-switch", &["module=reference", "on=false"]).unwrap();
    converge(&sites);
    assert_eq!(code(listed(&mut sites[0])), Code::ModuleOff);
    assert_eq!(listed(&mut sites[1]).unwrap(), 2);
    archive(&mut sites[0], "module-switch", &switch.to_string(), true);
    converge(&sites);
    assert_eq!(code(listed(&mut sites[1])), Code::ModuleOff);
}

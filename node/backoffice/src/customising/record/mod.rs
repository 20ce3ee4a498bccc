//! The record types of customising, one file each with the lines that it has. What their values may be is in the rules.

use crate::registry::record_types;

record_types! {
    custom_field::CustomField,
    label::Label,
    stage::Stage,
    module_switch::ModuleSwitch,
    view::View,
    import_mapping::ImportMapping,
}

//! What an alarm says, in English and in French: the subject of a mail, and its words. Owns the wording alone.

use serde::{Deserialize, Serialize};

use crate::alarms::AlarmKind;

/// In which language mail is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

/// What of it is news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// It holds.
    Raised,
    /// It holds no more.
    Over,
}

/// One word of an alarm, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The alarm's number.
    pub alarm: i64,
    /// What is news.
    pub turn: Turn,
    /// What it is about.
    pub kind: AlarmKind,
    /// The code of the site; none: the relay itself.
    pub site: Option<String>,
    /// How much, as its kind measures it.
    pub measure: u64,
    /// Since when it holds; RFC 3339.
    pub raised: String,
    /// Since when it holds no more; RFC 3339.
    pub over: Option<String>,
    /// The organisation.
    pub organisation: String,
    /// The relay's address, as sites are told.
    pub relay: String,
}

impl Notice {
    /// The subject of a mail: one line.
    pub fn subject(&self, language: Language) -> String {
        let about = self.site.as_deref().unwrap_or(&self.relay);
        let what = name(self.kind, language);
        match (self.turn, language) {
            (Turn::Raised, Language::En) => format!("[Comptoir] {about}: {what}"),
            (Turn::Raised, Language::Fr) => format!("[Comptoir] {about} : {what}"),
            (Turn::Over, Language::En) => format!("[Comptoir] {about}: over: {what}"),
            (Turn::Over, Language::Fr) => format!("[Comptoir] {about} : terminé : {what}"),
        }
    }

    /// The words of a mail.
    pub fn words(&self, language: Language) -> String {
        let advice = advice(self.kind, language);
        let measure = measure(self.kind, self.measure, language);
        let mut lines = vec![self.subject(language).replacen("[Comptoir] ", "", 1), String::new()];
        lines.extend(measure);
        match language {
            Language::En => lines.push(format!("Since {}.", self.raised)),
            Language::Fr => lines.push(format!("Depuis le {}.", self.raised)),
        }
        match (&self.over, language) {
            (Some(over), Language::En) => lines.push(format!("It has been over since {over}.")),
            (Some(over), Language::Fr) => lines.push(format!("C’est terminé depuis le {over}.")),
            (None, _) => lines.extend([String::new(), advice.to_owned()]),
        }
        let from = match language {
            Language::En => format!("Organisation {}, relay {}.", self.organisation, self.relay),
            Language::Fr => format!("Organisation {}, relais {}.", self.organisation, self.relay),
        };
        lines.extend([String::new(), from]);
        lines.join("\n")
    }
}

fn name(kind: AlarmKind, language: Language) -> &'static str {
    let (en, fr) = match kind {
        AlarmKind::SilentSite => ("silent", "silencieux"),
        AlarmKind::GrowingOutbox => ("does not get rid of what it has to send", "n’arrive pas à envoyer ce qu’il doit"),
        AlarmKind::Quarantine => ("has entries that break a rule", "détient des écritures contraires à une règle"),
        AlarmKind::Fork => ("has proof of two histories", "détient la preuve de deux historiques"),
        AlarmKind::Rollback => ("was restored or set back", "a été restauré ou ramené en arrière"),
        AlarmKind::ClockSkew => ("wrong clock", "horloge fausse"),
        AlarmKind::LowDisk => ("disk nearly full", "disque presque plein"),
        AlarmKind::RelayFull => ("the relay's disk is full", "le disque du relais est plein"),
        AlarmKind::RelayDamaged => ("the relay's store suffered", "le stockage du relais est abîmé"),
    };
    if language == Language::En { en } else { fr }
}

fn measure(kind: AlarmKind, measure: u64, language: Language) -> Option<String> {
    let (en, fr) = match kind {
        AlarmKind::SilentSite => {
            (format!("Not heard for {measure} minutes."), format!("Sans nouvelles depuis {measure} minutes."))
        }
        AlarmKind::GrowingOutbox => (format!("{measure} entries to send."), format!("{measure} écritures à envoyer.")),
        AlarmKind::Quarantine => {
            (format!("{measure} entries set aside."), format!("{measure} écritures mises de côté."))
        }
        AlarmKind::Fork => (format!("Proofs: {measure}."), format!("Preuves : {measure}.")),
        AlarmKind::ClockSkew => (format!("Wrong by {measure} seconds."), format!("Décalée de {measure} secondes.")),
        AlarmKind::LowDisk => (format!("{measure} MB left."), format!("Il reste {measure} Mo.")),
        AlarmKind::RelayDamaged => {
            (format!("{measure} entries are wanted again."), format!("{measure} écritures à redemander."))
        }
        AlarmKind::Rollback | AlarmKind::RelayFull => return None,
    };
    Some(if language == Language::En { en } else { fr })
}

fn advice(kind: AlarmKind, language: Language) -> &'static str {
    let (en, fr) = match kind {
        AlarmKind::SilentSite => (
            "It works on by itself, and what it writes is kept there. Call the branch: is its line up, does the node run?",
            "Il continue de travailler seul, et garde ce qu’il écrit. Appelez le site : sa liaison marche-t-elle, le nœud tourne-t-il ?",
        ),
        AlarmKind::GrowingOutbox => (
            "Nothing is lost. Look at the relay's disk and log, then at the log of the site.",
            "Rien n’est perdu. Regardez le disque et le journal du relais, puis le journal du site.",
        ),
        AlarmKind::Quarantine => (
            "They have no effect anywhere. Look who wrote them: a faulty program, or a removed site.",
            "Elles n’ont d’effet nulle part. Voyez qui les a écrites : un programme fautif, ou un site écarté.",
        ),
        AlarmKind::Fork => (
            "Some node was cloned, or its machine set back. Find which, and stop the copy.",
            "Un nœud a été cloné, ou sa machine ramenée en arrière. Trouvez lequel, et arrêtez la copie.",
        ),
        AlarmKind::Rollback => (
            "It goes on in a new epoch, and takes back what it lacks. If another machine runs with its keys, stop one of the two.",
            "Il continue dans une nouvelle époque et reprend ce qui lui manque. Si une autre machine tourne avec ses clés, arrêtez l’une des deux.",
        ),
        AlarmKind::ClockSkew => (
            "Nothing is harmed: time orders nothing. Set the clock there, for the dates that are shown.",
            "Rien n’est altéré : l’heure n’ordonne rien. Réglez l’horloge, pour les dates affichées.",
        ),
        AlarmKind::LowDisk => (
            "When it is full, nothing more can be written there. Free some space.",
            "Une fois plein, rien ne peut plus y être écrit. Libérez de la place.",
        ),
        AlarmKind::RelayFull => (
            "Sites keep what they write until there is room. Free some space.",
            "Les sites gardent ce qu’ils écrivent jusqu’à ce qu’il y ait de la place. Libérez-en.",
        ),
        AlarmKind::RelayDamaged => (
            "Sites bring them back by themselves. Look at the disk.",
            "Les sites les rapportent d’eux-mêmes. Examinez le disque.",
        ),
    };
    if language == Language::En { en } else { fr }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(kind: AlarmKind, turn: Turn) -> Notice {
        Notice {
            alarm: 3,
            turn,
            kind,
            site: Some("DKR".into()),
            measure: 16,
            raised: "2026-11-24T10:00:00Z".into(),
            over: (turn == Turn::Over).then(|| "2026-11-24T11:00:00Z".into()),
            organisation: "Maison".into(),
            relay: "relay.example:4433".into(),
        }
    }

    #[test]
    fn each_kind_has_its_words_in_both_languages() {
        for kind in AlarmKind::ALL {
            let (en, fr) =
                (notice(kind, Turn::Raised).words(Language::En), notice(kind, Turn::Raised).words(Language::Fr));
            assert!(en != fr && en.contains("Maison") && fr.contains("Maison") && en.lines().count() > 4, "{en}\n{fr}");
        }
    }

    #[test]
    fn a_subject_is_one_line_and_says_where() {
        let raised = notice(AlarmKind::SilentSite, Turn::Raised);
        assert_eq!(raised.subject(Language::En), "[Comptoir] DKR: silent");
        assert_eq!(
            notice(AlarmKind::SilentSite, Turn::Over).subject(Language::Fr),
            "[Comptoir] DKR : terminé : silencieux"
        );
        let of_relay = Notice { site: None, ..notice(AlarmKind::RelayFull, Turn::Raised) };
        assert_eq!(of_relay.subject(Language::En), "[Comptoir] relay.example:4433: the relay's disk is full");
    }
}

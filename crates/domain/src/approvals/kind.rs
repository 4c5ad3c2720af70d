//! What is decided, and which fields its records have.

names! {
    /// What kind of decision.
    pub enum Kind as ApprovalKind {
        /// A photo or a place that a person has to look at.
        EvidenceReview = "evidence_review",
        /// An order over a limit.
        SpecialApproval = "special_approval",
        /// A contract.
        LegalReview = "legal_review",
        /// A commission line somebody does not believe.
        Dispute = "dispute",
        /// A store's point that would move far.
        LocationChange = "location_change",
        /// Whatever else somebody asks for.
        Request = "request",
    }
}

/// A field of a record that conditions may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the facts.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldType,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A number or an amount in yuan.
    Number,
    /// A text.
    Text,
    /// Several texts.
    List,
    /// Yes or no.
    YesNo,
}

const fn field(name: &'static str, kind: FieldType) -> Field {
    Field { name, kind }
}

/// What every record has.
const ALWAYS: [Field; 2] =
    [field("initiator_role", FieldType::Text), field("initiator_username", FieldType::Text)];

impl Kind {
    /// Money, legal and credit are never decided by a machine.
    pub fn needs_a_person(self) -> bool {
        matches!(self, Self::SpecialApproval | Self::LegalReview | Self::Dispute)
    }

    /// May several of them be decided with one tap?
    pub fn is_batchable(self) -> bool {
        !matches!(self, Self::LegalReview | Self::Dispute)
    }

    /// The fields of its records, those that every record has last.
    pub fn fields(self) -> Vec<Field> {
        use FieldType::{List, Number, Text, YesNo};
        let own: &[Field] = match self {
            Self::EvidenceReview => &[
                field("verdict", Text),
                field("reasons", List),
                field("distance_m", Number),
                field("override", YesNo),
            ],
            Self::SpecialApproval => &[
                field("total", Number),
                field("over_by", Number),
                field("rules", List),
                field("customer_kind", Text),
                field("price_tier", Text),
                field("needs_director", YesNo),
                field("approver_role", Text),
            ],
            Self::LegalReview => &[field("amount", Number), field("customer_kind", Text)],
            Self::Dispute => &[field("amount", Number)],
            Self::LocationChange => &[field("moved_m", Number), field("source", Text)],
            Self::Request => &[field("amount", Number), field("category", Text), field("days", Number)],
        };
        own.iter().copied().chain(ALWAYS).collect()
    }
}

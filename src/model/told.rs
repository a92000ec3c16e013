/// What some event of a calendar tells of people; where none does, silence means nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Who takes part: an event without attendees has none.
    pub attendees: bool,
    /// What people answered: a line without an answer has none yet.
    pub answers: bool,
}

impl Told {
    /// What either of them tells.
    pub fn or(self, other: Told) -> Told {
        Told { attendees: self.attendees || other.attendees, answers: self.answers || other.answers }
    }
}

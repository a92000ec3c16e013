-- What a text, or an older state of it, told of people; texts that were read before this step tell it anew.
ALTER TABLE ics_text ADD COLUMN attendees INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ics_text ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;

-- A text lies in parts, each with its digest, so that what is there already is not written anew. Texts that were kept before
-- this step are one part, and nobody knows its digest.
CREATE TABLE ics_heading (
  id INTEGER PRIMARY KEY,
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  file TEXT NOT NULL,
  stem TEXT NOT NULL,
  attendees INTEGER NOT NULL,
  answers INTEGER NOT NULL,
  UNIQUE (calendar, file)
) STRICT;
CREATE TABLE ics_part (
  text INTEGER NOT NULL REFERENCES ics_text ON DELETE CASCADE,
  place INTEGER NOT NULL,
  digest BLOB,
  bytes BLOB NOT NULL,
  PRIMARY KEY (text, place)
) STRICT;
INSERT INTO ics_heading (calendar, file, stem, attendees, answers)
  SELECT calendar, file, stem, attendees, answers FROM ics_text;
INSERT INTO ics_part
  SELECT id, 0, NULL, bytes FROM ics_text JOIN ics_heading USING (calendar, file);
DROP TABLE ics_text;
ALTER TABLE ics_heading RENAME TO ics_text;
-- How many events the texts hold, counted when they were kept.
ALTER TABLE sync_state ADD COLUMN events INTEGER;

-- What an iCalendar source told of its past and tells no more, or tells otherwise: the instance as it was seen last. Without
-- JSON: an instance that it now tells of, and that was not there.
CREATE TABLE past (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  uid TEXT NOT NULL,
  -- Which of its instances, in words, and when that was.
  slot TEXT NOT NULL,
  slot_at INTEGER NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  -- What the source tells of before this moment does not count against it.
  until INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  json TEXT,
  PRIMARY KEY (calendar, uid, slot)
) STRICT;
CREATE INDEX past_time ON past (calendar, starts, ends);
CREATE INDEX past_slot ON past (calendar, slot_at);

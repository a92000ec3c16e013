-- Times are seconds since the epoch, in UTC. A row with deleted_at is history: it is served to nobody and can come back.

CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('google', 'ics')),
  -- When the list of calendars was last read whole, and when it is due again.
  listed_at INTEGER,
  list_due INTEGER,
  -- What stands between us and the whole account, since when, and when to try again.
  trouble TEXT,
  trouble_kind TEXT,
  causes TEXT,
  basis TEXT,
  help TEXT,
  trouble_since INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER,
  UNIQUE (name, kind)
) STRICT;

-- A calendar of an account; an iCalendar source has exactly one, whose remote id is empty.
CREATE TABLE calendar (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
  remote TEXT NOT NULL,
  name TEXT NOT NULL,
  zone TEXT,
  role TEXT NOT NULL,
  main INTEGER NOT NULL,
  labels TEXT NOT NULL,
  shades TEXT NOT NULL,
  -- Ticked at the source; what the user chose here goes before it.
  shown INTEGER NOT NULL,
  chosen INTEGER,
  -- Since when a whole list has not had it, and since when it counts as gone.
  missing_since INTEGER,
  gone_at INTEGER,
  UNIQUE (account, remote)
) STRICT;

CREATE TABLE sync_state (
  calendar INTEGER PRIMARY KEY REFERENCES calendar ON DELETE CASCADE,
  token TEXT,
  -- The question that the token belongs to.
  parameters TEXT,
  -- No token is asked for before this moment: none came, or the last one died at once.
  token_due INTEGER,
  -- When a dead token last made us list everything anew.
  resynced_at INTEGER,
  covered_from INTEGER,
  covered_to INTEGER,
  window_due INTEGER,
  last_good INTEGER,
  stamp TEXT,
  trouble TEXT,
  trouble_kind TEXT,
  causes TEXT,
  basis TEXT,
  help TEXT,
  trouble_since INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER
) STRICT;

-- In the tables with JSON, what is asked often stands before it: what comes after it lies on pages of its own. They keep
-- their rowid, because a table without one carries the JSON in its key's tree, where every search passes it.

-- What the feed said: singles, series, and changed or cancelled instances, each in its own words.
CREATE TABLE event_raw (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  series TEXT,
  original TEXT,
  etag TEXT,
  cancelled INTEGER NOT NULL,
  deleted_at INTEGER,
  json TEXT NOT NULL,
  PRIMARY KEY (calendar, id)
) STRICT;
CREATE INDEX event_raw_series ON event_raw (calendar, series) WHERE series IS NOT NULL;
CREATE INDEX event_raw_live ON event_raw (calendar, id) WHERE deleted_at IS NULL AND cancelled = 0 AND kind <> 'instance';
CREATE INDEX event_raw_gone ON event_raw (deleted_at) WHERE deleted_at IS NOT NULL;

-- What happens when: singles and instances of series, as the source expanded them.
CREATE TABLE instance (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  id TEXT NOT NULL,
  series TEXT,
  original TEXT,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  deleted_at INTEGER,
  json TEXT NOT NULL,
  PRIMARY KEY (calendar, id)
) STRICT;
-- Both ends, so that what does not overlap is told from the index alone.
CREATE INDEX instance_time ON instance (calendar, starts, ends) WHERE deleted_at IS NULL;
CREATE INDEX instance_slot ON instance (calendar, original) WHERE deleted_at IS NULL AND original IS NOT NULL;
CREATE INDEX instance_series ON instance (calendar, series) WHERE series IS NOT NULL;
CREATE INDEX instance_gone ON instance (deleted_at) WHERE deleted_at IS NOT NULL;
-- Those with an event label: asked for at every list of calendars.
CREATE INDEX instance_labelled ON instance (calendar) WHERE deleted_at IS NULL AND instr(json, '"eventLabelId"') > 0;

-- Series whose instances must be asked for again; written together with the token that told of them.
CREATE TABLE dirty (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  series TEXT NOT NULL,
  PRIMARY KEY (calendar, series)
) STRICT, WITHOUT ROWID;

-- A whole listing on its way in, page by page.
CREATE TABLE staged (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  listing TEXT NOT NULL CHECK (listing IN ('feed', 'window')),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  series TEXT,
  original TEXT,
  etag TEXT,
  cancelled INTEGER NOT NULL,
  starts INTEGER,
  ends INTEGER,
  json TEXT NOT NULL,
  PRIMARY KEY (calendar, listing, id)
) STRICT;

-- A listing that would remove too much waits here until two later ones agree.
CREATE TABLE held (
  calendar INTEGER PRIMARY KEY REFERENCES calendar ON DELETE CASCADE,
  since INTEGER NOT NULL,
  agreed_at INTEGER,
  live INTEGER NOT NULL
) STRICT;
CREATE TABLE held_removal (
  calendar INTEGER NOT NULL REFERENCES held ON DELETE CASCADE,
  event TEXT NOT NULL,
  PRIMARY KEY (calendar, event)
) STRICT, WITHOUT ROWID;

-- The text of each iCalendar file, as it was read last.
CREATE TABLE ics_text (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  file TEXT NOT NULL,
  stem TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (calendar, file)
) STRICT;

-- Items that could not be read, by the hash of what they are.
CREATE TABLE skipped (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  item TEXT NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (calendar, item)
) STRICT, WITHOUT ROWID;

-- The user's own decisions: of one instance of a series, or of all that bears the UID where original is empty.
CREATE TABLE override (
  uid TEXT NOT NULL,
  original TEXT NOT NULL,
  class TEXT NOT NULL,
  theme TEXT,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (uid, original)
) STRICT, WITHOUT ROWID;

-- Pictures that were drawn, each with the hash of the report that it shows.
CREATE TABLE rendered_week (
  week TEXT PRIMARY KEY,
  report TEXT NOT NULL,
  drawn_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the user found in meetings drawn at random: how far the share can be trusted.
CREATE TABLE audit (
  made_at INTEGER PRIMARY KEY,
  -- The calendars that were looked at: empty for the configuration's, else a hash of the files named.
  calendars TEXT NOT NULL,
  json TEXT NOT NULL
) STRICT;

-- What stands between us and an account, or one of its calendars: each has one at most.
CREATE TABLE obstacle (
  account INTEGER UNIQUE REFERENCES account ON DELETE CASCADE,
  calendar INTEGER UNIQUE REFERENCES calendar ON DELETE CASCADE,
  kind TEXT NOT NULL,
  sentence TEXT NOT NULL,
  -- A JSON list of sentences.
  causes TEXT NOT NULL,
  basis TEXT,
  help TEXT,
  since INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  retry_at INTEGER,
  CHECK ((account IS NULL) <> (calendar IS NULL))
) STRICT;
INSERT INTO obstacle
  SELECT id, NULL, coalesce(trouble_kind, ''), trouble, coalesce(causes, '[]'), basis, help, coalesce(trouble_since, 0),
         failures, retry_at
  FROM account WHERE trouble IS NOT NULL;
INSERT INTO obstacle
  SELECT NULL, calendar, coalesce(trouble_kind, ''), trouble, coalesce(causes, '[]'), basis, help,
         coalesce(trouble_since, 0), failures, retry_at
  FROM sync_state WHERE trouble IS NOT NULL;
ALTER TABLE account DROP COLUMN trouble;
ALTER TABLE account DROP COLUMN trouble_kind;
ALTER TABLE account DROP COLUMN causes;
ALTER TABLE account DROP COLUMN basis;
ALTER TABLE account DROP COLUMN help;
ALTER TABLE account DROP COLUMN trouble_since;
ALTER TABLE account DROP COLUMN failures;
ALTER TABLE account DROP COLUMN retry_at;
ALTER TABLE sync_state DROP COLUMN trouble;
ALTER TABLE sync_state DROP COLUMN trouble_kind;
ALTER TABLE sync_state DROP COLUMN causes;
ALTER TABLE sync_state DROP COLUMN basis;
ALTER TABLE sync_state DROP COLUMN help;
ALTER TABLE sync_state DROP COLUMN trouble_since;
ALTER TABLE sync_state DROP COLUMN failures;
ALTER TABLE sync_state DROP COLUMN retry_at;

-- Complete weeks whose pictures were drawn, and weeks that were still running then, each with the hash of what it shows.
CREATE TABLE drawn_week (
  week TEXT PRIMARY KEY,
  shows TEXT NOT NULL,
  drawn_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE drawn_so_far (
  week TEXT PRIMARY KEY,
  shows TEXT NOT NULL,
  drawn_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The ways that a week is still to go, and since when.
CREATE TABLE owed (
  week TEXT NOT NULL,
  way TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (week, way)
) STRICT, WITHOUT ROWID;
INSERT INTO drawn_so_far
  SELECT replace(week, ' so far', ''), report, drawn_at FROM rendered_week WHERE week LIKE '% so far';
INSERT INTO owed
  SELECT substr(week, 1, instr(week, ' to ') - 1), substr(week, instr(week, ' to ') + 4), unixepoch(report)
  FROM rendered_week WHERE week LIKE '% to %' AND unixepoch(report) IS NOT NULL;
INSERT INTO drawn_week
  SELECT * FROM rendered_week WHERE week NOT LIKE '% so far' AND week NOT LIKE '% to %';
DROP TABLE rendered_week;

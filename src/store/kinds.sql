-- A kind of source is a word: which there are is not the database's to say.
CREATE TABLE account_of_any_kind (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  listed_at INTEGER,
  list_due INTEGER,
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
INSERT INTO account_of_any_kind
  SELECT id, name, kind, listed_at, list_due, trouble, trouble_kind, causes, basis, help, trouble_since, failures, retry_at
  FROM account;
DROP TABLE account;
ALTER TABLE account_of_any_kind RENAME TO account;

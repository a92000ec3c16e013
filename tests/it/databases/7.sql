-- A database of schema 7 as Vantage of 30 November 2026 left it, printed by SQLite's `.dump`; the last rows of `account` and
-- `rendered_week` are added by hand.
BEGIN TRANSACTION;
PRAGMA user_version = 7;
PRAGMA application_id = 1447973959;
CREATE TABLE "account" (
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
INSERT INTO "account" VALUES(1,'team','ics',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "account" VALUES(2,'gone','ics',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "account" VALUES(3,'ada','google',NULL,NULL,'the sign-in has ended','NeedsLogin','["invalid_grant"]',NULL,'run `vantage login google`',1795500000,2,1795510000);
CREATE TABLE audit (
  made_at INTEGER PRIMARY KEY,
  -- The calendars that were looked at: empty for the configuration's, else a hash of the files named.
  calendars TEXT NOT NULL,
  json TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1795507200,'','{"date":"2026-11-24","first_day":"2026-08-31","last_day":"2026-11-22","answered":3,"classed":3,"wrong":0,"share":1.0,"margin":0.1911219772627875,"shown":1.0,"coverage":1.0,"seed":932160}');
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
INSERT INTO "calendar" VALUES(1,1,'','team',NULL,'owner',1,'{}','{}',1,NULL,NULL,NULL);
INSERT INTO "calendar" VALUES(2,2,'','gone',NULL,'owner',1,'{}','{}',1,NULL,NULL,NULL);
CREATE TABLE dirty (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  series TEXT NOT NULL,
  PRIMARY KEY (calendar, series)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE ics_text (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  file TEXT NOT NULL,
  stem TEXT NOT NULL,
  bytes BLOB NOT NULL, attendees INTEGER NOT NULL DEFAULT 0, answers INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (calendar, file)
) STRICT;
INSERT INTO "ics_text" VALUES(1,'/home/ada/team/a.ics','a',X'424547494E3A5643414C454E4441520D0A56455253494F4E3A322E300D0A582D57522D54494D455A4F4E453A4575726F70652F4265726C696E0D0A424547494E3A564556454E540D0A5549443A610D0A53554D4D4152593A526F61646D61702073747261746567790D0A445453544152543A3230323631313039543039303030305A0D0A4454454E443A3230323631313039543130333030305A0D0A415454454E4445453B50415254535441543D41434345505445443A6D61696C746F3A626F406578616D706C652E636F6D0D0A454E443A564556454E540D0A424547494E3A564556454E540D0A5549443A730D0A53554D4D4152593A5374616E6475700D0A445453544152543A3230323631313032543038303030305A0D0A4454454E443A3230323631313032543038333030305A0D0A5252554C453A465245513D5745454B4C593B434F554E543D380D0A415454454E4445453B50415254535441543D41434345505445443A6D61696C746F3A626F406578616D706C652E636F6D0D0A454E443A564556454E540D0A424547494E3A564556454E540D0A5549443A700D0A53554D4D4152593A50726963696E67207265766965770D0A445453544152543A3230323631313137543133303030305A0D0A4454454E443A3230323631313137543134303030305A0D0A454E443A564556454E540D0A424547494E3A564556454E540D0A5549443A7A0D0A53554D4D4152593A41706F6C6C6F0D0A445453544152543A3230323631313138543133303030305A0D0A4454454E443A3230323631313138543135303030305A0D0A415454454E4445453B50415254535441543D41434345505445443A6D61696C746F3A626F406578616D706C652E636F6D0D0A454E443A564556454E540D0A454E443A5643414C454E4441520D0A',1,1);
INSERT INTO "ics_text" VALUES(1,'/home/ada/team/b.ics','b',X'424547494E3A5643414C454E4441520D0A56455253494F4E3A322E300D0A582D57522D54494D455A4F4E453A4575726F70652F4265726C696E0D0A424547494E3A564556454E540D0A5549443A620D0A53554D4D4152593A42756467657420323032370D0A445453544152543A3230323631313139543130303030305A0D0A4454454E443A3230323631313139543131303030305A0D0A415454454E4445453B50415254535441543D41434345505445443A6D61696C746F3A626F406578616D706C652E636F6D0D0A454E443A564556454E540D0A454E443A5643414C454E4441520D0A',1,1);
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
CREATE TABLE override (
  uid TEXT NOT NULL,
  original TEXT NOT NULL,
  class TEXT NOT NULL,
  theme TEXT,
  made_at INTEGER NOT NULL, answer INTEGER NOT NULL DEFAULT 0 CHECK (answer IN (0, 1)),
  PRIMARY KEY (uid, original)
) STRICT, WITHOUT ROWID;
INSERT INTO "override" VALUES('s','','ignore',NULL,1795507200,0);
INSERT INTO "override" VALUES('z','','strategy','Bets',1795507200,0);
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
INSERT INTO "past" VALUES(1,'o','1791885600',1791885600,1791885600,1791889200,1794220200,1795507200,'[{"uid":"o","calendar":{"source":"team","name":"b","primary":false,"role":"Owner","owner":null},"summary":"Old talk","description":null,"location":null,"status":null,"transparent":false,"visibility":"Public","event_type":"Default","organizer":null,"attendees":{"Known":[]},"labels":[],"color":null,"created":null,"recurring":false,"free_busy_only":false,"sequence":0,"series_sequence":0,"unversioned":true,"shared_uid":false,"superseded":false,"my_answer":null,"held":null,"ends_before_start":false,"last_seen":null,"line":11},{"Timed":{"start":"2026-10-13T10:00:00Z","end":"2026-10-13T11:00:00Z"}},{"At":"2026-10-13T10:00:00Z"}]');
CREATE TABLE rendered_week (
  week TEXT PRIMARY KEY,
  report TEXT NOT NULL,
  drawn_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "rendered_week" VALUES('2026-W36','04d975b3c3d8514f',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W37','e28a7be40867119b',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W38','844ed9327158282e',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W39','a507fc457bc2b610',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W40','36c4f601463f9b6b',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W41','ee2b2fbbd3405c8d',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W42','2fdb8822364a6e62',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W43','b0d2c1f41e617557',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W44','965b9b7999d6b775',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W45','ef064dd95e45f212',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W46','6ac8156007ac12a9',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W47','551d7aca9c655ff6',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W47 to mail','2026-11-23T08:00:00+00:00',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W48 so far','9030b87446c61776',1795507200);
INSERT INTO "rendered_week" VALUES('2026-W49 so far','1234',1795507200);
CREATE TABLE skipped (
  calendar INTEGER NOT NULL REFERENCES calendar ON DELETE CASCADE,
  item TEXT NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (calendar, item)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "sync_state" VALUES(1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795507200,'/home/ada/team
96c5ca198b79bd0ed8d67091cc6df2be25d698e157e59dfd09468cf6f000693e',NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "sync_state" VALUES(2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'the calendar `/home/ada/gone.ics` could not be read: No such file or directory (os error 2)','Inaccessible','[]',NULL,'put it there, or change `path` in the configuration: nothing of it counts yet',1795507200,2,1795510800);
CREATE INDEX event_raw_series ON event_raw (calendar, series) WHERE series IS NOT NULL;
CREATE INDEX event_raw_live ON event_raw (calendar, id) WHERE deleted_at IS NULL AND cancelled = 0 AND kind <> 'instance';
CREATE INDEX event_raw_gone ON event_raw (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX instance_time ON instance (calendar, starts, ends) WHERE deleted_at IS NULL;
CREATE INDEX instance_slot ON instance (calendar, original) WHERE deleted_at IS NULL AND original IS NOT NULL;
CREATE INDEX instance_series ON instance (calendar, series) WHERE series IS NOT NULL;
CREATE INDEX instance_gone ON instance (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX instance_labelled ON instance (calendar) WHERE deleted_at IS NULL AND instr(json, '"eventLabelId"') > 0;
CREATE INDEX past_time ON past (calendar, starts, ends);
CREATE INDEX past_slot ON past (calendar, slot_at);
CREATE INDEX event_raw_uid ON event_raw (calendar, iif(json_valid(json), json ->> '$.iCalUID', NULL))
  WHERE deleted_at IS NULL AND cancelled = 0 AND kind <> 'instance';
COMMIT;

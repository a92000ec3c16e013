-- The versions of one event, wherever in time they lie. What is no JSON has no UID.
CREATE INDEX event_raw_uid ON event_raw (calendar, iif(json_valid(json), json ->> '$.iCalUID', NULL))
  WHERE deleted_at IS NULL AND cancelled = 0 AND kind <> 'instance';

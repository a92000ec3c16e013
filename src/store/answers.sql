-- Whether an override answers what meetings are, as a review asks, and does not say that one took place.
ALTER TABLE override ADD COLUMN answer INTEGER NOT NULL DEFAULT 0 CHECK (answer IN (0, 1));

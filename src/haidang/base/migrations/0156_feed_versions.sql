-- What a person changes on the feeds' screen carries a version, as every row that people change.
ALTER TABLE feed ADD COLUMN version int NOT NULL DEFAULT 1;
ALTER TABLE feed_refused ADD COLUMN version int NOT NULL DEFAULT 1;

-- Where a message of others came from: who sends is only what a document says of itself, so what an origin
-- brings is kept, and followed, apart from what others bring.

ALTER TABLE cap_received ADD COLUMN origin text NOT NULL DEFAULT '';  -- host of its address; '' = by hand
UPDATE cap_received
    SET origin = regexp_replace(lower(substring(source FROM '^https?://(?:[^/?#]*@)?([^/?#]+)')), ':(80|443)$', '')
    WHERE source ~ '^https?://[^/?#]';
ALTER TABLE cap_received DROP CONSTRAINT cap_received_sender_identifier_sent_key;
ALTER TABLE cap_received ADD UNIQUE (sender, identifier, sent, origin);

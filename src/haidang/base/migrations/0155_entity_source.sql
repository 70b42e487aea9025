-- How many entities a feed has brought: without this each look at the feeds' screen read every entity of the city.
-- `source` never changes by telemetry, so updates stay HOT; entities of devices (key:…, account:…) are left out.
CREATE INDEX entity_source ON entity (source) WHERE source LIKE 'feed:%';

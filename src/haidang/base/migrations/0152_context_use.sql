-- Contexts that are made for a subscription whose own has no one address, and how often each context is used.
ALTER TABLE context DROP CONSTRAINT context_kind_check;
ALTER TABLE context ADD CONSTRAINT context_kind_check CHECK (kind IN ('Cached', 'Hosted', 'ImplicitlyCreated'));
ALTER TABLE context ADD COLUMN hits bigint NOT NULL DEFAULT 0;  -- times it was found here
ALTER TABLE context ADD COLUMN used_at timestamptz;

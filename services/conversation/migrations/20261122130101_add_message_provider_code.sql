-- The provider's own code for the reason.
ALTER TABLE messages ADD COLUMN provider_code text NOT NULL DEFAULT '';
GRANT UPDATE (provider_code) ON messages TO bitewing_app;

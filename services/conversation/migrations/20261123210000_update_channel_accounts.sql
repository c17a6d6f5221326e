-- Accounts can be changed. version is behind the etag; updated_at is empty until the first change.
ALTER TABLE channel_accounts ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE channel_accounts ADD COLUMN updated_at timestamptz;
GRANT UPDATE (display_name, sender, endpoint, settings, credential, version, updated_at)
    ON channel_accounts TO bitewing_app;

-- Mail servers (3) and Twilio (4) join the providers. settings holds what is not secret and has no
-- column; a mail server may want no credential.
ALTER TABLE channel_accounts ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';
ALTER TABLE channel_accounts DROP CONSTRAINT channel_accounts_credential;
ALTER TABLE channel_accounts ADD CONSTRAINT channel_accounts_credential
    CHECK (provider = 3 OR (provider IN (2, 4)) = (credential IS NOT NULL));

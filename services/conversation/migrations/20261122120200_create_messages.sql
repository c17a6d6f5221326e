-- Messages to patients. Address, body and secret are sealed; body and secret are gone once the
-- message needs them no more. channel: 1 sms, 2 email, 3 voice. state: 1 queued, 2 sending,
-- 3 accepted, 4 delivered, 5 failed, 6 ambiguous, 7 expired. attempts counts calls of the provider and
-- fences their outcomes; quiet_at is when nothing of the last call can be under way any more.
-- account_id is null where the sandbox stands in for an account nobody made.
CREATE TABLE messages (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    clinic_id uuid NOT NULL,
    patient_id uuid,
    channel smallint NOT NULL,
    account_id uuid,
    state smallint NOT NULL,
    reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    address bytea NOT NULL,
    body bytea,
    secret bytea,
    provider_reference text NOT NULL DEFAULT '',
    not_after timestamptz NOT NULL,
    first_sent_at timestamptz,
    quiet_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT messages_key PRIMARY KEY (organization_id, id),
    CONSTRAINT messages_clinic FOREIGN KEY (organization_id, clinic_id) REFERENCES clinics (organization_id, id),
    CONSTRAINT messages_account FOREIGN KEY (organization_id, account_id) REFERENCES channel_accounts (organization_id, id),
    CONSTRAINT messages_scrubbed CHECK (state IN (1, 2, 6) OR body IS NULL AND secret IS NULL)
) PARTITION BY RANGE (id);
CREATE TABLE messages_default PARTITION OF messages DEFAULT;
CREATE INDEX messages_by_clinic ON messages (organization_id, clinic_id, id);
CREATE INDEX messages_by_state ON messages (organization_id, state, id);

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
ALTER TABLE messages_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages_default FORCE ROW LEVEL SECURITY;
CREATE POLICY messages_of_organization ON messages TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT,
    UPDATE (state, reason, attempts, body, secret, provider_reference, first_sent_at, quiet_at, updated_at)
    ON messages TO bitewing_app;

-- The callers' names for messages: a repeated one is the same message. Kept longer than a message can
-- wait; not partitioned, because uniqueness is all it is for.
CREATE TABLE message_requests (
    organization_id uuid NOT NULL,
    request_id text NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT message_requests_key PRIMARY KEY (organization_id, request_id)
);
CREATE INDEX message_requests_age ON message_requests (created_at);
ALTER TABLE message_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY message_requests_of_organization ON message_requests TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
CREATE POLICY message_requests_for_pruning ON message_requests TO bitewing_worker USING (true);
GRANT SELECT, INSERT (organization_id, request_id, message_id) ON message_requests TO bitewing_app;
GRANT SELECT (created_at), DELETE ON message_requests TO bitewing_worker;

-- Makes this month's partition and those of the months to come, as store.ensure_partitions does.
CREATE FUNCTION ensure_message_partitions(months integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '2s'
AS $$
DECLARE
    first timestamptz := date_trunc('month', clock_timestamp(), 'UTC');
    part text;
    since timestamptz;
    made integer := 0;
BEGIN
    IF months NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months must lie between 0 and 24';
    END IF;
    FOR ahead IN 0..months LOOP
        since := (first AT TIME ZONE 'UTC' + make_interval(months => ahead)) AT TIME ZONE 'UTC';
        part := to_char(since AT TIME ZONE 'UTC', '"messages_p"YYYYMM');
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        BEGIN
            EXECUTE format(
                'CREATE TABLE public.%I PARTITION OF public.messages FOR VALUES FROM (%L) TO (%L)',
                part, store.first_id_at(since),
                store.first_id_at((since AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
            EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', part);
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE NOTICE 'the default partition of messages already holds rows of this month';
        END;
    END LOOP;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION ensure_message_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_message_partitions(integer) TO bitewing_worker;
SELECT ensure_message_partitions(3);

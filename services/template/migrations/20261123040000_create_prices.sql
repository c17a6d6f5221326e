-- What services cost, from and to: a chain's prices, and those of its clinics.
CREATE TABLE prices (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Null for the whole chain.
    clinic_id uuid,
    service text COLLATE "C" NOT NULL,
    -- By locale: [{"locale": "ru", "text": "..."}].
    names jsonb NOT NULL,
    conditions jsonb NOT NULL,
    min_minor_units bigint NOT NULL,
    max_minor_units bigint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    valid_from date,
    valid_until date NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT prices_key PRIMARY KEY (organization_id, id),
    CONSTRAINT prices_service UNIQUE NULLS NOT DISTINCT (organization_id, service, clinic_id),
    CONSTRAINT prices_range CHECK (min_minor_units >= 0 AND min_minor_units < max_minor_units)
);
ALTER TABLE prices ENABLE ROW LEVEL SECURITY;
ALTER TABLE prices FORCE ROW LEVEL SECURITY;
CREATE POLICY prices_of_organization ON prices TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE,
    UPDATE (names, conditions, min_minor_units, max_minor_units, currency, valid_from, valid_until, version, updated_at)
    ON prices TO bitewing_app;

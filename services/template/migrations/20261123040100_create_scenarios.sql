-- What patients ask and how clinics answer: a chain's own scenarios, and those of its clinics.
CREATE TABLE scenarios (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Null for the whole chain.
    clinic_id uuid,
    intent text COLLATE "C" NOT NULL,
    -- Empty for any service.
    service text COLLATE "C" NOT NULL,
    locale text COLLATE "C" NOT NULL,
    title text NOT NULL,
    -- Examples, answers and steps.
    content jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT scenarios_key PRIMARY KEY (organization_id, id),
    CONSTRAINT scenarios_place UNIQUE NULLS NOT DISTINCT (organization_id, locale, intent, service, clinic_id)
);
ALTER TABLE scenarios ENABLE ROW LEVEL SECURITY;
ALTER TABLE scenarios FORCE ROW LEVEL SECURITY;
CREATE POLICY scenarios_of_organization ON scenarios TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE, UPDATE (title, content, version, updated_at) ON scenarios TO bitewing_app;

-- The words scenarios are found by, folded and stemmed. A table of its own, because row-level security lets an index
-- serve only operators that give nothing away: equality of texts does, those of arrays and of tsvector do not.
CREATE TABLE scenario_lexemes (
    organization_id uuid NOT NULL,
    locale text COLLATE "C" NOT NULL,
    lexeme text COLLATE "C" NOT NULL,
    scenario_id uuid NOT NULL,
    -- As of the scenario, so that a search looks here alone.
    clinic_id uuid,
    intent text COLLATE "C" NOT NULL,
    -- The share of the examples that hold the word.
    weight real NOT NULL,
    CONSTRAINT scenario_lexemes_key PRIMARY KEY (organization_id, locale, lexeme, scenario_id),
    CONSTRAINT scenario_lexemes_scenario FOREIGN KEY (organization_id, scenario_id)
        REFERENCES scenarios (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX scenario_lexemes_by_scenario ON scenario_lexemes (organization_id, scenario_id);
ALTER TABLE scenario_lexemes ENABLE ROW LEVEL SECURITY;
ALTER TABLE scenario_lexemes FORCE ROW LEVEL SECURITY;
CREATE POLICY scenario_lexemes_of_organization ON scenario_lexemes TO bitewing_app
    USING (organization_id = current_setting('app.organization')::uuid)
    WITH CHECK (organization_id = current_setting('app.organization')::uuid);
GRANT SELECT, INSERT, DELETE ON scenario_lexemes TO bitewing_app;

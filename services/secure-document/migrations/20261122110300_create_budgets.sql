-- How often something was done lately, over all organizations: codes to one phone, guesses from one
-- network address. The subject is a keyed hash, so the table tells nothing about anybody. No role can
-- reach it; these two functions are the only way in.
CREATE TABLE budgets (
    subject bytea NOT NULL,
    spent timestamptz[] NOT NULL,
    kept_until timestamptz NOT NULL,
    CONSTRAINT budgets_key PRIMARY KEY (subject)
);
CREATE INDEX budgets_by_end ON budgets (kept_until);
REVOKE ALL ON budgets FROM PUBLIC;

-- Spends one, if every limit (so many per so many seconds) leaves room. Answers the seconds until
-- there is room, 0 once it is spent.
CREATE FUNCTION spend(wanted bytea, most integer[], seconds integer[]) RETURNS double precision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    now timestamptz;
    past timestamptz[];
    longest interval := make_interval(secs => (SELECT max(s) FROM unnest(seconds) s));
    wait double precision := 0;
BEGIN
    INSERT INTO public.budgets AS b VALUES (wanted, '{}', clock_timestamp() + longest)
        ON CONFLICT (subject) DO UPDATE SET kept_until = excluded.kept_until
        RETURNING b.spent INTO past;
    now := clock_timestamp();
    past := ARRAY(SELECT t FROM unnest(past) t WHERE t > now - longest ORDER BY t);
    FOR i IN 1..cardinality(most) LOOP
        wait := greatest(wait, (
            SELECT coalesce(extract(epoch FROM min(t) + make_interval(secs => seconds[i]) - now), 0)
            FROM (SELECT t FROM unnest(past) t WHERE t > now - make_interval(secs => seconds[i])
                  ORDER BY t DESC LIMIT most[i]) latest
            HAVING count(*) >= most[i]));
    END LOOP;
    IF wait <= 0 THEN
        UPDATE public.budgets SET spent = past || now, kept_until = now + longest WHERE subject = wanted;
    END IF;
    RETURN wait;
END
$$;
REVOKE ALL ON FUNCTION spend(bytea, integer[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spend(bytea, integer[], integer[]) TO bitewing_app;

-- Forgets what no limit looks back to any more. Rows in use are left to the next time.
CREATE FUNCTION forget_spent() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM public.budgets WHERE subject IN (
            SELECT subject FROM public.budgets WHERE kept_until < clock_timestamp()
            LIMIT 1000 FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION forget_spent() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_spent() TO bitewing_worker;

\set n random(1, :count)
\set day random(0, :days - 1)
SELECT id, system, external_value, patient_id, clinic_id, starts_at, ends_at, status, provider, service,
       source_updated_at, updated_at
FROM appointments
WHERE organization_id = :organization::uuid AND clinic_id = (SELECT clinic_id FROM bench.asked WHERE n = :n)
  AND starts_at >= timestamptz '2026-12-01 00:00Z' + :day * interval '1 day'
  AND starts_at < timestamptz '2026-12-01 00:00Z' + (:day + 7) * interval '1 day'
ORDER BY starts_at, id LIMIT 51;

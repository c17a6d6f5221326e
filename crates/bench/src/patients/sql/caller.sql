\set n random(1, :count)
SELECT c.language, s.default_language, b.by_chain, b.by_clinic, b.until, r.reporters, o.own, p.*, v.last_visit, v.next_visit
FROM bench.asked q
JOIN clinics c ON c.organization_id = :organization::uuid AND c.id = q.clinic_id
LEFT JOIN organization_settings s ON s.organization_id = c.organization_id
CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(x.clinic_id IS NULL), false) AS by_chain,
           coalesce(bool_or(x.clinic_id IS NOT NULL), false) AS by_clinic,
           CASE WHEN bool_or(x.expires_at IS NULL) THEN NULL ELSE max(x.expires_at) END AS until
    FROM caller_blocks x
    WHERE x.organization_id = :organization::uuid AND x.address_hash = sha256(q.phone::bytea) AND x.ended_at IS NULL
      AND (x.expires_at IS NULL OR x.expires_at > now()) AND (x.clinic_id IS NULL OR x.clinic_id = c.id)
) b
CROSS JOIN LATERAL (
    SELECT count(*) AS reporters FROM spam_reports x
    WHERE x.organization_id = :organization::uuid AND x.address_hash = sha256(q.phone::bytea)
) r
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM clinics x WHERE x.organization_id = :organization::uuid AND x.phone <> '' AND x.phone = q.phone) AS own
) o
LEFT JOIN LATERAL (
    SELECT x.id, x.clinic_id, x.title, x.given_name, x.patronymic, x.family_name, x.preferred_name, x.birth_date,
           x.language, x.address_form, x.gender, x.salutation, x.generation, x.preferred_channels, x.patient_since,
           x.children, x.sensitive, x.notes <> '' AS has_notes, x.do_not_contact, a.verified_at IS NOT NULL AS verified,
           x.last_visit_at, x.next_visit_at
    FROM contact_points a
    JOIN patients x ON x.organization_id = :organization::uuid AND x.id = a.patient_id
    WHERE a.organization_id = :organization::uuid AND a.kind = 1 AND a.value = q.phone AND a.channel = 0
      AND x.deleted_at IS NULL AND x.merged_into IS NULL AND x.erased_at IS NULL
    ORDER BY x.last_visit_at DESC NULLS LAST, x.id DESC LIMIT 50
) p ON true
LEFT JOIN LATERAL (
    SELECT greatest(p.last_visit_at, max(x.starts_at) FILTER (WHERE x.starts_at <= now() AND x.status IN (3, 4))) AS last_visit,
           coalesce(min(x.starts_at) FILTER (WHERE x.starts_at > now() AND x.status IN (1, 2)), p.next_visit_at) AS next_visit
    FROM appointments x
    WHERE x.organization_id = :organization::uuid AND x.patient_id IN (
        SELECT p.id UNION ALL
        SELECT m.id FROM patients m WHERE m.organization_id = :organization::uuid AND m.merged_into = p.id)
) v ON p.id IS NOT NULL
WHERE q.n = :n
ORDER BY v.last_visit DESC NULLS LAST, p.id DESC;

-- Where a clinic's front desk is told of what needs it.
ALTER TABLE clinics ADD COLUMN email text NOT NULL DEFAULT '';
GRANT UPDATE (email) ON clinics TO bitewing_app;

-- Where the front desk is told of a locked link, and the clock its patients live by.
ALTER TABLE clinics ADD COLUMN email text NOT NULL DEFAULT '', ADD COLUMN time_zone text NOT NULL DEFAULT '';

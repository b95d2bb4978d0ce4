-- Whom a run's compute is counted to.
ALTER TABLE runs ADD COLUMN project TEXT NOT NULL DEFAULT 'default' CHECK (trim(project) <> '');

-- Lists are JSON arrays; an empty one sets no limit.
ALTER TABLE api_keys ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN endpoints TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_keys ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_keys ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_keys ADD COLUMN expires_at TEXT;
ALTER TABLE api_keys ADD COLUMN replaced_by TEXT;
ALTER TABLE api_keys ADD COLUMN last_used_at TEXT;

UPDATE api_keys SET sequence = 1 + (
    SELECT count(*) FROM api_keys AS older
    WHERE older.created_at < api_keys.created_at OR (older.created_at = api_keys.created_at AND older.id < api_keys.id));

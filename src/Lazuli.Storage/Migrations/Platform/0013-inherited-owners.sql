-- The project whose owners a model's are; null where they were set by hand.
ALTER TABLE model_policies ADD COLUMN owners_from TEXT;

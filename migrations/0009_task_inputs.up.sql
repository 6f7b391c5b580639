-- Stored images that the operations of a task name beside the one that is worked on, as [{"image": id, "digest": …}].
-- The bytes outlive these images too while a task needs them.
alter table tasks add column inputs jsonb not null default '[]';

-- For the sweep of blobs. Most tasks name none.
create index tasks_inputs on tasks using gin (inputs jsonb_path_ops) where inputs <> '[]';

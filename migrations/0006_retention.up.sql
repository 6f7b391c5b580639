-- When a task and its outcome go, counted from its end. Null until then; a task may ask for less than the service's own.
alter table tasks add column task_ttl integer;
alter table tasks add column result_ttl integer;
alter table tasks add column expires_at timestamptz;
create index tasks_expiry on tasks (expires_at) where expires_at is not null;

-- Digests of blobs that have lost a reference: the sweep looks whether it was the last.
create table loose_blobs (
  digest text primary key
);

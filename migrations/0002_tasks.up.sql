-- A task is what a caller follows; the job that does its work is a row of graphile_worker.
create table tasks (
  id             uuid primary key,
  owner          text not null default 'local',
  state          text not null default 'pending' check (state in ('pending', 'ok', 'failed', 'cancelled')),
  -- json, not jsonb: members keep the order in which they were written.
  operations     json not null,
  -- json or xml: what the task was asked in, and answers in where Accept leaves it open.
  speech         text not null default 'json' check (speech in ('json', 'xml')),
  image_id       uuid,
  -- The bytes outlive their image while a task needs them.
  image_digest   text not null,
  progress       jsonb,
  -- Seconds of work expected when it was accepted.
  estimate       real not null,
  -- Rises with every start of the work: only the latest attempt may finish the task.
  attempt        integer not null default 0,
  attempts_left  integer not null default 3,
  outcome_id     uuid,
  problem        text,
  detail         text,
  created_at     timestamptz not null default now(),
  started_at     timestamptz,
  completed_at   timestamptz,
  check ((state = 'ok') = (outcome_id is not null))
);

create index tasks_list on tasks (owner, id desc);
create index tasks_image on tasks (image_id) where image_id is not null;
create index tasks_digest on tasks (image_digest);

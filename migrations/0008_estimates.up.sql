-- What work has cost, by kind: from it the next estimates are made.
create table durations (
  -- 'read jpeg', 'resize', 'write avif effort 2'; 'machine': how busy machines are; 'p90': how far estimates are off.
  kind        text primary key,
  -- Seconds for an amount of 1, most often a megapixel; for the last two a factor.
  rate        real not null check (rate > 0),
  -- Tasks that told of it, each counted as far as it did.
  evidence    real not null,
  updated_at  timestamptz not null default now()
);

-- Worker processes. One lives while it holds its advisory lock (src/queue/worker-lock.ts).
create table workers (
  id          text primary key,
  -- Tasks that it works on at once; none where it makes deliveries.
  slots       integer not null check (slots >= 0),
  started_at  timestamptz not null default now()
);

-- What was expected when the task was queued, which a retry does again. `estimate` is its own work alone.
alter table tasks add column queued_at timestamptz not null default now();
-- Tasks in front of it.
alter table tasks add column ahead integer not null default 0;
-- Seconds until its work begins.
alter table tasks add column wait real not null default 0;
-- Seconds until its end, of nine in ten such tasks.
alter table tasks add column p90 real not null default 0;

-- The work ahead is summed up again and again. On a column that never changes while a task is pending: starting it and
-- reporting its progress leave the index alone.
create index tasks_pending on tasks (queued_at) where state = 'pending';

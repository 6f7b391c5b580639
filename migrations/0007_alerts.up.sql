-- Who is called back when the task ends, and the origin of the links that are told then.
alter table tasks add column callback json;

-- Rises with every change that can be seen from outside: the id of the event that tells of it.
alter table tasks add column version integer not null default 1;

create function task_changes() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
create trigger task_changes before update on tasks for each row execute function task_changes();

-- Told at the commit to every process that listens: whoever waits for this task looks again.
create function tell_of_task() returns trigger language plpgsql as $$
begin
  perform pg_notify('darkroom_tasks', old.id::text);
  return null;
end $$;
create trigger tell_of_task after update or delete on tasks for each row execute function tell_of_task();

-- An alert is recorded in the transaction in which its task ends, and POSTed to the task's callback.
create table alerts (
  id            uuid primary key,
  owner         text not null default 'local',
  task_id       uuid not null,
  -- A task that is tried again ends again.
  round         integer not null,
  -- task.ok, task.failed, task.cancelled
  type          text not null,
  url           text not null,
  secret        text,
  -- The very bytes that are signed and sent, at every attempt the same.
  media_type    text not null,
  body          text not null,
  state         text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  -- Why it failed: gone or exhausted.
  failure       text,
  created_at    timestamptz not null default now(),
  completed_at  timestamptz,
  expires_at    timestamptz not null,
  check ((state = 'pending') = (completed_at is null)),
  check ((state = 'failed') = (failure is not null))
);

-- One for each end of a task, whatever happens.
create unique index alerts_end on alerts (task_id, round);
create index alerts_list on alerts (owner, id desc);
-- By hash: a URL may be longer than an index can hold.
create index alerts_pending on alerts (owner, md5(url)) where state = 'pending';
create index alerts_expiry on alerts (expires_at);

-- Every attempt to deliver an alert.
create table deliveries (
  -- Of a resend: the id of its invocation.
  id            uuid primary key,
  alert_id      uuid not null references alerts on delete cascade,
  number        integer not null,
  cause         text not null check (cause in ('event', 'retry', 'resend')),
  state         text not null default 'waiting'
                check (state in ('waiting', 'running', 'succeeded', 'failed', 'cancelled')),
  scheduled_at  timestamptz not null,
  started_at    timestamptz,
  completed_at  timestamptz,
  -- What the receiver answered.
  status        smallint,
  -- Why there was no answer.
  failure       text,
  duration_ms   integer
);

create unique index deliveries_number on deliveries (alert_id, number);

-- URLs whose receiver has answered 410: nothing is delivered there any more.
create table closed_callbacks (
  owner      text not null,
  url        text not null,
  closed_at  timestamptz not null default now()
);

create unique index closed_callbacks_url on closed_callbacks (owner, md5(url));

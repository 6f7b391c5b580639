-- An invocation of a controller resource, such as POST /images/tasks/{id}/retry. Its row is its exactly-once record: it is
-- committed with its effect.
create table invocations (
  id          uuid primary key,
  owner       text not null default 'local',
  -- Path of the controller resource.
  controller  text not null,
  -- The status that the first caller got: 200 when the effect was complete, 202 when it goes on.
  status      smallint not null,
  reason      text,
  created_at  timestamptz not null default now()
);

create index invocations_created on invocations (created_at);

-- Rises with every retry: the job of an earlier round finds nothing to do.
alter table tasks add column round integer not null default 0;

-- Who has tasks that wait, in the order in which they have their turn: whoever has had one goes to the end. A row is there before
-- any of its owner's tasks waits; src/tasks/turns.ts has who takes it away, and when.
create table turns (
  owner  text primary key,
  place  bigserial not null
);

create index turns_place on turns (place);

-- The job that does its work: of graphile_worker, which takes whose turn it is. Null until one has taken it.
alter table tasks add column job bigint;

-- The next task of an owner, and that of a job that was broken off.
create index tasks_waiting on tasks (owner, queued_at)
  where state = 'pending' and job is null and started_at is null and (leader is null or leader = id);
create index tasks_held on tasks (job) where state = 'pending' and job is not null;

-- What is pending was found in the order in which it came, whosever it was: the oldest of one owner must not be looked for there.
drop index tasks_pending;
create index tasks_pending on tasks (owner) where state = 'pending';

-- Until now a job named its task. One that has begun stays with it.
do $$ begin
  if to_regclass('graphile_worker._private_jobs') is not null then
    update tasks set job = jobs.id from graphile_worker._private_jobs as jobs
    where tasks.state = 'pending' and tasks.started_at is not null
      and jobs.payload ->> 'taskId' = tasks.id::text and jobs.payload ->> 'round' = tasks.round::text;
  end if;
end $$;

insert into turns (owner)
select owner from tasks
where state = 'pending' and job is null and started_at is null and (leader is null or leader = id)
group by owner order by min(queued_at);

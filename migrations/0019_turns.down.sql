-- A job names its task again, and none does another's. Nine tries, as triesMax in src/queue/jobs.ts.
select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs where task_identifier = 'process-task'));
select graphile_worker.add_jobs(array(
  select row('process-task', json_build_object('taskId', id, 'round', round), null, queued_at, 9, null, 0, null)::graphile_worker.job_spec
  from tasks where state = 'pending' and (leader is null or leader = id) order by queued_at
));
drop index tasks_held, tasks_waiting, tasks_pending;
create index tasks_pending on tasks (queued_at) where state = 'pending';
alter table tasks drop column job;
drop table turns;

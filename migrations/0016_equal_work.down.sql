-- Tasks that follow have no job of their own: each does its own work now. Nine tries, as triesMax in src/queue/jobs.ts.
select graphile_worker.add_job('process-task', json_build_object('taskId', id, 'round', round), max_attempts => 9)
from tasks where state = 'pending' and leader <> id;
drop index tasks_done, tasks_following, tasks_leading;
alter table tasks drop column outcome_digest, drop column leader, drop column work_digest;

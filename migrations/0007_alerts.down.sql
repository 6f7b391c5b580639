drop table closed_callbacks;
drop table deliveries;
drop table alerts;
drop trigger tell_of_task on tasks;
drop function tell_of_task;
drop trigger task_changes on tasks;
drop function task_changes;
alter table tasks drop column callback, drop column version;

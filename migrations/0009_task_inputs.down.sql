drop index tasks_inputs;
alter table tasks drop column inputs;

alter table tasks drop column round;
drop table invocations;

drop table queries;

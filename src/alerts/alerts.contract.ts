import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { controllerRows } from '../controllers/controller.contract.js';
import { row } from '../http/contract.js';
import { PageQuery } from '../http/pagination.js';
import { type AlertState, alertStates } from './alert.js';
import { AlertListView, AlertView, DeliveryListView, DeliveryView } from './alert.view.js';

const tag = 'Alerts';

export class ListAlertsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: alertStates }) @IsOptional() @IsIn(alertStates) state?: AlertState;
  @ApiPropertyOptional({ format: 'uuid', description: 'Alerts of this task.' })
  @IsOptional()
  @IsUUID()
  task?: string;
}

const page = 'A page; `next` and `prev` lead on.';

export const listAlerts = row({
  id: 'listAlerts',
  method: 'GET',
  path: '/alerts',
  tag,
  summary: 'List alerts, newest first',
  description: 'An alert is recorded when a task that names a callback ends, in the same transaction.',
  query: ListAlertsQuery,
  answers: { 200: { description: page, headers: ['Link'], body: AlertListView } },
  conditional: true,
});

export const getAlert = row({
  id: 'getAlert',
  method: 'GET',
  path: '/alerts/{id}',
  tag,
  summary: 'What became of an alert',
  answers: { 200: { description: 'The alert.', body: AlertView } },
  conditional: true,
});

export const listDeliveries = row({
  id: 'listDeliveries',
  method: 'GET',
  path: '/alerts/{id}/deliveries',
  tag,
  summary: 'Every attempt to deliver an alert, newest first',
  query: PageQuery,
  answers: { 200: { description: page, headers: ['Link'], body: DeliveryListView } },
  conditional: true,
});

export const getDelivery = row({
  id: 'getDelivery',
  method: 'GET',
  path: '/alerts/{id}/deliveries/{number}',
  tag,
  summary: 'One attempt: when, and what came of it',
  answers: { 200: { description: 'The delivery.', body: DeliveryView } },
  conditional: true,
});

const resend = controllerRows({
  id: 'resendAlert',
  path: '/alerts/{id}/resend',
  tag,
  summary: 'Deliver an alert once more',
  description:
    'Location is the new delivery, which is made at once, whatever became of the alert before. It has the same ' +
    'webhook-id, so that a receiver knows again what it has got already.',
  noun: DeliveryView,
  inAnyState: true,
});

/** It is never done at once: there is a delivery to be made. */
export const resendAlert = {
  ...resend,
  invoke: row({ ...resend.invoke, answers: { 202: resend.invoke.answers[202] } }),
};

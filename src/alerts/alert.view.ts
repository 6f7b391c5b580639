import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type Alert,
  type AlertState,
  alertStates,
  type Delivery,
  type DeliveryCause,
  deliveryCauses,
  type DeliveryState,
  deliveryStates,
} from './alert.js';
import { alertListPage, alertPage, deliveryListPage, deliveryPage } from './alert.page.js';

type Links = Record<string, string>;

const links = (description: string) => ({
  type: 'object' as const,
  additionalProperties: { type: 'string' as const, format: 'uri' },
  description,
});

/** Why it failed, in words that say what to do. */
const details = {
  gone: 'The receiver answered 410: nothing is sent to this URL any more. A resend that it takes opens it again.',
  exhausted: 'The last try of the schedule failed too. See its deliveries; resend it when the receiver is back.',
};

export class AlertView {
  static readonly element = 'alert';
  static readonly toHtml = alertPage;

  @ApiProperty({ format: 'uuid', description: 'The webhook-id of every delivery.' }) id: string;
  @ApiProperty({ example: 'task.ok', enum: ['task.ok', 'task.failed', 'task.cancelled'] }) type: string;
  @ApiProperty({ enum: alertStates, description: 'pending: it is delivered now, or will be tried again.' })
  state: AlertState;
  @ApiProperty({ format: 'uri', description: 'Where it is POSTed to.' }) url: string;
  @ApiProperty({ description: 'Whether its deliveries are signed.' }) signed: boolean;
  @ApiProperty({ format: 'date-time' }) created: string;
  @ApiPropertyOptional({ format: 'date-time' }) completed?: string;
  @ApiPropertyOptional({ enum: ['gone', 'exhausted'] }) failure?: string;
  @ApiPropertyOptional({ description: 'Why it failed, and what to do.' }) detail?: string;
  @ApiProperty(links('self, task, deliveries, resend.')) links: Links;
}

export class AlertListView {
  static readonly element = 'alerts';
  static readonly toHtml = alertListPage;
  @ApiProperty({ type: [AlertView] }) items: AlertView[];
  @ApiProperty(links('self, next, prev.')) links: Links;
}

export class DeliveryView {
  static readonly element = 'delivery';
  static readonly toHtml = deliveryPage;

  @ApiProperty({ type: 'integer', minimum: 1 }) number: number;
  @ApiProperty({ enum: deliveryCauses, description: "The task's end, an earlier failure, or somebody's wish." })
  cause: DeliveryCause;
  @ApiProperty({ enum: deliveryStates, description: 'cancelled: another delivery succeeded before.' })
  state: DeliveryState;
  @ApiProperty({ format: 'date-time' }) scheduled: string;
  @ApiPropertyOptional({ format: 'date-time' }) started?: string;
  @ApiPropertyOptional({ format: 'date-time' }) completed?: string;
  @ApiPropertyOptional({ type: 'integer', description: 'What the receiver answered.', example: 204 }) status?: number;
  @ApiPropertyOptional({
    description:
      'Why there was no answer to be used: timeout, refused, reset, tls, dns, private-address, too-large, protocol, interrupted; or secret-unreadable: nothing was sent, since nothing could be signed.',
    example: 'timeout',
  })
  failure?: string;
  @ApiPropertyOptional({ type: 'integer', description: 'ms' }) durationMs?: number;
  @ApiProperty(links('self, alert.')) links: Links;
}

export class DeliveryListView {
  static readonly element = 'deliveries';
  static readonly toHtml = deliveryListPage;
  @ApiProperty({ type: [DeliveryView] }) items: DeliveryView[];
  @ApiProperty(links('self, next, prev.')) links: Links;
}

export function alertView(alert: Alert, origin: string): AlertView {
  const self = alertUri(alert.id, origin);
  return {
    id: alert.id,
    type: alert.type,
    state: alert.state,
    url: alert.url,
    signed: alert.secret !== null,
    created: alert.createdAt.toISOString(),
    ...(alert.completedAt === null ? {} : { completed: alert.completedAt.toISOString() }),
    ...(alert.failure === null ? {} : { failure: alert.failure, detail: details[alert.failure] }),
    links: {
      self,
      task: `${origin}/images/tasks/${alert.taskId}`,
      deliveries: `${self}/deliveries`,
      resend: `${self}/resend`,
    },
  };
}

export function deliveryView(delivery: Delivery, origin: string): DeliveryView {
  const alert = alertUri(delivery.alertId, origin);
  return {
    number: delivery.number,
    cause: delivery.cause,
    state: delivery.state,
    scheduled: delivery.scheduledAt.toISOString(),
    ...(delivery.startedAt === null ? {} : { started: delivery.startedAt.toISOString() }),
    ...(delivery.completedAt === null ? {} : { completed: delivery.completedAt.toISOString() }),
    ...(delivery.status === null ? {} : { status: delivery.status }),
    ...(delivery.failure === null ? {} : { failure: delivery.failure }),
    ...(delivery.durationMs === null ? {} : { durationMs: delivery.durationMs }),
    links: { self: deliveryUri(delivery, origin), alert },
  };
}

function alertUri(id: string, origin: string): string {
  return `${origin}/alerts/${id}`;
}

export function deliveryUri({ alertId, number }: Delivery, origin: string): string {
  return `${alertUri(alertId, origin)}/deliveries/${number}`;
}

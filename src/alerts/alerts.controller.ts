import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { Problem } from '../problems.js';
import { alertView, deliveryView } from './alert.view.js';
import * as contract from './alerts.contract.js';
import { AlertsService } from './alerts.service.js';

@Controller()
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Operation(contract.listAlerts)
  async list(call: Call<typeof contract.listAlerts>): Promise<Answer<typeof contract.listAlerts>> {
    const page = await this.alerts.list({ owner: call.owner, ...call.query }, keysetOf(call.query));
    const { links, header } = pageLinks(page, call.url);
    const items = page.items.map((alert) => alertView(alert, call.origin));
    return { status: 200, headers: { Link: header }, body: { items, links } };
  }

  @Operation(contract.getAlert)
  async get(call: Call<typeof contract.getAlert>): Promise<Answer<typeof contract.getAlert>> {
    const alert = await this.alerts.find(call.owner, call.param('id'));
    if (alert === null) throw new Problem('not-found');
    return { status: 200, body: alertView(alert, call.origin) };
  }

  @Operation(contract.listDeliveries)
  async listDeliveries(call: Call<typeof contract.listDeliveries>): Promise<Answer<typeof contract.listDeliveries>> {
    const page = await this.alerts.listDeliveries(call.owner, call.param('id'), keysetOf(call.query));
    if (page === null) throw new Problem('not-found');
    const { links, header } = pageLinks(page, call.url);
    const items = page.items.map((delivery) => deliveryView(delivery, call.origin));
    return { status: 200, headers: { Link: header }, body: { items, links } };
  }

  @Operation(contract.getDelivery)
  async getDelivery(call: Call<typeof contract.getDelivery>): Promise<Answer<typeof contract.getDelivery>> {
    const number = /^[1-9]\d{0,8}$/.exec(call.param('number'))?.[0];
    const delivery = number && (await this.alerts.findDelivery(call.owner, call.param('id'), Number(number)));
    if (!delivery) throw new Problem('not-found');
    return { status: 200, body: deliveryView(delivery, call.origin) };
  }
}

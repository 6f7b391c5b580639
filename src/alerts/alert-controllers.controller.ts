import { Controller } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type ControllerResource, ControllerResources } from '../controllers/controller-resources.js';
import { type Call } from '../http/call.js';
import { type Answer, type Row } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { Problem } from '../problems.js';
import { deliveryUri, deliveryView, type DeliveryView } from './alert.view.js';
import { resendAlert } from './alerts.contract.js';
import { AlertsService } from './alerts.service.js';

type AlertCall = Call<Row & { path: `/alerts/{id}/${string}` }>;

/** The controller resource of an alert: `POST /alerts/{id}/resend`. */
@Controller()
export class AlertControllersController {
  constructor(
    private readonly alerts: AlertsService,
    private readonly controllers: ControllerResources,
  ) {}

  @Operation(resendAlert.invoke)
  resend(call: Call<typeof resendAlert.invoke>): Promise<Answer<typeof resendAlert.invoke>> {
    return this.controllers.invokeLater(call, this.resource(call));
  }

  @Operation(resendAlert.fill)
  resendOnce(call: Call<typeof resendAlert.fill>): Promise<Answer<typeof resendAlert.fill>> {
    return this.controllers.fill(call, this.resource(call));
  }

  @Operation(resendAlert.get)
  getResend(call: Call<typeof resendAlert.get>): Promise<Answer<typeof resendAlert.get>> {
    return this.controllers.get(call, pathOf(call));
  }

  @Operation(resendAlert.giveBack)
  giveBackResend(call: Call<typeof resendAlert.giveBack>): Promise<Answer<typeof resendAlert.giveBack>> {
    return this.controllers.giveBack(call, pathOf(call));
  }

  /** Every invocation makes a delivery, which has its id. */
  private resource(call: AlertCall): ControllerResource<DeliveryView> {
    const [{ owner, origin }, id] = [call, call.param('id')];
    return {
      path: pathOf(call),
      effect: async (tx, invocationId) => {
        if (!(await this.alerts.resend(tx, owner, id, invocationId))) throw new Problem('not-found');
        return 202;
      },
      present: async (invocationId: string, tx?: EntityManager) => {
        const delivery = await this.alerts.findResent(owner, id, invocationId, tx);
        if (delivery === null) throw new Problem('not-found');
        return { uri: deliveryUri(delivery, origin), body: deliveryView(delivery, origin) };
      },
    };
  }
}

const pathOf = (call: AlertCall): string => `/alerts/${call.param('id')}/resend`;

import { Req, RequestMapping, RequestMethod, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Call, openCall } from './call.js';
import { type Answer, type AnyAnswer, type Row } from './contract.js';
import { respond } from './respond.js';
import { registerRow } from './rows.js';

/**
 * The one decorator above a handler. From the contract row it makes the route, the checks before the handler, the
 * sending of what the handler returns; openapi.ts documents it.
 */
export function Operation<R extends Row>(operation: R) {
  type Handler = (call: Call<R>) => Promise<Answer<R>> | Answer<R>;
  return <H extends Handler>(target: object, key: string, descriptor: TypedPropertyDescriptor<H>): void => {
    const handler = descriptor.value;
    if (handler === undefined) throw new Error(`${operation.id} decorates no method`);
    registerRow(operation);
    const route = async function (this: unknown, request: Request, response: Response): Promise<void> {
      const call = await openCall(operation, request, response);
      const answer: AnyAnswer = await handler.call(this, call);
      await respond(call, answer);
    };
    // The method that Nest calls takes the place of the one that was written.
    const routed = Object.assign(descriptor, { value: route });
    RequestMapping({
      path: [operation.path, ...(operation.aliases ?? [])].map(expressPath),
      method: RequestMethod[operation.method],
    })(target, key, routed);
    Req()(target, key, 0);
    Res()(target, key, 1);
  };
}

const expressPath = (template: string): string => template.replaceAll(/\{(\w+)\}/g, ':$1');

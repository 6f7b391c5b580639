import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Problem } from '../problems.js';
import { databaseUnavailable } from './database-unavailable.js';
import { requestIdOf } from './exchange.js';
import { sendProblem } from './problem-document.js';
import { nothingHere } from './nothing-here.js';
import { messageOf } from '../system-error.js';

/** Everything thrown, by us or by the framework, becomes a problem document here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    // The client went away, or the answer had begun: there is no one to tell, or no way to.
    if (response.headersSent || request.socket.destroyed) {
      response.destroy();
      return;
    }
    sendProblem(request, response, this.problemOf(error, request));
  }

  private problemOf(error: unknown, request: Request): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof URIError || statusOf(error) === 400) {
      return new Problem('malformed-request', { detail: 'The path or a header cannot be decoded.' });
    }
    // The framework's own 404 says that no route took the request: another method may.
    if (error instanceof HttpException && error.getStatus() === 404) return nothingHere(request);
    if (isConnectionLoss(error)) {
      this.logger.error({ requestId: requestIdOf(request), msg: `the database does not answer: ${messageOf(error)}` });
      return databaseUnavailable(error);
    }
    this.logger.error({ requestId: requestIdOf(request), msg: 'something broke', err: error });
    return new Problem('internal-error', { cause: error });
  }
}

/** PostgreSQL classes 08 (connection), 53 (resources), 57 (operator intervention), and the socket's own failures. */
function isConnectionLoss(error: unknown): boolean {
  const code = propertyOf(error, 'code');
  if (typeof code === 'string' && /^(08...|53...|57P..|ECONN.*|EPIPE|ENOTFOUND|ETIMEDOUT)$/.test(code)) return true;
  // TypeORM's words for a transaction whose connection went away under it, and pg's for those without a code.
  if (error instanceof Error && /^QueryRunner\w*AlreadyReleasedError$/.test(error.name)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout/.test(messageOf(error));
}

const statusOf = (error: unknown): unknown => propertyOf(error, 'status');

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

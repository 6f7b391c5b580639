import { describe, expect, test } from '@jest/globals';
import { logTo } from '../../src/log/log.js';
import { NestLog } from '../../src/log/nest-log.js';
import { readable } from '../../src/log/readable.js';
import { Heard } from './heard.js';

describe('a line', () => {
  test('is JSON with its time, level, process and message', () => {
    const heard = new Heard();
    logTo(heard, 'info', 'api').info({ a: 1 }, 'it happened');
    expect(heard.lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        process: 'api',
        a: 1,
        msg: 'it happened',
      },
    ]);
  });

  test('is written from its level on', () => {
    const heard = new Heard();
    const log = logTo(heard, 'warn', 'api');
    log.info({}, 'unheard');
    log.warn({}, 'heard');
    expect(heard.lines.map(({ msg }) => msg)).toEqual(['heard']);
  });

  test('of an error has what is known of it and its causes, and nothing that callers sent', () => {
    const heard = new Heard();
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (name)=(private)',
      parameters: ['private'],
    });
    logTo(heard, 'info', 'api').error({ err: new Error('outer', { cause }) }, 'it broke');
    expect(heard.lines[0]?.err).toEqual({
      type: 'Error',
      message: 'outer',
      stack: expect.stringContaining('log.test'),
      cause: { type: 'Error', message: 'duplicate key', code: '23505', stack: expect.any(String) },
    });
    expect(heard.text).not.toContain('private');
  });

  test('for people has it all in a line, and the stack below', () => {
    const heard = new Heard();
    logTo(readable(heard), 'info', 'api').error({ status: 500, err: new Error('lost') }, 'it broke');
    expect(heard.text).toMatch(/^[\d:.]{12} error api {4}it broke status=500\nError: lost\n {4}at /);
  });
});

describe('what Nest and its loggers say', () => {
  const said = (say: (log: NestLog) => void) => {
    const heard = new Heard();
    say(new NestLog(logTo(heard, 'debug', 'worker')));
    return heard.lines.map(({ time: _, process: __, ...line }) => line);
  };

  test('goes into the log with the name of who said it', () => {
    expect(said((log) => log.warn('a connection broke', 'database'))).toEqual([
      { level: 'warn', from: 'database', msg: 'a connection broke' },
    ]);
  });

  test('may have fields', () => {
    expect(said((log) => log.error({ msg: 'it broke', requestId: 'x' }, 'http'))).toEqual([
      { level: 'error', from: 'http', requestId: 'x', msg: 'it broke' },
    ]);
  });

  test('of an error that was not caught has its stack', () => {
    expect(said((log) => log.error('lost', 'Error: lost\n    at x', 'ExceptionHandler'))).toEqual([
      { level: 'error', from: 'ExceptionHandler', stack: 'Error: lost\n    at x', msg: 'lost' },
    ]);
  });

  test('of the framework while it starts is for those who look for trouble', () => {
    expect(said((log) => log.log('Mapped {/images, GET} route', 'RouterExplorer'))[0]?.level).toBe('debug');
  });
});

describe('secrets in texts of others', () => {
  test.each([
    ['connect postgres://darkroom:hunter2@db:5432/darkroom failed', 'connect postgres://[…]@db:5432/darkroom failed'],
    ['POST https://receiver.example/in?token=hunter2 refused', 'POST https://receiver.example/in?[…] refused'],
    ['Authorization: Bearer hunter2', 'Authorization: Bearer […]'],
    ['{"secret":"hunter2","a":1}', '{"secret":"[…]","a":1}'],
    ['Cookie: session=hunter2; path=/', 'Cookie: […]; path=/'],
    ['signed with whsec_aHVudGVyMg==', 'signed with whsec_[…]'],
    ['the key dk_abc_hunter2 is revoked', 'the key dk_[…] is revoked'],
  ])('%s', (text, expected) => {
    const heard = new Heard();
    const log = logTo(heard, 'info', 'api');
    new NestLog(log).warn(text, 'test');
    log.error({ err: new Error(text) }, 'it broke');
    expect(heard.lines.map(({ msg, err }) => err?.message ?? msg)).toEqual([expected, expected]);
    expect(heard.text).not.toContain('hunter2');
  });

  test('are looked for in no time, whatever the text', () => {
    const log = new NestLog(logTo(new Heard(), 'info', 'api'));
    const began = performance.now();
    for (const part of ['a', 'a:', 'a://', 'Bearer ', 'token=', '://a?']) log.warn(part.repeat(20_000), 'test');
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

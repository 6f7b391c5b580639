import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

/** A Chromium that comes from npm, unpacked into a folder of its own; it reaches no other address than 127.0.0.1. */
export class TestBrowser {
  private constructor(
    readonly browser: Browser,
    private readonly folder: string,
  ) {}

  static async start(): Promise<TestBrowser> {
    // 0700 by its nature: nobody else can put a program there.
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-chromium-'));
    try {
      const executablePath = await unpacked(folder);
      await writeFile(join(folder, 'fonts.conf'), fontsIn(folder));
      const env = { ...process.env, TMPDIR: folder, HOME: folder, FONTCONFIG_FILE: join(folder, 'fonts.conf') };
      return new TestBrowser(await chromium.launch({ executablePath, args: flags, env }), folder);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      throw new Error(
        'The Chromium of @sparticuz/chromium does not run on this machine: the browser tests need it (Linux on x64, with 300 MB of temporary space).',
        { cause },
      );
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const flags = [
  // Pages are our own, and containers seldom allow what the sandbox needs.
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** In a process of its own: it unpacks into what that takes for the temporary folder. */
async function unpacked(folder: string): Promise<string> {
  const program = "import chromium from '@sparticuz/chromium'; process.stdout.write(await chromium.executablePath());";
  const environment = { ...process.env, TMPDIR: folder, NODE_OPTIONS: '' };
  const arguments_ = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, arguments_, { env: environment });
  return stdout;
}

/** The package's own file names folders of a machine that is not this one, and without any font Chromium ends. */
function fontsIn(folder: string): string {
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`;
}

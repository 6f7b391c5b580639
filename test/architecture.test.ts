import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/**
 * The import table of DESIGN.md, section 3, over every file of src. A file is named by its path below src: tasks/task.ts.
 * This runs as dist/test/architecture.test.js and reads the sources.
 */
const src = new URL('../../src/', import.meta.url);

interface Import {
  from: string;
  /** A file of src, or a package, or a module of Node. */
  to: string;
  typeOnly: boolean;
}

/** A folder of src each that holds a noun, in a file of its singular: images/image.ts. */
const nouns = ['images', 'notes', 'tasks', 'texts', 'queries', 'reservations', 'alerts'];

/** Which feature may import which others. A direction that is not here is a decision: the design's table has it first. */
const directions: Record<string, readonly string[]> = {
  ephemeral: ['tasks', 'images'],
  tasks: ['images', 'texts', 'alerts', 'reservations', 'controllers', 'limits'],
  texts: ['images', 'limits'],
  queries: ['images'],
  images: ['reservations', 'limits'],
  notes: ['images'],
  alerts: ['controllers'],
  controllers: ['reservations'],
  reservations: [],
  limits: [],
};

/** Rooms without a purpose. */
const namelessRooms = /^(index|utils?|helpers?|common|misc|shared)$/;

const linesMax = 250;

const sources = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => [path, parse(path)]),
);
const files = [...sources.keys()];
const imports = [...sources].flatMap(([path, source]) => importsOf(path, source));

test('the sources are found, and every import of one of ours leads to one of them', () => {
  for (const isKind of [isNoun, isRepository, isService, isController, isJob]) {
    expect([isKind.name, files.filter(isKind)]).not.toEqual([isKind.name, []]);
  }
  expect(imports.filter(({ to }) => to.endsWith('.ts') && !sources.has(to))).toEqual([]);
});

describe('a noun', () => {
  rule('imports nothing outside of src but modules of Node', ({ from, to }) => {
    return isNoun(from) && !isOurs(to) && !isBuiltin(to);
  });

  rule(
    'imports nothing of src but problems, and the types of other nouns and of processing',
    ({ from, to, typeOnly }) => {
      return (
        isNoun(from) &&
        isOurs(to) &&
        !['problems.ts', 'problem-types.ts'].includes(to) &&
        !(typeOnly && (isNoun(to) || folderOf(to) === 'processing'))
      );
    },
  );
});

describe('a repository', () => {
  rule('imports no other repository', ({ from, to }) => isRepository(from) && isRepository(to));

  rule(
    'imports nothing of what stands above it: service, controller, contract, view, page, job, http',
    ({ from, to }) => {
      return isRepository(from) && (isService(to) || isController(to) || isJob(to) || isPresentation(to));
    },
  );

  rule('is imported within its own folder only', ({ from, to }) => isRepository(to) && folderOf(from) !== folderOf(to));
});

describe('a service', () => {
  rule('imports neither http nor contract nor view', ({ from, to }) => isService(from) && isPresentation(to));

  rule('imports neither Express nor sharp', ({ from, to }) => {
    return isService(from) && ['express', '@nestjs/platform-express', 'sharp'].includes(packageOf(to));
  });

  rule('imports neither controller nor job', ({ from, to }) => isService(from) && (isController(to) || isJob(to)));
});

describe('a controller', () => {
  rule('imports no repository', ({ from, to }) => isController(from) && isRepository(to));

  rule('imports nothing of the queue', ({ from, to }) => {
    return isController(from) && (folderOf(to) === 'queue' || packageOf(to) === 'graphile-worker');
  });
});

describe('a job', () => {
  rule('knows no SQL: neither TypeORM nor pg nor a repository', ({ from, to }) => {
    return isJob(from) && (['typeorm', 'pg'].includes(packageOf(to)) || isRepository(to));
  });

  rule('knows no http', ({ from, to }) => isJob(from) && (isPresentation(to) || packageOf(to) === 'express'));
});

describe.each(['processing', 'http', 'storage', 'queue', 'outbound'])('%s', (technology) => {
  rule(
    'never imports a folder of a noun',
    ({ from, to }) => folderOf(from) === technology && nouns.includes(folderOf(to)),
  );

  rule('imports nothing of src but its own, problems, page, system-error and let-go', ({ from, to }) => {
    const allowed = [technology, 'problems.ts', 'problem-types.ts', 'page.ts', 'system-error.ts', 'let-go.ts'];
    return folderOf(from) === technology && isOurs(to) && !allowed.includes(folderOf(to)) && !allowed.includes(to);
  });
});

describe('database', () => {
  rule('imports nothing of a noun but the entities that data-source.ts puts together', ({ from, to }) => {
    const composed = from === 'database/data-source.ts' && to.endsWith('.entity.ts');
    return folderOf(from) === 'database' && nouns.includes(folderOf(to)) && !composed;
  });
});

describe.each(Object.entries(directions))('%s', (feature, allowed) => {
  rule(`imports of the features only: ${allowed.join(', ') || 'none'}`, ({ from, to }) => {
    const other = folderOf(to);
    return folderOf(from) === feature && other in directions && other !== feature && !allowed.includes(other);
  });
});

describe('a file', () => {
  test('is named for what it is, and so is its folder', () => {
    expect(
      files.filter((path) =>
        path
          .replace(/\.ts$/, '')
          .split(/[/.]/)
          .some((part) => namelessRooms.test(part)),
      ),
    ).toEqual([]);
  });

  test('has no default export', () => {
    expect(files.filter((path) => sources.get(path)?.statements.some(isDefaultExport))).toEqual([]);
  });

  test(`has at most ${linesMax} lines`, () => {
    const long = [...sources].map(([path, { text }]) => ({ path, lines: text.trimEnd().split('\n').length }));
    expect(long.filter(({ lines }) => lines > linesMax)).toEqual([]);
  });

  test('is not imported by what it imports, but for types', () => {
    expect(cycles()).toEqual([]);
  });
});

/** A test of its own, which names each import that breaks the rule. */
function rule(sentence: string, isBroken: (edge: Import) => boolean): void {
  test(sentence, () => {
    const offences = imports.filter(isBroken).map(({ from, to, typeOnly }) => {
      return `src/${from} imports ${typeOnly ? 'a type of ' : ''}${to}`;
    });
    expect(offences).toEqual([]);
  });
}

function folderOf(path: string): string {
  return isOurs(path) ? (posix.dirname(path).split('/')[0] ?? '') : '';
}

function isOurs(target: string): boolean {
  return target.endsWith('.ts');
}

function packageOf(target: string): string {
  if (isOurs(target)) return '';
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

function isNoun(path: string): boolean {
  return nouns.some((folder) => path === `${folder}/${folder.replace(/ies$/, 'y').replace(/s$/, '')}.ts`);
}

function isRepository(path: string): boolean {
  return path.endsWith('.repository.ts');
}

function isService(path: string): boolean {
  return path.endsWith('.service.ts');
}

function isController(path: string): boolean {
  return path.endsWith('.controller.ts');
}

function isJob(path: string): boolean {
  return path.endsWith('.job.ts');
}

/** What knows of requests and answers. */
function isPresentation(path: string): boolean {
  return folderOf(path) === 'http' || /\.(contract|view|page)\.ts$/.test(path);
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(new URL(path, src), 'utf8'), ts.ScriptTarget.Latest);
}

/** Of every form: import, export … from, import() and the type import('…').Name. */
function importsOf(from: string, source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { text } = specifier;
    const to = text.startsWith('.') ? posix.join(posix.dirname(from), text).replace(/\.js$/, '.ts') : text;
    found.push({ from, to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node.importClause));
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, exportsTypesOnly(node));
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function exportsTypesOnly({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly || exportClause === undefined || !ts.isNamedExports(exportClause)) return isTypeOnly;
  return exportClause.elements.every((element) => element.isTypeOnly);
}

function isDefaultExport(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
    return statement.exportClause.elements.some(({ name }) => name.text === 'default');
  }
  if (!ts.canHaveModifiers(statement)) return false;
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

/** Each as the way around: a → b → a. At least one of every knot of them, none where there is none. */
function cycles(): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const walk = (path: string, way: string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (way.includes(path) || finished.has(path)) return;
    for (const { from, to, typeOnly } of imports) {
      if (from === path && isOurs(to) && !typeOnly) walk(to, [...way, path]);
    }
    finished.add(path);
  };
  for (const file of files) walk(file, []);
  return found;
}

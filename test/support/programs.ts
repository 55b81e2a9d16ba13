import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program of the machine that some tests need beside Node.js. */
export interface Program {
  /** What it is called; the first that is there is taken. */
  commands: readonly string[];
  /** The Debian package that brings it. */
  package: string;
}

/** A suite that needs a program. Without one it is left out and one visible line says so; with CI=true it fails instead. */
export function describeWith(program: Program, name: string, suite: () => void): void {
  if (process.env['CI'] === 'true' || findProgram(program) !== undefined) {
    describe(name, suite);
    return;
  }
  process.stderr.write(`${program.package}: not installed, left out: ${name}\n`);
  it(`${name}: left out, there is no ${program.package}`, () => expect(findProgram(program)).toBeUndefined());
}

/** Where the program is. Throws with the remedy when it is nowhere. */
export function pathOf(program: Program): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`There is no ${program.package}: apt-get install ${program.package}`);
  return path;
}

function findProgram({ commands }: Program): string | undefined {
  // Debian keeps servers where only root looks.
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
    .flatMap((folder) => commands.map((command) => join(folder, command)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// The console's catalogues hold against each other, against the code that uses them, and against what the relay can name.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { differing, unreadable, unused } from '@comptoir/kit/messages/asked';
import { describe, expect, it } from 'vitest';
import { UNREACHABLE } from '../api/client';
import { ACTS } from '../audit/asked';
import { ROLES } from '../shell/role';
import { english, ownEnglish } from '../words/catalogue';
import { french } from '../words/french';
import enText from './en/text.json';

const RELAY = resolve(import.meta.dirname, '../../..');
const rust = (file: string) => readFileSync(join(RELAY, 'src/console', file), 'utf8');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'messages' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}
const code = sources(join(RELAY, 'console/src')).join('\n');
const lacking = (ids: string[]) => ids.filter((id) => !(id in english) || !(id in french));

describe('the console’s messages', () => {
  it('are the same in both languages, ask for the same values, and can be read', () => {
    expect(Object.keys(french).sort()).toEqual(Object.keys(ownEnglish).sort());
    expect(differing(ownEnglish, french)).toEqual([]);
    expect([...unreadable('en', ownEnglish), ...unreadable('fr', french)]).toEqual([]);
  });

  it('are all used', () => {
    expect(unused(Object.keys(enText), code)).toEqual([]);
  });

  it('word every problem of the relay, and say what to do', () => {
    const codes = [...rust('problem.rs').matchAll(/^ {4}\w+, "([a-z-]+)", [A-Z_]+, "/gm)].map((match) => match[1] ?? '');
    expect(codes.length).toBeGreaterThan(15);
    expect(lacking([...codes, UNREACHABLE].flatMap((code) => [`problem.${code}`, `problem.do.${code}`]))).toEqual([]);
  });

  it('word every act and every role', () => {
    const acts = [...rust('book/audit.rs').matchAll(/^ {12}Self::\w+ => "([a-z-]+)",/gm)].map((match) => match[1] ?? '');
    expect(acts.sort()).toEqual([...ACTS].sort());
    expect(lacking([...acts.map((act) => `act.${act}`), ...ROLES.flatMap((role) => [`role.${role}`, `role.what.${role}`])])).toEqual([]);
  });
});

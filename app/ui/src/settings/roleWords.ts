// How roles, what they allow and what they show are called.
import type { Schemas, Words } from '@comptoir/kit';

type Role = Schemas['RoleShown'];

/** A role's name: of one that needs no record in the reader's language. */
export function roleName(words: Words, role: Pick<Role, 'key' | 'name' | 'built_in'>): string {
  if (role.built_in && (role.key === 'everything' || role.key === 'reader')) return words.text(`roles.${role.key}`);
  return role.name || role.key;
}

const VERBS = ['see', 'edit', 'post', 'import', 'export'] as const;
const CLASSES = ['personal', 'pay', 'medical', 'legal'] as const;

/** Verbs in words; one that only a newer node knows as it is. */
export const verbNames = (words: Words, verbs: string[]) =>
  verbs.map((verb) => (isOneOf(VERBS, verb) ? words.text(`roles.verb.${verb}`) : verb)).join(', ');

/** Classes of field in words. */
export const classNames = (words: Words, classes: string[]) =>
  classes.map((one) => (isOneOf(CLASSES, one) ? words.text(`access.class.${one}`) : one)).join(', ');

function isOneOf<T extends string>(all: readonly T[], one: string): one is T {
  return (all as readonly string[]).includes(one);
}

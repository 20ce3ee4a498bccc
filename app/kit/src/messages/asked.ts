// What tests ask of catalogues, the node's and the relay's alike: which values a message asks for, and whether it can be read.
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { createIntl } from 'react-intl';

type Catalogue = Record<string, string>;

/** The values that a message asks for, those within its plurals too. */
export function asked(text: string): string[] {
  const named = (elements: MessageFormatElement[]): string[] =>
    elements.flatMap((element) => {
      if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
      if (element.type === TYPE.tag) return named(element.children);
      const within = element.type === TYPE.plural || element.type === TYPE.select ? Object.values(element.options).flatMap((option) => named(option.value)) : [];
      return [element.value, ...within];
    });
  return [...new Set(named(parse(text)))].sort();
}

/** Messages that ask for other values in the one language than in the other. */
export const differing = (english: Catalogue, french: Catalogue): string[] =>
  Object.keys(english).filter((id) => JSON.stringify(asked(english[id] ?? '')) !== JSON.stringify(asked(french[id] ?? '')));

/** What is said against messages when they are read. */
export function unreadable(locale: string, messages: Catalogue): string[] {
  const wrong: string[] = [];
  const intl = createIntl({ locale, messages, onError: (error) => wrong.push(`${locale}: ${error.message.slice(0, 120)}`) });
  for (const [id, text] of Object.entries(messages)) {
    intl.formatMessage({ id }, Object.fromEntries([...text.matchAll(/\{(\w+)/g)].map((match) => [match[1] ?? '', 2])));
  }
  return wrong;
}

/** Messages that no code names, by their whole id or by the beginning of a family. */
export function unused(ids: string[], code: string): string[] {
  const families = [...code.matchAll(/`([a-z][\w.]*\.)\$\{/g)].map((match) => match[1] ?? '');
  return ids.filter((id) => !code.includes(`'${id}'`) && !code.includes(`"${id}"`) && !families.some((family) => id.startsWith(family)));
}

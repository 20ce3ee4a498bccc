// What lint finds of words that stand in the code: as text of an element, or where an attribute is read by people.

/**
 * Words that a person would read stand in the catalogues, in both languages, and nowhere in the code. Keys (`Ctrl+S`) and codes
 * (`CSV`) are no words, nor is what a program or a keyboard calls itself (`Code`, `Kbd`).
 */
const message = 'Word it in the messages, in both languages.';
const READ = '/^(label|title|placeholder|description|alt|aria-label|aria-description|aria-roledescription|closeButtonLabel)$/';
const WORDS = String.raw`/^(?!\s*(?:[A-Z]+(?:-[A-Z]+)*(?:-?…)?|(?:(?:Ctrl|Alt|Shift)[+ ])+(?:[A-Z]|Enter|←|→))\s*$)(?=[^]*\p{L}{2})/u`;
const within = (place) => [
  `${place} > Literal[value=${WORDS}]`,
  `${place} > TemplateLiteral > TemplateElement[value.raw=${WORDS}]`,
  `${place} > :matches(ConditionalExpression, LogicalExpression) > Literal[value=${WORDS}]`,
];
const inNoCode = ':matches(JSXFragment, JSXElement:not([openingElement.name.name=/^(Code|Kbd)$/]))';
export const words = [
  `${inNoCode} > JSXText[value=${WORDS}]`,
  `JSXAttribute[name.name=${READ}] > Literal[value=${WORDS}]`,
  ...within(`JSXAttribute[name.name=${READ}] > JSXExpressionContainer`),
  ...within(`${inNoCode} > JSXExpressionContainer`),
].map((selector) => ({ selector, message }));

// A table as a file of CSV (RFC 4180). Owns that no cell is run as a formula: one that a spreadsheet would calculate gets an apostrophe before
// it, as in the node's files and in the relay's.

const TRIGGERS = /^'*[=+\-@\t\r]/;

/** A number is a number, and none of what somebody wrote. */
export const csvCell = (text: string | number): string => (typeof text === 'number' ? String(text) : quoted(text));

const quoted = (text: string): string => `"${TRIGGERS.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`;

/** With the mark by which spreadsheets know UTF-8. */
export const csvFile = (rows: (string | number)[][]): string => `\ufeff${rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;

// The columns of a file before it is sent: the header of a CSV in any usual shape, or of a workbook's sheet. Owns reading
// just that much; the node reads and judges the file itself.
import { sheetHeader } from './workbook';

export interface FileHeader {
  form: 'csv' | 'xlsx' | 'vcard';
  columns: string[];
  /** A few rows, to know a column by what stands in it. */
  sample: string[][];
  /** Of a workbook: the names of the sheets that are not hidden, and which of them this is. */
  sheets?: string[];
  sheet?: string;
}

const SEEN_BYTES = 64 * 1024;
const SAMPLE_ROWS = 3;

/** Of a workbook the sheet that is said, else the first one that holds something, as the node takes it. */
export async function fileHeader(file: File, sheet?: string): Promise<FileHeader> {
  const start = new Uint8Array(await file.slice(0, SEEN_BYTES).arrayBuffer());
  if (start[0] === 0x50 && start[1] === 0x4b) return { form: 'xlsx', ...(await sheetHeader(file, SAMPLE_ROWS + 1, sheet)) };
  const text = decoded(start);
  if (/^\uFEFF?BEGIN:VCARD/i.test(text)) return { form: 'vcard', columns: [], sample: [] };
  const [columns = [], ...sample] = rows(text, SAMPLE_ROWS + 1);
  return { form: 'csv', columns, sample };
}

/** UTF-8 or UTF-16 by their marks, UTF-8 where it is sound, else Windows-1252. */
function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    // What was cut within a letter at the end of the part is no fault of the file.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The sign that stands most often in the first line, outside of quotes. */
export function separator(text: string): string {
  const line = (text.split(/\r?\n/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const counted = [',', ';', '\t'].map((sign) => ({ sign, count: line.split(sign).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).sign;
}

export function rows(text: string, most: number): string[][] {
  const plain = text.replace(/^\uFEFF/, '');
  const between = separator(plain);
  const found: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < plain.length && found.length < most; at++) {
    const sign = plain[at] ?? '';
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (plain[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === between) {
      row.push(cell.trim());
      cell = '';
    } else if (sign === '\n' || sign === '\r') {
      if (sign === '\r' && plain[at + 1] === '\n') at++;
      if (cell !== '' || row.length > 0) found.push([...row, cell.trim()]);
      row = [];
      cell = '';
    } else cell += sign;
  }
  if (found.length < most && (cell !== '' || row.length > 0)) found.push([...row, cell.trim()]);
  return found;
}

// The columns of a file before it is sent: the header of a CSV in any usual shape, or of a workbook's first sheet. Owns reading
// just that much; the node reads and judges the file itself.

export interface FileHeader {
  form: 'csv' | 'xlsx' | 'vcard';
  columns: string[];
  /** A few rows, to know a column by what stands in it. */
  sample: string[][];
}

const SEEN_BYTES = 64 * 1024;
const SAMPLE_ROWS = 3;

export async function fileHeader(file: File): Promise<FileHeader> {
  const start = new Uint8Array(await file.slice(0, SEEN_BYTES).arrayBuffer());
  if (start[0] === 0x50 && start[1] === 0x4b) return { form: 'xlsx', ...(await sheetHeader(file)) };
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

/** The parts of a workbook (a ZIP archive) that its first rows need. */
async function sheetHeader(file: File): Promise<Pick<FileHeader, 'columns' | 'sample'>> {
  try {
    const parts = await zipParts(file);
    const sheet = [...parts.keys()].filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name)).sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))[0];
    if (!sheet) return { columns: [], sample: [] };
    const shared = parts.has('xl/sharedStrings.xml') ? texts(await parts.get('xl/sharedStrings.xml')?.(8_000_000) ?? '') : [];
    const [columns = [], ...sample] = sheetRows((await parts.get(sheet)?.(400_000)) ?? '', shared, SAMPLE_ROWS + 1);
    return { columns, sample };
  } catch {
    return { columns: [], sample: [] };
  }
}

const xmlText = (xml: string) =>
  xml.replace(/<[^>]*>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&apos;/g, "'")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replace(/&amp;/g, '&');

const texts = (xml: string): string[] => [...xml.matchAll(/<si>([\s\S]*?)<\/si>/g)].map((match) => xmlText(match[1] ?? ''));

export function sheetRows(xml: string, shared: string[], most: number): string[][] {
  return [...xml.matchAll(/<row[^>]*>([\s\S]*?)<\/row>/g)].slice(0, most).map(([, row = '']) => {
    const cells: string[] = [];
    for (const [, attributes = '', inner = ''] of row.matchAll(/<c\s([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
      const letters = /r="([A-Z]+)\d+"/.exec(attributes)?.[1];
      const at = letters ? Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1 : cells.length;
      const value = xmlText(/<v[^>]*>([\s\S]*?)<\/v>/.exec(inner)?.[1] ?? /<is>([\s\S]*?)<\/is>/.exec(inner)?.[1] ?? '');
      while (cells.length < at) cells.push('');
      cells[at] = attributes.includes('t="s"') ? (shared[Number(value)] ?? '') : value;
    }
    return cells;
  });
}

/** What the archive's directory names, each to be inflated up to so many characters. */
async function zipParts(file: File): Promise<Map<string, (most: number) => Promise<string>>> {
  const tail = new DataView(await file.slice(Math.max(0, file.size - 66_000)).arrayBuffer());
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  const parts = new Map<string, (most: number) => Promise<string>>();
  if (end < 0) return parts;
  const [size, offset] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const directory = new DataView(await file.slice(offset, offset + size).arrayBuffer());
  for (let at = 0; at + 46 <= directory.byteLength && directory.getUint32(at, true) === 0x02014b50; ) {
    const [method, packed] = [directory.getUint16(at + 10, true), directory.getUint32(at + 20, true)];
    const [name, extra, note] = [directory.getUint16(at + 28, true), directory.getUint16(at + 30, true), directory.getUint16(at + 32, true)];
    const place = directory.getUint32(at + 42, true);
    const called = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, name));
    parts.set(called, async (most) => {
      const head = new DataView(await file.slice(place, place + 30).arrayBuffer());
      const from = place + 30 + head.getUint16(26, true) + head.getUint16(28, true);
      const bytes = file.slice(from, from + packed).stream();
      const reader = (method === 8 ? bytes.pipeThrough(new DecompressionStream('deflate-raw')) : bytes).pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (text.length < most) {
        const { done, value } = await reader.read();
        if (done) break;
        text += value;
      }
      await reader.cancel().catch(() => undefined);
      return text;
    });
    at += 46 + name + extra + note;
  }
  return parts;
}

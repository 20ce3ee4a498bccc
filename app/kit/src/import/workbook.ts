// The first rows of a workbook's sheets (XLSX: a ZIP archive of XML parts), read so far as choosing a sheet and mapping its columns
// needs. Owns that reading; the node reads and judges the workbook itself.
import type { FileHeader } from './header';

/** What is read of a part at most, in characters. */
const SHARED_CHARACTERS = 8_000_000;
const SHEET_CHARACTERS = 400_000;
const WORKBOOK_CHARACTERS = 1_000_000;

/** The sheet of this name, else the first one that holds something. A workbook that cannot be read so has no columns yet: the node says why. */
export async function sheetHeader(file: Blob, rows: number, wanted?: string): Promise<Pick<FileHeader, 'columns' | 'sample' | 'sheets' | 'sheet'>> {
  try {
    const parts = await zipParts(file);
    const read = async (name: string, most: number) => (await parts.get(name)?.(most)) ?? '';
    const sheets = sheetsOf(await read('xl/workbook.xml', WORKBOOK_CHARACTERS), await read('xl/_rels/workbook.xml.rels', WORKBOOK_CHARACTERS));
    const shared = texts(await read('xl/sharedStrings.xml', SHARED_CHARACTERS));
    const names = sheets.map(({ name }) => name);
    for (const { name, part } of sheets.filter((sheet) => wanted === undefined || sheet.name === wanted)) {
      const [columns = [], ...sample] = sheetRows(await read(part, SHEET_CHARACTERS), shared, rows);
      if (columns.some((column) => column !== '') || wanted !== undefined) return { columns, sample, sheets: names, sheet: name };
    }
    return { columns: [], sample: [], sheets: names };
  } catch {
    return { columns: [], sample: [] };
  }
}

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : xmlText(value);
};

/** The sheets that are not hidden, in their order, and which part of the archive each is. */
export function sheetsOf(workbook: string, relations: string): { name: string; part: string }[] {
  const parts = new Map<string, string>();
  for (const [tag] of relations.matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)) {
    const target = attribute(tag, 'Target') ?? '';
    if (/\/worksheet$/.test(attribute(tag, 'Type') ?? '')) parts.set(attribute(tag, 'Id') ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  return [...workbook.matchAll(/<(?:\w+:)?sheet\s[^>]*>/g)].flatMap(([tag]) => {
    const [name, part, state] = [attribute(tag, 'name'), parts.get(attribute(tag, '\\w+:id') ?? ''), attribute(tag, 'state')];
    return name === undefined || part === undefined || (state !== undefined && state !== 'visible') ? [] : [{ name, part }];
  });
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
export async function zipParts(file: Blob): Promise<Map<string, (most: number) => Promise<string>>> {
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

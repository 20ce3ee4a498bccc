// Archives (ZIP) and workbooks (XLSX) for tests, made part by part: what spreadsheets write differs in just that.
import { crc32, deflateRawSync } from 'node:zlib';

export interface Wrapped {
  deflated?: boolean;
  /** What the archive ends with. */
  note?: string;
}

/** An archive of these parts: local headers, the directory, its end. */
export function archive(parts: Record<string, string>, { deflated = true, note = '' }: Wrapped = {}): Uint8Array<ArrayBuffer> {
  const [local, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [name, text] of Object.entries(parts)) {
    const [plain, called] = [Buffer.from(text), Buffer.from(name)];
    const packed = deflated ? deflateRawSync(plain) : plain;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflated ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(plain), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(plain.length, 18);
    fields.writeUInt16LE(called.length, 22);
    // The local header has a field of its own that the directory has not: its length counts.
    fields.writeUInt16LE(4, 24);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    fields.copy(entry, 6, 0, 24);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, called);
    local.push(Buffer.from('PK\u0003\u0004'), fields, called, Buffer.from([0x78, 0x6d, 0, 0]), packed);
    at += 4 + 26 + called.length + 4 + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(note.length, 20);
  return new Uint8Array(Buffer.concat([...local, ...directory, end, Buffer.from(note)]));
}

const TYPES = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';

/** A workbook of sheets of texts. */
export function workbook(sheets: Record<string, string[][]>): Uint8Array<ArrayBuffer> {
  const cell = (text: string, row: number, column: number) => `<c r="${String.fromCharCode(65 + column)}${row + 1}" t="inlineStr"><is><t>${text}</t></is></c>`;
  const row = (cells: string[], at: number) => `<row r="${at + 1}">${cells.map((text, column) => cell(text, at, column)).join('')}</row>`;
  const names = Object.keys(sheets);
  const relations = (list: string[]) => `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.join('')}</Relationships>`;
  return archive({
    '_rels/.rels': relations([`<Relationship Id="rId1" Type="${TYPES}/officeDocument" Target="xl/workbook.xml"/>`]),
    'xl/workbook.xml': `<workbook ${NS} xmlns:r="${TYPES}"><sheets>${names.map((name, at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(names.map((_, at) => `<Relationship Id="rId${at + 1}" Type="${TYPES}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`)),
    ...Object.fromEntries(Object.values(sheets).map((rows, at) => [`xl/worksheets/sheet${at + 1}.xml`, `<worksheet ${NS}><sheetData>${rows.map(row).join('')}</sheetData></worksheet>`])),
  });
}
